"""Everything somebody can want to happen to an incident.

Every edge builds these and nothing else: API, socket, command line, chat. What is wrong
in form never becomes a command; what the state forbids is refused by `decide`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from incident.core.entry_events import Attachment
from incident.core.events import Event
from incident.core.health import HealthPatch
from incident.core.policy import PEOPLE_LIMIT
from incident.core.values import (
    NAMES_LIMIT,
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
    RoleName,
    Severity,
    Status,
    Text,
    Title,
)
from incident.core.work_commands import (
    ChangeAction,
    ClearReservation,
    JudgeHypothesis,
    ProposeAction,
    RaiseHypothesis,
    StartQueued,
)

ATTACHMENTS_LIMIT = 10
"""Files beside one entry."""


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
    """`attachments` are files that are there already."""

    type: NoteType = "info"
    message: Text
    timestamp: Moment | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(max_length=ATTACHMENTS_LIMIT)] = ()


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
    """What is None stays as it is, and so does the health of what `health` does not name."""

    title: Title | None = None
    description: OptionalText | None = None
    severity: Severity | None = None
    reason: OptionalText = ""
    affected_services: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] | None = None
    affected_regions: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] | None = None
    health: HealthPatch | None = None
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
