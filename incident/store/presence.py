"""Who is in which room, over all server processes. Ephemeral: it never enters the log.

Documents expire by themselves; readers also compare the time, because the database
sweeps only now and then.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from incident.store.connection import Database
from incident.store.errors import reading, writing

LIFE = timedelta(seconds=20)
"""How long somebody is there without a new sign of life."""


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody's place in a room, as one of their connections tells it; `on` is such as ACT-4."""

    incident: str
    handle: str
    name: str
    place: str
    on: str | None = None


class Presence:
    """One small document a connection."""

    def __init__(self, database: Database) -> None:
        self._here = database.db["presence"]

    async def prepare(self) -> None:
        with writing():
            await self._here.create_indexes(
                [
                    IndexModel("expires_at", expireAfterSeconds=0, name="swept"),
                    IndexModel([("incident", ASCENDING)], name="room"),
                ]
            )

    async def enter(self, connection: str, here: Here, now: datetime) -> None:
        """Be there, or still be there."""
        there = {**asdict(here), "expires_at": now + LIFE}
        with writing():
            await self._here.update_one(
                {"_id": connection}, {"$set": there, "$setOnInsert": {"since": now}}, upsert=True
            )

    async def leave(self, connection: str) -> None:
        with writing():
            await self._here.delete_one({"_id": connection})

    async def in_room(self, incident: str, now: datetime) -> list[dict[str, Any]]:
        """Who is there: `handle`, `name`, `place`, `on`, `since`, each person once."""
        where = {"incident": incident, "expires_at": {"$gt": now}}
        with reading():
            found = [stored async for stored in self._here.find(where, hint="room").limit(500)]
        people: dict[str, dict[str, Any]] = {}
        for stored in sorted(found, key=lambda d: d["expires_at"]):
            one = people.setdefault(stored["handle"], {"since": stored["since"]})
            one |= {name: stored[name] for name in ("handle", "name", "place")}
            one["on"] = stored.get("on")
            one["since"] = min(one["since"], stored["since"])
        return sorted(people.values(), key=lambda one: (one["since"], one["handle"]))
