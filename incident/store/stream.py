"""The change stream on the log: which incidents other processes have just moved.

One a process and no more: each holds one of the driver's threads.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from incident.store.connection import Database
from incident.store.errors import reading


@asynccontextmanager
async def commits_of_others(database: Database, origin: str) -> AsyncIterator[AsyncIterator[str]]:
    """Within the context, the ids of incidents as commits of other origins land.

    Raises `StoreAway` when the stream breaks.
    """
    pipeline: list[dict[str, Any]] = [
        {"$match": {"operationType": "insert", "fullDocument.origin": {"$ne": origin}}},
        {"$project": {"fullDocument.incident": 1}},
    ]
    with reading():
        async with database.db["commits"].watch(pipeline, max_await_time_ms=1000) as stream:
            await stream.try_next()  # opens it: what lands from here on is heard
            yield (change["fullDocument"]["incident"] async for change in stream)
