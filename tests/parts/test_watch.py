"""The change stream rings for what other processes commit, and recovers when it breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from pymongo.read_concern import ReadConcern

from incident import watch
from incident.feed import Feed
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.stream import commits_of_others
from incident.supervised import kept_running
from tests.parts.offices import Office, office

LIMIT = 60.0
"""Seconds; far above what a stream takes, on a machine that is busy with something else."""


class Rung(Feed):
    """Counts what it is told."""

    def __init__(self) -> None:
        super().__init__(journal=None)  # type: ignore[arg-type]  # nobody follows it
        self.bells: asyncio.Queue[str] = asyncio.Queue()
        self.doubts: asyncio.Queue[None] = asyncio.Queue()

    def ring(self, incident: str, commit: Commit | None = None) -> None:
        assert commit is None
        self.bells.put_nowait(incident)

    def ring_all(self) -> None:
        self.doubts.put_nowait(None)


class Watched:
    """What one process hears of the others, and what it forgets for it."""

    def __init__(self, process: Office) -> None:
        self.feed = Rung()
        self.forgotten: list[str] = []
        self._process = process

    def forget(self, incident: str) -> None:
        self.forgotten.append(incident)
        self._process.desk.forget(incident)


@asynccontextmanager
async def watching(process: Office) -> AsyncIterator[Watched]:
    """Within the block, the watch of a process is open."""
    watched = Watched(process)
    loop = partial(watch.run, process.database, watched.feed, watched.forget, process.origin)
    task = asyncio.create_task(kept_running("watch", loop))
    try:
        await doubted(watched)
        yield watched
    finally:
        task.cancel()
        await asyncio.wait([task])


async def doubted(watched: Watched) -> None:
    """Wait until anything may have moved."""
    async with asyncio.timeout(LIMIT):
        await watched.feed.doubts.get()


async def rung(watched: Watched, count: int) -> list[str]:
    async with asyncio.timeout(LIMIT):
        return [await watched.feed.bells.get() for _ in range(count)]


@pytest.fixture
async def one(database: Database) -> Office:
    return await office(database, "one")


@pytest.fixture
async def two(database: Database) -> Office:
    return await office(database, "two")


async def test_commits_of_others_ring_and_ones_own_do_not(one: Office, two: Office) -> None:
    incident = await two.declares()
    async with watching(one) as watched:
        await one.notes(incident, "mine")
        await two.notes(incident, "theirs")
        other = await two.declares()

        assert await rung(watched, 2) == [incident, other]
        assert watched.forgotten == [incident, other]
        assert watched.feed.bells.empty()


async def test_what_is_changed_in_a_stored_commit_rings_nobody(
    one: Office, two: Office, database: Database
) -> None:
    incident = await two.declares(description="secret")
    async with watching(one) as watched:
        await database.db.commits.update_many({}, {"$set": {"state.description": "x"}})
        await two.notes(incident, "theirs")

        assert await rung(watched, 1) == [incident]
        assert watched.feed.bells.empty()


async def test_after_a_cursor_was_killed_others_are_heard_again(
    one: Office, two: Office, database: Database
) -> None:
    """Either the driver goes on from where it was, or everybody looks again."""
    incident = await two.declares()
    async with watching(one) as watched:
        await kill_streams(database)
        await two.notes(incident, "just after")
        either = [
            asyncio.create_task(queue.get()) for queue in (watched.feed.bells, watched.feed.doubts)
        ]
        done, pending = await asyncio.wait(
            either, timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED
        )
        for task in pending:
            task.cancel()
        await two.notes(incident, "later")

        assert done
        assert (await rung(watched, 1)) == [incident]


async def kill_streams(database: Database) -> None:
    """Have the server forget the cursors of all change streams on this database."""
    admin = database.client.get_database("admin", read_concern=ReadConcern("local"))
    ours = {"ns": f"{database.db.name}.commits", "cursor.cursorId": {"$exists": True}}
    stages: list[dict[str, Any]] = [
        {"$currentOp": {"idleCursors": True, "allUsers": True}},
        {"$match": ours},
    ]
    async with asyncio.timeout(LIMIT):
        while not (found := [op async for op in admin.aggregate(stages)]):
            await asyncio.sleep(0.05)  # nobody reads from it just now
    cursors = [op["cursor"]["cursorId"] for op in found]
    await database.db.command("killCursors", "commits", cursors=cursors)


async def test_a_dropped_log_ends_the_stream_and_another_is_opened(
    one: Office, two: Office, database: Database
) -> None:
    await two.declares()
    async with watching(one) as watched:
        await database.db.commits.drop()
        await doubted(watched)
        await two.journal.prepare()
        incident = await two.declares()

        assert incident in await rung(watched, 1)


async def test_after_the_stream_broke_everybody_looks_again(
    one: Office, two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was committed while it was away is found by looking: it may ring, but need not."""
    broken = asyncio.Event()
    opened = 0

    @asynccontextmanager
    async def breaking(database: Database, origin: str) -> AsyncIterator[AsyncIterator[str]]:
        nonlocal opened
        opened += 1
        async with commits_of_others(database, origin) as stream:
            yield until(broken, stream) if opened == 1 else stream

    monkeypatch.setattr(watch, "commits_of_others", breaking)
    monkeypatch.setattr(watch, "RETRY", 0.01)
    incident = await two.declares()
    async with watching(one) as watched:
        broken.set()
        await two.notes(incident, "while nobody listens")
        await doubted(watched)
        await two.notes(incident, "afterwards")
        await rung(watched, 1)

        assert opened == 2


async def until(broken: asyncio.Event, stream: AsyncIterator[str]) -> AsyncIterator[str]:
    """A stream that breaks."""
    await broken.wait()
    if broken.is_set():
        raise StoreAway
    yield await anext(stream)


async def test_a_stream_that_cannot_be_opened_is_tried_again(
    one: Office, two: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 2

    def flaky(database: Database, origin: str) -> object:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreAway
        return commits_of_others(database, origin)

    monkeypatch.setattr(watch, "commits_of_others", flaky)
    monkeypatch.setattr(watch, "RETRY", 0.01)
    incident = await two.declares()
    async with watching(one) as watched:
        await two.notes(incident, "x")

        assert await rung(watched, 1) == [incident]
        assert failures == -1


async def test_what_is_remembered_is_forgotten_when_others_move_it(
    one: Office, two: Office
) -> None:
    """So that the next command here needs no second try."""
    incident = await one.declares()
    async with watching(one) as watched:
        await one.notes(incident, "one remembers this")
        await two.notes(incident, "and does not know this")
        await rung(watched, 1)

        assert one.desk._lanes[incident]._newest is None
