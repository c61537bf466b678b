"""What commits owe to people, taken off them once: each thing, person and channel a document.

Their ids follow from what they are, so that unpacking again after a crash, or in two processes
at once, adds nothing. Nothing is sent here.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError

from incident.core.owed import Owed
from incident.store.connection import Database
from incident.store.errors import reading, writing

DUPLICATE = 11000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

INDEX = IndexModel(
    [("at", ASCENDING)], name="deliver", partialFilterExpression={"deliver": {"$exists": True}}
)
"""On the commits: those that still have something to unpack."""


@dataclass(frozen=True, slots=True)
class Laden:
    """A commit with things to unpack; `broken` are the places of those that nobody can read."""

    id: Any
    incident: str
    seq: int
    at: datetime
    owed: tuple[Owed, ...]
    broken: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on its way through one channel; one after the other within a `lane`."""

    owed: Owed
    channel: str
    lane: str


class Outbox:
    """Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._commits = database.db["commits"]
        self._deliveries = database.db["deliveries"]

    async def prepare(self) -> None:
        with writing():
            await self._commits.create_indexes([INDEX])

    async def unpacked(self, limit: int) -> list[Laden]:
        """Commits that owe something, the oldest first."""
        fields = {"incident": 1, "seq": 1, "at": 1, "deliver": 1}
        found = self._commits.find({"deliver": {"$exists": True}}, fields, hint="deliver")
        with reading():
            return [laden(stored) async for stored in found.sort("at", 1).limit(limit)]

    async def unpack(self, commit: Laden, items: Sequence[Item]) -> None:
        """Keep each item, once; then the commit owes nothing any more."""
        wanted = [document(commit, one) for one in items]
        wanted += [unreadable(commit, place) for place in commit.broken]
        upserts = [
            UpdateOne({"_id": one.pop("_id")}, {"$setOnInsert": one}, upsert=True) for one in wanted
        ]
        if upserts:
            try:
                with writing():
                    await self._deliveries.bulk_write(upserts, ordered=False)
            except BulkWriteError as error:
                refuse_all_but_duplicates(error)
        with writing():
            await self._commits.update_one({"_id": commit.id}, {"$unset": {"deliver": ""}})

    async def park(self, commit: Laden) -> None:
        """Leave a commit alone that cannot be unpacked; what it owes stays to be looked at."""
        with writing():
            await self._commits.update_one(
                {"_id": commit.id}, {"$rename": {"deliver": "undeliverable"}}
            )


def laden(stored: Mapping[str, Any]) -> Laden:
    """A commit with what it owes; one broken thing harms no other."""
    owed: list[Owed] = []
    broken: list[int] = []
    incident, seq, at = (stored.get(name) for name in ("incident", "seq", "at"))
    whole = isinstance(incident, str) and isinstance(seq, int) and isinstance(at, datetime)
    listed = stored["deliver"] if isinstance(stored["deliver"], list) else [None]
    for place, one in enumerate(listed):
        try:
            owed.append(Owed.model_validate(one if whole else None))
        except ValueError:
            broken.append(place)
    if not whole:
        incident, seq, at = "", 0, LONG_AGO
    return Laden(stored["_id"], incident, seq, at, tuple(owed), tuple(broken))  # type: ignore[arg-type] # looked at above


def document(commit: Laden, item: Item) -> dict[str, Any]:
    """The delivery that `item` begins as. `name` is what its receiver will know it by."""
    owed = item.owed
    place = f"{commit.incident}/{commit.seq}/{owed.index}"
    return {
        "_id": f"{place}/{owed.kind}/{owed.person}/{item.channel}",
        "name": f"msg_{secrets.token_hex(16)}",
        "lane": item.lane,
        "channel": item.channel,
        "incident": commit.incident,
        "seq": commit.seq,
        **owed.model_dump(),
        "at": commit.at,
        "due_at": commit.at,
        "state": "waiting",
    }


def unreadable(commit: Laden, place: int) -> dict[str, Any]:
    """What is kept of a thing that nobody can read, for whoever looks for it."""
    return {
        "_id": f"{commit.id}/unreadable/{place}",
        "incident": commit.incident,
        "seq": commit.seq,
        "at": commit.at,
        "state": "parked",
    }


def refuse_all_but_duplicates(error: BulkWriteError) -> None:
    """Two that unpack at once may collide, and then it is there; anything else is a fault."""
    errors = (error.details or {}).get("writeErrors", [])
    if not errors or any(one["code"] != DUPLICATE for one in errors):
        raise error
