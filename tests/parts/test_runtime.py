"""A whole server without the web: its loops join processes, survive faults, and end cleanly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from incident import runtime as runtimes
from incident import supervised, watch
from incident.core import commands as do
from incident.runtime import Runtime, address, assembled, loops, opened, pulse, running
from incident.settings import Settings
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.lists import Filters
from incident.store.stream import commits_of_others

LIMIT = 60.0
"""Seconds; far above what anything here takes."""
DECLARE = do.Declare(by="ada", title="Payments fail")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.read(data=tmp_path)


@asynccontextmanager
async def server(database: Database, settings: Settings) -> AsyncIterator[Runtime]:
    """A process on `database`, with its loops."""
    runtime = await assembled(settings, database)
    async with loops(runtime):
        yield runtime


async def told(runtime: Runtime, base: Commit, last: int) -> list[int]:
    """The seqs that a follower in this process hears of, until `last`."""
    heard: list[int] = []
    async with asyncio.timeout(LIMIT):
        async for batch in runtime.feed.follow(base):
            heard += [commit.seq for _, commit in batch]
            if heard[-1] >= last:
                break
    return heard


async def test_followers_in_one_process_hear_what_another_commits(
    database: Database, settings: Settings
) -> None:
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(server(database, settings)) for _ in range(2)]
        base = (await one.desk.declare(DECLARE)).commit
        following = asyncio.create_task(told(two, base, 21))
        for number in range(20):
            note = do.AddEntry(by="mei", message=f"note {number}")
            await one.desk.submit(base.incident, note)

        assert await following == list(range(2, 22))


async def test_processes_know_of_one_another_while_they_live(
    database: Database, settings: Settings
) -> None:
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(server(database, settings)) for _ in range(2)]
        async with asyncio.timeout(LIMIT):
            while set(one.alarms.alive) != {one.origin, two.origin}:
                await asyncio.sleep(0.05)
    left = await two.servers.alive(two.clock())

    assert left == []


def doubts(runtime: Runtime) -> bool:
    """Whether it thinks that a row was left behind."""
    return runtime.lists.behind


async def test_when_another_server_has_gone_its_rows_are_doubted(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "PULSE", 0.05)
    async with server(database, settings) as one:
        async with server(database, settings) as two, asyncio.timeout(LIMIT):
            while set(one.alarms.alive) != {one.origin, two.origin} or doubts(one):
                await asyncio.sleep(0.05)
        async with asyncio.timeout(LIMIT):
            while not doubts(one):
                await asyncio.sleep(0.05)

        assert one.alarms.alive == (one.origin,)


async def test_what_was_taken_is_answered_before_a_server_ends(
    database: Database, settings: Settings
) -> None:
    async with server(database, settings) as runtime:
        incident = (await runtime.desk.declare(DECLARE)).commit.incident
        note = do.AddEntry(by="mei", message="x")
        under_way = [asyncio.create_task(runtime.desk.submit(incident, note)) for _ in range(100)]
        await asyncio.sleep(0)

    assert all(task.done() and task.result().events for task in under_way)


async def test_a_fault_in_a_loop_does_not_end_the_server(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = 3

    def faulty(database: Database, origin: str) -> object:
        nonlocal faults
        faults -= 1
        if faults >= 0:
            raise RuntimeError("whatever it was")
        return commits_of_others(database, origin)

    monkeypatch.setattr(watch, "commits_of_others", faulty)
    monkeypatch.setattr(supervised, "PAUSE", 0.01)
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(server(database, settings)) for _ in range(2)]
        base = (await one.desk.declare(DECLARE)).commit
        following = asyncio.create_task(told(two, base, 2))
        await one.desk.submit(base.incident, do.Acknowledge(by="mei"))

        assert await following == [2]
        assert faults < 0


async def test_what_goes_wrong_while_a_server_runs_comes_out_as_it_is(
    database: Database, settings: Settings
) -> None:
    with pytest.raises(ValueError, match="as it is"):
        async with server(database, settings):
            raise ValueError("as it is")


async def test_a_database_that_is_away_stops_no_pulse(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = await assembled(settings, database)
    asked = asyncio.Event()

    async def away() -> None:
        asked.set()
        raise StoreAway

    monkeypatch.setattr(runtime.clock, "sync", away)
    beating = asyncio.create_task(pulse(runtime))
    await asked.wait()
    await asyncio.sleep(0)

    assert not beating.done()
    beating.cancel()
    await asyncio.wait([beating])


async def test_rows_that_a_crash_left_behind_are_there_after_the_next_start(
    database: Database, settings: Settings
) -> None:
    async with server(database, settings) as runtime:
        incident = (await runtime.desk.declare(DECLARE)).commit.incident
        await runtime.desk.submit(incident, do.Acknowledge(by="mei"))
    await database.db.incidents.delete_many({})

    async with server(database, settings) as runtime, asyncio.timeout(LIMIT):
        while not (rows := await runtime.lists.find(Filters(), 9)):
            await asyncio.sleep(0.05)

    assert [(row["id"], row["seq"], row["acknowledgedBy"]) for row in rows] == [
        (incident, 2, "mei")
    ]


async def test_a_command_line_uses_the_database_of_the_server_that_runs(
    settings: Settings,
) -> None:
    """Which is the server's own; it goes on after the command has ended."""
    async with running(settings) as server:
        incident = (await server.desk.declare(DECLARE)).commit.incident
        async with opened(settings) as command:
            found = await command.journal.latest(incident)
        await server.desk.submit(incident, do.Acknowledge(by="mei"))

    assert found is not None
    assert address(settings) is None
    async with opened(settings) as afterwards:
        newest = await afterwards.journal.latest(incident)
    assert newest is not None
    assert newest.seq == 2
