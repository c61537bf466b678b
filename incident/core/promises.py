"""When what a severity promises falls due: updates, the end of it, the post-mortem.

Dates only; what happens when one passes stands in `clocks`.
"""

from datetime import datetime, timedelta
from typing import Any

from incident.core.incident import Incident
from incident.core.pieces import Channel
from incident.core.policy import Terms

POSTMORTEM_WITHIN = timedelta(days=5)
POSTMORTEM_UP_TO = 2
"""The mildest severity whose post-mortem has a date."""


def postmortem_by(incident: Incident, now: datetime) -> datetime | None:
    """When the post-mortem of an incident that is resolved now is due."""
    return now + POSTMORTEM_WITHIN if incident.severity <= POSTMORTEM_UP_TO else None


def beginning(terms: Terms, severity: int, now: datetime) -> dict[str, Any]:
    """The clocks of a severity that begins now: fields of the event that begins it."""
    promises = terms.severity(severity)
    return {
        "resolve_by": now + promises.resolve_within if promises.resolve_within else None,
        "updates_due": {name: now + within for name, within in promises.update_every.items()},
    }


def anew(
    terms: Terms, severity: int, channels: dict[str, Channel], now: datetime
) -> dict[str, Any]:
    """The clocks of a severity or policy that changes now; what somebody promised stays."""
    clocks = beginning(terms, severity, now)
    kept = {name for name, channel in channels.items() if stands(channel)}
    due = {name: moment for name, moment in clocks["updates_due"].items() if name not in kept}
    off = [n for n, channel in channels.items() if n not in {*kept, *due} and channel.due_at]
    return clocks | {"updates_due": due, "updates_off": tuple(off)}


def stands(channel: Channel) -> bool:
    """Whether somebody gave the time at which the next update is due, and it is not missed."""
    return channel.promised and channel.due_at is not None and not channel.missed


def begun_again(incident: Incident, now: datetime) -> dict[str, Any]:
    """The clocks of an incident that is reopened; what somebody promised meanwhile stays."""
    clocks = anew(incident.terms, incident.severity, incident.communications, now)
    return {name: clocks[name] for name in ("resolve_by", "updates_due")}


def postmortem_anew(incident: Incident, severity: int) -> datetime | None:
    """When the post-mortem of a resolved incident is due once it is of this `severity`."""
    if severity > POSTMORTEM_UP_TO or incident.status != "resolved":
        return None
    if incident.severity <= POSTMORTEM_UP_TO or incident.resolution_time is None:
        return incident.postmortem_by
    return incident.resolution_time + POSTMORTEM_WITHIN
