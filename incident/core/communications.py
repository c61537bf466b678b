"""Promises to people: updates that were sent, and what falls due when nobody acts."""

from datetime import datetime

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.lifecycle import still_worked_on
from incident.core.values import ENDED


def post(incident: Incident, command: do.PostUpdate, now: datetime) -> list[ev.Event]:
    """Record an update to an audience, and when the next one was promised."""
    still_worked_on(incident)
    promised = command.next_update_in is not None and incident.status not in ENDED
    due = now + command.next_update_in if promised and command.next_update_in else None
    return [
        ev.UpdatePosted(
            by=command.by, at=now, audience=command.audience, message=command.message, due_at=due
        )
    ]


def fall_due(incident: Incident, command: do.Tick, now: datetime) -> list[ev.Event]:
    """What time alone has brought about by `now`; each deadline once."""
    missed: list[ev.Event] = []
    if incident.respond_by and incident.respond_by <= now:
        missed.append(ev.ResponseMissed(by=command.by, at=now, respond_by=incident.respond_by))
    for audience, channel in incident.communications.items():
        if channel.due_at and not channel.missed and channel.due_at <= now:
            told = {"by": command.by, "at": now, "audience": audience, "due_at": channel.due_at}
            missed.append(ev.UpdateMissed.model_validate(told))
    return missed
