"""Deadlines fire once, not early, not after they were met, however many processes try.

The clock of these tests is the database's clock as all processes see it, and stands still until
it is moved: one that runs is waited for, and never measured.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from incident import alarms as ringing
from incident.agenda import GRID, LONG_AGO, PAUSES, Agenda, on_grid
from incident.alarms import Alarms
from incident.core import commands as do
from incident.store.clock import JITTER, DatabaseClock
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.deadlines import Armed, Deadlines
from incident.store.errors import OutcomeUnknown, StoreAway
from incident.store.journal import Journal
from tests.builders import MINUTE, NOON, declared, promised
from tests.parts.offices import Clock, Log, Office, holes, office

NAMES = ("one", "two", "three")
LIMIT = 60.0
"""Seconds; far above what anything here takes."""
SECOND = timedelta(seconds=1)


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
    return Clock()


@pytest.fixture
async def three(database: Database, clock: Clock) -> list[Office]:
    """Three processes on one database."""
    return [await office(database, name, clock) for name in NAMES]


@pytest.fixture
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loops that run look at the clock often, and ask again soon."""
    monkeypatch.setattr(ringing, "GLANCE", timedelta(milliseconds=50))
    monkeypatch.setattr(ringing, "AWAY", 0.01)


def alarms_of(
    at: Office, *alive: str, deadlines: Deadlines | None = None, clock: DatabaseClock | None = None
) -> Alarms:
    """The alarms of a process that hears its own desk, as a server's do."""
    alarms = Alarms(at.desk, deadlines or at.deadlines, clock or Hands(at.clock), at.origin)
    alarms.alive = alive or NAMES
    at.feed.listen(alarms.heard)
    return alarms


async def promise(at: Office, within: timedelta = 5 * MINUTE, **fields: str) -> str:
    """An incident about which support hears again within that time, and nothing else is due."""
    incident = await at.declares(severity=5)
    await promise_on(at, incident, within, **fields)
    return incident


async def promise_on(
    at: Office, incident: str, within: timedelta | None, audience: str = "support"
) -> Commit:
    told = {"by": "ada", "audience": audience, "message": "x", "next_update_in": within}
    return (await at.desk.submit(incident, do.PostUpdate.model_validate(told))).commit


async def broken_promise(at: Office, clock: Clock) -> str:
    """An incident whose deadline passed five minutes ago, while nobody was there."""
    incident = await promise(at)
    clock.move(10 * MINUTE)
    return incident


async def overdue(at: Office, count: int) -> list[str]:
    """That many incidents with a deadline that has passed."""
    late = [await promise(at, SECOND) for _ in range(count)]
    at.clock.move(MINUTE)
    return late


async def missed(at: Office, incident: str) -> list[str]:
    """What time alone brought about."""
    kinds = [e.kind async for c in at.journal.history(incident) for e in c.events]
    return [kind for kind in kinds if kind.endswith("_missed")]


async def armed(database: Database) -> int:
    """How many commits still have a deadline."""
    return int(await database.db.commits.count_documents({"wake_at": {"$exists": True}}))


async def break_log(database: Database, incident: str) -> None:
    """Write something that only a later version can read."""
    change: dict[str, Any] = {"$set": {"commands.0.events.0.kind": "teleported"}}
    await database.db.commits.update_many({"incident": incident}, change)


def first_for(incident: str, *alive: str) -> list[str]:
    """The processes in the order in which they see to `incident`."""
    return sorted(alive or NAMES, key=lambda origin: ringing.weight(incident, origin))


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


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Return when it is true; fails if it never is."""
    async with asyncio.timeout(LIMIT):
        while not await true():
            await asyncio.sleep(0.01)


async def until_missed(at: Office, *incidents: str) -> None:
    for incident in incidents:
        await until(lambda one=incident: some(missed(at, one)))  # type: ignore[misc]  # bound now


async def some(found: Awaitable[Collection[object]]) -> bool:
    return bool(await found)


async def looked(alarms: Alarms) -> None:
    """Return when the index was read."""

    async def has() -> bool:
        return alarms._horizon > LONG_AGO and not alarms._looking

    await until(has)


# Once, and only when it is due.


async def test_what_passed_while_nobody_was_there_fires_once_for_three(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incidents = await overdue(three[0], 9)
    alarms = [alarms_of(at) for at in three]

    fired = await asyncio.gather(*(one.sweep() for one in alarms))
    clock.move(3 * ringing.TURN)
    again = await asyncio.gather(*(one.sweep() for one in alarms))

    assert sum(fired) == len(incidents)
    assert again == [0, 0, 0]
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]
        assert await holes(three[0].journal, incident) == []
    assert await armed(database) == 0


async def test_nothing_fires_a_millisecond_early(three: list[Office], clock: Clock) -> None:
    alarms = alarms_of(three[1], "two")
    incident = await promise(three[0])

    clock.move(5 * MINUTE - timedelta(milliseconds=1))
    early = await alarms.sweep()
    clock.move(timedelta(milliseconds=1))
    due = await alarms.sweep()
    (event,) = (await three[0].newest(incident)).events

    assert (early, due) == (0, 1)
    assert event.at == clock()


async def test_nothing_fires_after_it_was_met(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incident = await promise(three[0])
    await promise_on(three[1], incident, None)
    clock.move(10 * MINUTE)

    assert await alarms_of(three[0], "one").sweep() == 0
    assert await missed(three[0], incident) == []
    assert await armed(database) == 0, "the deadline is forgotten, as the newest state has none"


async def test_one_that_was_put_off_is_forgotten_and_the_new_one_kept(
    three: list[Office], clock: Clock, database: Database
) -> None:
    alarms = alarms_of(three[1], "two")
    incident = await promise(three[0], MINUTE)
    moved = await promise_on(three[0], incident, 2 * MINUTE)

    clock.move(MINUTE)
    at_the_old_time = await alarms.sweep()
    kept = [one.seq for one in await three[0].deadlines.until(clock() + MINUTE, 9)]
    clock.move(MINUTE)

    assert (at_the_old_time, kept) == (0, [moved.seq])
    assert await alarms.sweep() == 1
    assert await missed(three[0], incident) == ["update_missed"]
    assert await armed(database) == 0


async def test_everything_that_passed_is_one_commit(three: list[Office], clock: Clock) -> None:
    incident = await promise(three[0], MINUTE)
    await promise_on(three[0], incident, MINUTE, "customers")
    clock.move(2 * MINUTE)

    fired = await alarms_of(three[1], "two").sweep()
    newest = await three[0].newest(incident)

    assert fired == 1
    assert [event.kind for event in newest.events] == ["update_missed"] * 2
    assert newest.state.wake_at is None


async def test_keeping_a_promise_and_missing_it_at_once_leaves_a_history_that_makes_sense(
    three: list[Office], clock: Clock
) -> None:
    alarms = [alarms_of(at, at.origin) for at in three]
    seen = set()
    for _ in range(25):
        incident = await broken_promise(three[0], clock)
        kept = promise_on(three[1], incident, None)
        await asyncio.gather(kept, *(one.sweep() for one in alarms))
        kinds = [e.kind async for c in three[0].journal.history(incident) for e in c.events]
        seen.add(tuple(kinds))

    assert seen <= {
        ("declared", "update_posted", "update_posted"),
        ("declared", "update_posted", "update_missed", "update_posted"),
    }


async def test_three_that_do_not_know_of_each_other_fire_once(
    three: list[Office], clock: Clock, database: Database
) -> None:
    """Nothing rests on their turns but the work that is saved."""
    incidents = await overdue(three[0], 20)
    alarms = [alarms_of(at, at.origin) for at in three]

    fired = await asyncio.gather(*(one.sweep() for one in alarms))

    assert sum(fired) == len(incidents)
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]
    assert await armed(database) == 0


async def test_three_that_run_fire_once_and_not_early(database: Database) -> None:
    """Real clocks and real loops."""
    clocks = [DatabaseClock(database) for _ in NAMES]
    for one in clocks:
        await one.sync()
    offices = [
        await office(database, name, Running(c)) for name, c in zip(NAMES, clocks, strict=True)
    ]
    alarms = [alarms_of(at, clock=c) for at, c in zip(offices, clocks, strict=True)]
    async with going(*alarms):
        incidents = [await promise(offices[0], timedelta(milliseconds=400)) for _ in range(10)]
        await until_missed(offices[0], *incidents)
    for incident in incidents:
        newest = await offices[0].newest(incident)
        (event,) = newest.events

        assert await missed(offices[0], incident) == ["update_missed"]
        assert event.kind == "update_missed"
        assert event.due_at <= event.at <= newest.at


class Running(Clock):
    """The database's clock as a process keeps it."""

    def __init__(self, clock: DatabaseClock) -> None:
        self._clock = clock

    def __call__(self) -> datetime:
        return self._clock()


# From memory, and what memory holds.


class Counted(Deadlines):
    """Counts how often the index is read ahead."""

    looks = 0

    async def until(self, moment: datetime, limit: int) -> list[Armed]:
        self.looks += 1
        return await super().until(moment, limit)


@pytest.mark.usefixtures("_quickly")
async def test_what_another_process_armed_is_fired_without_another_look(
    three: list[Office], clock: Clock, database: Database
) -> None:
    counted = Counted(database)
    alarms = alarms_of(three[1], "two", deadlines=counted)
    incident = await promise(three[0], 2 * SECOND)
    async with going(alarms):
        await looked(alarms)
        clock.move(2 * SECOND)
        await until_missed(three[0], incident)

    assert counted.looks == 1


@pytest.mark.usefixtures("_quickly")
async def test_who_armed_it_with_little_notice_does_not_wait_for_its_turn(
    three: list[Office], clock: Clock
) -> None:
    """The others may not have heard of it: they look at the index every now and then."""
    alarms = [alarms_of(at) for at in three]
    async with going(alarms[0]):
        await looked(alarms[0])
        incidents = [await promise(three[0], 2 * SECOND) for _ in range(6)]
        clock.move(2 * SECOND)
        await until_missed(three[0], *incidents)

    assert {first_for(incident)[0] for incident in incidents} != {"one"}


async def test_far_deadlines_are_not_held(three: list[Office], clock: Clock) -> None:
    alarms = alarms_of(three[0], "one")
    await alarms.sweep()
    incidents = [await promise(three[0], 60 * MINUTE) for _ in range(5)]
    await alarms.sweep()

    held = len(alarms._known)
    clock.move(60 * MINUTE)

    assert held == 0
    assert await alarms.sweep() == len(incidents)


async def test_thousands_that_are_pending_do_not_disturb(
    three: list[Office], clock: Clock, database: Database
) -> None:
    later = clock() + timedelta(hours=1)
    pending = [
        Log(three[0].journal, f"INC-{n}").next(
            declared(), promised(due_at=later), wake_at=later, declaration=f"k{n}"
        )
        for n in range(1001, 3001)
    ]
    await asyncio.gather(*(three[0].journal.append(commit) for commit in pending))
    incidents = await overdue(three[0], 3)

    fired = await asyncio.gather(*(alarms_of(at).sweep() for at in three))

    assert sum(fired) == len(incidents)
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]
    assert await armed(database) == len(pending)


async def test_more_than_one_look_takes_are_all_fired_soon(
    three: list[Office], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ringing, "HELD", 10)
    monkeypatch.setattr(ringing, "TOGETHER", 4)
    monkeypatch.setattr(ringing, "AT_ONCE", 6)
    alarms = alarms_of(three[0], "one")
    incidents = await overdue(three[0], 25)
    fired, pauses = [], []
    for _ in range(4):
        fired.append(await alarms.sweep())
        pauses.append(alarms._look_at - clock())
        clock.move(pauses[-1])

    assert fired == [10, 10, 5, 0]
    assert pauses == [ringing.SOON] * 2 + [ringing.SWEEP] * 2
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]


@pytest.mark.usefixtures("_quickly")
async def test_states_are_read_before_their_time_but_no_more_than_are_kept(
    three: list[Office], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ringing, "AT_HAND", 4)
    monkeypatch.setattr(ringing, "TOGETHER", 4)
    alarms = alarms_of(three[1], "two")
    incidents = [await promise(three[0], 10 * SECOND + n * GRID) for n in range(9)]
    async with going(alarms):
        await until(lambda: are_at_hand(alarms, 0))
        clock.move(8 * SECOND)
        await until(lambda: are_at_hand(alarms, 4))
        early = [bool(await missed(three[0], incident)) for incident in incidents]
        clock.move(20 * SECOND)
        await until_missed(three[0], *incidents)

    assert not any(early)
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]


async def are_at_hand(alarms: Alarms, count: int) -> bool:
    return len(alarms._to_tell) == count and len(alarms._known) > 0


# Turns.


async def test_processes_take_turns_that_all_see_alike(three: list[Office]) -> None:
    alarms = [alarms_of(at) for at in three]
    incidents = [f"INC-{number}" for number in range(60)]
    places = {incident: [one._place(incident) for one in alarms] for incident in incidents}

    assert {tuple(sorted(found)) for found in places.values()} == {(0, 1, 2)}
    assert {found.index(0) for found in places.values()} == {0, 1, 2}, "none does it all"


async def test_one_that_nobody_has_met_yet_leaves_it_to_others(three: list[Office]) -> None:
    alarms = alarms_of(three[0], "two", "three")

    assert alarms._place("INC-1") == 1


async def test_the_turn_of_one_that_is_dead_is_taken_by_the_next(
    three: list[Office], clock: Clock, database: Database
) -> None:
    incidents = await overdue(three[0], 12)
    firsts = [first_for(incident)[0] for incident in incidents]
    alive = [alarms_of(at) for at in three[1:]]

    at_once = [await one.sweep() for one in alive]
    a_turn_later = await turn_passes(clock, *alive)

    assert at_once == [firsts.count(at.origin) for at in three[1:]]
    assert a_turn_later == firsts.count("one") > 0
    assert await armed(database) == 0
    for incident in incidents:
        assert await missed(three[0], incident) == ["update_missed"]


async def turn_passes(clock: Clock, *alarms: Alarms) -> int:
    """Go on from what the processes know, one turn later; returns how many commits."""
    before = sum(one.told for one in alarms)
    clock.move(ringing.TURN + GRID)
    for one in alarms:
        async with asyncio.TaskGroup() as group:
            while one._begin(group) or one._looking or one._busy:
                await one._changed.wait()
            group.create_task(one._clear())
    return sum(one.told for one in alarms) - before


async def test_what_was_told_but_not_cleared_is_only_cleared(
    three: list[Office], clock: Clock, database: Database
) -> None:
    """Whoever told it died, or is slow to clear it."""
    (incident,) = await overdue(three[0], 1)
    await three[0].desk.submit(incident, do.Tick(), now=clock())
    left = await armed(database)

    assert left == 1
    assert await alarms_of(three[1], "two").sweep() == 0
    assert await armed(database) == 0
    assert await missed(three[0], incident) == ["update_missed"]


@pytest.mark.usefixtures("_quickly")
async def test_when_others_come_or_go_the_order_counts_at_once(
    three: list[Office], clock: Clock
) -> None:
    alarms = alarms_of(three[0], "two", "three")
    incident = await promise(three[0], 2 * SECOND)
    async with going(alarms):
        await looked(alarms)
        clock.move(2 * SECOND)
        alarms.alive = ("one",)
        await until_missed(three[0], incident)

    assert alarms._place(incident) == 0


# The clock is set.


@pytest.mark.usefixtures("_quickly")
async def test_after_the_clock_was_set_back_nothing_fires_twice_and_nothing_stalls(
    three: list[Office], clock: Clock
) -> None:
    alarms = [alarms_of(at) for at in three]
    fired, pending = await promise(three[0], SECOND), await promise(three[0], 12 * SECOND)
    async with going(*alarms):
        clock.move(2 * SECOND)
        await until_missed(three[0], fired)
        clock.move(-10 * MINUTE)
        fresh = await promise(three[0], 6 * SECOND)
        clock.move(6 * SECOND)
        await until_missed(three[0], fresh)
        before_its_time = await missed(three[0], pending)
        clock.move(10 * MINUTE + 4 * SECOND)
        await until_missed(three[0], pending)

    assert before_its_time == []
    for incident in (fired, fresh, pending):
        assert await missed(three[0], incident) == ["update_missed"]
        assert await holes(three[0].journal, incident) == []


@pytest.mark.usefixtures("_quickly")
async def test_a_deadline_beyond_the_horizon_fires_after_the_clock_was_set_forward(
    three: list[Office], clock: Clock
) -> None:
    alarms = alarms_of(three[0], "one")
    incident = await promise(three[0], 60 * MINUTE)
    async with going(alarms):
        await looked(alarms)
        clock.move(61 * MINUTE)
        await until_missed(three[0], incident)

    assert await missed(three[0], incident) == ["update_missed"]


async def test_the_clock_is_never_ahead_of_the_databases(database: Database) -> None:
    clock = DatabaseClock(database)
    for _ in range(50):
        told = await clock.sync()
        kept = clock()

        assert told <= kept <= await database.now()


class Told(Database):
    """A database that says what time it is."""

    def __init__(self, now: datetime) -> None:
        self.says = now

    async def now(self) -> datetime:
        return self.says


async def test_an_answer_that_took_longer_does_not_turn_the_clock_back() -> None:
    database = Told(NOON)
    clock = DatabaseClock(database)
    first = await clock.sync()
    database.says = NOON - JITTER / 2
    slow = await clock.sync()
    database.says = NOON - 10 * MINUTE
    set_back = await clock.sync()

    assert slow >= first >= NOON
    assert set_back < NOON - 9 * MINUTE, "but it follows one that was set"


# What goes wrong.


async def test_an_incident_that_cannot_be_read_silences_no_other_and_is_left_alone(
    three: list[Office], clock: Clock, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken, *sound = await overdue(three[0], 5)
    await break_log(database, broken)
    alarms = alarms_of(three[1], "two")
    tries = []
    with caplog.at_level(logging.ERROR):
        fired = await alarms.sweep()
        for wait in (0 * SECOND, *PAUSES[:3]):
            clock.move(wait)
            await alarms.sweep()
            await alarms.sweep()
            tries.append(caplog.text.count("a deadline could not be told"))

    assert fired == len(sound)
    assert tries == [1, 2, 3, 4]
    for incident in sound:
        assert await missed(three[0], incident) == ["update_missed"]


async def test_what_could_not_be_told_is_told_when_it_can_be(
    three: list[Office], clock: Clock, database: Database
) -> None:
    (incident,) = await overdue(three[0], 1)
    alarms = alarms_of(three[1], "two")
    await break_log(database, incident)
    failed = await alarms.sweep()
    change = {"$set": {"commands.0.events.0.kind": "update_posted"}}
    await database.db.commits.update_one({"incident": incident, "seq": 2}, change)
    clock.move(PAUSES[0])

    assert failed == 0
    assert await alarms.sweep() == 1
    assert alarms._faults == {}


class Away(Deadlines):
    """A store that is away for a while."""

    left = 3

    async def until(self, moment: datetime, limit: int) -> list[Armed]:
        if self.left:
            self.left -= 1
            raise StoreAway
        return await super().until(moment, limit)


@pytest.mark.usefixtures("_quickly")
async def test_a_database_that_was_away_is_asked_again(
    three: list[Office], database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    incidents = await overdue(three[0], 3)
    alarms = alarms_of(three[0], "one", deadlines=Away(database))
    async with going(alarms):
        await until_missed(three[0], *incidents)

    assert caplog.text.count("alarms wait for the store") == 3


class Unsure(Journal):
    """Stores commits, and for a while nobody can tell whether it did."""

    left = 0

    async def append(self, commit: Commit) -> None:
        await super().append(commit)
        if self.left:
            self.left -= 1
            raise OutcomeUnknown


@pytest.mark.usefixtures("_quickly")
async def test_a_deadline_whose_commit_may_have_been_lost_fires_once(
    database: Database, clock: Clock
) -> None:
    journal = Unsure(database)
    at = await office(database, "one", clock, journal=journal)
    incidents = await overdue(at, 5)
    journal.left = 3
    async with going(alarms_of(at, "one")):
        await until_missed(at, *incidents)
        await until(lambda: none_armed_later(database, clock))
    for incident in incidents:
        assert await missed(at, incident) == ["update_missed"]
        assert await holes(at.journal, incident) == []


async def none_armed_later(database: Database, clock: Clock) -> bool:
    clock.move(GRID)
    return not await armed(database)


# The agenda.


def test_an_agenda_gives_what_is_due_in_its_order() -> None:
    agenda = Agenda()
    armed = [Armed(f"INC-{number}", 1, NOON) for number in range(5)]
    for number in (3, 0, 4, 1, 2):
        agenda.put(NOON + number * MINUTE, armed[number])

    assert agenda.take(NOON - MINUTE, 9) == []
    assert agenda.take(NOON + 3 * MINUTE, 2) == armed[:2]
    assert agenda.take(NOON + 3 * MINUTE, 9) == armed[2:4]
    assert agenda.next == NOON + 4 * MINUTE


@pytest.mark.parametrize("milliseconds", [0, 1, 50, 99, 100, 101])
def test_the_grid_is_never_before_a_moment(milliseconds: int) -> None:
    moment = NOON + timedelta(milliseconds=milliseconds)

    assert moment <= on_grid(moment) < moment + GRID
    assert (on_grid(moment) - NOON) % GRID == timedelta(0)
