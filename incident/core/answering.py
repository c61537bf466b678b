"""What people do about the ladder: answer it, climb it by hand, put it off.

What time does to it stands in `escalation`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from incident.core import commands as do
from incident.core import events as ev
from incident.core.escalation import answered_within, resumed, upward, waits
from incident.core.incident import Incident
from incident.core.phrases import date_and_clock
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings

PAUSE_LIMIT = timedelta(hours=24)
OPEN = frozenset({"triage", "active", "mitigated"})


def acknowledge(incident: Incident, command: do.Acknowledge, now: datetime) -> list[ev.Event]:
    """Say that somebody is on it, which stops the ladder."""
    ladder = incident.ladder
    if command.round is not None and command.round != ladder.round:
        raise Rejected("stale-page", stale(incident, command.round), round=ladder.round)
    if incident.acknowledged_by == command.by:
        return [still_there(command.by, ladder.round, now)] if ladder.asked else []
    if incident.acknowledged_by:
        raise Rejected("already-acknowledged", f"{incident.acknowledged_by} is already on it.")
    if incident.status not in OPEN:
        raise Rejected("not-open", f"The incident is {incident.status}.")
    return [answered(incident, command.by, now)]


def still_there(who: str, answered_round: int, now: datetime) -> ev.Acknowledged:
    """Who is asked whether they are still on it says yes by acknowledging again."""
    return ev.Acknowledged(by=who, at=now, round=answered_round)


def answered(incident: Incident, who: str, now: datetime) -> ev.Acknowledged:
    """`who` is on it; unless they already have a role, something must come of it in time.

    Nothing must where no ladder would go on: on a mitigated incident that pages nobody.
    """
    climbs = incident.ladder.runs or (waits(incident) and incident.status != "mitigated")
    leads = any(role.holder == who for role in incident.roles.values())
    within = answered_within(incident)
    prove_by = now + within if within and climbs and not leads else None
    return ev.Acknowledged(by=who, at=now, round=incident.ladder.round, prove_by=prove_by)


def stale(incident: Incident, answered_round: int) -> str:
    """Why a late answer does not count."""
    if answered_round > incident.ladder.round:
        return "There has been no such page."
    if incident.status not in OPEN:
        return f"That page is over: the incident is {incident.status}."
    return (
        "That page is over: the escalation has begun anew since. "
        "Look at the incident, and acknowledge what is asked now."
    )


def escalate(
    incident: Incident, command: do.Escalate, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Climb now, or page people by name."""
    if incident.status not in OPEN:
        raise Rejected("not-open", f"The incident is {incident.status}. Reopen it first.")
    told: dict[str, Any] = {"by": command.by, "reason": command.reason}
    if command.people:
        for person in command.people:
            if not around.roster.knows(person):
                raise Rejected("no-such-person", f"There is nobody called {person}.")
        return [ev.PeopleCalled(at=now, people=unique(command.people), **told)]
    if not incident.terms.levels:
        raise Rejected("no-levels", "The policy of this incident has no levels. Page by name.")
    climbed = upward(incident, around, now, **told)
    if incident.acknowledged_by and not reaches_somebody(climbed):
        still = f"Nobody stands on any level now, and {incident.acknowledged_by} is still on it."
        raise Rejected("nobody-to-page", f"{still} Page somebody by name.")
    if incident.ladder.paused_until is None:
        return climbed
    return [ev.EscalationResumed(by=command.by, at=now), *climbed]


def reaches_somebody(climbed: Sequence[ev.Event]) -> bool:
    return any(isinstance(event, ev.Paged) and event.people for event in climbed)


def unique(people: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(people))


def pause(incident: Incident, command: do.PauseEscalation, now: datetime) -> list[ev.Event]:
    """Stop the clocks for a while."""
    if not incident.ladder.runs:
        raise Rejected("nothing-to-pause", "Nobody is being paged, so there is nothing to pause.")
    since, until = incident.ladder.paused_at, now + command.duration
    if until > (since or now) + PAUSE_LIMIT:
        raise Rejected("bad-time", too_long(since))
    return [ev.EscalationPaused(by=command.by, at=now, until=until, reason=command.reason)]


def too_long(since: datetime | None) -> str:
    """Why an escalation that has been paused `since` then, or is not yet, is not for so long."""
    limit = "An escalation can be paused for 24 hours at most."
    if since is None:
        return limit
    latest = date_and_clock(since + PAUSE_LIMIT)
    began = f"This one has been since {date_and_clock(since)}"
    return f"{limit} {began}: pause it until {latest} at the latest."


def resume(incident: Incident, command: do.ResumeEscalation, now: datetime) -> list[ev.Event]:
    """End a pause before its time."""
    if incident.ladder.paused_until is None:
        return []
    return [resumed(incident.ladder, command.by, now)]


def report(command: do.ReportUndelivered, now: datetime) -> list[ev.Event]:
    """A page did not arrive, which everybody should see."""
    return [
        ev.PageUndelivered(
            by=command.by, at=now, person=command.person, channel=command.channel, why=command.why
        )
    ]
