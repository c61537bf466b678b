"""A fix that waits for another starts by itself when that one ends: once, wherever it lies.

Also when the process that ended it died right there, and when several try at the same time.
"""

import asyncio
import random
from datetime import timedelta

import pytest

from incident.answers import Answer
from incident.core import commands as do
from incident.core.decide import decide
from incident.core.incident import fold
from incident.core.pieces import Action
from incident.core.values import FINAL
from incident.reservations import GRACE
from incident.runtime import assembled, loops
from incident.settings import Settings
from incident.store.commit import Accepted, Commit
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.lists import Lists
from incident.verify import verify
from tests.parts.fixes import (
    Interrupted,
    board,
    change,
    code,
    collisions,
    halted,
    halted_while,
    running,
    start,
    told,
)
from tests.parts.offices import Clock, Office, events_of, holes, office

ROUNDS = 20
LIMIT = 60.0
"""Seconds; far above what anything here takes."""


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


async def queue(at: Office, incident: str, action: str, after: str, **fields: object) -> None:
    """Mei has it run after another; empty: no longer."""
    command = change(action, None, by="mei", run_after=after, **fields)
    await at.desk.submit(incident, command)


async def end(at: Office, incident: str, action: str, status: str = "completed") -> Answer:
    return await at.desk.submit(incident, change(action, status))


async def ends_and_dies(at: Office, incident: str, action: str) -> None:
    """A process is killed right after the commit that ends a fix."""
    newest = await at.newest(incident)
    events = tuple(decide(newest.state, change(action, "completed"), at.clock()))
    commit = Commit(
        incident,
        newest.seq + 1,
        at.clock(),
        "dead",
        (Accepted(f"cy:{newest.seq}", "cy", "digest", events),),
        newest.state.entries + 1,
        fold(events, newest.state),
    )
    await at.journal.append(commit)


async def found(at: Office, incident: str, action: str) -> Action:
    one = (await at.newest(incident)).state.action(action)
    assert one is not None
    return one


async def waits_for(at: Office, incident: str, action: str) -> str | None:
    return (await found(at, incident, action)).run_after


async def last_said(at: Office, incident: str) -> tuple[str, str]:
    """The kind and the author of the newest event."""
    event = events_of([await at.newest(incident)])[-1]
    return event.kind, event.by


async def starts(at: Office, incident: str) -> list[str]:
    """The actions of an incident in the order in which they were started."""
    return [
        event.action
        async for commit in at.journal.history(incident)
        for event in commit.events
        if event.kind == "action_started"
    ]


async def one_after_another(at: Office, *targets: str | None) -> str:
    """An incident in which ACT-1 runs, ACT-2 waits for it, ACT-3 for ACT-2, ..."""
    incident = await at.declares()
    for number, target in enumerate(targets, start=1):
        await at.proposes(incident, target)
        if number > 1:
            await queue(at, incident, f"ACT-{number}", f"ACT-{number - 1}")
    await start(at, incident, "ACT-1")
    return incident


async def across(one: Office, two: Office, target: str = "db") -> tuple[str, str]:
    """ACT-1 of one incident runs, ACT-1 of another waits for it."""
    first, second = await board(one, target), await board(two, target)
    await start(one, *first)
    await queue(two, *second, after="/".join(first))
    return first[0], second[0]


@pytest.mark.parametrize("status", ["completed", "abandoned"])
async def test_a_waiting_fix_starts_when_the_other_ends(
    one: Office, two: Office, status: str
) -> None:
    incident = await one_after_another(one, "db", "db/primary")
    waiting = await found(one, incident, "ACT-2")

    await end(two, incident, "ACT-1", status)

    begun = await found(one, incident, "ACT-2")
    assert (waiting.status, waiting.run_after) == ("proposed", "ACT-1")
    assert (begun.status, begun.run_after, begun.owner) == ("in-progress", None, "mei")
    assert await last_said(one, incident) == ("action_started", "system")
    assert [(hold.action, hold.holder) for hold in await one.holds.every()] == [("ACT-2", "mei")]
    assert await collisions(one) == []


async def test_a_fix_waits_for_one_of_another_incident(one: Office, two: Office) -> None:
    first, second = await across(one, two)

    await end(one, first, "ACT-1")

    assert await running(one) == [(second, "ACT-1", "db", None)]
    assert await last_said(one, second) == ("action_started", "system")
    assert await collisions(one) == []


async def test_what_started_by_itself_agrees_with_all_else_that_is_stored(
    one: Office, two: Office, clock: Clock
) -> None:
    first, _ = await across(one, two)
    await end(one, first, "ACT-1")
    clock.move(GRACE)
    parts = one.journal, one.lists, one.holds, clock

    assert [finding async for finding in verify(*parts, patience=0)] == []


async def test_a_fix_that_touches_nothing_waits_just_the_same(one: Office) -> None:
    incident = await one_after_another(one, None, None)

    await end(one, incident, "ACT-1")

    assert await starts(one, incident) == ["ACT-1", "ACT-2"]


async def test_fixes_in_a_row_start_one_after_the_other(one: Office, two: Office) -> None:
    incident = await one_after_another(one, "db", "db", "db")
    other = await board(two, "db")
    await queue(two, *other, after=f"{incident}/ACT-3")

    begun = []
    for at, action in (one, "ACT-1"), (two, "ACT-2"), (one, "ACT-3"):
        await end(at, incident, action)
        begun += [fix[:2] for fix in await running(one)]

    assert begun == [(incident, "ACT-2"), (incident, "ACT-3"), other]
    assert await collisions(one) == []


async def test_a_fix_may_wait_for_one_that_is_only_proposed(one: Office) -> None:
    incident, first = await board(one, "db")
    second = await one.proposes(incident, "db")
    await queue(one, incident, second, first)
    await start(one, incident, first)

    meanwhile = await one.status(incident, second)
    await end(one, incident, first)

    assert meanwhile == "proposed"
    assert await starts(one, incident) == [first, second]


async def test_a_proposal_that_is_given_up_holds_nobody_up(one: Office, two: Office) -> None:
    first, second = await board(one, "db"), await board(two, "db")
    await queue(two, *second, after="/".join(first))

    await end(one, *first, status="abandoned")

    assert await running(one) == [(*second, "db", None)]


async def test_of_several_that_wait_for_the_same_one_the_others_go_on_waiting_for_the_first(
    one: Office, two: Office
) -> None:
    incident = await one_after_another(one, "db", "db/primary")
    await one.proposes(incident, "db")
    await queue(one, incident, "ACT-3", "ACT-1")
    other = await board(two, "db/primary/disk")
    await queue(two, *other, after=f"{incident}/ACT-1")

    await end(one, incident, "ACT-1")

    assert await running(one) == [(incident, "ACT-2", "db/primary", None)]
    assert await waits_for(one, incident, "ACT-3") == "ACT-2"
    assert await waits_for(one, *other) == f"{incident}/ACT-2"
    assert await collisions(one) == []


async def test_several_that_are_not_in_each_others_way_start_together(one: Office) -> None:
    incident = await one_after_another(one, "db", "cache")
    await one.proposes(incident, "db")
    await queue(one, incident, "ACT-3", "ACT-1")

    await end(one, incident, "ACT-1")

    assert await starts(one, incident) == ["ACT-1", "ACT-2", "ACT-3"]


async def test_a_fix_whose_approval_was_withdrawn_says_that_it_does_not_start(
    one: Office, two: Office
) -> None:
    first = await board(one, "db")
    second = await board(two, "db", severity=1, roles={"incident_commander": "mei"})
    await start(one, *first)
    await two.desk.submit(second[0], change(second[1], None, by="mei", approved=True))
    await queue(two, *second, after="/".join(first))
    await two.desk.submit(second[0], change(second[1], None, by="mei", approved=False))

    await end(one, *first)

    event = events_of([await one.newest(second[0])])[-1]
    assert event.kind == "action_unqueued"
    assert event.reason == "it is not approved"
    assert (await found(one, *second)).status == "proposed"
    assert await waits_for(one, *second) is None
    assert await one.holds.every() == []


async def test_a_fix_that_was_approved_while_it_waited_starts(one: Office) -> None:
    first = await board(one, "db")
    second = await board(one, "db", severity=1, roles={"incident_commander": "mei"})
    await start(one, *first)
    await queue(one, *second, after="/".join(first))
    await one.desk.submit(second[0], change(second[1], None, by="mei", approved=True))

    await end(one, *first)

    assert await one.status(*second) == "in-progress"


async def test_what_stands_in_the_way_by_then_is_waited_for(one: Office, two: Office) -> None:
    incident = await one_after_another(one, "db/primary", "db")
    other = await board(two, "db/replica")
    await start(two, *other)

    await end(one, incident, "ACT-1")
    meanwhile = await waits_for(one, incident, "ACT-2")
    said = await last_said(one, incident)
    await end(two, *other)

    assert (meanwhile, said) == ("/".join(other), ("action_queued", "system"))
    assert await starts(one, incident) == ["ACT-1", "ACT-2"]
    assert (await found(one, incident, "ACT-2")).owner == "mei"
    assert await collisions(one) == []


async def test_a_fix_that_waits_no_longer_stays(one: Office, two: Office) -> None:
    first, second = await across(one, two)
    await queue(two, second, "ACT-1", "")

    await end(one, first, "ACT-1")

    assert await one.status(second, "ACT-1") == "proposed"


async def test_a_fix_that_was_given_up_while_it_waited_stays_so(one: Office, two: Office) -> None:
    first, second = await across(one, two)
    await end(two, second, "ACT-1", "abandoned")

    await end(one, first, "ACT-1")

    assert await one.status(second, "ACT-1") == "abandoned"


async def test_the_commander_may_start_a_waiting_fix_in_spite_of_the_other(
    one: Office, two: Office
) -> None:
    first = await board(one, "db")
    second = await board(two, "db", roles={"incident_commander": "mei"})
    await start(one, *first)
    await queue(two, *second, after="/".join(first))

    begun = await start(two, *second, by="mei", override="It burns")
    await end(one, *first)

    assert [event.kind for event in begun.events] == ["conflict_overridden", "action_started"]
    assert (await found(one, *second)).owner == "mei"
    assert (await told(one, second[0])).count("action_started") == 1
    assert await waits_for(one, *second) is None
    assert [hold.incident for hold in await one.holds.every()] == [second[0]]
    assert await collisions(one) == []


async def test_an_action_of_its_own_incident_may_be_named_in_full(one: Office) -> None:
    incident, first = await board(one, "db")
    second = await one.proposes(incident, "db")

    await queue(one, incident, second, f"{incident}/{first}")

    assert await waits_for(one, incident, second) == first


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("INC-1/ACT-9", "no-such-action"),
        ("INC-77/ACT-1", "no-such-action"),
        ("ACT-9", "no-such-action"),
        ("INC-1/ACT-1", "bad-transition"),
        ("INC-1/ACT-2", "bad-transition"),
        ("INC-2/ACT-1", "bad-queue"),
        ("INC-3/ACT-1", "bad-transition"),
    ],
)
async def test_what_never_ends_cannot_be_waited_for(
    one: Office, two: Office, after: str, expected: str
) -> None:
    """Not there, over, itself, or of an incident that is over."""
    first = await one_after_another(one, "db", "cache")
    await end(one, first, "ACT-1")
    await end(one, first, "ACT-2", "abandoned")
    second, _ = await board(two, "db")
    third, _ = await board(two, "db")
    cancel = do.SetStatus(by="ada", status="cancelled", reason="False alarm")
    await two.desk.submit(third, cancel)

    assert (first, second, third) == ("INC-1", "INC-2", "INC-3")
    assert await code(two.desk.submit(second, change("ACT-1", None, run_after=after))) == expected


async def test_nobody_waits_for_themselves_by_way_of_other_incidents(
    one: Office, two: Office
) -> None:
    first, second, third = [await board(one, "db") for _ in range(3)]
    await one.proposes(first[0], "db")
    await queue(one, *second, after=f"{first[0]}/ACT-2")
    await queue(one, *third, after="/".join(second))
    queueing = change("ACT-2", None, run_after="/".join(third))

    by_others = await code(two.desk.submit(first[0], queueing))
    await queue(two, *first, after="/".join(third))

    assert by_others == "bad-queue"
    assert await waits_for(one, *first) == "/".join(third)


async def test_the_same_key_again_finds_its_first_answer_when_the_other_has_ended_since(
    one: Office, two: Office
) -> None:
    first, second = await board(one, "db"), await board(two, "db")
    await start(one, *first)
    queueing = change(second[1], None, run_after="/".join(first))
    answer = await one.desk.submit(second[0], queueing, key="k")
    await end(one, *first)

    again = await two.desk.submit(second[0], queueing, key="k")

    assert again.repeated
    assert again.commit.seq == answer.commit.seq
    assert await code(two.desk.submit(second[0], queueing, key="another")) == "bad-transition"


async def test_a_crash_between_the_end_and_the_start_loses_nothing(
    one: Office, two: Office
) -> None:
    """Neither hold nor row have been touched by the process that died."""
    first, second = await across(one, two)
    incident = await one_after_another(one, "cache", "cache")
    await ends_and_dies(one, first, "ACT-1")
    await ends_and_dies(one, incident, "ACT-1")

    assert await two.desk.successors.sweep() == 2
    assert await starts(one, second) == ["ACT-1"]
    assert await starts(one, incident) == ["ACT-1", "ACT-2"]
    assert await two.desk.successors.sweep() == 0
    assert await collisions(one) == []


async def test_a_process_that_dies_in_the_middle_of_such_a_start_is_in_nobodys_way(
    one: Office, database: Database, clock: Clock
) -> None:
    incident = await one_after_another(one, "db", "db")
    stuck = await halted_while(database, clock, lambda at: end(at, incident, "ACT-1"))
    await stuck.dies()
    held = [hold.action for hold in await one.holds.every()]

    assert await one.desk.successors.sweep() == 1
    assert held == ["ACT-2"]
    assert await starts(one, incident) == ["ACT-1", "ACT-2"]
    assert await collisions(one) == []


async def test_a_server_starts_what_another_left_waiting(
    one: Office, two: Office, database: Database
) -> None:
    """Its own loops find it."""
    first, second = await across(one, two)
    await ends_and_dies(one, first, "ACT-1")
    runtime = await assembled(Settings(), database)
    base = await one.newest(second)

    async with loops(runtime), asyncio.timeout(LIMIT):
        async for batch in runtime.feed.follow(base):
            if batch[-1][1].state.actions[0].status == "in-progress":
                break

    assert await starts(one, second) == ["ACT-1"]


async def test_the_end_of_a_fix_is_answered_although_nobody_can_be_told(
    one: Office, two: Office, database: Database, clock: Clock
) -> None:
    """The answer is about the fix that ended; the sweep is there for the others."""

    class Away(Lists):
        async def queued_behind(self, action: str) -> list[str]:
            raise StoreAway(action)

    first, second = await across(one, two)
    cut_off = await office(database, "cut off", clock, lists=Away(database))

    await end(cut_off, first, "ACT-1")

    assert await one.status(first, "ACT-1") == "completed"
    assert await one.status(second, "ACT-1") == "proposed"
    assert await one.desk.successors.sweep() == 1


async def test_an_incident_that_is_cancelled_ends_what_waits_in_it_and_for_it(
    one: Office, two: Office
) -> None:
    first, second, third = [await board(one, "db") for _ in range(3)]
    await start(one, *third)
    await one.proposes(first[0], "db")
    await queue(one, first[0], "ACT-2", "/".join(third))
    await queue(two, *second, after="/".join(first))
    cancel = do.SetStatus(by="ada", status="cancelled", reason="False alarm")
    await one.desk.submit(first[0], cancel)

    assert await two.desk.successors.sweep() == 2
    event = events_of([await one.newest(first[0])])[-1]
    assert event.kind == "action_unqueued"
    assert event.reason == "the incident is cancelled"
    assert await waits_for(one, *second) == "/".join(third)
    assert await two.desk.successors.sweep() == 0


async def test_nothing_starts_while_what_it_waits_for_goes_on(one: Office, two: Office) -> None:
    first, second = await across(one, two)
    seq = (await one.newest(second)).seq

    assert await two.desk.successors.sweep() == 0
    assert await two.desk.successors.settle(second) == 0
    assert (await one.newest(second)).seq == seq
    assert await one.status(first, "ACT-1") == "in-progress"


async def test_an_incident_that_cannot_be_read_keeps_no_other_waiting(
    one: Office, two: Office, database: Database
) -> None:
    """Two fixes wait, one of them for something in a log that is of a newer version."""
    first, second = await across(one, two)
    third, fourth = await across(one, two, target="cache")
    await ends_and_dies(one, first, "ACT-1")
    await ends_and_dies(one, third, "ACT-1")
    where = {"incident": first, "seq": (await one.newest(first)).seq}
    strange = {"commands.0.events.0.kind": "of_a_newer_version"}
    await database.db["commits"].update_one(where, {"$set": strange})

    assert await two.desk.successors.sweep() == 1
    assert await one.status(second, "ACT-1") == "proposed"
    assert await one.status(fourth, "ACT-1") == "in-progress"


async def test_a_fix_that_was_put_behind_another_meanwhile_does_not_start(
    database: Database, clock: Clock, one: Office
) -> None:
    """Somebody puts it elsewhere while it is being started, as what it waited for has ended."""
    journal = Interrupted(database)
    slow = await office(database, "slow", clock, journal=journal)
    incident = await one_after_another(slow, "db", "db/primary")
    elsewhere = "/".join(await board(one, "cache"))
    await ends_and_dies(one, incident, "ACT-1")
    journal.before = lambda: queue(one, incident, "ACT-2", elsewhere)

    assert await slow.desk.successors.sweep() == 0
    assert await one.status(incident, "ACT-2") == "proposed"
    assert await waits_for(one, incident, "ACT-2") == elsewhere
    assert "ACT-2" not in {hold.action for hold in await one.holds.every()}


async def test_nothing_waits_for_a_start_that_may_never_come(
    one: Office, database: Database, clock: Clock
) -> None:
    """A process took the target for another fix and died; the hold is swept in its time."""
    incident = await one_after_another(one, "db/primary", "db")
    await one.proposes(incident, None)
    await queue(one, incident, "ACT-3", "ACT-1")
    other = await board(one, "db/replica")
    await (await halted(database, clock, *other)).dies()

    await end(one, incident, "ACT-1")
    meanwhile = await waits_for(one, incident, "ACT-2")
    clock.move(GRACE)

    assert meanwhile == "ACT-1"
    assert await one.desk.successors.sweep() == 1
    assert await starts(one, incident) == ["ACT-1", "ACT-3", "ACT-2"]
    assert (await told(one, other[0]))[-1] == "reservation_cleared"
    assert await collisions(one) == []


async def test_many_that_find_the_same_end_start_it_once(
    one: Office, two: Office, database: Database, clock: Clock
) -> None:
    three = await office(database, "three", clock)
    for number in range(ROUNDS):
        first, second = await across(one, two, target=f"db{number}")
        await asyncio.gather(
            end(one, first, "ACT-1"),
            *(at.desk.successors.sweep() for at in (one, two, three)),
            *(code(start(at, second, "ACT-1")) for at in (two, three)),
        )
        await two.desk.successors.sweep()

        assert await starts(one, second) == ["ACT-1"]
    assert len(await one.holds.every()) == ROUNDS
    assert await collisions(one) == []


async def test_of_fixes_that_wait_for_the_same_one_never_two_run_whoever_starts_them(
    one: Office, two: Office
) -> None:
    for number in range(ROUNDS // 2):
        incident = await one_after_another(one, f"db{number}", f"db{number}")
        others = [await board(two, f"db{number}/primary") for _ in range(2)]
        for other in others:
            await queue(two, *other, after=f"{incident}/ACT-1")
        await ends_and_dies(one, incident, "ACT-1")
        await asyncio.gather(*(at.desk.successors.sweep() for at in (one, two)))
        await one.desk.successors.sweep()

        waiting = [await waits_for(one, *fix) for fix in [(incident, "ACT-2"), *others]]
        assert sum(after is None for after in waiting) == 1
    assert len(await running(one)) == ROUNDS // 2
    assert await collisions(one) == []


async def stuck_for_good(at: Office) -> list[str]:
    """What must not be once all is quiet: waiting for something that has ended."""
    wrong = []
    async for incident, _ in at.journal.newest_seqs():
        state = (await at.newest(incident)).state
        for action in state.actions:
            if action.run_after is None:
                continue
            name = action.run_after if "/" in action.run_after else f"{incident}/{action.run_after}"
            where, _, other = name.partition("/")
            newest = await at.newest(where)
            awaited = newest.state.action(other)
            if awaited is None or awaited.status in {"completed", "abandoned"}:
                wrong.append(f"{incident} {action.id} waits for {name}")
            if state.status in FINAL:
                wrong.append(f"{incident} {action.id} waits although it is {state.status}")
    return wrong


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_the_schedule_each_starts_once_at_most_and_none_waits_for_ever(
    database: Database, clock: Clock, seed: int
) -> None:
    """Three processes, of which some die in the middle, on three incidents and few targets."""
    chance = random.Random(seed)
    offices = [await office(database, name, clock) for name in ("one", "two", "three")]
    incidents = [await offices[0].declares(roles={"incident_commander": "mei"}) for _ in range(3)]
    targets = ["db", "db/primary", "db/replica", "cache", None]
    for incident in incidents:
        for _ in range(5):
            await offices[0].proposes(incident, chance.choice(targets))

    async def player(number: int) -> None:
        mine = random.Random(seed * 100 + number)
        for _ in range(8):
            at, incident = mine.choice(offices), mine.choice(incidents)
            action = f"ACT-{mine.randint(1, 5)}"
            after = f"{mine.choice(incidents)}/ACT-{mine.randint(1, 5)}"
            command = mine.choice(
                [change(action)] * 3
                + [change(action, None, run_after=after)] * 5
                + [change(action, "completed"), change(action, "abandoned")]
                + [change(action, by="mei", override="It burns")]
            )
            task = asyncio.create_task(code(at.desk.submit(incident, command)))
            if mine.random() < 0.15:
                await at.desk.successors.sweep()
            if mine.random() < 0.25:
                await asyncio.sleep(mine.uniform(0, 0.01))
                task.cancel()
            await asyncio.wait([task])

    await asyncio.gather(*(player(number) for number in range(8)))
    for at in offices:
        await at.desk.close()
    clock.move(GRACE + timedelta(seconds=1))
    for _ in range(5):
        await offices[1].desk.successors.sweep()

    one = offices[0]
    assert await collisions(one) == []
    assert await stuck_for_good(one) == []
    for incident in incidents:
        begun = await starts(one, incident)
        assert len(begun) == len(set(begun))
        assert await holes(one.journal, incident) == []
