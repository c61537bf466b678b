"""Rows that were left behind are mended when there is a reason to think so, and not in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from incident import mending
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.journal import Journal
from incident.store.lists import Filters, Lists
from tests.parts.offices import Office, office

LIMIT = 60.0


class Compared(Journal):
    """Counts how often every incident is gone through, and is away for the first few times."""

    times = 0
    away = 0

    async def newest_seqs(self) -> AsyncIterator[tuple[str, int]]:
        self.times += 1
        if self.times <= self.away:
            raise StoreAway
        async for found in super().newest_seqs():
            yield found


class Broken(Lists):
    """Cannot write rows while it is told so, and counts how often it was asked for a reason."""

    broken = False
    asked = 0
    _behind = True

    @property
    def behind(self) -> bool:
        self.asked += 1
        return self._behind

    @behind.setter
    def behind(self, behind: bool) -> None:
        self._behind = behind

    async def _write(self, commit: Commit, row: object) -> None:
        if self.broken:
            raise StoreAway
        await super()._write(commit, row)  # type: ignore[arg-type]  # as it was given


@pytest.fixture
async def one(database: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(mending, "EVERY", 0.01)
    return await office(database, journal=Compared(database), lists=Broken(database))


def compared(at: Office) -> Compared:
    assert isinstance(at.journal, Compared)
    return at.journal


def rows(at: Office) -> Broken:
    assert isinstance(at.lists, Broken)
    return at.lists


@asynccontextmanager
async def mended(at: Office) -> AsyncIterator[None]:
    """Within the block, the loop runs."""
    task = asyncio.create_task(mending.run(at.journal, at.lists))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(LIMIT):
        while not await true():
            await asyncio.sleep(0.01)


async def shown(at: Office) -> int:
    """The `seq` that the only row was made from."""
    (row,) = await at.lists.find(Filters(), 9)
    return int(row["seq"])


async def test_what_a_server_left_behind_is_mended_at_the_next_start(one: Office) -> None:
    incident = await one.declares()
    rows(one).broken = True
    await one.notes(incident, "502s")
    rows(one).broken = False
    assert await shown(one) == 1

    async with mended(one):
        await until(lambda: is_shown(one, 2))


async def is_shown(at: Office, seq: int) -> bool:
    return await shown(at) == seq


async def test_a_row_that_could_not_be_written_is_mended_and_nothing_is_compared_in_vain(
    one: Office,
) -> None:
    incident = await one.declares()
    async with mended(one):
        await until(lambda: has_compared(one, 1))
        rows(one).asked = 0
        await until(lambda: was_asked(one, 20))
        without_a_reason = compared(one).times
        rows(one).broken = True
        await one.notes(incident, "502s")
        rows(one).broken = False
        await until(lambda: is_shown(one, 2))

    assert without_a_reason == 1


async def was_asked(at: Office, times: int) -> bool:
    return rows(at).asked >= times


async def has_compared(at: Office, times: int) -> bool:
    return compared(at).times >= times and not rows(at)._behind


async def test_a_database_that_was_away_is_compared_when_it_is_back(one: Office) -> None:
    compared(one).away = 2
    async with mended(one):
        await until(lambda: has_compared(one, 3))

    assert not one.lists.behind


async def test_all_are_compared_from_time_to_time(
    one: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "AT_LEAST", 0.0)
    async with mended(one):
        await until(lambda: has_compared(one, 5))
