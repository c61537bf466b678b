"""What clients are answered about the past of an incident, field by field.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Annotated

from pydantic import BaseModel, Field

from incident.core.values import Audience, Phase, Status
from incident.web.command_schemas import Action, Said
from incident.web.schema_parts import Shape, Time


class Stretch(Shape):
    """How long the incident was in a phase, or in a status that has none."""

    state: Phase | Status
    from_: Annotated[Time, Field(alias="from")]
    to: Time | None
    """Null where it goes on."""


class Step(Shape):
    """From `at` on it had this severity."""

    at: Time
    severity: int
    number: int
    """The entry that says so."""


class Ticks(Shape):
    """Entry `from` + i is told by place i of `at` and of `weight`."""

    from_: Annotated[int, Field(alias="from")]
    """The number of the first of these entries, or of the next one where there are none."""
    at: list[int]
    """Milliseconds since the tape's `from`; below 0 where an entry is about something earlier."""
    weight: Annotated[str, Field(pattern="^[hkcmo-]*$")]
    """A letter each: h a person, k a decision or an update, c a change, m a machine, o somebody
    has to act. A - is a pin set or taken away, which is no tick."""


class Tape(Shape):
    """An incident from end to end, small enough to draw at once."""

    incident: str
    seq: int
    from_: Annotated[Time, Field(alias="from")]
    """When the impact began, or what came with the declaration where that was earlier."""
    to: Time | None
    """When it ended; null while it has not."""
    phases: list[Stretch]
    severities: list[Step]
    entries: Ticks


class Place(Shape):
    """The last that was seen; seq 0 is the bare declaration."""

    seq: int
    at: Time


class Changed(Shape):
    number: int
    at: Time
    by: str
    kind: str
    message: str
    people: list[str]
    """The handles that `message` may name; none in what a person wrote."""


class Update(Said):
    audience: Audience


class Fixes(Shape):
    running: list[Action]
    waiting: list[Action]
    """Proposed, and not started."""
    ended: list[Action]
    """Completed or abandoned since."""


class Handover(Shape):
    """A role that somebody else has now, or nobody; `from` is who had it then."""

    role: str
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    at: Time


class SeverityTurn(Shape):
    from_: Annotated[int, Field(alias="from")]
    to: int


class StateTurn(Shape):
    """The phase of an active incident, else its status."""

    from_: Annotated[Phase | Status, Field(alias="from")]
    to: Phase | Status


class CatchUp(Shape):
    """What somebody missed who was away."""

    incident: str
    after: Place
    seq: int
    """The commit up to which this tells."""
    at: Time
    """When it was told."""
    decisions: list[Said]
    changes: list[Changed]
    updates: list[Update]
    fixes: Fixes
    roles: list[Handover]
    severity: SeverityTurn | None
    """Null where it is the same."""
    state: StateTurn | None
    count: int
    """Entries since, without those that only mark others."""
    text: str
    """All of it in a few lines, with names instead of handles and times in UTC."""


PAST: tuple[type[BaseModel], ...] = (Tape, CatchUp)
