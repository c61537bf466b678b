"""Which credentials and people still stand: one question for all who are connected.

Only digests of secrets come in here. What somebody may do is decided elsewhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from incident.store.connection import Database
from incident.store.errors import reading, writing


@dataclass(frozen=True, slots=True)
class Standing:
    """The digests that still let somebody in, and the role of everybody who is not disabled."""

    credentials: frozenset[str] = frozenset()
    roles: dict[str, str] = field(default_factory=dict)


class Register:
    """Asks about many at once. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.db["sessions"]

    async def standing(
        self, credentials: Collection[str], handles: Collection[str], now: datetime
    ) -> Standing:
        """What is left of `credentials` (sessions and tokens) and of the people `handles`."""
        named = {"_id": {"$in": list(credentials)}}
        lasting = {"$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}]}
        people = {"_id": {"$in": list(handles)}, "disabled": {"$ne": True}}
        question: list[dict[str, Any]] = [
            {"$match": named | {"expires_at": {"$gt": now}}},
            {"$project": {"_id": 1}},
            union("tokens", named | lasting, {"_id": 1}),
            union("people", people, {"role": 1}),
        ]
        with reading():
            found = [one async for one in self._sessions.aggregate(question)]
        return Standing(
            frozenset(one["_id"] for one in found if "role" not in one),
            {one["_id"]: one["role"] for one in found if "role" in one},
        )

    async def touch(self, credentials: Collection[str], now: datetime) -> None:
        """Note that these sessions are in use; those that are no sessions are left alone."""
        where = {"_id": {"$in": list(credentials)}, "expires_at": {"$gt": now}}
        with writing():
            await self._sessions.update_many(where, {"$set": {"last_used": now}})


def union(collection: str, where: dict[str, Any], shown: dict[str, Any]) -> dict[str, Any]:
    """A stage that adds documents of another collection."""
    pipeline = [{"$match": where}, {"$project": shown}]
    return {"$unionWith": {"coll": collection, "pipeline": pipeline}}
