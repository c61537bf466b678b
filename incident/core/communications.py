"""Promises to people: updates that were sent, when the next ones are due, and putting them off.

What happens when one is missed stands in `clocks`.
"""

from datetime import datetime

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.lifecycle import still_worked_on
from incident.core.rejected import Rejected
from incident.core.values import ENDED


def post(incident: Incident, command: do.PostUpdate, now: datetime) -> list[ev.Event]:
    """Record an update to an audience; the next one is due as promised, or by the cadence."""
    still_worked_on(incident)
    cadence = incident.terms.severity(incident.severity).update_every.get(command.audience)
    within = command.next_update_in or cadence
    due = now + within if within and incident.status not in ENDED else None
    return [
        ev.UpdatePosted(
            by=command.by,
            at=now,
            audience=command.audience,
            message=command.message,
            due_at=due,
            promised=command.next_update_in is not None,
        )
    ]


def snooze(incident: Incident, command: do.SnoozeUpdate, now: datetime) -> list[ev.Event]:
    """Put the next update to an audience off, and say so."""
    if incident.communications[command.audience].due_at is None:
        raise Rejected("nothing-due", f"No update to {command.audience} is due.")
    return [
        ev.UpdateSnoozed(
            by=command.by,
            at=now,
            audience=command.audience,
            until=now + command.duration,
            reason=command.reason,
        )
    ]
