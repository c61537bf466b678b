"""Files that no entry shows go after a day, and so does what half an upload has left.

Also a file whose entry was redacted, where the server died before it removed it. What an
entry shows is never touched.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from incident.core.events import Noted
from incident.store.attachments import Attachments, Stored
from incident.store.errors import UNREADABLE, StoreAway
from incident.store.journal import Journal

EVERY = 3600.0
"""Seconds between two looks."""
UNWANTED = timedelta(hours=24)
"""How long a file waits for its entry, and how often one that has it is looked at again."""
ABANDONED = timedelta(hours=1)
"""The slowest upload that is put up with takes a third of it."""
AT_ONCE = 1_000

logger = logging.getLogger(__name__)


async def run(files: Attachments, journal: Journal, clock: Callable[[], datetime]) -> None:
    """Clear up now and every hour, for ever."""
    while True:
        try:
            if removed := await clear_up(files, journal, clock()):
                logger.info("files removed that no entry shows", extra={"files": removed})
        except StoreAway as error:
            logger.warning("files not cleared up", extra={"error": str(error)})
        await asyncio.sleep(EVERY)


async def clear_up(files: Attachments, journal: Journal, now: datetime) -> int:
    """Remove what nobody needs; returns how many files."""
    removed = await files.clear(now - ABANDONED)
    before = now - UNWANTED
    for file in await files.unwanted(before, AT_ONCE):
        if await may_be_shown(journal, file):
            await files.still_wanted(file, now)
        else:
            removed += await files.forget(file, before, now)
    return removed


async def may_be_shown(journal: Journal, file: Stored) -> bool:
    """Whether an entry shows it, also where that cannot be read."""
    try:
        return await shown(journal, file.incident, file.about.id)
    except UNREADABLE:  # the others go all the same
        logger.exception("log not read", extra={"incident": file.incident})
        return True


async def shown(
    journal: Journal, incident: str, name: str, *, besides: Collection[int] = ()
) -> bool:
    """Whether an entry shows the file: one that is not redacted, and none of `besides`."""
    newest = await journal.latest(incident)
    gone = {*(newest.state.redacted if newest else ()), *besides}
    kinds = [{"kind": "noted", "attachments.id": name}]
    return any(
        isinstance(event, Noted)
        and number not in gone
        and name in {file.id for file in event.attachments}
        for commit in await journal.telling(incident, kinds)
        for number, event in enumerate(commit.events, start=commit.first)
    )
