"""What clients send about rotations: their layers, and overrides of them, field by field.

Only form is checked here. Whether a handoff or a working hour makes sense is for the core.
"""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)

from incident.core.oncall.clockwork import Weekday
from incident.core.oncall.schedule import (
    LAYERS_LIMIT,
    MEMBERS_LIMIT,
    Advance,
    OverrideKind,
)
from incident.core.values import Handle, Moment, Name, RoleName, without_nul
from incident.store.directory import Zone
from incident.web.bodies import Body, Who, himself
from incident.web.command_bodies import a_number

REASON_LIMIT = 1000
"""Characters: every page to whoever covers tells why, and a rotation keeps a thousand of them."""

Members = Annotated[tuple[Handle, ...], Field(max_length=MEMBERS_LIMIT)]
Written = Annotated[str, Field(max_length=40)]
Reason = Annotated[
    str, StringConstraints(max_length=REASON_LIMIT), AfterValidator(without_nul)
]  # fmt: skip
Priority = Annotated[int, Field(ge=-1000, le=1000), BeforeValidator(a_number)]

_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII)
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


def when(written: object) -> datetime:
    """An instant, or what the clock on a wall shows: that one has no zone."""
    if isinstance(written, str) and _LOCAL.fullmatch(written):
        return datetime.fromisoformat(written)
    return _MOMENT.validate_python(written)


When = Annotated[
    datetime, BeforeValidator(when), WithJsonSchema({"type": "string", "format": "date-time"})
]


class HoursBody(Body):
    """Working hours; `to` at or before `from` is on the next day."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = (
        "mon", "tue", "wed", "thu", "fri", "sat", "sun",
    )  # fmt: skip
    """The weekdays that they begin on."""
    from_: Annotated[Written, Field(alias="from")]
    """Such as 09:00."""
    to: Written
    """Such as 17:00, or 24:00."""


class StationBody(Body):
    """A region that the sun passes, and who is there."""

    region: Name
    timezone: Zone
    members: Annotated[Members, Field(min_length=1)]
    """Who takes turns there, day by day."""


class LayerBody(Body):
    """Members who take turns; outside its hours a layer leaves the floor to those below."""

    name: Name = "primary"
    priority: Priority = 0
    """The layer with the highest that has somebody on duty wins."""
    timezone: Zone = "UTC"
    starts: Written | None = None
    """The first day, such as 2026-01-05, or the first local time."""
    handoff: Written | None = None
    """Such as `weekly Mon 09:00`, `daily 09:00`, `monthly 31 09:00`, `every 12h`, `sun 09:00`."""
    members: Members = ()
    """Who takes turns, in order."""
    hours: HoursBody | None = None
    """When they work; always when absent."""
    advance: Advance = "served"
    """Whether a turn that no working hour falls into is somebody's: `calendar`, or nobody's."""
    stations: Annotated[tuple[StationBody, ...], Field(max_length=50)] = ()
    """The regions of a handoff by the sun."""


class RotationBody(Body):
    role: RoleName | None = None
    """Which role it serves."""
    region: Name | None = None
    layers: Annotated[tuple[LayerBody, ...], Field(min_length=1, max_length=LAYERS_LIMIT)]
    """Who takes turns, by priority."""

    def definition(self, name: str) -> dict[str, Any]:
        """As a schedule of this name is made of it."""
        told: dict[str, Any] = self.model_dump(mode="json")
        return {"name": name, **told}

    def handles(self) -> dict[tuple[str | int, ...], str]:
        """Everybody who takes turns, by where they stand."""
        found: dict[tuple[str | int, ...], str] = {}
        for place, layer in enumerate(self.layers):
            where = ("layers", place)
            found |= {(*where, "members", n): who for n, who in enumerate(layer.members)}
            for number, station in enumerate(layer.stations):
                there = (*where, "stations", number, "members")
                found |= {(*there, n): who for n, who in enumerate(station.members)}
        return found


class OverrideBody(Body):
    """An exception for a while. To be covered: `person` is `me`, `with` is who covers."""

    kind: OverrideKind = "replace"
    """Somebody is replaced at the times they are on duty, added, or removed from these."""
    person: Who
    """Who is replaced, added or removed; a handle, or `me`."""
    with_: Annotated[Who, Field(alias="with")] = None  # type: ignore[assignment]  # absent, but never null
    """Who replaces them; a handle, or `me`."""
    start: When
    """An instant, or a local time such as 2026-03-29T02:30."""
    end: When
    """Likewise; it is no part of it."""
    timezone: Zone = None  # type: ignore[assignment]  # absent, but never null
    """What local times are of; the rotation's own when absent."""
    reason: Reason = ""
    """Why; others read it."""

    def people(self) -> dict[str, str]:
        named = {"person": self.person, "with": self.with_}
        return {field: who for field, who in named.items() if who and who != "me"}

    def told(self, by: str) -> dict[str, Any]:
        """What of an override is said here, but for its times."""
        return {
            "kind": self.kind,
            "person": himself(self.person, by),
            "with_person": himself(self.with_, by) if self.with_ else None,
            "reason": self.reason,
        }
