"""The brief for whoever takes a role: where the incident stands, in a minute's reading.

Made from the log when it is read, so that it is never older than the reader's question.
"""

from collections.abc import Sequence
from datetime import timedelta

from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.pieces import Action, Hypothesis
from incident.core.record import Line
from incident.core.values import Audience, Moment, Value

DECISIONS_OF = timedelta(minutes=30)
"""How far back decisions count as fresh."""
TEXT_LIMIT = 500
"""Characters of one entry in the brief; the rest stands in the timeline."""


class Said(Value):
    """An entry that the brief rests on."""

    number: int
    at: Moment
    by: str
    message: str


class Due(Value):
    """The next update that is owed to an audience."""

    audience: Audience
    due_at: Moment
    missed: bool


class Brief(Value):
    """`offered`: what who hands over wants to add. `last_told`: the last update to customers."""

    severity: int
    status: str
    phase: str | None
    since: Moment
    summary: str
    holder: str | None
    offered: str
    decisions: tuple[Said, ...]
    running: tuple[Action, ...]
    waiting: tuple[Action, ...]
    hypotheses: tuple[Hypothesis, ...]
    updates_due: tuple[Due, ...]
    last_told: Said | None
    escalation: str
    called: tuple[str, ...] = ()
    """The handles that `escalation` may name."""


def brief(incident: Incident, role: str, log: Sequence[Line], now: Moment) -> Brief:
    """What whoever takes `role` must know. `log`: the entries as they read now, oldest first."""
    held = incident.role(role)
    assert incident.start_time is not None
    fresh = [one for one in log if decides(one.event) and one.event.at >= now - DECISIONS_OF]
    told = [one for one in log if to_customers(one.event)]
    return Brief(
        severity=incident.severity,
        status=incident.status,
        phase=incident.phase,
        since=incident.start_time,
        summary=incident.title,
        holder=held.holder,
        offered=held.offer.message if held.offer else "",
        decisions=tuple(said(one) for one in fresh),
        running=tuple(a for a in incident.actions if a.status == "in-progress"),
        waiting=tuple(a for a in incident.actions if a.status == "proposed"),
        hypotheses=incident.hypotheses,
        updates_due=tuple(due(incident)),
        last_told=said(told[-1]) if told else None,
        escalation=ladder_in_words(incident),
        called=tuple(one for one in (incident.acknowledged_by, *incident.ladder.paged) if one),
    )


def decides(event: ev.Event) -> bool:
    """Approvals do not count: the fixes that they are about stand in the brief themselves."""
    match event:
        case ev.Noted(type="decision") | ev.ConflictOverridden() | ev.SeverityChanged():
            return True
        case ev.PolicyApplied():
            return True
        case _:
            return False


def to_customers(event: ev.Event) -> bool:
    return isinstance(event, ev.UpdatePosted) and event.audience == "customers"


def said(line: Line) -> Said:
    text = line.message
    short = text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
    return Said(number=line.number, at=line.event.at, by=line.event.by, message=short)


def due(incident: Incident) -> list[Due]:
    """The updates that are owed, the next one first."""
    owed = [
        Due.model_validate({"audience": name, "due_at": channel.due_at, "missed": channel.missed})
        for name, channel in incident.communications.items()
        if channel.due_at
    ]
    return sorted(owed, key=lambda one: one.due_at)


def ladder_in_words(incident: Incident) -> str:
    """Who answered, or who is being paged."""
    ladder = incident.ladder
    if incident.acknowledged_by:
        return f"{incident.acknowledged_by} acknowledged"
    if ladder.runs and ladder.paged:
        return f"Level {ladder.level} is paged: {', '.join(ladder.paged)}. Nobody has answered"
    return ladder.ended or "Nobody is being paged"
