"""Documents that are ready together are written together, and each learns its own fate.

Nothing is delayed for the sake of a batch: what is added within one turn of the event loop
goes out at its end, unless so much is under way that it would only wait further on.
"""

import asyncio
from typing import Any

from bson import ObjectId, encode
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from incident.store.errors import OutcomeUnknown, writing

DUPLICATE_KEY = 11000
BATCH_LIMIT = 500
"""Documents in one write."""
FLIGHTS = 3
"""Writes under way at once. The database makes several durable together, and a slow one takes
as many documents along as have come meanwhile, instead of the driver's few threads."""

Write = InsertOne[Any] | UpdateOne


class SeqTaken(Exception):
    """Another commit was first, or a command of this one is in the log already."""


class Batches:
    """Inserts and updates of one collection."""

    def __init__(self, collection: AsyncIOMotorCollection[dict[str, Any]]) -> None:
        self._collection = collection
        self._ready: list[tuple[Write, asyncio.Future[None]]] = []
        self._flights: set[asyncio.Task[None]] = set()

    async def add(self, stored: dict[str, Any]) -> None:
        """Insert `stored`; returns when a majority has it.

        Raises `SeqTaken` on a duplicate key, `StoreAway` or `OutcomeUnknown` when the
        database went away. One that cannot be encoded fails here, alone.
        """
        await self._write(InsertOne(RawBSONDocument(encode({"_id": ObjectId(), **stored}))))

    async def put(self, where: dict[str, Any], change: dict[str, Any]) -> None:
        """Change the document that is found by `where`, or insert one; likewise."""
        await self._write(UpdateOne(where, RawBSONDocument(encode(change)), upsert=True))

    async def _write(self, write: Write) -> None:
        loop = asyncio.get_running_loop()
        fate: asyncio.Future[None] = loop.create_future()
        if not self._ready:
            loop.call_soon(self._depart)
        self._ready.append((write, fate))
        await fate

    def _depart(self) -> None:
        while self._ready and len(self._flights) < FLIGHTS:
            batch, self._ready = self._ready[:BATCH_LIMIT], self._ready[BATCH_LIMIT:]
            # Ends by itself: the driver bounds every write. Kept here so that it is not lost.
            flight = asyncio.create_task(self._fly(batch))
            self._flights.add(flight)
            flight.add_done_callback(self._landed)

    def _landed(self, flight: asyncio.Task[None]) -> None:
        self._flights.discard(flight)
        self._depart()

    async def _fly(self, batch: list[tuple[Write, asyncio.Future[None]]]) -> None:
        fates = [fate for _, fate in batch]
        try:
            with writing():
                await self._collection.bulk_write([write for write, _ in batch], ordered=False)
        except BulkWriteError as error:
            settle(fates, error)
        except BaseException as error:  # whatever it was, it belongs to those who wait
            for fate in fates:
                if not fate.done():
                    fate.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            settle(fates, None)


def settle(fates: list[asyncio.Future[None]], error: BulkWriteError | None) -> None:
    """Tell each document's waiter what became of it."""
    details = (error.details or {}) if error else {}
    failed = {e["index"]: e for e in details.get("writeErrors", [])}
    for index, fate in enumerate(fates):
        if fate.done():
            continue
        if index not in failed:
            fate.set_result(None)
        elif failed[index]["code"] == DUPLICATE_KEY:
            fate.set_exception(SeqTaken())
        else:
            fate.set_exception(OutcomeUnknown(str(failed[index].get("errmsg"))))
