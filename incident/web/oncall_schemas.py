"""What clients are answered about the policy and who is on call. The tests hold answers to it."""

from typing import Annotated

from pydantic import BaseModel, Field

from incident.core.oncall.clockwork import Weekday
from incident.core.oncall.schedule import Advance, OverrideKind
from incident.core.values import Audience
from incident.web.command_schemas import Rung
from incident.web.schema_parts import Address, Iso, Shape, Time, Wrong


class SeverityTerms(Shape):
    """What a severity promises; null is no promise."""

    name: str
    respond_within: Iso | None
    resolve_within: Iso | None
    update_every: dict[Audience, Iso]


class RoleTerms(Shape):
    description: str
    responsibilities: list[str]


class Terms(Shape):
    """What a policy says."""

    severities: dict[str, SeverityTerms]
    """Those of 1 to 5."""
    escalation: list[Rung]
    roles: dict[str, RoleTerms]


class Revision(Shape):
    revision: int
    """0 is the built-in policy."""
    by: str
    at: Time | None


class Policy(Revision):
    policy: Terms


class ReplacedPolicy(Policy):
    """The policy that holds now, and what came with it."""

    changes: list[str]
    """What is different now, in words; empty where nothing is."""
    warnings: list[Wrong]


class Verdict(Shape):
    """What would become of a policy."""

    usable: bool
    errors: list[Wrong]
    warnings: list[Wrong]
    policy: Terms | None
    rotations: list[str]
    """Those that the file defines."""


class Duty(Shape):
    """One person's time on duty."""

    person: str
    rotation: str
    layer: str
    turn: int
    since: Time
    until: Time | None
    region: str | None
    why: str
    override: str | None
    """The id of the override that it comes from."""
    note: str
    """What the clocks do to this shift; mostly empty."""


class Upcoming(Shape):
    person: str
    at: Time
    rotation: str


class Watch(Shape):
    """Who is on call; nobody is an empty list with the reason."""

    people: list[Duty]
    reason: str
    """Why nobody is; empty when somebody is."""
    next: Upcoming | None
    """The first who comes on duty and is not now."""
    since: Time | None
    until: Time | None


class RoleWatch(Watch):
    role: str


class RotationWatch(Watch):
    rotation: str
    role: str | None
    region: str | None


class OnCall(Shape):
    at: Time
    roles: list[RoleWatch]
    rotations: list[RotationWatch]


class Hours(Shape):
    """Working hours by the wall clock, on the weekdays that they begin on."""

    days: list[Weekday]
    from_: Annotated[str, Field(alias="from")]
    to: str


class Station(Shape):
    region: str
    timezone: str
    members: list[str]


class Layer(Shape):
    name: str
    priority: int
    timezone: str
    starts: str | None
    handoff: str | None
    members: list[str]
    hours: Hours | None
    advance: Advance
    stations: list[Station]


class Override(Shape):
    """An exception for a while."""

    id: str
    kind: OverrideKind
    person: str
    with_: Annotated[str | None, Field(alias="with")]
    """Who replaces them."""
    start: Time
    end: Time
    reason: str
    created_by: str
    created_at: Time


class Cancelled(Override):
    """An override that was taken back: nobody is on call by it."""

    cancelled_by: str
    cancelled_at: Time


class Rotation(Shape):
    name: str
    revision: int
    """The ETag."""
    role: str | None
    region: str | None
    layers: list[Layer]
    overrides: list[Override]
    cancelled: list[Cancelled]
    """Those that were taken back lately, the last one first."""
    by: str
    at: Time


class Reached(Shape):
    """Somebody who would be paged."""

    person: str
    why: str
    duty: Duty | None
    """The time on duty for which it is them; null where the policy names them, or their role."""


class Paging(Shape):
    """Whom a declaration would page at once."""

    at: Time
    severity: int
    level: int | None
    """The level of the ladder that has somebody; null where none has."""
    people: list[Reached]
    reason: str
    """Why nobody would be; empty when somebody would."""
    next: Time | None
    """When the ladder would look again, where it reaches nobody at first."""


class Gap(Shape):
    """Holes that recur: the first, the last, how many, and why."""

    role: str | None
    rotations: list[str]
    start: Time
    end: Time
    last_start: Time
    last_end: Time
    count: int
    total: Iso
    """The time of all of them together."""
    pattern: str
    why: str


class Idle(Shape):
    """Who takes turns in a rotation and will not serve."""

    rotation: str
    people: list[str]


class Coverage(Shape):
    start: Time
    days: int
    gaps: list[Gap]
    idle: list[Idle]


class Feed(Shape):
    """The address of a calendar feed, which is told only once."""

    url: Address


ONCALL: tuple[type[BaseModel], ...] = (
    Policy, ReplacedPolicy, Revision, Verdict, OnCall, Duty, Rotation, Override, Coverage, Feed,
    Paging,
)  # fmt: skip
