"""What a rotation is: layers of people who take turns, and overrides of them.

Values only: when a turn begins and who has it is worked out in `turns` and `resolve`.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import (
    AliasChoices,
    ConfigDict,
    Field,
    StringConstraints,
    model_serializer,
    model_validator,
)

from incident.core.oncall.clockwork import (
    MIDNIGHT,
    Clock,
    ClockOfDay,
    Days,
    FirstDay,
    Weekday,
    Zone,
    clock,
    weekday,
)
from incident.core.policy import RotationName
from incident.core.values import Handle, Moment, Name, OptionalText, RoleName, Value

MEMBERS_LIMIT = 200
LAYERS_LIMIT = 20
OVERRIDES_LIMIT = 1000
LONGEST_TURN = 31 * 24
"""Hours; so that every shift ends, and what lies around an instant is found quickly."""
WALL_CLOCK_HOURS = frozenset({1, 2, 3, 4, 6, 8, 12, 24})
"""Every so many hours is by the wall clock; otherwise it is time that has passed."""
LONGEST_OVERRIDE = timedelta(days=366)
SUNRISE = "09:00"
"""When a region takes over in the short form."""
UNCOUNTED = "2000-01-03"
"""Turns are counted from this Monday where a layer does not say when it starts."""

Advance = Literal["served", "calendar"]
OverrideKind = Literal["replace", "add", "remove"]
OverrideId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]

_HANDOFFS = re.compile(
    r"(?P<daily>daily)\s+(?P<daily_at>\S+)"
    r"|(?P<weekly>weekly)\s+(?P<weekday>\S+)\s+(?P<weekly_at>\S+)"
    r"|(?P<monthly>monthly)\s+(?P<day>[0-9]{1,2})\s+(?P<monthly_at>\S+)"
    r"|(?P<hourly>every)\s+(?P<hours>[0-9]{1,4})\s*h"
    r"|(?P<sun>sun)\s+(?P<sun_at>\S+)",
    re.IGNORECASE | re.ASCII,
)
HANDOFF_FORMS = "weekly Mon 09:00, daily 09:00, monthly 31 09:00, every 12h or sun 09:00"


class Hours(Value):
    """Working hours by the wall clock, on the weekdays that they begin on.

    `to` at or before `from` is on the next day, so equal ones are a whole day.
    """

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    days: Days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    from_: ClockOfDay = Field(validation_alias=AliasChoices("from", "from_"), alias="from")
    to: Clock

    @model_validator(mode="after")
    def some_time(self) -> Self:
        if self.to == MIDNIGHT and self.from_ == MIDNIGHT:
            raise ValueError("a whole day is from 00:00 to 24:00")
        return self


class Handoff(Value):
    """When the next member takes over. Read and shown as text: `weekly Mon 09:00`.

    `sun` hands over to each region of the layer at this time of its own day.
    """

    kind: Literal["daily", "weekly", "monthly", "hourly", "sun"]
    at: ClockOfDay = MIDNIGHT
    weekday: Weekday | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    hours: Annotated[int, Field(ge=1, le=LONGEST_TURN)] | None = None

    @model_validator(mode="before")
    @classmethod
    def parsed(cls, written: object) -> object:
        return parts_of(written) if isinstance(written, str) else written

    @model_validator(mode="after")
    def whole(self) -> Self:
        needed = {"weekly": "weekday", "monthly": "day", "hourly": "hours"}.get(self.kind)
        given = {name for name in ("weekday", "day", "hours") if getattr(self, name) is not None}
        if given != ({needed} if needed else set()):
            raise ValueError(f"must be one of {HANDOFF_FORMS}")
        return self

    @model_serializer
    def __str__(self) -> str:
        match self.kind:
            case "weekly":
                return f"weekly {(self.weekday or '').capitalize()} {self.at}"
            case "monthly":
                return f"monthly {self.day} {self.at}"
            case "hourly":
                return f"every {self.hours}h"
            case "daily" | "sun":
                return f"{self.kind} {self.at}"


def parts_of(text: str) -> dict[str, object]:
    """The fields of a handoff that is written as text."""
    found = _HANDOFFS.fullmatch(text.strip())
    if not found:
        raise ValueError(f"must be a handoff such as {HANDOFF_FORMS}")
    kind = next(k for k in ("daily", "weekly", "monthly", "hourly", "sun") if found[k])
    if kind == "hourly":
        return {"kind": kind, "hours": int(found["hours"])}
    parts: dict[str, object] = {"kind": kind, "at": clock(found[f"{kind}_at"])}
    if kind == "weekly":
        parts["weekday"] = weekday(found["weekday"])
    if kind == "monthly":
        parts["day"] = int(found["day"])
    return parts


def handoff(text: str) -> Handoff:
    """`weekly Mon 09:00`, `daily 09:00`, `monthly 31 09:00`, `every 12h`, `sun 09:00`."""
    return Handoff.model_validate(text)


class Station(Value):
    """A region that the sun passes, and who is there; several take turns day by day."""

    region: Name
    timezone: Zone
    members: Annotated[tuple[Handle, ...], Field(min_length=1, max_length=MEMBERS_LIMIT)]


class Layer(Value):
    """Members who take turns. Outside its hours it leaves the floor to the layers below.

    `starts` without a time of day is the time of the handoff on that day. Without a
    handoff it is weekly, on Monday when the hours begin. `advance`: whether a turn that no
    working hour falls into is somebody's. `stations` are for `sun` alone.
    """

    name: Name = "primary"
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    timezone: Zone = "UTC"
    starts: FirstDay | None = None
    handoff: Handoff | None = None
    members: Annotated[tuple[Handle, ...], Field(max_length=MEMBERS_LIMIT)] = ()
    hours: Hours | None = None
    advance: Advance = "served"
    stations: Annotated[tuple[Station, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def somebody(self) -> Self:
        sun = self.handoff is not None and self.handoff.kind == "sun"
        if sun != bool(self.stations):
            raise ValueError("a handoff by the sun needs stations, and they need it")
        if sun and (self.members or self.hours):
            raise ValueError("with stations there are no members and no hours beside them")
        if not sun and not self.members:
            raise ValueError("must have members")
        return self

    def people(self) -> frozenset[str]:
        """Everybody who takes turns here."""
        return frozenset(self.members).union(*(station.members for station in self.stations))


class Override(Value):
    """An exception for a while: `person` is replaced by `with_person`, added or removed.

    Replacing and removing mean the times at which that person is on duty.
    """

    id: OverrideId
    kind: OverrideKind = "replace"
    person: Handle
    with_person: Handle | None = None
    start: Moment
    end: Moment
    reason: OptionalText = ""
    created_by: str
    created_at: Moment

    @model_validator(mode="after")
    def sensible(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end must be after start")
        if self.end - self.start > LONGEST_OVERRIDE:
            raise ValueError("must not last longer than a year")
        if (self.kind == "replace") != (self.with_person is not None):
            raise ValueError("with_person is who replaces, and for nothing else")
        if self.with_person == self.person:
            raise ValueError("with_person must be somebody else")
        return self


_OF_A_LAYER = frozenset(Layer.model_fields) - {"name", "priority"}


class Schedule(Value):
    """A rotation. The layer with the highest priority that has somebody on duty wins.

    Layers of the same priority stand in their order here. A definition of a single layer may
    be written without `layers`.
    """

    name: RotationName
    role: RoleName | None = None
    region: Name | None = None
    layers: Annotated[tuple[Layer, ...], Field(min_length=1, max_length=LAYERS_LIMIT)]
    overrides: Annotated[tuple[Override, ...], Field(max_length=OVERRIDES_LIMIT)] = ()

    @model_validator(mode="before")
    @classmethod
    def of_one_layer(cls, written: object) -> object:
        if not isinstance(written, Mapping) or "layers" in written:
            return written
        layer = {key: value for key, value in written.items() if key in _OF_A_LAYER}
        rest = {key: value for key, value in written.items() if key not in _OF_A_LAYER}
        return {**rest, "layers": (layer,)} if layer else rest

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        names = [layer.name for layer in self.layers]
        if len(set(names)) < len(names):
            raise ValueError("layers must have different names")
        return self

    def people(self) -> frozenset[str]:
        """Everybody who takes turns in it, overrides aside."""
        return frozenset[str]().union(*(layer.people() for layer in self.layers))


def follow_the_sun(name: str, role: str, stations: tuple[Station, ...]) -> Schedule:
    """The short form: the region whose morning came last is on call until the next one's."""
    layer = Layer(name="sun", handoff=handoff(f"sun {SUNRISE}"), stations=stations)
    return Schedule(name=name, role=role, layers=(layer,))
