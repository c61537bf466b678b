"""Everything that can have happened to an incident.

Events are facts: they are never edited. A new field has a default, a new meaning is a new
kind, and a kind that is no longer written stays readable under "Retired" at the bottom.
Nothing here decides whether an event may happen.
"""

from typing import Annotated

from pydantic import Field, TypeAdapter

from incident.core.action_events import (
    ActionAbandoned,
    ActionApproved,
    ActionCompleted,
    ActionDescribed,
    ActionOverdue,
    ActionProposed,
    ActionQueued,
    ActionReassigned,
    ActionStarted,
    ActionUnqueued,
    ApprovalWithdrawn,
    ConflictOverridden,
    Hold,
    ReservationCleared,
)
from incident.core.entry_events import (
    Attachment,
    EntryAmended,
    EntryPinned,
    EntryRedacted,
    EntryUnpinned,
    Mark,
    Noted,
    UpdatePosted,
)
from incident.core.escalation_events import (
    Acknowledged,
    AcknowledgementLapsed,
    AcknowledgementQuestioned,
    Called,
    CommanderMissing,
    EscalationEnded,
    EscalationPaused,
    EscalationRestarted,
    EscalationResumed,
    Paged,
    PageUndelivered,
    PeopleCalled,
    PolicyApplied,
    PostmortemOverdue,
    ResolveTargetMissed,
    ResponseMissed,
    Skipped,
    UpdateMissed,
    UpdateSnoozed,
)
from incident.core.life_events import (
    Activated,
    Cancelled,
    Closed,
    Declared,
    DetailsChanged,
    HealthChanged,
    Imported,
    Mitigated,
    PhaseChanged,
    Reopened,
    Resolved,
    SeverityChanged,
    TimesCorrected,
)
from incident.core.role_events import (
    EvidenceCited,
    HypothesisJudged,
    HypothesisRaised,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
    RoleAccepted,
    RoleAssigned,
    RoleOffered,
    RoleReleased,
    ShiftEnded,
    ShiftExtended,
    Verdict,
)

__all__ = [
    "EVENT",
    "Acknowledged",
    "AcknowledgementLapsed",
    "AcknowledgementQuestioned",
    "ActionAbandoned",
    "ActionApproved",
    "ActionCompleted",
    "ActionDescribed",
    "ActionOverdue",
    "ActionProposed",
    "ActionQueued",
    "ActionReassigned",
    "ActionStarted",
    "ActionUnqueued",
    "Activated",
    "ApprovalWithdrawn",
    "Attachment",
    "Called",
    "Cancelled",
    "Closed",
    "CommanderMissing",
    "ConflictOverridden",
    "Declared",
    "DetailsChanged",
    "EntryAmended",
    "EntryPinned",
    "EntryRedacted",
    "EntryUnpinned",
    "EscalationEnded",
    "EscalationPaused",
    "EscalationRestarted",
    "EscalationResumed",
    "Event",
    "EvidenceCited",
    "HealthChanged",
    "Hold",
    "HypothesisJudged",
    "HypothesisRaised",
    "Imported",
    "Mark",
    "Mitigated",
    "Noted",
    "OfferDeclined",
    "OfferExpired",
    "OfferWithdrawn",
    "PageUndelivered",
    "Paged",
    "PeopleCalled",
    "PhaseChanged",
    "PolicyApplied",
    "PostmortemOverdue",
    "Reopened",
    "ReservationCleared",
    "ResolveTargetMissed",
    "Resolved",
    "ResponseMissed",
    "RoleAccepted",
    "RoleAssigned",
    "RoleOffered",
    "RoleReleased",
    "SeverityChanged",
    "ShiftEnded",
    "ShiftExtended",
    "Skipped",
    "TimesCorrected",
    "UpdateMissed",
    "UpdatePosted",
    "UpdateSnoozed",
    "Verdict",
]  # of other modules: those events are reached through this one, too


Event = Annotated[
    Declared
    | Imported
    | Noted
    | Paged
    | PeopleCalled
    | PageUndelivered
    | Acknowledged
    | AcknowledgementQuestioned
    | AcknowledgementLapsed
    | EscalationPaused
    | EscalationResumed
    | EscalationRestarted
    | EscalationEnded
    | CommanderMissing
    | PolicyApplied
    | ResolveTargetMissed
    | PostmortemOverdue
    | ResponseMissed
    | Activated
    | PhaseChanged
    | Mitigated
    | Resolved
    | Closed
    | Cancelled
    | Reopened
    | SeverityChanged
    | DetailsChanged
    | HealthChanged
    | TimesCorrected
    | RoleAssigned
    | RoleReleased
    | RoleOffered
    | RoleAccepted
    | OfferDeclined
    | OfferExpired
    | OfferWithdrawn
    | ShiftEnded
    | ShiftExtended
    | HypothesisRaised
    | HypothesisJudged
    | EvidenceCited
    | ActionProposed
    | ActionApproved
    | ApprovalWithdrawn
    | ActionStarted
    | ActionCompleted
    | ActionAbandoned
    | ActionReassigned
    | ActionDescribed
    | ActionQueued
    | ActionUnqueued
    | ActionOverdue
    | ConflictOverridden
    | ReservationCleared
    | UpdatePosted
    | UpdateMissed
    | UpdateSnoozed
    | EntryAmended
    | EntryPinned
    | EntryUnpinned
    | EntryRedacted,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads one stored event; an unknown kind stops the load."""
