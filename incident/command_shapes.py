"""The public shapes of who leads, who is paged, and what was promised: parts of an incident.

`shapes` puts them into the whole; nothing is decided here.
"""

from datetime import datetime, timedelta
from typing import Any

from incident.core.entry_events import Attachment
from incident.core.incident import Incident
from incident.core.pieces import Channel, Hypothesis, Offer, Role
from incident.core.policy import Level, Targets
from incident.core.queueing import APPROVAL_UP_TO
from incident.core.remediation import approver_of
from incident.core.values import ENDED, iso_duration, rfc3339


def time(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def duration(span: timedelta | None) -> str | None:
    """ISO 8601, such as `PT15M`."""
    return iso_duration(span) if span is not None else None


def held(role: Role) -> dict[str, Any]:
    """A role; `offeredTo` is within `offer`, too, for those who need no more."""
    return {
        "holder": role.holder,
        "since": time(role.since),
        "shiftEndsAt": time(role.shift_ends),
        "offeredTo": role.offer.to if role.offer else None,
        "offer": offered(role.offer) if role.offer else None,
    }


def offered(offer: Offer) -> dict[str, Any]:
    return {
        "to": offer.to,
        "by": offer.by,
        "at": time(offer.at),
        "expiresAt": time(offer.expires_at),
        "message": offer.message,
    }


def escalation(state: Incident) -> dict[str, Any]:
    """The ladder: where it stands, its clocks, and its rungs for whoever draws it."""
    ladder = state.ladder
    paused = ladder.paused_until is not None
    return {
        "round": ladder.round,
        "turn": ladder.turn,
        "level": ladder.level,
        "levels": len(state.terms.levels),
        "paged": list(ladder.paged),
        "pagedAt": time(ladder.paged_at),
        "again": ladder.again,
        "acknowledgedBy": state.acknowledged_by,
        "nextAt": time(ladder.wake_at),
        "respondBy": None if paused else time(ladder.respond_by),
        "climbAt": None if paused else time(ladder.climb_at),
        "proveBy": time(ladder.prove_by),
        "asked": ladder.asked,
        "pausedUntil": time(ladder.paused_until),
        "ended": ladder.ended or None,
        "rungs": [rung(number, level) for number, level in enumerate(state.terms.levels, start=1)],
    }


def rung(number: int, level: Level) -> dict[str, Any]:
    return {
        "level": number,
        "page": targets(level.page),
        "respondWithin": duration(level.respond_within),
        "escalateAfter": duration(level.escalate_after),
    }


def targets(page: Targets) -> dict[str, list[str]]:
    return {
        "roles": list(page.roles),
        "people": list(page.people),
        "rotations": list(page.rotations),
    }


def told(channel: Channel) -> dict[str, Any]:
    """What one audience was told and promised."""
    return {
        "lastSentAt": time(channel.last_sent_at),
        "dueAt": time(channel.due_at),
        "missed": channel.missed,
        "promised": channel.promised,
        "snoozed": channel.snoozed,
    }


def hypothesis(one: Hypothesis) -> dict[str, Any]:
    return {
        "id": one.id,
        "description": one.description,
        "verdict": one.verdict,
        "by": one.by,
        "at": time(one.at),
        "reason": one.reason,
        "for": list(one.speaks_for),
        "against": list(one.speaks_against),
    }


def health(state: Incident) -> dict[str, dict[str, str]]:
    """What is not well, by service and region."""
    told: dict[str, dict[str, str]] = {}
    for one in state.health:
        told.setdefault(one.service, {})[one.region] = one.health
    return told


def approvals(state: Incident) -> list[dict[str, str]]:
    """The fixes that wait for somebody's word, and whose."""
    if state.status in ENDED or state.severity > APPROVAL_UP_TO:
        return []
    waiting = [one for one in state.actions if one.status == "proposed" and not one.approved_by]
    asked = ((one.id, approver_of(state, one)) for one in waiting)
    return [{"action": action, "by": by} for action, by in asked if by]


def attachment(incident: str, one: Attachment) -> dict[str, Any]:
    return one.model_dump() | {"url": f"/api/incidents/{incident}/attachments/{one.id}"}


def policy(state: Incident) -> dict[str, Any]:
    """The terms that the incident runs under; `revision` tells whether newer ones hold now."""
    promises = state.terms.severity(state.severity)
    return {
        "revision": state.terms.revision,
        "severityName": promises.name,
        "respondWithin": duration(promises.respond_within),
        "resolveWithin": duration(promises.resolve_within),
        "updateEvery": {name: duration(span) for name, span in promises.update_every.items()},
    }
