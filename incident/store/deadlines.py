"""Deadlines as the log has them: which commits armed one, and when it passes.

Nothing here knows what time it is, and nothing here fires anything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pymongo import UpdateOne

from incident.store.connection import Database
from incident.store.errors import reading, writing

INDEX = "alarms"
FIELDS = {"_id": 0, "incident": 1, "seq": 1, "wake_at": 1}


@dataclass(frozen=True, slots=True, order=True)
class Armed:
    """Commit `seq` of `incident` set a deadline."""

    incident: str
    seq: int
    wake_at: datetime


class Deadlines:
    """Reads and clears the deadlines of commits."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]

    async def until(self, moment: datetime, limit: int) -> list[Armed]:
        """The deadlines up to `moment`, also those that have passed, the oldest first."""
        found = self._commits.find({"wake_at": {"$lte": moment}}, FIELDS, hint=INDEX)
        with reading():
            return [Armed(**one) for one in await found.sort("wake_at", 1).to_list(limit)]

    async def still(self, armed: Collection[Armed]) -> set[Armed]:
        """Those of `armed` that nobody has cleared."""
        times = sorted({one.wake_at for one in armed})
        found = self._commits.find({"wake_at": {"$in": times}}, FIELDS, hint=INDEX)
        with reading():
            return {Armed(**one) for one in await found.to_list(None)} & set(armed)

    async def clear(self, spent: Collection[Armed]) -> None:
        """Forget deadlines that the newest state of their incident no longer has."""
        forget = {"$unset": {"wake_at": ""}}
        changes = [UpdateOne({"incident": one.incident, "seq": one.seq}, forget) for one in spent]
        with writing():
            await self._commits.bulk_write(changes, ordered=False)
