"""What is on its way to people: one attempt at a time, by whoever holds the lease.

A lease is a number, too (the fence): whoever lost it while frozen can settle nothing. The
database's clock decides; nothing is sent here.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from incident.core.values import Moment, Value
from incident.store.connection import Database
from incident.store.errors import reading, writing

LEASE = timedelta(seconds=30)
"""How long an attempt may take; after that, another process tries."""
WITHIN = timedelta(seconds=5)
"""How far `$$NOW` of two attempts may differ and still be of one clock: it is read when a command
arrives, so that one which had to wait for another to write takes place after it with less."""
KEPT = timedelta(days=30)
"""How long what is over stays to be looked at."""
PARKED_AFTER = 5
"""Attempts that failed in the program itself, after which nobody tries any more."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

logger = logging.getLogger(__name__)

INDEXES = (
    IndexModel(
        [("channel", ASCENDING), ("due_at", ASCENDING), ("seq", ASCENDING), ("index", ASCENDING)],
        name="due",
        partialFilterExpression={"state": "waiting"},
    ),
    # The lock: one attempt at a time for each lane, over all processes.
    IndexModel(
        "lane", unique=True, name="lanes", partialFilterExpression={"lease": {"$exists": True}}
    ),
    IndexModel([("at", DESCENDING)], name="newest"),
    IndexModel("done_at", expireAfterSeconds=int(KEPT.total_seconds()), name="swept"),
)

Over = Literal["sent", "failed", "obsolete", "parked"]
"""How a delivery ends: it was sent, cannot be, need not be any more, or breaks the program."""


class Delivery(Value):
    """One thing for one person through one channel. `fence` tells attempts apart.

    `name` is what the receiver knows it by, however often it is sent. `lane`: one after the
    other within it. `failures` are those in a row.
    """

    id: str
    name: str
    lane: str
    channel: str
    incident: str
    seq: int
    index: int
    person: str
    kind: str
    urgent: bool
    at: Moment
    due_at: Moment
    leased_until: Moment | None = None
    fence: int = 0
    failures: int = 0
    possibly_repeated: bool = False
    reported: bool = False


class Fate(Value):
    """What became of a delivery so far. `why`: the last thing that went wrong, or put it off."""

    incident: str
    seq: int
    person: str
    channel: str
    kind: str
    urgent: bool
    state: str
    at: Moment
    due_at: Moment
    done_at: Moment | None
    attempts: int
    failures: int
    possibly_repeated: bool
    why: str | None


class Deliveries:
    """Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._deliveries = database.db["deliveries"]

    async def prepare(self) -> None:
        with writing():
            await self._deliveries.create_indexes(list(INDEXES))

    async def due(self, channel: str, until: datetime, limit: int) -> list[Delivery]:
        """What waits and is due before `until`, in order; also what somebody has a lease on.

        Documents that cannot be read are parked on the way.
        """
        where = {"channel": channel, "state": "waiting", "due_at": {"$lte": until}}
        found = self._deliveries.find(where, hint="due")
        found = found.sort([("due_at", 1), ("seq", 1), ("index", 1)]).limit(limit)
        with reading():
            stored = [one async for one in found]
        readable: list[Delivery] = []
        for one in stored:
            try:
                readable.append(delivery(one))
            except (ValueError, KeyError, TypeError):
                await self._park_unread(one["_id"])
        return readable

    async def latest(self, limit: int, incident: str | None = None) -> list[Fate]:
        """What was owed last, of all incidents or of one, the newest first."""
        within = {"_id": {"$gte": f"{incident}/", "$lt": f"{incident}0"}} if incident else {}
        found = self._deliveries.find({"person": {"$exists": True}, **within})
        found = found.sort("at", -1).limit(limit).hint("_id_" if incident else "newest")
        with reading():
            return [fate(one) async for one in found]

    async def take(self, waiting: Delivery, holder: str) -> Delivery | None:
        """A lease to try it once; None when it is not due, over, or another one is under way.

        Where the lease of an earlier attempt ran out, nobody knows whether that was sent.
        """
        until = {"$ifNull": ["$lease.until", LONG_AGO]}
        stepped_back = {"$gt": [until, from_now(LEASE + WITHIN)]}
        free = {"$or": [{"$lte": [until, "$$NOW"]}, stepped_back]}
        where = {
            "_id": waiting.id,
            "state": "waiting",
            "$expr": {"$and": [{"$lte": ["$due_at", "$$NOW"]}, free]},
        }
        begun = {"$ne": [{"$type": "$lease"}, "missing"]}
        taken = {
            "possibly_repeated": {"$or": [{"$ifNull": ["$possibly_repeated", False]}, begun]},
            "fence": {"$add": [{"$ifNull": ["$fence", 0]}, 1]},
            "lease": {"holder": holder, "until": from_now(LEASE)},
        }
        try:
            with writing():
                stored = await self._deliveries.find_one_and_update(
                    where, [{"$set": taken}], return_document=ReturnDocument.AFTER
                )
        except DuplicateKeyError:  # another one of its lane is under way
            return None
        return delivery(stored) if stored else None

    async def bring_forward(self) -> None:
        """The clock has stepped back: what was begun in a time to come is due now.

        Else it would wait for that time, although nobody ever put it off so far.
        """
        where = {"state": "waiting", "$expr": {"$gt": ["$at", "$$NOW"]}}
        change = [{"$set": {"due_at": {"$min": ["$due_at", "$$NOW"]}}}]
        with writing():
            await self._deliveries.update_many(where, change, hint="due")

    async def end(self, mine: Delivery, state: Over, why: str | None = None) -> bool:
        """It is over, `why` in words for people; False when somebody else has the lease now."""
        told = {"state": state, "why": {"$literal": why}, "done_at": "$$NOW"}
        return await self._settle(mine, [{"$set": told}, {"$unset": "lease"}])

    async def again(self, mine: Delivery, after: timedelta, why: str) -> bool:
        """It failed, and is due again `after` a while; False as for `end`."""
        told = {"due_at": from_now(after), "why": {"$literal": why}, "failures": mine.failures + 1}
        told |= {"possibly_repeated": mine.possibly_repeated, "reported": mine.reported}
        return await self._settle(mine, [{"$set": told}, {"$unset": "lease"}])

    async def put_off(self, mine: Delivery, until: datetime, reason: str) -> bool:
        """It was not tried, and is due again at `until`; False as for `end`."""
        told = {"due_at": until, "why": {"$literal": reason}}
        return await self._settle(mine, [{"$set": told}, {"$unset": "lease"}])

    async def release(self, mine: Delivery) -> bool:
        """It was not tried, and is due as before; False as for `end`."""
        return await self._settle(mine, [{"$unset": "lease"}])

    async def was_reported(self, waiting: Delivery) -> None:
        """Everybody was told that it has not arrived; it goes on being tried."""
        with writing():
            await self._deliveries.update_one({"_id": waiting.id}, {"$set": {"reported": True}})

    async def broke(self, mine: Delivery, after: timedelta) -> bool:
        """The program failed at it; True when that has happened too often, and it is parked."""
        faults: dict[str, Any] = {"$add": [{"$ifNull": ["$faults", 0]}, 1]}
        parked = {"$gte": ["$faults", PARKED_AFTER]}
        told = {
            "possibly_repeated": True,  # it may have failed after the sending
            "state": {"$cond": [parked, "parked", "waiting"]},
            "due_at": from_now(after),
            "done_at": {"$cond": [parked, "$$NOW", "$$REMOVE"]},
        }
        with writing():
            stored = await self._deliveries.find_one_and_update(
                under(mine),
                [{"$set": {"faults": faults}}, {"$set": told}, {"$unset": "lease"}],
                return_document=ReturnDocument.AFTER,
            )
        return bool(stored and stored["state"] == "parked")

    async def _settle(self, mine: Delivery, change: list[dict[str, Any]]) -> bool:
        with writing():
            result = await self._deliveries.update_one(under(mine), change)
        return bool(result.matched_count)

    async def _park_unread(self, id_: Any) -> None:
        change = [{"$set": {"state": "parked", "done_at": "$$NOW"}}]
        with writing():
            await self._deliveries.update_one({"_id": id_}, change)
        logger.error("a delivery that cannot be read is parked", extra={"delivery": str(id_)})


def under(mine: Delivery) -> dict[str, Any]:
    """The document as long as nobody else has begun an attempt, and none has ended it."""
    return {"_id": mine.id, "fence": mine.fence, "state": "waiting"}


def from_now(span: timedelta) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(span.total_seconds() * 1000)]}


FIELDS = frozenset(Delivery.model_fields) - {"id", "leased_until"}


def delivery(stored: Mapping[str, Any]) -> Delivery:
    lease = stored.get("lease") or {}
    told = {name: value for name, value in stored.items() if name in FIELDS}
    return Delivery(id=stored["_id"], leased_until=lease.get("until"), **told)


def fate(stored: Mapping[str, Any]) -> Fate:
    optional = {"done_at": None, "failures": 0, "possibly_repeated": False, "why": None}
    told = {name: stored.get(name, optional.get(name)) for name in Fate.model_fields}
    return Fate.model_validate(told | {"attempts": stored.get("fence", 0)})
