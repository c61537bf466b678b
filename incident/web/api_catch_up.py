"""Catch me up: what somebody missed, gathered from the log; only what it rests on is read.

What counts as missed is decided by the core.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import shapes
from incident.command_shapes import time
from incident.core import catch_up as missing
from incident.core.brief import Said
from incident.core.catch_up import CHANGES, CatchUp, Change, Handover, Turn, catch_up
from incident.core.catch_up_words import Words
from incident.core.incident import Incident, fold
from incident.core.record import Line
from incident.runtime import Runtime
from incident.store.commit import Commit, Told
from incident.web.briefing import as_they_read, said
from incident.web.exchange import as_json, runtime_of
from incident.web.past_query import CatchUpQuery
from incident.web.problems import Problem
from incident.web.reading import found

TOLD: tuple[Mapping[str, str | frozenset[str]], ...] = (
    {"kind": "noted", "type": "decision"},
    {"kind": CHANGES | {"conflict_overridden", "policy_applied", "update_posted", "role_released"}},
)
"""The events that a catch-up tells."""
MANY = 200
"""Commits that a catch-up rests on at most; the newest ones."""
FULL = 1_000
"""Entries in them after which no older commit is taken: storms of alerts come hundreds at once."""


async def missed(request: Request) -> Response:
    query = CatchUpQuery.of(request.query_params)
    runtime = runtime_of(request)
    newest = await found(runtime, request.path_params["incident"])
    seq, since, before = await left_off(runtime, newest, query.after)
    now = runtime.clock()
    log = await log_since(runtime, newest, seq, before.entries if seq else 0)
    made = catch_up(before, newest.state, log, now)
    names = {one.handle: one.name for one in await runtime.directory.everyone()}
    return as_json({
        "incident": newest.incident,
        "after": {"seq": seq, "at": time(since)},
        "seq": newest.seq,
        "at": time(now),
        **shown(made),
        "text": Words(names, now).text(newest.incident, newest.state, since, made),
    })  # fmt: skip


async def left_off(
    runtime: Runtime, newest: Commit, after: int | None
) -> tuple[int, datetime, Incident]:
    """What whoever asks saw last: the commit, its time, the state; else the declaration alone."""
    if after:
        commit = await runtime.journal.at_seq(newest.incident, after)
        if commit is None:
            raise Problem(404, "no-such-moment", f"{newest.incident} has no commit {after}.")
        return after, commit.at, commit.state
    first, *_ = await runtime.journal.forwards(newest.incident, limit=1)
    declared = first.events[0]
    return 0, declared.at, fold([declared])


async def log_since(runtime: Runtime, newest: Commit, seq: int, entries: int) -> list[Line]:
    """The entries after number `entries` that a catch-up may tell, as they read now."""
    told = await runtime.journal.telling(newest.incident, TOLD, limit=MANY, after=seq)
    lines = await as_they_read(runtime, newest, newest_of(told))
    return [line for line in lines if line.number > entries]


def newest_of(told: Sequence[Told]) -> Iterator[Told]:
    """From the newest back, until there are enough entries."""
    count = 0
    for one in reversed(told):
        yield one
        count += len(one.events)
        if count >= FULL:
            return


def shown(made: CatchUp) -> dict[str, Any]:
    return {
        "decisions": [said(one) for one in made.decisions],
        "changes": [change(one) for one in made.changes],
        "updates": [update(one) for one in made.updates],
        "fixes": {
            "running": [shapes.action(one) for one in made.running],
            "waiting": [shapes.action(one) for one in made.waiting],
            "ended": [shapes.action(one) for one in made.ended],
        },
        "roles": [handover(one) for one in made.roles],
        "severity": turn(made.severity),
        "state": turn(made.state),
        "count": made.count,
    }


def change(one: Change) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": time(one.at),
        "by": one.by,
        "kind": one.kind,
        "message": one.message,
        "people": list(one.people),
    }


def update(one: missing.Told) -> dict[str, Any]:
    words: Said = one.said
    return {"audience": one.audience, **said(words)}


def handover(one: Handover) -> dict[str, Any]:
    return {"role": one.role, "from": one.before, "to": one.after, "at": time(one.at)}


def turn(one: Turn | None) -> dict[str, Any] | None:
    return {"from": one.before, "to": one.after} if one else None
