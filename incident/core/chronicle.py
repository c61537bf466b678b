"""How each event reads as a timeline entry: its sentence, its type, and its facts for programs.

The sentences name people by handle; whoever shows them may put names instead. Nothing
here knows where an event is stored.
"""

from typing import Any

from incident.core import events as ev
from incident.core import ladder_sentences as ladder
from incident.core.phrases import span
from incident.core.targets import ANYWHERE
from incident.core.titles import role_title
from incident.core.values import EntryType, Moment

SYSTEM = "system"

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
    "update_snoozed": "communication",
    "paged": "escalation",
    "people_called": "escalation",
    "page_undelivered": "escalation",
    "acknowledgement_questioned": "escalation",
    "acknowledgement_lapsed": "escalation",
    "escalation_paused": "escalation",
    "escalation_resumed": "escalation",
    "escalation_restarted": "escalation",
    "escalation_ended": "escalation",
    "commander_missing": "escalation",
    "resolve_target_missed": "escalation",
    "postmortem_overdue": "escalation",
    "policy_applied": "decision",
    "role_offered": "role",
    "role_accepted": "role",
    "offer_declined": "role",
    "offer_expired": "role",
    "offer_withdrawn": "role",
    "shift_ended": "role",
    "shift_extended": "role",
    "action_queued": "action",
    "action_unqueued": "action",
    "action_overdue": "action",
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


def told_later(event: ev.Event) -> bool:
    """Whether it was written down more than a minute after it happened."""
    match event:
        case ev.Noted() | ev.ActionCompleted() | ev.ActionAbandoned():
            return event.late
        case _:
            return False


def facts(event: ev.Event) -> dict[str, Any]:
    """The fields of `event` that its entry does not show otherwise, as JSON."""
    shown = {"kind", "by", "at", "message", "type", "late", "approx", "terms", "attachments"}
    told = event.model_dump(mode="json", exclude=shown, exclude_none=True)
    if isinstance(event, ev.Declared | ev.PolicyApplied) and event.terms:
        told["policy_revision"] = event.terms.revision  # the terms themselves are long
    return told


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
        case ev.Paged():
            return ladder.paged(event)
        case ev.PeopleCalled():
            return ladder.called(event)
        case ev.PageUndelivered():
            return ladder.undelivered(event)
        case ev.AcknowledgementQuestioned():
            return ladder.questioned(event)
        case ev.AcknowledgementLapsed():
            return f"Nothing came of the acknowledgement of {event.person}: the ladder goes on"
        case ev.EscalationPaused():
            told = f"{event.by} paused the escalation until {clock(event.until)}"
            return with_reason(told, event.reason)
        case ev.EscalationResumed():
            return ladder.resumed(event)
        case ev.EscalationRestarted():
            return ladder.restarted(event)
        case ev.EscalationEnded():
            return f"Nobody is paged any more: {event.why}"
        case ev.CommanderMissing():
            return ladder.commander_missing(event)
        case ev.PolicyApplied():
            numbers = f"revision {event.terms.revision}, before {event.previous}"
            return f"The policy as it is now holds from here on ({numbers})"
        case ev.ResolveTargetMissed():
            return f"It was to be resolved by {stamp(event.resolve_by)}"
        case ev.PostmortemOverdue():
            return f"The post-mortem was due by {stamp(event.postmortem_by)}"
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
        case ev.HealthChanged():
            return health_sentence(event)
        case ev.TimesCorrected():
            times = event.model_dump(exclude={"kind", "by", "at"}, exclude_none=True)
            corrected = (f"{name.removesuffix('_time')} {stamp(at)}" for name, at in times.items())
            return f"Corrected times: {', '.join(corrected)}"
        case ev.RoleAssigned():
            return role_sentence(event)
        case ev.RoleReleased():
            return f"{event.holder} is no longer {role_title(event.role)}"
        case ev.RoleOffered():
            return ladder.offered(event)
        case ev.RoleAccepted():
            return ladder.accepted(event)
        case ev.OfferDeclined():
            return with_reason(f"{event.to} declined {role_title(event.role)}", event.reason)
        case ev.OfferExpired():
            return f"{event.to} did not answer the offer of {role_title(event.role)}"
        case ev.OfferWithdrawn():
            return f"{role_title(event.role).capitalize()} is no longer offered to {event.to}"
        case ev.ShiftEnded():
            return ladder.shift_ended(event)
        case ev.ShiftExtended():
            return ladder.shift_extended(event)
        case ev.HypothesisRaised():
            return f"{event.hypothesis}: {event.description}"
        case ev.HypothesisJudged():
            return ladder.judged(event)
        case ev.EvidenceCited():
            return ladder.cited(event)
        case ev.ActionProposed():
            where = f" on {event.target}" if event.target else ""
            where += f" in {event.region}" if event.region else ""
            return f"{event.action} proposed{where}: {event.description}"
        case ev.ActionApproved():
            return f"{event.action} approved by {event.by}"
        case ev.ApprovalWithdrawn():
            return f"{event.by} withdrew the approval of {event.action}"
        case ev.ActionStarted():
            return started_sentence(event)
        case ev.ActionCompleted():
            ran = f", executed on {event.executed_on}" if event.executed_on else ""
            return with_reason(f"{event.action} completed{ran}", event.reason)
        case ev.ActionAbandoned():
            was = "before it started" if event.from_status == "proposed" else "while in progress"
            return with_reason(f"{event.action} abandoned {was}", event.reason)
        case ev.ActionReassigned():
            return f"{event.action} now belongs to {event.owner}"
        case ev.ActionDescribed():
            if event.estimate and event.description is None and event.impact is None:
                return f"{event.action} is estimated to take {span(event.estimate)}"
            return f"{event.action} described anew"
        case ev.ActionQueued():
            return f"{event.action} starts by itself when {event.after} ends"
        case ev.ActionUnqueued():
            return with_reason(f"{event.action} does not start by itself", event.reason)
        case ev.ActionOverdue():
            took = span(event.estimate)
            return f"{event.action} of {event.owner} runs for longer than the estimated {took}"
        case ev.ConflictOverridden():
            others = ", ".join(f"{h.incident} {h.action}".strip() for h in event.conflicts)
            return f"{event.action} may start in spite of {others}: {event.reason}"
        case ev.ReservationCleared():
            return f"{event.action} lost its hold on {event.target}, as its start never came"
        case ev.UpdateMissed():
            return f"The update to {event.audience} was due by {clock(event.due_at)}"
        case ev.UpdateSnoozed():
            told = f"{event.by} put the update to {event.audience} off until {clock(event.until)}"
            return with_reason(told, event.reason)
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


def health_sentence(event: ev.HealthChanged) -> str:
    where = "" if event.region == ANYWHERE else f" in {event.region}"
    word = "well again" if event.health == "ok" else event.health
    return f"{event.service}{where} is {word}"


def started_sentence(event: ev.ActionStarted) -> str:
    """Who started it; or what had it start by itself, and whose it is where that is not said."""
    if event.by != SYSTEM:
        return f"{event.action} started by {event.owner}"
    told = f"{event.action} started by itself"
    told += f" after {event.after} ended" if event.after else ""
    told += f", as {event.asked_by} had asked" if event.asked_by else ""
    return told if event.owner == event.asked_by else f"{told}; it belongs to {event.owner}"


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
