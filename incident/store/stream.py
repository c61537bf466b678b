"""The change stream on the log: which incidents other processes have just moved.

One a process and no more: each holds one of the driver's threads.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from incident.store.connection import Database
from incident.store.errors import reading

AWAIT = 1000
"""Milliseconds after which the database answers although nothing has happened."""
BUSY = 0.05
"""Where two batches come within so many seconds, more are on their way."""
REST = 0.015
"""Seconds to let them gather then: each question costs the database more than what it brings."""


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
        steps = Steps(cursor)
        try:
            await steps.batch()  # opens it: what lands from here on is heard
            yield incidents(cursor, steps)
        finally:
            await steps.ended()
            await cursor.close()


class Steps:
    """Asks a cursor for one batch after the other. A question that nobody waits for any more is
    heard out: closing its cursor under it would leave a fault that nobody takes.
    """

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._asked: asyncio.Future[Any] | None = None

    async def batch(self) -> list[Any]:
        """The next batch; an empty one is not the end of the stream."""
        self._asked = asyncio.ensure_future(self._batch())
        return await asyncio.shield(self._asked)

    async def _batch(self) -> list[Any]:
        batch = [change] if (change := await anext(self._cursor, None)) is not None else []
        while self._cursor._buffer_size():  # noqa: SLF001 (no public name says what has come)
            batch.append(await anext(self._cursor))
        return batch

    async def ended(self) -> None:
        """Wait until nothing is being asked, which takes as long as the database waits."""
        if self._asked is not None:
            await asyncio.wait([self._asked], timeout=2 * AWAIT / 1000)
            if self._asked.done() and not self._asked.cancelled():
                self._asked.exception()  # taken: whoever still cares has had it


async def incidents(cursor: Any, steps: Steps) -> AsyncIterator[str]:
    """Ids, batch after batch."""
    clock = asyncio.get_running_loop().time
    before = clock()
    while cursor.alive:
        batch = await steps.batch()
        for change in batch:
            yield change["fullDocument"]["incident"]
        now = clock()
        if batch and now - before < BUSY:
            await asyncio.sleep(REST)
        before = now if batch else before
