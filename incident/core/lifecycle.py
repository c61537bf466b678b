"""The life of an incident: its status, its severity, its details and its times."""

from datetime import datetime
from typing import Any

from incident.core import commands as do
from incident.core import events as ev
from incident.core import health
from incident.core.escalation import begin, restart
from incident.core.incident import Incident, evolve, fold
from incident.core.policy import Terms
from incident.core.promises import anew, begun_again, postmortem_anew, postmortem_by
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings
from incident.core.times import not_in_the_future
from incident.core.values import ENDED, FINAL

NEXT: dict[str, frozenset[str]] = {
    "triage": frozenset({"active", "cancelled"}),
    "active": frozenset({"mitigated", "resolved", "cancelled"}),
    "mitigated": frozenset({"active", "resolved", "cancelled"}),
    "resolved": frozenset({"active", "closed"}),
    "closed": frozenset({"active"}),
    "cancelled": frozenset(),
}
"""Where each status may go; the way back to `active` is a reopening."""

TIMES = (
    "start_time",
    "detected_time",
    "declared_time",
    "acknowledged_time",
    "mitigation_time",
    "resolution_time",
)
DETAILS = (
    "title",
    "description",
    "affected_services",
    "affected_regions",
    "drill",
    "metadata",
    "links",
)


def move(
    incident: Incident, command: do.SetStatus, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Take the incident to another status, or to another phase of the active one."""
    if command.phase and command.status != "active":
        raise Rejected("bad-transition", "Only an active incident has a phase.")
    if command.status == incident.status:
        return stay(incident, command, now)
    if command.status not in NEXT[incident.status]:
        raise Rejected("bad-transition", refusal(incident, command.status))
    told: dict[str, Any] = {"by": command.by, "at": now, "reason": command.reason}
    match command.status:
        case "active" if incident.status == "triage":
            return [ev.Activated(phase=command.phase or "investigating", **told)]
        case "active":
            require_reason(command, "Say why it is reopened.")
            return reopen(incident, command, around, now)
        case "mitigated":
            return [ev.Mitigated(**told)]
        case "resolved":
            return [ev.Resolved(postmortem_by=postmortem_by(incident, now), **told)]
        case "closed":
            require_reason(command, "Say why there will be no post-mortem, or where it is.")
            nothing_runs(incident)
            return [ev.Closed(**told)]
        case "cancelled":
            if command.merged_into is None:
                require_reason(
                    command, "Say why this is no incident, or name the one it belongs to."
                )
            nothing_runs(incident)
            return [ev.Cancelled(merged_into=command.merged_into, **told)]
        case "triage":
            raise Rejected("bad-transition", refusal(incident, "triage"))


def reopen(
    incident: Incident, command: do.SetStatus, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """It begins again: its clocks, and the escalation with a new round."""
    reopened = ev.Reopened(
        by=command.by,
        at=now,
        reason=command.reason,
        phase=command.phase or "investigating",
        **begun_again(incident, now),
    )
    return [reopened, *begin(evolve(incident, reopened), around, now)]


def stay(incident: Incident, command: do.SetStatus, now: datetime) -> list[ev.Event]:
    """The same status again: a change of phase, or nothing."""
    if command.phase is None or command.phase == incident.phase:
        return []
    return [ev.PhaseChanged(by=command.by, at=now, phase=command.phase, reason=command.reason)]


def refusal(incident: Incident, status: str) -> str:
    possible = " or ".join(sorted(NEXT[incident.status])) or "nothing else"
    return f"It is {incident.status} and cannot become {status}; it can become {possible}."


def require_reason(command: do.SetStatus, ask: str) -> None:
    if not command.reason.strip():
        raise Rejected("reason-required", ask)


def nothing_runs(incident: Incident) -> None:
    running = [a.id for a in incident.actions if a.status == "in-progress"]
    if running:
        names = ", ".join(running)
        raise Rejected("actions-running", f"Complete or abandon {names} first.", actions=running)


def change(
    incident: Incident, command: do.ChangeIncident, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Correct what is known about the incident: details, health, severity, times."""
    told: dict[str, Any] = {"by": command.by, "at": now}
    changes: list[ev.Event] = []
    details = differing(incident, command, DETAILS)
    if details:
        changes.append(ev.DetailsChanged(**told, **details))
    changes += health.say(fold(changes, incident), command, now)
    if command.severity is not None and command.severity != incident.severity:
        # After what is affected, as it may page: those of the regions that are right by now.
        changes += new_severity(fold(changes, incident), command, around, now)
    times = differing(incident, command, TIMES)
    if times:
        plausible(incident, times, now)
        changes.append(ev.TimesCorrected(**told, **times))
    return changes


def new_severity(
    incident: Incident, command: do.ChangeIncident, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """The new severity brings its own clocks, which count from now; the old ones are void."""
    assert command.severity is not None
    changed = ev.SeverityChanged(
        by=command.by,
        at=now,
        severity=command.severity,
        previous=incident.severity,
        reason=command.reason,
        postmortem_by=postmortem_anew(incident, command.severity),
        **clocks_anew(incident, incident.terms, command.severity, now),
    )
    return [changed, *restart(incident, evolve(incident, changed), around, now)]


def clocks_anew(incident: Incident, terms: Terms, severity: int, now: datetime) -> dict[str, Any]:
    """The clocks of a severity or policy from now on; none in an incident that has ended."""
    if incident.status in ENDED:
        return {}
    return anew(terms, severity, incident.communications, now)


def apply_policy(
    incident: Incident, command: do.ApplyPolicy, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """Go on under the policy as it is now, with new clocks."""
    still_worked_on(incident)
    if around.revision <= incident.terms.revision:
        return []
    terms = around.policy.terms(around.revision)
    applied = ev.PolicyApplied(
        by=command.by,
        at=now,
        terms=terms,
        previous=incident.terms.revision,
        **clocks_anew(incident, terms, incident.severity, now),
    )
    return [applied, *restart(incident, evolve(incident, applied), around, now)]


def differing(
    incident: Incident, command: do.ChangeIncident, names: tuple[str, ...]
) -> dict[str, Any]:
    """What `command` gives for `names` that is not so already."""
    given = {name: getattr(command, name) for name in names}
    return {
        name: value
        for name, value in given.items()
        if value is not None and value != getattr(incident, name)
    }


def plausible(incident: Incident, times: dict[str, datetime], now: datetime) -> None:
    """Refuse times in the future, of things that have not happened, or in the wrong order."""
    for name, moment in times.items():
        not_in_the_future(moment, now)
        unset = getattr(incident, name) is None
        if unset and name in {"acknowledged_time", "mitigation_time", "resolution_time"}:
            word = name.removesuffix("_time")
            raise Rejected("bad-times", f"There is no {word} time to correct yet.")
    after = {name: times.get(name, getattr(incident, name)) for name in TIMES}
    ordered = ("start_time", "mitigation_time", "resolution_time")
    known = [after[name] for name in ordered if after[name]]
    if known != sorted(known):
        raise Rejected("bad-times", "An incident begins, is mitigated and resolved in that order.")
    if after["detected_time"] and after["detected_time"] < after["start_time"]:
        raise Rejected("bad-times", "It cannot have been detected before it began.")


def still_worked_on(incident: Incident) -> None:
    """Refuse work on an incident that is over; only a closed one can be reopened."""
    if incident.status in FINAL:
        way_out = "Reopen it" if NEXT[incident.status] else "Declare a new one"
        raise Rejected("not-open", f"The incident is {incident.status}. {way_out} first.")
