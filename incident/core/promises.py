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
    kept = {name for name, channel in channels.items() if channel.promised and not channel.missed}
    due = {name: moment for name, moment in clocks["updates_due"].items() if name not in kept}
    off = [n for n, channel in channels.items() if n not in {*kept, *due} and channel.due_at]
    return clocks | {"updates_due": due, "updates_off": tuple(off)}
