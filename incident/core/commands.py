"""Everything somebody can want to happen to an incident.

Every edge builds these and nothing else: API, socket, command line, chat. What is wrong
in form never becomes a command; what the state forbids is refused by `decide`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from incident.core.action_events import Hold
from incident.core.events import Event
from incident.core.policy import PEOPLE_LIMIT
from incident.core.role_events import Verdict
from incident.core.values import (
    ActionId,
    ActionStatus,
    Audience,
    Duration,
    Handle,
    Intent,
    Link,
    Moment,
    Name,
    NoteType,
    OptionalText,
    Phase,
    Risk,
    RoleName,
    Severity,
    Status,
    Target,
    Text,
    Title,
)

NAMES_LIMIT = 100
"""Services or regions of one incident."""
RUN_AFTER = r"^((INC-[1-9][0-9]{0,8}/)?ACT-[1-9][0-9]{0,5})?$"

HypothesisId = Annotated[str, StringConstraints(pattern=r"^H[1-9][0-9]{0,5}$")]


class Declare(Intent):
    title: Title
    description: OptionalText = ""
    severity: Severity = 3
    status: Literal["triage", "active"] = "active"
    start_time: Moment | None = None
    detected_time: Moment | None = None
    affected_services: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] = ()
    affected_regions: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] = ()
    drill: bool = False
    metadata: dict[str, Any] = {}
    links: tuple[Link, ...] = ()
    roles: dict[RoleName, Handle] = {}


class Import(Intent):
    """A whole past incident, told by its events in order; the first is its declaration."""

    source: str
    events: tuple[Event, ...]


class AddEntry(Intent):
    type: NoteType = "info"
    message: Text
    timestamp: Moment | None = None


class AmendEntry(Intent):
    entry: int
    message: Text


class PinEntry(Intent):
    entry: int


class UnpinEntry(Intent):
    entry: int


class RedactEntry(Intent):
    """`original` is the event that entry `entry` came from, as the log has it."""

    entry: int
    original: Event


class SetStatus(Intent):
    status: Status
    phase: Phase | None = None
    reason: OptionalText = ""
    merged_into: str | None = None


class ChangeIncident(Intent):
    """What is None stays as it is."""

    title: Title | None = None
    description: OptionalText | None = None
    severity: Severity | None = None
    reason: OptionalText = ""
    affected_services: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] | None = None
    affected_regions: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] | None = None
    drill: bool | None = None
    metadata: dict[str, Any] | None = None
    links: tuple[Link, ...] | None = None
    start_time: Moment | None = None
    detected_time: Moment | None = None
    declared_time: Moment | None = None
    acknowledged_time: Moment | None = None
    mitigation_time: Moment | None = None
    resolution_time: Moment | None = None


class AssignRole(Intent):
    role: RoleName
    assignee: Handle


class ReleaseRole(Intent):
    role: RoleName


class OfferRole(Intent):
    """`message` is what to add to the brief that the other person reads."""

    role: RoleName
    to: Handle
    message: OptionalText = ""


class WithdrawOffer(Intent):
    role: RoleName


class AcceptRole(Intent):
    role: RoleName


class DeclineRole(Intent):
    role: RoleName
    reason: OptionalText = ""


class Acknowledge(Intent):
    """`round`: which page is answered; None is whichever is open."""

    round: int | None = None


class Escalate(Intent):
    """Climb now; or, with `people`, page them and leave the ladder as it is."""

    reason: OptionalText = ""
    people: Annotated[tuple[Handle, ...], Field(max_length=PEOPLE_LIMIT)] = ()


class PauseEscalation(Intent):
    duration: Duration
    reason: OptionalText = ""


class ResumeEscalation(Intent):
    pass


class ReportUndelivered(Intent):
    """A page did not reach somebody. Sent by the courier, never by a person."""

    by: str = "system"
    person: str
    channel: str
    why: str


class ApplyPolicy(Intent):
    """Go on under the newest policy."""


class RaiseHypothesis(Intent):
    description: Text


class JudgeHypothesis(Intent):
    hypothesis: HypothesisId
    verdict: Verdict
    reason: OptionalText = ""
    entries: Annotated[tuple[int, ...], Field(max_length=NAMES_LIMIT)] = ()


class StartQueued(Intent):
    """What the action waited for, `after`, has ended. Sent by the server, never by a person.

    `after` is None for whatever it waits for by now. `conflicts`: as in `ChangeAction`.
    """

    by: str = "system"
    action: ActionId
    after: str | None = None
    conflicts: tuple[Hold, ...] = ()


class ProposeAction(Intent):
    description: Text
    target: Target | None = None
    region: Name | None = None
    owner: Handle | None = None
    impact: OptionalText = ""
    risk: Risk | None = None
    estimate: Duration | None = None


class ChangeAction(Intent):
    """Several changes at once happen in the order approval, owner, description, status.

    `override` is the commander's reason to start in spite of a conflict. `conflicts` are
    the holds of others that a start would overlap; whoever keeps the holds fills them in.
    `run_after`: start by itself when that action ends; empty: no longer.
    """

    action: ActionId
    status: ActionStatus | None = None
    owner: Handle | None = None
    approved: bool | None = None
    description: Text | None = None
    impact: OptionalText | None = None
    override: Text | None = None
    run_after: Annotated[str, StringConstraints(pattern=RUN_AFTER)] | None = None
    conflicts: tuple[Hold, ...] = ()


class ClearReservation(Intent):
    """Take back a hold that was reserved for a start which never came."""

    action: ActionId


class PostUpdate(Intent):
    """`next_update_in` promises the audience another update within that time."""

    audience: Audience
    message: Text
    next_update_in: Duration | None = None


class SnoozeUpdate(Intent):
    audience: Audience
    duration: Duration
    reason: OptionalText = ""


class FollowRotations(Intent):
    """Who is on call was changed. Sent by the server, never by a person."""

    by: str = "system"


class Tick(Intent):
    """Time has passed. Sent by the alarm loop, never by a person."""

    by: str = "system"


Command = (
    Declare
    | Import
    | AddEntry
    | AmendEntry
    | PinEntry
    | UnpinEntry
    | RedactEntry
    | SetStatus
    | ChangeIncident
    | AssignRole
    | ReleaseRole
    | OfferRole
    | WithdrawOffer
    | AcceptRole
    | DeclineRole
    | Acknowledge
    | Escalate
    | PauseEscalation
    | ResumeEscalation
    | ReportUndelivered
    | ApplyPolicy
    | RaiseHypothesis
    | JudgeHypothesis
    | ProposeAction
    | ChangeAction
    | StartQueued
    | ClearReservation
    | PostUpdate
    | SnoozeUpdate
    | FollowRotations
    | Tick
)
