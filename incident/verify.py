"""Whether what is stored agrees with itself: states, rows and holds follow from the log.

It changes nothing. Works while servers run: what looks wrong for a moment is looked at
again before it is called wrong.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from incident import shapes
from incident.core.incident import REDACTED, Incident
from incident.core.values import Moment
from incident.reservations import GRACE
from incident.store.commit import Commit
from incident.store.errors import UNREADABLE
from incident.store.holds import Holds
from incident.store.journal import Journal
from incident.store.lists import Filters, Lists, number
from incident.verify_log import Finding, Progress, of_log, silent

__all__ = ["Finding", "verify"]

PATIENCE = 1.0
"""Seconds after which something is looked at again that a running server may just be changing."""


async def verify(
    journal: Journal,
    lists: Lists,
    holds: Holds,
    clock: Callable[[], Moment],
    *,
    patience: float = PATIENCE,
    progress: Progress = silent,
) -> AsyncIterator[Finding]:
    """Everything that is wrong, incident by incident. Raises `StoreAway`."""
    incidents = [incident async for incident, _ in journal.newest_seqs()]
    for incident in sorted(incidents, key=number):
        for finding in await of_log(journal, incident, progress):
            yield finding
        for look in (
            partial(of_row, journal, lists, incident),
            partial(of_running, journal, holds, incident),
        ):
            for finding in await twice(look, patience):
                yield finding
    for look in (partial(of_strays, journal, lists), partial(of_orphans, journal, holds, clock)):
        for finding in await twice(look, patience):
            yield finding


async def twice(look: Callable[[], Awaitable[list[Finding]]], patience: float) -> list[Finding]:
    """What `look` finds now and still finds a moment later."""
    found = await look()
    if not found:
        return []
    await asyncio.sleep(patience)
    again = await look()
    return [finding for finding in found if finding in again]


async def of_row(journal: Journal, lists: Lists, incident: str) -> list[Finding]:
    """The row that lists show: what the commit comes to that it was made from, the newest."""
    found = await lists.find(Filters(before=number(incident) + 1), 1)
    row = next((row for row in found if row.get("id") == incident), None)
    newest = await readable(journal, incident)
    if newest is None:
        return []  # `of_log` says why
    if row is None:
        return [Finding("row", incident, "is in no list")]
    seq = row.get("seq")
    commit = await readable(journal, incident, seq) if isinstance(seq, int) else None
    if commit is None:
        return [Finding("row", incident, "its row in the lists is of no commit in the log")]
    return [*of_fields(row, commit), *of_age(commit, newest)]


def of_fields(row: Mapping[str, Any], commit: Commit) -> list[Finding]:
    incident = commit.incident
    if names := differing(row, shapes.summary(commit)):
        return [Finding("row", incident, f"its row in the lists differs in {', '.join(names)}")]
    if shows_redacted(row, commit.state):
        return [Finding("redaction", incident, "its row in the lists shows redacted text")]
    return []


def of_age(commit: Commit, newest: Commit) -> list[Finding]:
    """A row that is being written stands elsewhere a moment later, so `twice` lets it go."""
    if commit.seq >= newest.seq:
        return []
    return [Finding("row", commit.incident, f"its row in the lists stayed at seq {commit.seq}")]


async def readable(journal: Journal, incident: str, seq: int | None = None) -> Commit | None:
    """The newest commit or the one at `seq`; None where it cannot be read or is not there."""
    try:
        if seq is None:
            return await journal.latest(incident)
        return await journal.at_seq(incident, seq)
    except UNREADABLE:
        return None


def differing(row: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Fields that are not as expected. A commit of mere marks leaves the last entry alone."""
    names = [name for name, value in expected.items() if row.get(name) != value]
    return names + [name for name in row if name not in {*expected, "lastEntry"}]


def shows_redacted(row: Mapping[str, Any], state: Incident) -> bool:
    last = row.get("lastEntry") or {}
    return last.get("number") in state.redacted and last.get("message") != REDACTED


async def of_strays(journal: Journal, lists: Lists) -> list[Finding]:
    """Rows of incidents that have no log."""
    rows = await lists.seqs()
    known = {incident async for incident, _ in journal.newest_seqs()}
    strays = sorted(rows.keys() - known)
    return [Finding("row", incident, "is in the lists but has no log") for incident in strays]


async def of_running(journal: Journal, holds: Holds, incident: str) -> list[Finding]:
    """Fixes that run without holding their target: another could start beside them."""
    newest = await readable(journal, incident)
    running = [
        action
        for action in (newest.state.actions if newest else ())
        if action.status == "in-progress" and action.target
    ]
    if not running:
        return []
    held = {(hold.incident, hold.action, hold.target) for hold in await holds.every()}
    return [
        Finding("hold", incident, f"{action.id} runs on {action.target} without holding it")
        for action in running
        if (incident, action.id, action.target) not in held
    ]


async def of_orphans(journal: Journal, holds: Holds, clock: Callable[[], Moment]) -> list[Finding]:
    """Holds whose action does not run, and is not about to."""
    findings: list[Finding] = []
    for hold in await holds.every():
        newest = await readable(journal, hold.incident)
        action = newest.state.action(hold.action) if newest else None
        status = action.status if action else None
        starting = status == "proposed" and clock() - hold.since < GRACE
        if status != "in-progress" and not starting:
            told = f"{hold.action} does not run, but holds {hold.target}"
            findings.append(Finding("hold", hold.incident, told))
    return findings
