"""The change stream on the log: which incidents other processes have just moved.

One a process and no more: each holds one of the driver's threads.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from incident.store.connection import Database
from incident.store.errors import reading

AWAIT = 1000
"""Milliseconds after which the database answers although nothing has happened."""


@asynccontextmanager
async def commits_of_others(database: Database, origin: str) -> AsyncIterator[AsyncIterator[str]]:
    """Within the context, the ids of incidents as commits of other origins land.

    Raises `StoreAway` when the stream breaks. Asked for as a plain aggregation, because the
    driver's own stream needs one of its threads for every change, and this one for each batch.
    It does not go on by itself after an error; nobody here remembers where it was anyway.
    """
    pipeline: list[dict[str, Any]] = [
        {"$changeStream": {}},
        {"$match": {"operationType": "insert", "fullDocument.origin": {"$ne": origin}}},
        {"$project": {"fullDocument.incident": 1}},
    ]
    with reading():
        cursor = database.db["commits"].aggregate(pipeline, maxAwaitTimeMS=AWAIT)
        try:
            await anext(cursor, None)  # opens it: what lands from here on is heard
            yield incidents(cursor)
        finally:
            await cursor.close()


async def incidents(cursor: Any) -> AsyncIterator[str]:
    """Ids, batch after batch; an empty one ends the inner loop and not the stream."""
    while cursor.alive:
        async for change in cursor:
            yield change["fullDocument"]["incident"]
