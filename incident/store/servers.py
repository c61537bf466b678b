"""Which server processes are alive, so that they can take turns.

Nothing correct depends on it: two that think it is their turn meet the log's unique index.
"""

from datetime import datetime, timedelta

from pymongo import IndexModel

from incident.store.connection import Database
from incident.store.errors import reading, writing

LIFE = timedelta(seconds=6)
"""How long a process counts as alive after its last sign of life."""


class Servers:
    def __init__(self, database: Database) -> None:
        self._servers = database.db["servers"]

    async def prepare(self) -> None:
        with writing():
            await self._servers.create_indexes(
                [IndexModel("seen_at", expireAfterSeconds=60, name="swept")]
            )

    async def here(self, origin: str, now: datetime) -> None:
        """Give a sign of life."""
        with writing():
            await self._servers.update_one({"_id": origin}, {"$set": {"seen_at": now}}, upsert=True)

    async def gone(self, origin: str) -> None:
        with writing():
            await self._servers.delete_one({"_id": origin})

    async def alive(self, now: datetime) -> list[str]:
        """The processes that gave a sign of life lately."""
        where = {"seen_at": {"$gt": now - LIFE}}
        with reading():
            return [stored["_id"] async for stored in self._servers.find(where).hint("swept")]
