"""What a command leads to: the one place where the rules of an incident are chosen from.

`decide` returns the events that are to be recorded, none if the command changes nothing,
or raises `Rejected`. It changes nothing itself and knows no clock: `now` is given to it.
"""

from datetime import datetime

from incident.core import commands as do
from incident.core import communications, declaration, lifecycle, remediation, roles, timeline
from incident.core.events import Event
from incident.core.incident import Incident
from incident.core.rejected import Rejected


def decide(incident: Incident, command: do.Command, now: datetime) -> list[Event]:
    """The events that `command` leads to on `incident` at `now` (UTC, whole milliseconds).

    Raises `Rejected` where the state forbids the command.
    """
    match command:
        case do.Declare() | do.Import() if incident.status != "undeclared":
            raise Rejected("already-declared", "This incident has already been declared.")
        case do.Declare():
            return declaration.declare(command, now)
        case do.Import():
            return declaration.recount(command, now)
        case do.Tick():
            return communications.fall_due(incident, command, now)
        case _ if incident.status == "undeclared":
            raise Rejected("no-such-incident", "There is no such incident.")
        case do.AddEntry():
            return timeline.note(command, now)
        case do.AmendEntry() | do.PinEntry() | do.UnpinEntry() | do.RedactEntry():
            return timeline.mark(incident, command, now)
        case do.SetStatus():
            return lifecycle.move(incident, command, now)
        case do.ChangeIncident():
            return lifecycle.change(incident, command, now)
        case do.Acknowledge():
            return lifecycle.acknowledge(incident, command, now)
        case do.AssignRole():
            return roles.assign(incident, command, now)
        case do.ReleaseRole():
            return roles.release(incident, command, now)
        case do.ProposeAction():
            return remediation.propose(incident, command, now)
        case do.ChangeAction():
            return remediation.change(incident, command, now)
        case do.ClearReservation():
            return remediation.clear_reservation(incident, command, now)
        case do.PostUpdate():
            return communications.post(incident, command, now)
