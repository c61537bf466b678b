"""How each event reads as a timeline entry: its sentence, its type, and its facts for programs.

The sentences name people by handle; whoever shows them may put names instead. Nothing
here knows where an event is stored.
"""

from typing import Any

from incident.core import events as ev
from incident.core.roles import role_title
from incident.core.values import EntryType, Moment

TYPES: dict[str, EntryType] = {
    "acknowledged": "escalation",
    "response_missed": "escalation",
    "declared": "milestone",
    "mitigated": "milestone",
    "resolved": "milestone",
    "closed": "milestone",
    "cancelled": "milestone",
    "reopened": "milestone",
    "activated": "milestone",
    "phase_changed": "milestone",
    "severity_changed": "milestone",
    "role_assigned": "role",
    "role_released": "role",
    "action_proposed": "action",
    "action_approved": "action",
    "approval_withdrawn": "action",
    "action_started": "action",
    "action_completed": "action",
    "action_abandoned": "action",
    "action_reassigned": "action",
    "action_described": "action",
    "reservation_cleared": "action",
    "conflict_overridden": "decision",
    "update_posted": "communication",
    "update_missed": "communication",
}
"""The entry type of each kind of event; the rest are `info`, notes have their own."""

DETAIL_NAMES = {
    "description": "the description",
    "drill": "whether it is a drill",
    "metadata": "the metadata",
    "links": "the links",
}


def entry_type(event: ev.Event) -> EntryType:
    return event.type if isinstance(event, ev.Noted) else TYPES.get(event.kind, "info")


def facts(event: ev.Event) -> dict[str, Any]:
    """The fields of `event` that its entry does not show otherwise, as JSON."""
    shown = {"kind", "by", "at", "message", "type", "late", "approx"}
    return event.model_dump(mode="json", exclude=shown, exclude_none=True)


def sentence(event: ev.Event) -> str:
    """What happened, as one sentence, or the text that a person wrote."""
    match event:
        case ev.Noted() | ev.UpdatePosted() | ev.EntryAmended():
            return event.message
        case ev.Declared():
            return f"Declared as severity {event.severity}: {event.title}"
        case ev.Imported():
            return f"Imported from {event.source}"
        case ev.Acknowledged():
            return f"{event.by} acknowledged"
        case ev.ResponseMissed():
            return f"Nobody has acknowledged; an answer was due by {clock(event.respond_by)}"
        case ev.Activated():
            return with_reason(f"Active, {event.phase}", event.reason)
        case ev.PhaseChanged():
            return with_reason(f"Now {event.phase}", event.reason)
        case ev.Mitigated():
            return with_reason("Mitigated", event.reason)
        case ev.Resolved():
            return with_reason("Resolved", event.reason)
        case ev.Closed():
            return with_reason("Closed", event.reason)
        case ev.Cancelled():
            merged = f"Cancelled, merged into {event.merged_into}"
            return with_reason(merged if event.merged_into else "Cancelled", event.reason)
        case ev.Reopened():
            return with_reason(f"Reopened, {event.phase}", event.reason)
        case ev.SeverityChanged():
            verb = "raised" if event.severity < event.previous else "lowered"
            change = f"Severity {verb} from {event.previous} to {event.severity}"
            return with_reason(change, event.reason)
        case ev.DetailsChanged():
            return details_sentence(event)
        case ev.TimesCorrected():
            times = event.model_dump(exclude={"kind", "by", "at"}, exclude_none=True)
            told = (f"{name.removesuffix('_time')} {stamp(at)}" for name, at in times.items())
            return f"Corrected times: {', '.join(told)}"
        case ev.RoleAssigned():
            return role_sentence(event)
        case ev.RoleReleased():
            return f"{event.holder} is no longer {role_title(event.role)}"
        case ev.ActionProposed():
            where = f" on {event.target}" if event.target else ""
            where += f" in {event.region}" if event.region else ""
            return f"{event.action} proposed{where}: {event.description}"
        case ev.ActionApproved():
            return f"{event.action} approved by {event.by}"
        case ev.ApprovalWithdrawn():
            return f"{event.by} withdrew the approval of {event.action}"
        case ev.ActionStarted():
            return f"{event.action} started by {event.owner}"
        case ev.ActionCompleted():
            ran = f", executed on {event.executed_on}" if event.executed_on else ""
            return f"{event.action} completed{ran}"
        case ev.ActionAbandoned():
            was = "before it started" if event.from_status == "proposed" else "while in progress"
            return f"{event.action} abandoned {was}"
        case ev.ActionReassigned():
            return f"{event.action} now belongs to {event.owner}"
        case ev.ActionDescribed():
            return f"{event.action} described anew"
        case ev.ConflictOverridden():
            others = ", ".join(f"{h.incident} {h.action}".strip() for h in event.conflicts)
            return f"{event.action} may start in spite of {others}: {event.reason}"
        case ev.ReservationCleared():
            return f"{event.action} lost its hold on {event.target}, as its start never came"
        case ev.UpdateMissed():
            return f"The update to {event.audience} was due by {clock(event.due_at)}"
        case ev.EntryPinned():
            return f"Pinned T{event.entry}"
        case ev.EntryUnpinned():
            return f"Unpinned T{event.entry}"
        case ev.EntryRedacted():
            return f"Redacted T{event.entry}"


def details_sentence(event: ev.DetailsChanged) -> str:
    told = []
    if event.affected_services is not None:
        told.append(f"Affected services: {listed(event.affected_services)}")
    if event.affected_regions is not None:
        told.append(f"Affected regions: {listed(event.affected_regions)}")
    changed = [words for name, words in DETAIL_NAMES.items() if getattr(event, name) is not None]
    if changed:
        told.append(f"Changed {', '.join(changed)}")
    if event.title is not None:
        told.append(f"Title changed to: {event.title}")
    return "; ".join(told) or "Changed nothing"


def listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"


def role_sentence(event: ev.RoleAssigned) -> str:
    title = role_title(event.role)
    if event.previous:
        return f"{event.holder} is {title}, in place of {event.previous}"
    if event.holder == event.by:
        return f"{event.holder} took the role of {title}"
    return f"{event.by} made {event.holder} {title}"


def with_reason(what: str, reason: str) -> str:
    return f"{what}: {reason}" if reason else what


def clock(moment: Moment) -> str:
    return f"{moment:%H:%M} UTC"


def stamp(moment: Moment) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
