"""Fixes: proposed, approved by somebody else, started where nothing else runs, ended.

On severity 1 and 2 a start needs the approval of the incident commander, or of the
operations lead when there is no commander.
"""

from datetime import datetime
from typing import Any

from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.incident import Incident, evolve
from incident.core.lifecycle import still_worked_on
from incident.core.pieces import Action
from incident.core.queueing import APPROVAL_UP_TO, busy, conflicts_of, queue, unfinished
from incident.core.rejected import Rejected
from incident.core.timeline import LATE_AFTER
from incident.core.times import not_in_the_future

NEXT: dict[str, frozenset[str]] = {
    "proposed": frozenset({"in-progress", "abandoned"}),
    "in-progress": frozenset({"completed", "abandoned"}),
    "completed": frozenset(),
    "abandoned": frozenset(),
}

ENDS = frozenset({"completed", "abandoned"})


def propose(incident: Incident, command: work.ProposeAction, now: datetime) -> list[ev.Event]:
    """Put a fix on the board."""
    still_worked_on(incident)
    number = len(incident.actions) + 1
    told = command.model_dump(exclude={"by", "authority"})
    return [ev.ActionProposed(by=command.by, at=now, action=f"ACT-{number}", **told)]


def change(incident: Incident, command: work.ChangeAction, now: datetime) -> list[ev.Event]:
    """Approve, reassign, describe, start or end a fix: in that order, all or nothing."""
    still_worked_on(incident)
    changes: list[ev.Event] = []
    for step in (approve, reassign, describe, queue, progress):
        action = known_action(incident, command.action)
        for event in step(incident, action, command, now):
            changes.append(event)
            incident = evolve(incident, event)
    return changes


def known_action(incident: Incident, action: str) -> Action:
    found = incident.action(action)
    if found is None:
        raise Rejected("no-such-action", f"This incident has no action {action}.")
    return found


def approve(
    incident: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    """Approval, or its withdrawal, while the fix has not begun."""
    if command.approved is None or command.approved == bool(action.approved_by):
        return []
    if action.status != "proposed":
        raise Rejected("bad-transition", f"{action.id} is already {action.status}.")
    may_approve(incident, action, command)
    told: dict[str, Any] = {"by": command.by, "at": now, "action": action.id}
    return [ev.ActionApproved(**told) if command.approved else ev.ApprovalWithdrawn(**told)]


def may_approve(incident: Incident, action: Action, command: work.ChangeAction) -> None:
    """Who leads decides, and may always withdraw; nobody approves their own idea if others can."""
    leader, approver = next(iter(leaders(incident)), None), approver_of(incident, action)
    if approver is None:
        raise Rejected("not-approver", "Nobody can approve yet: take incident command first.")
    if command.by == approver or (command.by == leader and not command.approved):
        return
    if command.by == leader:
        raise Rejected("own-approval", f"You proposed it yourself. Ask {approver} to look at it.")
    raise Rejected("not-approver", f"Only {approver} can approve this.", approver=approver)


def approver_of(incident: Incident, action: Action) -> str | None:
    """The first of those who lead, passing over whoever proposed the action where another can."""
    inclined = [leader for leader in leaders(incident) if leader != action.created_by]
    return next(iter([*inclined, *leaders(incident)]), None)


def leaders(incident: Incident) -> list[str]:
    """The incident commander, then the operations lead, as far as there are any."""
    holders = (incident.commander, incident.roles["operations_lead"].holder)
    return [holder for holder in holders if holder]


def reassign(
    _: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    if command.owner is None or command.owner == action.owner:
        return []
    unfinished(action)
    return [ev.ActionReassigned(by=command.by, at=now, action=action.id, owner=command.owner)]


def describe(
    _: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    """What it does, what it may break, how long it takes. An approval holds for the words."""
    told = {
        name: value
        for name in ("description", "impact", "estimate")
        if (value := getattr(command, name)) is not None and value != getattr(action, name)
    }
    if not told:
        return []
    unfinished(action)
    described = ev.ActionDescribed(by=command.by, at=now, action=action.id, **told)
    kept = action.approved_by in {None, command.by} or set(told) == {"estimate"}
    if action.status != "proposed" or kept:
        return [described]
    return [described, ev.ApprovalWithdrawn(by=command.by, at=now, action=action.id)]


def progress(
    incident: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    """Start, complete or abandon."""
    if command.timestamp and command.status not in ENDS:
        raise Rejected("bad-time", "Only the end of a fix is told with its time.")
    if command.reason and command.status not in ENDS:
        raise Rejected("bad-transition", "Only the end of a fix is told with how it turned out.")
    if command.status == action.status and command.reason not in {"", action.reason}:
        already = f"{action.id} is {action.status} already. Add a note to say more about it."
        raise Rejected("bad-transition", already)
    if command.status is None or command.status == action.status:
        return []
    if command.status not in NEXT[action.status]:
        raise Rejected(
            "bad-transition", f"{action.id} is {action.status}; it cannot become {command.status}."
        )
    if command.status == "in-progress":
        return start(incident, action, command, now)
    at = when_it_ended(action, command, now)
    told: dict[str, Any] = {"by": command.by, "at": at, "action": action.id}
    told |= {"late": now - at > LATE_AFTER, "reason": command.reason}
    if command.status == "completed":
        return [ev.ActionCompleted(**told)]
    return [ev.ActionAbandoned(from_status=action.status, **told)]


def when_it_ended(action: Action, command: work.ChangeAction, now: datetime) -> datetime:
    """Now, or when whoever ended it says: what was done offline is told afterwards."""
    at = command.timestamp or now
    not_in_the_future(at, now)
    began = action.started_at or action.created_at
    if at < began:
        told = "started" if action.started_at else "proposed"
        raise Rejected("bad-time", f"{action.id} was {told} at {began:%H:%M:%S} UTC, after that.")
    return at


def start(
    incident: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    """Begin a fix, if it is approved where it must be and its target is free."""
    if incident.severity <= APPROVAL_UP_TO and not action.approved_by:
        who = approver_of(incident, action) or "a commander"
        raise Rejected("approval-needed", f"{action.id} needs the approval of {who} first.")
    told: dict[str, Any] = {"by": command.by, "at": now, "action": action.id}
    started = ev.ActionStarted(owner=action.owner or command.by, **told)
    conflicts = conflicts_of(incident, action, command)
    if not conflicts:
        return [started]
    if command.override is None:
        raise Rejected("target-busy", busy(conflicts[0]), conflicts=conflicts)
    if command.by != incident.commander:
        raise Rejected("override-not-commander", "Only the incident commander can override this.")
    overridden = ev.ConflictOverridden(reason=command.override, conflicts=conflicts, **told)
    return [overridden, started]


def clear_reservation(
    incident: Incident, command: work.ClearReservation, now: datetime
) -> list[ev.Event]:
    """Record that the hold of a start that never came was taken back."""
    action = known_action(incident, command.action)
    if action.status == "in-progress":
        raise Rejected("bad-transition", f"{action.id} is in progress and keeps its hold.")
    return [
        ev.ReservationCleared(by=command.by, at=now, action=action.id, target=action.target or "")
    ]
