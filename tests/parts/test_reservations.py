"""Fixes that would get in each other's way, started at once, by processes that die or dawdle.

Whatever happens: no two that overlap are in progress, unless a commander said so.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from incident.answers import Moved
from incident.core import work_commands as work
from incident.core.decide import decide
from incident.core.incident import fold
from incident.core.rejected import Rejected
from incident.reservations import GRACE
from incident.store.commit import Accepted, Commit
from incident.store.connection import Database
from incident.store.errors import OutcomeUnknown
from incident.store.holds import Claim, Holds
from incident.store.journal import Journal
from tests.parts.fixes import (
    Interrupted,
    board,
    change,
    code,
    collisions,
    halted,
    running,
    start,
    told,
)
from tests.parts.offices import Clock, Office, holes, office

ROUNDS = 50


@pytest.fixture
def clock() -> Clock:
    """One clock for all: they keep the database's."""
    return Clock()


@pytest.fixture
async def one(database: Database, clock: Clock) -> Office:
    return await office(database, "one", clock)


@pytest.fixture
async def two(database: Database, clock: Clock) -> Office:
    return await office(database, "two", clock)


@pytest.mark.parametrize(
    ("held", "wanted", "refusal"),
    [
        (("db", None), ("db/primary", "eu"), "target-busy"),
        (("db/primary", "eu"), ("db", None), "target-busy"),
        (("waf/rules", "eu"), ("waf/*", "eu"), "target-busy"),
        (("db/primary", "eu"), ("db/primary", "us"), ""),
        (("db/primary", "eu"), ("db/replica", "eu"), ""),
    ],
)
async def test_a_fix_waits_for_one_of_another_incident(
    one: Office,
    two: Office,
    held: tuple[str, str | None],
    wanted: tuple[str, str | None],
    refusal: str,
) -> None:
    first, second = await board(one, *held), await board(two, *wanted)
    await start(one, *first)

    assert await code(start(two, *second)) == refusal
    assert await collisions(one) == []


async def test_the_refusal_names_who_is_in_the_way(one: Office, two: Office) -> None:
    first, second = await board(one, "db", "eu"), await board(two, "db/primary")
    await start(one, *first)

    with pytest.raises(Rejected) as refusal:
        await start(two, *second)
    (conflict,) = refusal.value.facts["conflicts"]

    assert (conflict.incident, conflict.action, conflict.holder) == (*first, "cy")
    assert (conflict.target, conflict.region) == ("db", "eu")


@pytest.mark.parametrize("end", ["completed", "abandoned"])
async def test_a_fix_that_ended_is_no_longer_in_the_way(one: Office, two: Office, end: str) -> None:
    first, second = await board(one, "db"), await board(two, "db")
    await start(one, *first)
    await one.desk.submit(first[0], change(first[1], end))

    assert await code(start(two, *second)) == ""
    assert [hold.incident for hold in await one.holds.every()] == [second[0]]


async def test_a_commander_may_start_in_spite_of_others_and_the_log_says_so(
    one: Office, two: Office
) -> None:
    first = await board(one, "db")
    second = await board(two, "db", roles={"incident_commander": "mei"})
    await start(one, *first)

    by_others = await code(start(two, *second, override="It burns"))
    held_meanwhile = [hold.incident for hold in await one.holds.every()]
    by_commander = await start(two, *second, by="mei", override="It burns")
    third = await board(one, "db")

    assert by_others == "override-not-commander"
    assert held_meanwhile == [first[0]]
    assert [event.kind for event in by_commander.events] == [
        "conflict_overridden",
        "action_started",
    ]
    assert await code(start(one, *third)) == "target-busy"
    assert await collisions(one) == []


async def test_of_two_overlapping_starts_at_the_same_moment_never_both_run(
    one: Office, two: Office
) -> None:
    seen = set()
    for number in range(ROUNDS):
        first = await board(one, f"db{number}", "eu")
        second = await board(two, f"db{number}/primary")
        codes = await asyncio.gather(code(start(one, *first)), code(start(two, *second)))
        seen.add(tuple(sorted(codes)))

    assert seen == {("", "target-busy")}
    assert await collisions(one) == []
    assert len(await running(one)) == ROUNDS


async def test_two_fixes_of_one_incident_started_at_once_by_two_processes_never_both_run(
    one: Office, two: Office
) -> None:
    for number in range(10):
        incident, first = await board(one, f"db{number}")
        second = await one.proposes(incident, f"db{number}/primary")
        codes = await asyncio.gather(
            code(start(one, incident, first)), code(start(two, incident, second))
        )
        assert sorted(codes) == ["", "target-busy"]

    assert await collisions(one) == []


async def test_a_start_right_behind_its_proposal_takes_its_hold(one: Office, two: Office) -> None:
    """Both arrive together: when the start is first looked at there is no such action yet."""
    incident = await one.declares()
    propose = work.ProposeAction(by="cy", description="Restart", target="db")
    _, begun = await asyncio.gather(
        one.desk.submit(incident, propose), start(one, incident, "ACT-1")
    )
    second = await board(two, "db")

    assert begun.events
    assert await code(start(two, *second)) == "target-busy"
    assert await collisions(one) == []


async def test_a_start_right_behind_its_approval_takes_its_hold(one: Office, two: Office) -> None:
    incident, action = await board(one, "db", severity=1, roles={"incident_commander": "mei"})
    approve = change(action, None, by="mei", approved=True)
    _, begun = await asyncio.gather(
        one.desk.submit(incident, approve), start(one, incident, action)
    )
    second = await board(two, "db")

    assert begun.events
    assert await code(start(two, *second)) == "target-busy"
    assert await collisions(one) == []


async def test_a_start_that_is_refused_leaves_nothing_held(one: Office, two: Office) -> None:
    first = await board(one, "db")
    with pytest.raises(Moved):
        await one.desk.submit(first[0], change(first[1]), expect=1)
    second = await board(two, "db")

    assert await code(start(two, *second)) == ""


async def test_many_repeats_of_a_start_through_two_processes_start_it_once(
    one: Office, two: Office
) -> None:
    incident, action = await board(one, "db")

    answers = await asyncio.gather(
        *((one, two)[n % 2].desk.submit(incident, change(action), key="k") for n in range(50))
    )

    assert {answer.commit.seq for answer in answers} == {3}
    assert (await told(one, incident)).count("action_started") == 1
    assert await collisions(one) == []
    assert len(await one.holds.every()) == 1


async def test_a_hold_whose_start_is_still_under_way_is_in_the_way(
    one: Office, database: Database, clock: Clock
) -> None:
    first, second = await board(one, "db"), await board(one, "db")
    stuck = await halted(database, clock, *first)

    clock.move(GRACE - timedelta(seconds=1))

    assert await code(start(one, *second)) == "target-busy"
    assert (await stuck.goes_on()).events
    assert await collisions(one) == []


async def test_a_hold_whose_start_never_came_is_swept_by_who_needs_it(
    one: Office, database: Database, clock: Clock
) -> None:
    first, second = await board(one, "db"), await board(one, "db/primary")
    await (await halted(database, clock, *first)).dies()

    clock.move(GRACE)

    assert await code(start(one, *second)) == ""
    assert (await told(one, first[0]))[-1] == "reservation_cleared"
    assert await collisions(one) == []


async def test_a_start_may_be_tried_again_at_once_after_a_crash(
    one: Office, database: Database, clock: Clock
) -> None:
    first, second = await board(one, "db"), await board(one, "db")
    await (await halted(database, clock, *first)).dies()

    assert await code(start(one, *first)) == ""
    assert await code(start(one, *second)) == "target-busy"


async def test_a_hold_of_a_fix_that_has_ended_is_swept_at_once(one: Office, two: Office) -> None:
    """A crash between the commit that ends a fix and giving its hold back."""
    first, second = await board(one, "db"), await board(two, "db")
    await start(one, *first)
    held = await one.holds.every()
    await one.desk.submit(first[0], change(first[1], "completed"))
    for claim in held:
        await one.holds.take_anyway(claim)

    assert await code(start(two, *second)) == ""
    assert [hold.incident for hold in await one.holds.every()] == [second[0]]


async def test_a_running_fix_is_never_swept_however_old_its_hold(
    one: Office, two: Office, clock: Clock
) -> None:
    first, second = await board(one, "db"), await board(two, "db")
    await start(one, *first)

    clock.move(timedelta(days=3))

    assert await code(start(two, *second)) == "target-busy"
    assert await collisions(one) == []


async def test_a_start_that_was_slow_and_lost_its_hold_is_refused(
    one: Office, database: Database, clock: Clock
) -> None:
    """The frozen process thaws, and reads a log that is newer than the sweep."""
    first, second = await board(one, "db"), await board(one, "db/primary")
    stuck = await halted(database, clock, *first)
    clock.move(GRACE)
    await start(one, *second)

    assert await code(stuck.goes_on()) == "target-busy"
    assert await running(one) == [(*second, "db/primary", None)]
    assert await collisions(one) == []


async def test_a_start_that_lost_its_hold_takes_it_again_when_the_target_is_free(
    one: Office, database: Database, clock: Clock
) -> None:
    first, second = await board(one, "db"), await board(one, "db/primary")
    stuck = await halted(database, clock, *first)
    clock.move(GRACE)
    await start(one, *second)
    await one.desk.submit(second[0], change(second[1], "completed"))

    assert (await stuck.goes_on()).events
    assert await running(one) == [(*first, "db", None)]
    assert await collisions(one) == []


async def test_a_sweep_between_deciding_and_committing_wins_the_log(
    one: Office, database: Database, clock: Clock
) -> None:
    """The start has looked at its hold; what it is about to commit loses the race."""
    journal = Interrupted(database)
    slow = await office(database, "slow", clock, journal=journal)
    first, second = await board(slow, "db"), await board(one, "db")

    async def swept() -> None:
        clock.move(GRACE)
        assert await code(start(one, *second)) == ""

    journal.before = swept

    assert await code(start(slow, *first)) == "target-busy"
    assert await collisions(one) == []


async def test_a_start_that_wins_the_log_keeps_its_hold_from_the_sweep(
    one: Office, database: Database, clock: Clock
) -> None:
    """The sweeper has condemned the hold; the start's commit is there first."""
    journal = Interrupted(database)
    sweeper = await office(database, "sweeper", clock, journal=journal)
    first, second = await board(one, "db"), await board(sweeper, "db")
    stuck = await halted(database, clock, *first)
    clock.move(GRACE)

    async def commits_anyway() -> None:
        newest = await one.newest(first[0])
        await one.journal.append(await started(newest))

    journal.before = commits_anyway

    assert await code(start(sweeper, *second)) == "target-busy"
    assert (await stuck.goes_on()).events == ()
    assert await running(one) == [(*first, "db", None)]
    assert await collisions(one) == []


async def test_a_slow_start_in_the_middle_of_a_sweep_keeps_or_loses_its_target_for_good(
    one: Office, database: Database, clock: Clock
) -> None:
    """It reads a log in which the sweep stands, before the sweeper has freed the target."""

    class Dawdling(Holds):
        before: Callable[[], Awaitable[object]] | None = None

        async def drop(self, claim: Claim) -> None:
            if (before := self.before) is not None:
                self.before = None
                await before()
            await super().drop(claim)

    holds = Dawdling(database)
    sweeper = await office(database, "sweeper", clock, holds=holds)
    first, second = await board(one, "db"), await board(sweeper, "db")
    stuck = await halted(database, clock, *first)
    clock.move(GRACE)
    holds.before = stuck.goes_on

    assert await code(start(sweeper, *second)) == "target-busy"
    assert await running(one) == [(*first, "db", None)]
    assert await collisions(one) == []


async def test_a_refused_attempt_does_not_take_the_hold_of_another_that_is_under_way(
    one: Office, database: Database, clock: Clock
) -> None:
    """The other has looked at its hold, and is about to commit."""
    journal = Interrupted(database)
    slow = await office(database, "slow", clock, journal=journal)
    first, second = await board(slow, "db"), await board(one, "db")

    async def refused() -> None:
        with pytest.raises(Moved):
            await one.desk.submit(first[0], change(first[1]), expect=1)

    journal.before = refused

    assert (await start(slow, *first)).events
    assert await code(start(one, *second)) == "target-busy"
    assert await collisions(one) == []


async def started(newest: Commit) -> Commit:
    """The commit that starts ACT-1, as a process made it that had looked at its hold before."""
    events = tuple(decide(newest.state, change("ACT-1"), newest.at))
    return Commit(
        newest.incident,
        newest.seq + 1,
        newest.at,
        "slow",
        (Accepted("cy:start", "cy", "digest", events),),
        newest.state.entries + 1,
        fold(events, newest.state),
    )


async def test_a_start_of_unknown_outcome_is_found_by_its_key(
    database: Database, clock: Clock, one: Office
) -> None:
    class Unsure(Journal):
        lost = 0

        async def append(self, commit: Commit) -> None:
            await super().append(commit)
            if self.lost:
                self.lost -= 1
                raise OutcomeUnknown

    journal = Unsure(database)
    unsure = await office(database, "unsure", clock, journal=journal)
    incident, action = await board(unsure, "db")
    journal.lost = 1

    with pytest.raises(OutcomeUnknown):
        await unsure.desk.submit(incident, change(action), key="k")
    again = await one.desk.submit(incident, change(action), key="k")

    assert again.repeated
    assert await collisions(one) == []


@pytest.mark.parametrize("seed", range(6))
async def test_no_two_overlapping_fixes_ever_run_whatever_the_schedule(
    database: Database, clock: Clock, seed: int
) -> None:
    """Three processes, of which some die in the middle, on three incidents and few targets."""
    chance = random.Random(seed)
    offices = [await office(database, name, clock) for name in ("one", "two", "three")]
    incidents = [await offices[0].declares(roles={"incident_commander": "mei"}) for _ in range(3)]
    targets = ["db", "db/primary", "db/replica", "db/primary/disk"]
    regions = ["eu", "us", None]
    for incident in incidents:
        for _ in range(5):
            await offices[0].proposes(incident, chance.choice(targets), chance.choice(regions))

    async def player(number: int) -> None:
        mine = random.Random(seed * 100 + number)
        for _ in range(8):
            at, incident = mine.choice(offices), mine.choice(incidents)
            action = f"ACT-{mine.randint(1, 5)}"
            command = mine.choice(
                [change(action)] * 5
                + [change(action, "completed"), change(action, "abandoned")]
                + [change(action, by="mei", override="It burns")]
                + [change(action, owner="bo")]
            )
            task = asyncio.create_task(code(at.desk.submit(incident, command)))
            if mine.random() < 0.25:
                await asyncio.sleep(mine.uniform(0, 0.01))
                task.cancel()
            if mine.random() < 0.2:
                clock.move(GRACE / 2)
            await asyncio.wait([task])

    await asyncio.gather(*(player(number) for number in range(8)))
    for at in offices:
        await at.desk.close()

    assert await collisions(offices[0]) == []
    for incident in incidents:
        assert await holes(offices[0].journal, incident) == []
