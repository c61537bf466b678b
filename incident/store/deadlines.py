"""Deadlines as the log has them: which commits armed one that has passed.

The database's clock says what has passed. Nothing here fires anything.
"""

from dataclasses import dataclass
from datetime import datetime

from incident.store.connection import Database
from incident.store.errors import reading, writing


@dataclass(frozen=True, slots=True)
class Armed:
    """Commit `seq` of `incident` set a deadline."""

    incident: str
    seq: int
    wake_at: datetime


class Deadlines:
    """Reads and clears the deadlines of commits."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]

    async def passed(self, limit: int) -> list[Armed]:
        """Deadlines that have passed by the database's clock, the oldest first."""
        due = {
            "wake_at": {"$exists": True},
            "$expr": {"$lte": ["$wake_at", "$$NOW"]},
        }
        return await self._armed(due, limit)

    async def coming(self, limit: int) -> list[Armed]:
        """The next deadlines, passed or not."""
        return await self._armed({"wake_at": {"$exists": True}}, limit)

    async def clear(self, armed: Armed) -> None:
        """Forget a deadline that the newest state of its incident no longer has."""
        with writing():
            await self._commits.update_one(
                {"incident": armed.incident, "seq": armed.seq}, {"$unset": {"wake_at": ""}}
            )

    async def _armed(self, where: dict[str, object], limit: int) -> list[Armed]:
        fields = {"incident": 1, "seq": 1, "wake_at": 1}
        found = self._commits.find(where, fields, hint="alarms").sort("wake_at", 1).limit(limit)
        with reading():
            return [Armed(d["incident"], d["seq"], d["wake_at"]) async for d in found]
