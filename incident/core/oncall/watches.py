"""The answer to "who is on call?": duties, who comes next, and why nobody is.

Values only.
"""

from incident.core.values import Moment, Value


class Duty(Value):
    """One person's time on duty, from `since` until `until`, without a break or change of cause.

    `turn` counts the handoffs of the layer from 0. Who was added by an override belongs to no
    layer (``""``). `why` is a sentence without a full stop; `note` says what the clocks do to
    this shift, and is mostly empty.
    """

    person: str
    schedule: str
    layer: str
    turn: int
    since: Moment
    until: Moment | None
    region: str | None = None
    why: str
    override: str | None = None
    note: str = ""


class Upcoming(Value):
    """Who comes on duty next, and when."""

    person: str
    at: Moment
    schedule: str


class Watch(Value):
    """Who is on call at an instant, and for how long this is so.

    `reason` is why nobody is, in one sentence without a full stop; empty when somebody is.
    `next` is the first who comes on duty and is not now. `since` and `until` are None where
    nothing else is in sight.
    """

    people: tuple[Duty, ...] = ()
    reason: str = ""
    next: Upcoming | None = None
    since: Moment | None = None
    until: Moment | None = None
