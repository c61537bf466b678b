"""What clients are answered about the past of an incident, field by field.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Annotated

from pydantic import Field

from incident.core.values import Phase, Status
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
    """When the impact began, or the declaration where that was earlier."""
    to: Time | None
    """When it ended; null while it has not."""
    phases: list[Stretch]
    severities: list[Step]
    entries: Ticks


PAST = (Tape,)
