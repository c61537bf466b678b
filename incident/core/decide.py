"""What a command leads to: the one place where the rules of an incident are chosen from.

`decide` returns the events that are to be recorded, none if the command changes nothing,
or raises `Rejected`. It changes nothing itself and knows no clock: `now` is given to it.
"""

from datetime import datetime

from incident.core import (
    answering,
    clocks,
    communications,
    declaration,
    hypotheses,
    lifecycle,
    queueing,
    remediation,
    roles,
    timeline,
)
from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.events import Event
from incident.core.incident import Incident
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings

ALONE = Surroundings()
"""The built-in policy, and nobody on call."""


def decide(
    incident: Incident, command: do.Command, now: datetime, around: Surroundings = ALONE
) -> list[Event]:
    """The events that `command` leads to on `incident` at `now` (UTC, whole milliseconds).

    `around`: the policy that holds and who is on call. Raises `Rejected` where the state
    forbids the command.
    """
    match command:
        case do.Declare() | do.Import() if incident.status != "undeclared":
            raise Rejected("already-declared", "This incident has already been declared.")
        case do.Declare():
            return declaration.declare(command, around, now)
        case do.Import():
            return declaration.recount(command, now)
        case do.Tick():
            return clocks.fall_due(incident, around, now)
        case _ if incident.status == "undeclared":
            raise Rejected("no-such-incident", "There is no such incident.")
        case do.AddEntry():
            return timeline.note(command, now)
        case do.AmendEntry() | do.PinEntry() | do.UnpinEntry() | do.RedactEntry():
            return timeline.mark(incident, command, now)
        case do.SetStatus():
            return lifecycle.move(incident, command, around, now)
        case do.ChangeIncident():
            return lifecycle.change(incident, command, around, now)
        case do.ApplyPolicy():
            return lifecycle.apply_policy(incident, command, around, now)
        case do.Acknowledge():
            return answering.acknowledge(incident, command, now)
        case do.Escalate():
            return answering.escalate(incident, command, around, now)
        case do.PauseEscalation():
            return answering.pause(incident, command, now)
        case do.ResumeEscalation():
            return answering.resume(incident, command, now)
        case do.ReportUndelivered():
            return answering.report(command, now)
        case do.AssignRole():
            return roles.assign(incident, command, around, now)
        case do.ReleaseRole():
            return roles.release(incident, command, now)
        case do.OfferRole():
            return roles.offer(incident, command, around, now)
        case do.WithdrawOffer():
            return roles.withdraw(incident, command, now)
        case do.AcceptRole():
            return roles.accept(incident, command, around, now)
        case do.DeclineRole():
            return roles.decline(incident, command, now)
        case do.FollowRotations():
            return list(roles.follow_rotations(incident, around, now))
        case work.RaiseHypothesis():
            return hypotheses.raise_one(incident, command, now)
        case work.JudgeHypothesis():
            return hypotheses.judge(incident, command, now)
        case work.ProposeAction():
            return remediation.propose(incident, command, now)
        case work.ChangeAction():
            return remediation.change(incident, command, now)
        case work.StartQueued():
            return queueing.start_queued(incident, command, now)
        case work.ClearReservation():
            return remediation.clear_reservation(incident, command, now)
        case do.PostUpdate():
            return communications.post(incident, command, now)
        case do.SnoozeUpdate():
            return communications.snooze(incident, command, now)
