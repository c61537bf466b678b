"""Fixes that wait for another to end, and what stands in the way of one that would start.

A waiting fix starts by itself when the other ends, if it is still approved then.
"""

from datetime import datetime
from typing import Any

from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.incident import Incident
from incident.core.pieces import Action
from incident.core.rejected import Rejected
from incident.core.targets import ANYWHERE, overlapping
from incident.core.values import ENDED

APPROVAL_UP_TO = 2
"""The mildest severity on which starting a fix needs approval."""
SYSTEM = "system"


def queue(
    incident: Incident, action: Action, command: work.ChangeAction, now: datetime
) -> list[ev.Event]:
    """Start by itself when another one ends; or no longer."""
    if command.run_after is None or command.run_after == (action.run_after or ""):
        return []
    if action.status != "proposed":
        raise Rejected("bad-transition", f"{action.id} is already {action.status}.")
    told: dict[str, Any] = {"by": command.by, "at": now, "action": action.id}
    if not command.run_after:
        return [ev.ActionUnqueued(reason="", **told)]
    refuse_a_circle(incident, action, command.run_after)
    return [ev.ActionQueued(after=command.run_after, **told)]


def refuse_a_circle(incident: Incident, action: Action, after: str) -> None:
    """What is waited for must be there, not be over, and not wait for this one itself."""
    seen = after
    while "/" not in seen:
        if seen == action.id:
            raise Rejected("bad-queue", f"{action.id} would wait for itself.")
        other = incident.action(seen)
        if other is None:
            raise Rejected("no-such-action", f"This incident has no action {seen}.")
        if seen == after:
            unfinished(other)
        if other.run_after is None:
            return
        seen = other.run_after


def start_queued(incident: Incident, command: work.StartQueued, now: datetime) -> list[ev.Event]:
    """What it waited for has ended: start it, or say why it does not start by itself."""
    action = incident.action(command.action)
    if action is None or action.status != "proposed" or action.run_after is None:
        return []
    if command.after not in {None, action.run_after}:
        return []
    told: dict[str, Any] = {"by": SYSTEM, "at": now, "action": action.id}
    if incident.status in ENDED:  # nobody looks at what would happen
        return [ev.ActionUnqueued(reason=f"the incident is {incident.status}", **told)]
    if still_to_end(incident, action.run_after):
        return []
    if incident.severity <= APPROVAL_UP_TO and not action.approved_by:
        return [ev.ActionUnqueued(reason="it is not approved", **told)]
    conflicts = conflicts_of(incident, action, command)
    if conflicts:
        first = conflicts[0]
        after = f"{first.incident}/{first.action}" if first.incident else first.action
        return [ev.ActionQueued(after=after, **told)] if after != action.run_after else []
    told |= {"after": action.run_after, "asked_by": action.queued_by}
    return [ev.ActionStarted(owner=runner(action), **told)]


def still_to_end(incident: Incident, awaited: str) -> bool:
    """Whether it is a fix of this incident that has not ended."""
    other = incident.action(awaited)
    return other is not None and other.status in {"proposed", "in-progress"}


def runner(action: Action) -> str:
    """Whose a fix is that starts by itself."""
    return action.owner or action.queued_by or action.created_by


def unfinished(action: Action) -> None:
    if action.status in {"completed", "abandoned"}:
        raise Rejected("bad-transition", f"{action.id} is already {action.status}.")


def busy(hold: ev.Hold) -> str:
    where = "every region" if hold.region == ANYWHERE else hold.region
    what = f"{hold.action} of {hold.incident}" if hold.incident else hold.action
    return (
        f"{hold.holder} has been on {hold.target} in {where} since {hold.since:%H:%M} UTC "
        f"with {what}. Run this one after it, or wait for it to end."
    )


def conflicts_of(
    incident: Incident, action: Action, command: work.ChangeAction | work.StartQueued
) -> tuple[ev.Hold, ...]:
    """What already runs where `action` would: here (named by no incident), and in others."""
    if action.target is None:
        return ()
    here = [
        ev.Hold(
            incident="",
            action=other.id,
            holder=other.owner or other.created_by,
            since=other.started_at or other.created_at,
            target=other.target,
            region=other.region or ANYWHERE,
        )
        for other in incident.actions
        if other.status == "in-progress"
        and other.target
        and overlapping(other.target, other.region, action.target, action.region)
    ]
    return (*here, *command.conflicts)
