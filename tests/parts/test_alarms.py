"""Deadlines fire once, not early, not after they were met, however many processes try.

What has passed is for the database's clock to say: the desks of these tests live in the past
or present by their own clocks, and the alarms decide by a clock that is moved.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from incident import alarms as ringing
from incident.alarms import Alarms, each
from incident.core import commands as do
from incident.core.rejected import Rejected
from incident.store.clock import DatabaseClock
from incident.store.connection import Database
from incident.store.errors import StoreAway
from tests.builders import MINUTE, declared
from tests.parts.offices import Clock, Log, Office, holes, office, real_time

NAMES = ("one", "two", "three")
LIMIT = 60.0
"""Seconds; far above what anything here takes."""


class Hands(DatabaseClock):
    """A database's clock that shows what it is set to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def sync(self) -> datetime:
        return self()

    def __call__(self) -> datetime:
        return self._clock()


@pytest.fixture
def clock() -> Clock:
    """What all processes take for now."""
    return Clock(real_time())


@pytest.fixture
async def three(database: Database, clock: Clock) -> list[Office]:
    """Three processes on one database."""
    return [await office(database, name, clock) for name in NAMES]


def alarms_of(at: Office, clock: DatabaseClock | None = None) -> Alarms:
    """The alarms of a process that hears its own desk, as a server's do."""
    alarms = Alarms(at.desk, at.deadlines, clock or Hands(at.clock), at.origin)
    alarms.alive = NAMES
    at.feed.listen(alarms.heard)
    return alarms


async def missed(at: Office, incident: str) -> list[str]:
    """What time alone brought about."""
    kinds = [e.kind async for c in at.journal.history(incident) for e in c.events]
    return [kind for kind in kinds if kind.endswith("_missed")]


async def armed(database: Database) -> int:
    """How many commits still have a deadline."""
    return int(await database.db.commits.count_documents({"wake_at": {"$exists": True}}))


async def earlier(at: Office, clock: Clock, by: timedelta = 10 * MINUTE, **fields: object) -> str:
    """An incident that was declared a while ago; severity 1 had five minutes to be answered."""
    clock.move(-by)
    incident = await at.declares(severity=1, **fields)
    clock.move(by)
    return incident


@asynccontextmanager
async def going(*alarms: Alarms) -> AsyncIterator[None]:
    """Within the block, the loops run."""
    tasks = [asyncio.create_task(one.run()) for one in alarms]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def test_what_passed_while_nobody_was_there_fires_once_for_three(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incidents = [await earlier(three[0], clock) for _ in range(5)]
    alarms = [alarms_of(at) for at in three]

    fired = await asyncio.gather(*(one.sweep() for one in alarms))
    again = await asyncio.gather(*(one.sweep() for one in alarms))

    assert sum(fired) == len(incidents)
    assert again == [0, 0, 0]
    for incident in incidents:
        assert await missed(three[0], incident) == ["response_missed"]
        assert await holes(three[0].journal, incident) == []
    assert await armed(database) == 0


async def test_nothing_fires_before_its_time(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incident = await earlier(three[0], clock, 4 * MINUTE)

    assert await alarms_of(three[1]).sweep() == 0
    assert await missed(three[0], incident) == []
    assert await armed(database) == 1


async def test_nothing_fires_after_the_acknowledgement(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incident = await earlier(three[0], clock)
    await three[1].desk.submit(incident, do.Acknowledge(by="mei"))

    assert await alarms_of(three[0]).sweep() == 0
    assert await missed(three[0], incident) == []
    assert await armed(database) == 0, "the deadline is forgotten, as the newest state has none"


async def test_a_deadline_is_kept_while_the_newest_state_has_it(
    three: list[Office], clock: Clock, database: Database
) -> None:
    """The index says it has passed; a clock that is behind does not think so yet."""
    incident = await earlier(three[0], clock)
    behind = alarms_of(three[1], Hands(Clock(clock() - 8 * MINUTE)))

    early = await behind.sweep()
    kept = await armed(database)

    assert (early, kept) == (0, 1)
    assert await alarms_of(three[2]).sweep() == 1
    assert await missed(three[0], incident) == ["response_missed"]


async def test_a_deadline_that_was_put_off_is_not_fired_and_the_new_one_is_kept(
    three: list[Office], clock: Clock, database: Database
) -> None:
    promise = do.PostUpdate(
        by="ada", audience="support", message="x", next_update_in=timedelta(minutes=2)
    )
    incident = await earlier(three[0], clock, roles={"scribe": "ada"})
    await three[0].desk.submit(incident, do.Acknowledge(by="mei"))
    clock.move(-9 * MINUTE)
    await three[0].desk.submit(incident, promise)
    clock.move(9 * MINUTE)
    later = promise.model_copy(update={"next_update_in": timedelta(hours=1)})
    await three[0].desk.submit(incident, later)

    assert await alarms_of(three[1]).sweep() == 0
    assert await missed(three[0], incident) == []
    assert await armed(database) == 1


async def test_everything_that_passed_is_one_commit(three: list[Office], clock: Clock) -> None:
    incident = await earlier(three[0], clock)
    clock.move(-9 * MINUTE)
    for audience in ("customers", "support"):
        promise = {"by": "ada", "audience": audience, "message": "x", "next_update_in": MINUTE}
        await three[0].desk.submit(incident, do.PostUpdate.model_validate(promise))
    clock.move(9 * MINUTE)

    await alarms_of(three[1]).sweep()
    newest = await three[0].newest(incident)

    assert sorted(await missed(three[0], incident)) == ["response_missed"] + ["update_missed"] * 2
    assert len(newest.events) == 3
    assert newest.state.communications["customers"].missed
    assert newest.state.wake_at is None


async def test_acknowledging_and_missing_it_at_once_leaves_a_history_that_makes_sense(
    three: list[Office], clock: Clock
) -> None:
    alarms = [alarms_of(at) for at in three]
    seen = set()
    for _ in range(25):
        incident = await earlier(three[0], clock)
        acknowledge = three[1].desk.submit(incident, do.Acknowledge(by="mei"))
        await asyncio.gather(acknowledge, *(one.sweep() for one in alarms))
        kinds = [e.kind async for c in three[0].journal.history(incident) for e in c.events]
        seen.add(tuple(kinds))

    assert seen <= {
        ("declared", "acknowledged"),
        ("declared", "response_missed", "acknowledged"),
    }


async def test_three_that_run_fire_once_and_not_early(database: Database) -> None:
    """Real clocks and real loops."""
    offices = []
    for name in NAMES:
        clock = DatabaseClock(database)
        await clock.sync()
        offices.append((await office(database, name, Running(clock)), clock))
    first = offices[0][0]
    promise = do.PostUpdate(
        by="ada", audience="support", message="x", next_update_in=timedelta(milliseconds=400)
    )
    async with going(*(alarms_of(at, clock) for at, clock in offices)):
        incidents = [await first.declares(severity=5) for _ in range(10)]
        for incident in incidents:
            await first.desk.submit(incident, promise)
        async with asyncio.timeout(LIMIT):
            for incident in incidents:
                while not await missed(first, incident):
                    await asyncio.sleep(0.05)
    for incident in incidents:
        newest = await first.newest(incident)
        (event,) = newest.events

        assert await missed(first, incident) == ["update_missed"]
        assert event.kind == "update_missed"
        assert event.at >= event.due_at


class Running(Clock):
    """The database's clock as a process keeps it."""

    def __init__(self, clock: DatabaseClock) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        return self._clock()


async def test_a_deadline_that_another_process_armed_is_found(
    three: list[Office], clock: Clock
) -> None:
    """And fired from memory when its time has come, without another look at the index."""
    alarms = alarms_of(three[1])
    incident = await earlier(three[0], clock, 4 * MINUTE)
    await alarms.sweep()
    clock.move(2 * MINUTE)

    due = alarms._due(clock())
    fired = await alarms._fire(due[0], clock())

    assert (due, fired) == ([incident], 1)
    assert alarms._due(clock()) == []


async def test_a_deadline_that_moved_is_not_asked_about_at_its_old_time(
    three: list[Office], clock: Clock
) -> None:
    alarms = alarms_of(three[0])
    alarms.alive = ("one",)
    incident = await three[0].declares(severity=1)
    await three[0].desk.submit(incident, do.ChangeIncident(by="ada", severity=2))

    clock.move(6 * MINUTE)
    at_the_old_time = alarms._due(clock())
    clock.move(10 * MINUTE)

    assert (at_the_old_time, alarms._due(clock())) == ([], [incident])


async def test_thousands_that_are_pending_do_not_disturb(
    three: list[Office], clock: Clock, database: Database
) -> None:
    later = clock() + timedelta(hours=1)
    pending = [
        Log(three[0].journal, f"INC-{n}").next(
            declared(respond_by=later), wake_at=later, declaration=f"k{n}"
        )
        for n in range(1001, 3001)
    ]
    await asyncio.gather(*(three[0].journal.append(commit) for commit in pending))
    incidents = [await earlier(three[0], clock) for _ in range(3)]

    fired = await asyncio.gather(*(alarms_of(at).sweep() for at in three))

    assert sum(fired) == 3
    for incident in incidents:
        assert await missed(three[0], incident) == ["response_missed"]
    assert await armed(database) == 2000


async def test_more_than_are_looked_up_at_once_are_all_fired(
    three: list[Office], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ringing, "SWEPT", 10)
    monkeypatch.setattr(ringing, "AT_ONCE", 4)
    incidents = [await earlier(three[0], clock) for _ in range(25)]

    assert await alarms_of(three[0]).sweep() == 25
    assert [await missed(three[0], incident) for incident in incidents] == [
        ["response_missed"]
    ] * 25


async def test_an_incident_that_cannot_be_read_silences_no_other(
    three: list[Office], clock: Clock, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = await earlier(three[0], clock), await earlier(three[0], clock)
    change: dict[str, Any] = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_one({"incident": broken}, change)

    with caplog.at_level(logging.ERROR):
        fired = await alarms_of(three[1]).sweep()

    assert fired == 1
    assert await missed(three[0], sound) == ["response_missed"]
    assert "a deadline could not be told" in caplog.text


async def test_a_database_that_is_away_is_told_after_all_were_tried() -> None:
    tried: list[int] = []

    async def tell(number: int) -> int:
        tried.append(number)
        if number == 1:
            raise StoreAway
        if number == 2:
            raise Rejected("not-open", "x")
        return 1

    with pytest.raises(StoreAway):
        await each(tell(number) for number in range(5))

    assert tried == [0, 1, 2, 3, 4]
    assert await each(tell(number) for number in (0, 2, 3)) == 2


async def test_processes_take_turns_that_all_see_alike(three: list[Office]) -> None:
    alarms = [alarms_of(at) for at in three]
    incidents = [f"INC-{number}" for number in range(60)]
    turns = {incident: sorted(one._turn(incident) for one in alarms) for incident in incidents}
    first = {incident: [one._turn(incident) for one in alarms].index(timedelta(0))
             for incident in incidents}  # fmt: skip

    assert set(map(tuple, turns.values())) == {(0 * ringing.TURN, ringing.TURN, 2 * ringing.TURN)}
    assert set(first.values()) == {0, 1, 2}, "none of them has to do it all"


async def test_the_clock_is_never_ahead_of_the_databases(database: Database) -> None:
    clock = DatabaseClock(database)
    for _ in range(50):
        told = await clock.sync()
        kept = clock()

        assert told <= kept <= await database.now()
