"""What time alone brings about: every deadline of an incident, looked at in one place.

Each is decided on the newest state, so each happens once. Times are the database's, which
the caller brings along.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from incident.core import escalation, roles
from incident.core import events as ev
from incident.core.incident import Incident, fold
from incident.core.standing import on_duty, standing
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title
from incident.core.values import ENDED

SYSTEM = "system"


def fall_due(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """What time alone has brought about by `now`; each deadline once."""
    if incident.status == "undeclared":
        return []
    if incident.status in ENDED:
        return list(postmortem(incident, now))
    told = escalation.fall_due(incident, around, now)
    state = fold(told, incident)
    for clock in (roles.fall_due, command_missing, of_updates, of_fixes, of_the_target):
        more = list(clock(state, around, now))
        state = fold(more, state)
        told += more
    return told


def postmortem(incident: Incident, now: datetime) -> Iterable[ev.Event]:
    if incident.postmortem_by and incident.postmortem_by <= now:
        owner = incident.commander or incident.resolved_by
        told = {"postmortem_by": incident.postmortem_by, "owner": owner}
        yield ev.PostmortemOverdue.model_validate({"by": SYSTEM, "at": now} | told)


def command_missing(incident: Incident, around: Surroundings, now: datetime) -> Iterable[ev.Event]:
    """Nobody has commanded for too long: page who is on call for it, or else the ladder's."""
    due, since = incident.command_by, incident.leaderless_since
    if due and due <= now and since:
        people = for_command(incident, around, now)
        yield ev.CommanderMissing(by=SYSTEM, at=now, since=since, people=people)


def for_command(incident: Incident, around: Surroundings, now: datetime) -> tuple[ev.Called, ...]:
    role = "incident_commander"
    watch = around.roster.on_call(role, incident.affected_regions, now)
    found = [(who, why) for who, why in on_duty(watch, role_title(role)) if who]
    if found:
        return tuple(ev.Called(person=who, why=why) for who, why in found)
    levels = (standing(level, incident, around, now)[0] for level in incident.terms.levels)
    return next((people for people in levels if people), ())


def of_updates(incident: Incident, _: Surroundings, now: datetime) -> Iterable[ev.Event]:
    for audience, channel in incident.communications.items():
        if channel.wake_at and channel.wake_at <= now:
            told = {"by": SYSTEM, "at": now, "audience": audience, "due_at": channel.due_at}
            yield ev.UpdateMissed.model_validate(told)


def of_fixes(incident: Incident, _: Surroundings, now: datetime) -> Iterable[ev.Event]:
    for action in incident.actions:
        if action.wake_at and action.wake_at <= now and action.estimate:
            owner = action.owner or action.created_by
            told: dict[str, Any] = {"action": action.id, "owner": owner}
            yield ev.ActionOverdue(by=SYSTEM, at=now, estimate=action.estimate, **told)


def of_the_target(incident: Incident, _: Surroundings, now: datetime) -> Iterable[ev.Event]:
    if incident.resolve_by and incident.resolve_by <= now:
        yield ev.ResolveTargetMissed(by=SYSTEM, at=now, resolve_by=incident.resolve_by)
