"""Rows of lists that were left behind are written again from the log.

A row is left behind when a server dies, or its database is away, between commit and row. All
are compared at start, after such a thing happened, and every hour: with 100,000 incidents it
takes half a second. Rows that are there are believed: `incident verify` looks closer.
"""

import asyncio
import logging
from typing import Any

from incident import shapes
from incident.store.commit import Commit
from incident.store.errors import UNREADABLE, StoreAway
from incident.store.journal import Journal
from incident.store.lists import Lists

EVERY = 60.0
"""Seconds between two looks whether there is a reason."""
AT_LEAST = 3600.0
"""Seconds after which all are compared without one."""

logger = logging.getLogger(__name__)


async def run(journal: Journal, lists: Lists) -> None:
    """Mend now, and whenever there is a reason, for ever."""
    clock = asyncio.get_running_loop().time
    due = clock()
    while True:
        if lists.behind or clock() >= due:
            lists.behind, due = False, clock() + AT_LEAST
            try:
                if written := await mend(journal, lists):
                    logger.info("rows mended", extra={"rows": written})
            except StoreAway as error:
                lists.behind = True
                logger.warning("lists not mended", extra={"error": str(error)})
        await asyncio.sleep(EVERY)


async def mend(journal: Journal, lists: Lists) -> int:
    """Write every row that is older than its log; returns how many."""
    written = 0
    rows = await lists.seqs()
    async for incident, seq in journal.newest_seqs():
        if rows.get(incident, 0) < seq:
            try:
                await write(journal, lists, incident)
            except UNREADABLE:  # the others are mended all the same
                logger.exception("row not mended", extra={"incident": incident})
            else:
                written += 1
    return written


async def write(journal: Journal, lists: Lists, incident: str) -> None:
    """Write the row of one incident from its log."""
    newest = await journal.latest(incident)
    assert newest is not None, "no incident is ever removed"
    await lists.write(newest, await row(journal, newest))


async def row(journal: Journal, newest: Commit) -> dict[str, Any]:
    """The row of an incident, with the last entry that was more than a mark on another."""
    whole = shapes.summary(newest)
    commit: Commit | None = newest
    while "lastEntry" not in whole and commit and commit.seq > 1:
        commit = await journal.at_seq(newest.incident, commit.seq - 1)
        last = shapes.summary(commit).get("lastEntry") if commit else None
        whole |= {"lastEntry": last} if last else {}
    return whole
