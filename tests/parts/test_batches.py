"""Writes that are ready together travel together, and how they end is each one's own matter."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from incident.store.batches import FLIGHTS, Batches, SeqTaken
from incident.store.connection import Database


class Slow:
    """A collection whose writes wait at a gate; `taken` are those that have reached it."""

    def __init__(self) -> None:
        self.gates: list[asyncio.Event] = []
        self.taken: list[int] = []
        self.changed = asyncio.Event()

    async def bulk_write(self, writes: Sequence[InsertOne[Any]], *, ordered: bool) -> None:
        assert not ordered
        gate = asyncio.Event()
        self.gates.append(gate)
        self.taken.append(len(writes))
        self.changed.set()
        await gate.wait()

    async def reached(self, count: int) -> None:
        """Return when that many writes are here."""
        async with asyncio.timeout(10):
            while len(self.taken) < count:
                self.changed.clear()
                await self.changed.wait()


async def test_what_comes_while_much_is_under_way_travels_together() -> None:
    slow = Slow()
    batches = Batches(cast("Any", slow))
    waiting = []
    for number in range(FLIGHTS):
        waiting.append(asyncio.create_task(batches.add({"n": number})))
        await slow.reached(number + 1)
    waiting += [asyncio.create_task(batches.add({"n": number})) for number in range(5)]
    for _ in range(3):
        await asyncio.sleep(0)
    under_way = list(slow.taken)
    slow.gates[0].set()
    await slow.reached(FLIGHTS + 1)
    for gate in slow.gates:
        gate.set()
    await asyncio.gather(*waiting)

    assert under_way == [1] * FLIGHTS
    assert slow.taken[FLIGHTS:] == [5]


async def test_of_those_that_travel_together_only_the_taken_one_fails(database: Database) -> None:
    things = database.db["things"]
    await things.create_index("n", unique=True)
    batches = Batches(things)
    await batches.add({"n": 1})

    fates = await asyncio.gather(
        *(batches.add({"n": number}) for number in range(3)), return_exceptions=True
    )

    assert [type(fate) for fate in fates] == [type(None), SeqTaken, type(None)]
    assert await things.count_documents({}) == 3


async def test_one_that_cannot_be_written_down_fails_alone(database: Database) -> None:
    batches = Batches(database.db["things"])
    broken = batches.put({"_id": 1}, {"$set": {"n": object()}})

    fates = await asyncio.gather(broken, batches.add({"n": 2}), return_exceptions=True)

    assert isinstance(fates[0], Exception)
    assert not isinstance(fates[0], BulkWriteError)
    assert fates[1] is None


async def test_what_is_put_changes_the_one_that_is_found_or_makes_it(database: Database) -> None:
    things = database.db["things"]
    batches = Batches(things)
    for number in (1, 2):
        await batches.put({"_id": "a", "n": {"$lt": number}}, {"$set": {"n": number}})

    with pytest.raises(SeqTaken):
        await batches.put({"_id": "a", "n": {"$lt": 1}}, {"$set": {"n": 1}})
    assert [one async for one in things.find()] == [{"_id": "a", "n": 2}]
