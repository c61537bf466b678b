"""The brief for a role, gathered from the log: only the entries that it rests on are read.

What stands in a brief is decided by the core.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from incident import command_shapes as parts
from incident import shapes
from incident.core.brief import DECISIONS_OF, Brief, Due, Said, brief
from incident.core.brief_words import in_words
from incident.core.record import Line, Recorded, lines
from incident.runtime import Runtime
from incident.store.commit import Commit, Told

DECIDING = (
    {"kind": "noted", "type": "decision"},
    {"kind": "conflict_overridden"},
    {"kind": "severity_changed"},
    {"kind": "policy_applied"},
)
"""The events that the brief calls decisions."""
TO_CUSTOMERS = {"kind": "update_posted", "audience": "customers"}
SLACK = timedelta(minutes=2)
"""An entry may be of a time just after its commit."""
MANY = 100
"""Commits with decisions that a brief rests on at most; the newest ones."""


async def briefed(runtime: Runtime, newest: Commit, role: str) -> dict[str, Any]:
    """The brief for `role` as clients see it."""
    now = runtime.clock()
    log = await log_of(runtime, newest, now)
    made = brief(newest.state, role, log, now)
    names = {one.handle: one.name for one in await runtime.directory.everyone()}
    return {
        "incident": newest.incident,
        "seq": newest.seq,
        "role": role,
        "at": parts.time(now),
        **shown(made),
        "text": in_words(made, newest.incident, role, now, names),
    }


async def log_of(runtime: Runtime, newest: Commit, now: datetime) -> tuple[Line, ...]:
    """The decisions of late and the last update to customers, as they read now."""
    name, since = newest.incident, now - DECISIONS_OF - SLACK
    found = await runtime.journal.telling(name, DECIDING, since, MANY)
    if newest.state.communications["customers"].last_sent_at:
        found += await runtime.journal.telling(name, [TO_CUSTOMERS], limit=1)
    return await as_they_read(runtime, newest, found)


async def as_they_read(runtime: Runtime, newest: Commit, found: Iterable[Told]) -> tuple[Line, ...]:
    """The entries of `found`, with what was said about them up to `newest`."""
    page = {told.seq: told for told in found if told.seq <= newest.seq}
    numbers = [told.first + place for told in page.values() for place in range(len(told.events))]
    marks = await runtime.journal.marking(newest.incident, numbers, min(page, default=0))
    page |= {told.seq: told for told in marks if told.seq <= newest.seq}
    return lines(recorded(sorted(page.values(), key=seq_of)))


def seq_of(told: Told) -> int:
    return told.seq


def recorded(commits: Iterable[Told]) -> Iterable[Recorded]:
    for told in commits:
        for number, event in enumerate(told.events, start=told.first):
            yield Recorded(number=number, event=event, recorded_at=told.at)


def shown(made: Brief) -> dict[str, Any]:
    return {
        "severity": made.severity,
        "status": made.status,
        "phase": made.phase,
        "since": parts.time(made.since),
        "summary": made.summary,
        "holder": made.holder,
        "offered": made.offered,
        "decisions": [said(one) for one in made.decisions],
        "running": [shapes.action(one) for one in made.running],
        "waiting": [shapes.action(one) for one in made.waiting],
        "hypotheses": [parts.hypothesis(one) for one in made.hypotheses],
        "updatesDue": [due(one) for one in made.updates_due],
        "lastTold": said(made.last_told) if made.last_told else None,
        "escalation": made.escalation,
    }


def said(one: Said) -> dict[str, Any]:
    return {"number": one.number, "at": parts.time(one.at), "by": one.by, "message": one.message}


def due(one: Due) -> dict[str, Any]:
    return {"audience": one.audience, "dueAt": parts.time(one.due_at), "missed": one.missed}
