"""Reading incidents as clients see them: whole, and entry by entry.

Reads the log only; what may be read by whom is settled before.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from incident import shapes
from incident.core.rejected import Rejected
from incident.runtime import Runtime
from incident.store.commit import Commit, Told
from incident.web.forgotten import forgetful

TIMELINE = 200
"""Entries that come along with an incident."""

INCIDENT_ID = re.compile(r"INC-[1-9][0-9]{0,8}")


def is_incident_id(text: str) -> bool:
    return INCIDENT_ID.fullmatch(text) is not None


async def found(runtime: Runtime, incident: str) -> Commit:
    """The newest commit; raises `Rejected` (no-such-incident)."""
    newest = await runtime.journal.latest(incident) if is_incident_id(incident) else None
    if newest is None:
        raise Rejected("no-such-incident", f"There is no incident {incident[:20]}.")
    return newest


async def whole_incident(
    runtime: Runtime, commit: Commit, gone: Collection[int] = ()
) -> dict[str, Any]:
    """The incident as it was after `commit`, with its newest entries, oldest first.

    `gone`: entries whose text was redacted since.
    """
    page = await with_newest_entries(runtime, commit)
    entries = shapes.entries([forgetful(told, gone) for told in page])[-TIMELINE:]
    return shapes.incident(commit) | {"timeline": entries}


async def with_newest_entries(runtime: Runtime, commit: Commit) -> list[Told]:
    """The commits of the newest entries up to `commit`, oldest first, and none besides.

    Each of them may hold hundreds of entries, after a storm of alerts.
    """
    before, first = commit.seq + 1, commit.state.entries - TIMELINE + 1
    within = {"first": {"$gte": first}, "seq": {"$gt": commit.seq - TIMELINE}}
    page = await runtime.journal.backwards(commit.incident, before, TIMELINE, within)
    if not page or page[-1].first > max(first, 1):
        before = page[-1].seq if page else before
        page += await runtime.journal.backwards(commit.incident, before, limit=1)
    return page[::-1]


async def entries_of(
    runtime: Runtime, page: Sequence[Told], until: int | None = None
) -> list[dict[str, Any]]:
    """The entries of a page of commits, as later ones have marked them.

    `until`: as they were after the commit with this `seq`, which is not before the page's end.
    """
    if not page:
        return []
    last = max(page, key=lambda told: told.seq)
    numbers = [told.first + i for told in page for i in range(len(told.events))]
    marking = await runtime.journal.marking(last.incident, numbers, last.seq)
    return shapes.entries(page, [one for one in marking if until is None or one.seq <= until])


async def commit_of_entry(runtime: Runtime, incident: str, seq: int, index: int) -> Told:
    """The commit that entry `(seq, index)` is in; raises `Rejected` (no-such-entry)."""
    page = await runtime.journal.forwards(incident, seq - 1, limit=1)
    if not page or page[0].seq != seq or index >= len(page[0].events):
        raise Rejected("no-such-entry", f"There is no entry {seq}/{index}.")
    return page[0]


async def entry_number(runtime: Runtime, incident: str, seq: int, index: int) -> int:
    """The number of entry `(seq, index)`; raises `Rejected` (no-such-entry)."""
    return (await commit_of_entry(runtime, incident, seq, index)).first + index
