"""Hear of the commits that other processes make, through one change stream.

It only rings bells: what is lost while the stream is away is found by looking at the log,
so no position is ever remembered.
"""

import asyncio
import logging
from collections.abc import Callable

from incident.feed import Feed
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.stream import commits_of_others

RETRY = 1.0
"""Seconds between two attempts to open the stream."""

logger = logging.getLogger(__name__)


async def run(database: Database, feed: Feed, forget: Callable[[str], None], origin: str) -> None:
    """Ring for every commit that others make, for ever."""
    while True:
        try:
            async with commits_of_others(database, origin) as stream:
                feed.ring_all()
                async for incident in stream:
                    forget(incident)
                    feed.ring(incident)
        except StoreAway as error:
            logger.warning("change stream lost", extra={"error": str(error)})
        await asyncio.sleep(RETRY)
