"""Everything that can have happened to an incident.

Events are facts: they are never edited. A new field has a default, a new meaning is a new
kind, and a kind that is no longer written stays readable under "Retired" at the bottom.
Nothing here decides whether an event may happen.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from incident.core.action_events import (
    ActionAbandoned,
    ActionApproved,
    ActionCompleted,
    ActionDescribed,
    ActionProposed,
    ActionReassigned,
    ActionStarted,
    ApprovalWithdrawn,
    ConflictOverridden,
    Hold,
    ReservationCleared,
)
from incident.core.values import (
    Audience,
    Happening,
    Link,
    Moment,
    NoteType,
    Phase,
    RoleName,
    Status,
)

__all__ = [
    "ActionAbandoned",
    "ActionApproved",
    "ActionCompleted",
    "ActionDescribed",
    "ActionProposed",
    "ActionReassigned",
    "ActionStarted",
    "ApprovalWithdrawn",
    "ConflictOverridden",
    "Hold",
    "ReservationCleared",
]  # of other modules: events about actions are reached through this one, too


class Declared(Happening):
    kind: Literal["declared"] = "declared"
    title: str
    severity: int
    status: Status = "active"
    phase: Phase | None = None
    description: str = ""
    start_time: Moment
    detected_time: Moment | None = None
    affected_services: tuple[str, ...] = ()
    affected_regions: tuple[str, ...] = ()
    drill: bool = False
    visibility: Literal["public"] = "public"
    metadata: dict[str, Any] = {}
    links: tuple[Link, ...] = ()
    respond_by: Moment | None = None


class Imported(Happening):
    kind: Literal["imported"] = "imported"
    source: str


class Noted(Happening):
    """Something a person or a system wrote down. `late`: told more than a minute afterwards."""

    kind: Literal["noted"] = "noted"
    type: NoteType = "info"
    message: str
    late: bool = False
    approx: bool = False


class Acknowledged(Happening):
    kind: Literal["acknowledged"] = "acknowledged"


class ResponseMissed(Happening):
    kind: Literal["response_missed"] = "response_missed"
    respond_by: Moment


class Activated(Happening):
    kind: Literal["activated"] = "activated"
    phase: Phase
    reason: str = ""


class PhaseChanged(Happening):
    kind: Literal["phase_changed"] = "phase_changed"
    phase: Phase
    reason: str = ""


class Mitigated(Happening):
    kind: Literal["mitigated"] = "mitigated"
    reason: str = ""


class Resolved(Happening):
    kind: Literal["resolved"] = "resolved"
    reason: str = ""


class Closed(Happening):
    kind: Literal["closed"] = "closed"
    reason: str


class Cancelled(Happening):
    kind: Literal["cancelled"] = "cancelled"
    reason: str
    merged_into: str | None = None


class Reopened(Happening):
    kind: Literal["reopened"] = "reopened"
    phase: Phase
    reason: str


class SeverityChanged(Happening):
    kind: Literal["severity_changed"] = "severity_changed"
    severity: int
    previous: int
    reason: str = ""
    respond_by: Moment | None = None


class DetailsChanged(Happening):
    """Only what changed is set; the rest is None."""

    kind: Literal["details_changed"] = "details_changed"
    title: str | None = None
    description: str | None = None
    affected_services: tuple[str, ...] | None = None
    affected_regions: tuple[str, ...] | None = None
    drill: bool | None = None
    metadata: dict[str, Any] | None = None
    links: tuple[Link, ...] | None = None


class TimesCorrected(Happening):
    """Only what was corrected is set; the rest is None."""

    kind: Literal["times_corrected"] = "times_corrected"
    start_time: Moment | None = None
    detected_time: Moment | None = None
    declared_time: Moment | None = None
    acknowledged_time: Moment | None = None
    mitigation_time: Moment | None = None
    resolution_time: Moment | None = None


class RoleAssigned(Happening):
    kind: Literal["role_assigned"] = "role_assigned"
    role: RoleName
    holder: str
    previous: str | None = None


class RoleReleased(Happening):
    kind: Literal["role_released"] = "role_released"
    role: RoleName
    holder: str


class UpdatePosted(Happening):
    kind: Literal["update_posted"] = "update_posted"
    audience: Audience
    message: str
    due_at: Moment | None = None


class UpdateMissed(Happening):
    kind: Literal["update_missed"] = "update_missed"
    audience: Audience
    due_at: Moment


class EntryAmended(Happening):
    kind: Literal["entry_amended"] = "entry_amended"
    entry: int
    message: str


class EntryPinned(Happening):
    kind: Literal["entry_pinned"] = "entry_pinned"
    entry: int


class EntryUnpinned(Happening):
    kind: Literal["entry_unpinned"] = "entry_unpinned"
    entry: int


class EntryRedacted(Happening):
    """The one event that removes text: of entry number `entry`, and what the state kept of it.

    `fields` names what in the state still showed that text, such as `title` or
    `actions.ACT-3.impact`.
    """

    kind: Literal["entry_redacted"] = "entry_redacted"
    entry: int
    fields: tuple[str, ...] = ()


Mark = EntryAmended | EntryPinned | EntryUnpinned | EntryRedacted
"""Events that speak of an earlier entry, named by its number."""

Event = Annotated[
    Declared
    | Imported
    | Noted
    | Acknowledged
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
    | TimesCorrected
    | RoleAssigned
    | RoleReleased
    | ActionProposed
    | ActionApproved
    | ApprovalWithdrawn
    | ActionStarted
    | ActionCompleted
    | ActionAbandoned
    | ActionReassigned
    | ActionDescribed
    | ConflictOverridden
    | ReservationCleared
    | UpdatePosted
    | UpdateMissed
    | EntryAmended
    | EntryPinned
    | EntryUnpinned
    | EntryRedacted,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
"""Reads one stored event; an unknown kind stops the load."""
