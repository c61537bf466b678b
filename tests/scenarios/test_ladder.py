"""The ladder holds whatever dies, freezes, races or changes: each level once, never early.

Several processes on one real database, whose clock is moved. The same with real processes that
are killed and stopped is in `test_ladder_processes.py`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.core import commands as do
from incident.core.escalation_events import Paged
from incident.core.oncall.schedule import Schedule
from incident.core.rejected import Rejected
from incident.core.surroundings import Surroundings
from incident.paging import judging
from incident.store.connection import Database
from incident.store.deliveries import LEASE
from incident.store.journal import Journal
from tests.builders import MINUTE, around, policy, rung
from tests.parts.offices import Clock, holes
from tests.parts.receivers import HANG, Mailbox, mail_server
from tests.parts.stations import Station, by_mail, pass_time, person, station
from tests.scenarios.ladders import (
    AROUND,
    LIMIT,
    PEOPLE,
    SECOND,
    Gated,
    Process,
    frozen,
    letters_to,
    minutes,
    past,
    process,
)

NAMES = ("one", "two", "three")
INCIDENTS = 12
RACES = 72
"""How often something is raced for; so many incidents at a time."""


@pytest.fixture
def clock() -> Clock:
    """What all processes take for now, unless a test says otherwise."""
    return past()


@pytest.fixture
async def three(database: Database, clock: Clock) -> list[Process]:
    """Three processes on one database."""
    return [await process(database, name, clock) for name in NAMES]


@pytest.fixture
async def box(database: Database) -> AsyncIterator[Mailbox]:
    """A mail server, and everybody on the ladder with an address there."""
    for handle in PEOPLE:
        await person(database, handle)
    async with mail_server() as box:
        yield box


async def courier(database: Database, channels: Any, origin: str) -> Station:  # noqa: ANN401 (channels by name)
    """One that asks the incidents whether a page is still wanted, as a server's does."""
    return await station(database, channels, origin, still_due=judging(Journal(database)))


async def look(*processes: Process) -> int:
    """All of them at once; how many commits that made."""
    return sum(await asyncio.gather(*(one.looks() for one in processes)))


# Killed between the level and its page


async def test_a_level_that_was_recorded_before_a_crash_is_paged_once_after_it(
    three: list[Process], clock: Clock, database: Database, box: Mailbox
) -> None:
    one, two, _ = three
    incident = await one.declares()
    clock.move(minutes(15))
    await one.looks()  # and dies, before its courier hears of it
    restarted = [await courier(database, by_mail(box), name) for name in ("two", "three")]
    await two.looks()
    for _ in range(3):
        await asyncio.gather(*(one.turn() for one in restarted))

    assert await two.climbed(incident) == [(1, ("ana",)), (2, ("bo",))]
    assert [repeated for _, repeated in letters_to("bo", box)] == [False]
    assert [repeated for _, repeated in letters_to("ana", box)] == [False]


async def test_a_page_that_was_under_way_in_a_crash_comes_again_and_says_so(
    three: list[Process], clock: Clock, database: Database, box: Mailbox
) -> None:
    one, two, _ = three
    incident = await one.declares()
    killed = await courier(database, by_mail(box), "one")
    await killed.turn()
    clock.move(minutes(15))
    await one.looks()
    box.answers.append(HANG)
    await killed.begin()
    async with asyncio.timeout(LIMIT):
        while not letters_to("bo", box):
            await asyncio.sleep(0.01)
    for task in killed.courier._lanes.values():
        task.cancel()
    await killed.ended()
    await pass_time(database, LEASE)
    restarted = await courier(database, by_mail(box), "two")
    await two.looks()
    await restarted.turn(3)
    (first, marked), (second, marked_then) = letters_to("bo", box)

    assert first == second
    assert (marked, marked_then) == (False, True)
    assert await two.climbed(incident) == [(1, ("ana",)), (2, ("bo",))]


# Two that see one timer due


async def test_a_timer_that_three_processes_see_due_climbs_once(
    three: list[Process], clock: Clock
) -> None:
    """Through all levels and three turns, each of them a race."""
    incidents = await asyncio.gather(*(three[n % 3].declares() for n in range(INCIDENTS)))
    climbs = 0
    while climbs < RACES // INCIDENTS:
        clock.move(minutes(120))  # past the longest level
        fired = await look(*three)
        again = await look(*three)
        climbs += 1

        assert (fired, again) == (len(incidents), 0)
    for incident in incidents:
        pages = await three[0].pages(incident)
        places = [(page.turn, page.level) for page in pages]

        assert len(pages) == 1 + climbs
        assert len(set(places)) == len(places), "no level twice"
        assert all(due <= page.at for due, page in zip(dues(pages), pages[1:], strict=False))
        assert await holes(three[0].office.journal, incident) == []


def dues(pages: Sequence[Paged]) -> list[datetime]:
    """When each next level was due."""
    return [page.climb_at for page in pages if page.climb_at]


# Frozen past its turn


async def test_what_a_frozen_process_was_about_to_write_is_refused_when_it_thaws(
    database: Database, clock: Clock
) -> None:
    journal = Gated(database)
    cold = await process(database, "one", clock, journal=journal)
    warm = await process(database, "two", clock)
    incident = await cold.declares()
    clock.move(minutes(15))
    async with frozen(journal):
        looking = asyncio.create_task(cold.looks())
        await asyncio.wait_for(journal.reached.wait(), LIMIT)
        clock.move(20 * MINUTE)  # the other finds the next level due, too
        taken_over = await warm.looks()
    thawed = await asyncio.wait_for(looking, LIMIT)
    (first, second) = await warm.pages(incident)

    assert (taken_over, thawed) == (1, 0)
    assert (first.level, second.level, second.missed) == (1, 3, (2,))
    assert await holes(warm.office.journal, incident) == []


async def test_a_process_that_thaws_after_the_answer_pages_nobody(
    database: Database, clock: Clock
) -> None:
    journal = Gated(database)
    cold = await process(database, "one", clock, journal=journal)
    warm = await process(database, "two", clock)
    incident = await cold.declares()
    clock.move(minutes(15))
    async with frozen(journal):
        looking = asyncio.create_task(cold.looks())
        await asyncio.wait_for(journal.reached.wait(), LIMIT)
        await warm.office.desk.submit(incident, do.Acknowledge(by="ana"))
    await asyncio.wait_for(looking, LIMIT)

    assert await warm.climbed(incident) == [(1, ("ana",))]
    assert (await warm.office.newest(incident)).state.acknowledged_by == "ana"


# Down across levels


async def test_after_forty_five_minutes_down_only_the_level_that_is_due_now_is_paged(
    three: list[Process], clock: Clock, database: Database, box: Mailbox
) -> None:
    incident = await three[0].declares()
    sending = await courier(database, by_mail(box), "one")
    await sending.turn()
    clock.move(minutes(45))
    back = [await process(database, name, clock) for name in ("four", "five")]
    fired = await look(*back)
    await sending.turn(2)
    (_, page) = await back[0].pages(incident)
    now = clock()
    clock.move(minutes(60) - SECOND)
    early = [page.again for page in (await back[0].pages(incident))] if await look(*back) else []
    clock.move(SECOND)
    await look(*back)
    last = (await back[0].pages(incident))[-1]

    assert fired == 1
    assert (page.level, page.missed, page.at) == (3, (2,), now)
    assert (page.respond_by, page.climb_at) == (now + minutes(30), now + minutes(60))
    assert (letters_to("bo", box), len(letters_to("cy", box))) == ([], 1)
    assert early == [False, False, True], "half an hour later it was asked again, and no more"
    assert (last.level, last.missed, last.at) == (4, (), now + minutes(60))


# Answered as it falls due


async def test_an_answer_in_the_second_in_which_a_level_falls_due_leaves_one_of_two_histories(
    three: list[Process], clock: Clock
) -> None:
    chance = random.Random(11)
    seen = set()
    for _ in range(RACES // INCIDENTS):
        incidents = await asyncio.gather(*(three[0].declares() for _ in range(INCIDENTS)))
        clock.move(minutes(15))

        async def answers(incident: str) -> None:
            for _ in range(chance.randrange(60)):  # anywhere within the looks
                await asyncio.sleep(0)
            await three[1].office.desk.submit(incident, do.Acknowledge(by="ana"))

        await asyncio.gather(*map(answers, incidents), *(one.looks() for one in three))
        await look(*three)
        clock.move(-minutes(15))
        for incident in incidents:
            kinds = [event.kind for event in await three[0].log(incident)]
            seen.add(tuple(kinds))

            assert (await three[2].office.newest(incident)).state.acknowledged_by == "ana"

    assert seen <= {
        ("declared", "paged", "acknowledged"),
        ("declared", "paged", "paged", "acknowledged"),
    }


# The clock steps back


async def test_a_clock_that_steps_back_fires_nothing_twice_and_stalls_nothing(
    three: list[Process], clock: Clock
) -> None:
    began = clock()
    incident = await three[0].declares()
    clock.move(minutes(15))
    await look(*three)
    clock.move(-minutes(10))
    twice = await look(*three)
    other = await three[1].declares()
    await three[2].office.notes(incident, "still here")
    for _ in range(6):
        clock.move(minutes(5))
        await look(*three)

    assert twice == 0
    assert [(p.level, p.again, p.at - began) for p in await three[0].pages(incident)] == [
        (1, False, minutes(0)),
        (2, False, minutes(15)),
        (2, True, minutes(25)),
        (3, False, minutes(35)),
    ]
    assert [(p.level, p.again, p.at - began) for p in await three[0].pages(other)] == [
        (1, False, minutes(5)),
        (1, True, minutes(10)),
        (2, False, minutes(20)),
        (2, True, minutes(30)),
    ]


async def test_a_restart_after_the_clock_stepped_back_pages_nobody_again(
    three: list[Process], clock: Clock, database: Database
) -> None:
    incident = await three[0].declares()
    clock.move(minutes(15))
    await look(*three)
    clock.move(-minutes(10))
    restarted = await process(database, "four", clock)

    assert await restarted.looks() == 0
    assert await restarted.climbed(incident) == [(1, ("ana",)), (2, ("bo",))]


# What people change meanwhile


async def test_a_severity_that_is_raised_while_a_level_runs_has_new_clocks_and_voids_the_old(
    three: list[Process], clock: Clock
) -> None:
    incident = await three[0].declares()
    clock.move(minutes(10))
    await three[1].office.desk.submit(incident, do.ChangeIncident(by="mei", severity=2))
    raised = clock()
    clock.move(minutes(5))  # when the old clock would have climbed
    await look(*three)
    at_the_old_time = await three[0].pages(incident)
    clock.move(minutes(10) - SECOND)
    await look(*three)
    early = await three[0].pages(incident)
    clock.move(SECOND)
    await look(*three)
    pages = await three[0].pages(incident)

    assert [(p.round, p.level, p.again) for p in at_the_old_time] == [
        (1, 1, False),
        (2, 1, False),
        (2, 1, True),
    ]
    assert at_the_old_time[1].climb_at == raised + minutes(15)
    assert [page.level for page in early] == [1, 1, 1]
    assert (pages[-1].round, pages[-1].level, pages[-1].at) == (2, 2, raised + minutes(15))


async def test_a_severity_that_is_raised_as_the_level_falls_due_leaves_one_round_that_runs(
    three: list[Process], clock: Clock
) -> None:
    incidents = await asyncio.gather(*(three[0].declares() for _ in range(INCIDENTS)))
    clock.move(minutes(15))
    change = do.ChangeIncident(by="mei", severity=2)
    raising = (three[1].office.desk.submit(incident, change) for incident in incidents)
    await asyncio.gather(*raising, *(one.looks() for one in three))
    again = await look(*three)
    seen = {
        tuple([(p.round, p.level) for p in await three[0].pages(incident)])
        for incident in incidents
    }

    assert again == 0
    assert seen <= {((1, 1), (2, 1)), ((1, 1), (1, 2), (2, 2))}
    for incident in incidents:
        assert await holes(three[0].office.journal, incident) == []


def shifts(*rotations: Schedule) -> Surroundings:
    """A ladder whose first level is a rotation, and whoever has this shift of it."""
    levels = rung(5, 15, rotations=("nights",)), rung(10, 20, people=("dee",))
    return around(*rotations, people=PEOPLE, policy=policy(*levels))


async def test_after_a_change_of_shift_whoever_is_on_duty_now_is_asked(
    database: Database, clock: Clock, box: Mailbox
) -> None:
    """The page that the other got stays theirs to answer: the round is the same."""
    zone = "UTC"
    start = clock().date() - timedelta(days=3)
    handoff = (clock() + minutes(3)).strftime("daily %H:%M")
    nights = Schedule.model_validate(
        {"name": "nights", "timezone": zone, "starts": start, "handoff": handoff,
         "members": ("ana", "bo")}
    )  # fmt: skip
    both = [await process(database, name, clock, shifts(nights)) for name in ("one", "two")]
    incident = await both[0].declares()
    clock.move(minutes(5))
    await look(*both)
    (first, again) = await both[0].pages(incident)
    (before,), (after,) = first.people, again.people
    await both[1].office.desk.submit(incident, do.Acknowledge(by=before.person, round=first.round))
    clock.move(minutes(15))

    assert {before.person, after.person} == {"ana", "bo"}
    assert (again.level, again.again, again.round) == (1, True, first.round)
    assert await look(*both) == 0


async def test_a_late_answer_to_the_round_before_a_reopening_is_refused_with_the_reason(
    three: list[Process], clock: Clock, database: Database, box: Mailbox
) -> None:
    one, two, _ = three
    incident = await one.declares()
    clock.move(minutes(2))
    await one.office.desk.submit(incident, do.SetStatus(by="mei", status="resolved"))
    clock.move(minutes(15))
    over = await look(*three)
    await two.office.desk.submit(
        incident, do.SetStatus(by="mei", status="active", reason="It is back")
    )
    sending = await courier(database, by_mail(box), "one")
    await sending.turn(3)
    with pytest.raises(Rejected) as late:
        await one.office.desk.submit(incident, do.Acknowledge(by="ana", round=1))
    reopened = await one.pages(incident)
    clock.move(minutes(15))
    await look(*three)
    answered = await two.office.desk.submit(incident, do.Acknowledge(by="ana", round=2))

    assert over == 0, "what was resolved climbs no further"
    assert [(page.round, page.level) for page in reopened] == [(1, 1), (2, 1)]
    assert (late.value.code, late.value.facts["round"]) == ("stale-page", 2)
    assert len(letters_to("ana", box)) == 1, "the page of the round that is over was not sent"
    assert (await one.climbed(incident))[-1] == (2, ("bo",))
    assert [event.kind for event in answered.events] == ["acknowledged"]


async def test_a_running_incident_keeps_its_terms_until_the_new_policy_is_applied(
    database: Database, clock: Clock
) -> None:
    levels = [rung(2, 2, people=("zoe",)), rung(3, 3, people=("mei",)), rung(5, 5, people=("dee",))]
    edited = policy(*levels)
    newer = Surroundings(policy=edited, revision=2, roster=AROUND.roster)
    old = await process(database, "one", clock)
    new = await process(database, "two", clock, newer)
    running = await old.declares()
    fresh = await new.declares()
    clock.move(minutes(2))
    await look(old, new)
    under_each = await old.climbed(running), await old.climbed(fresh)
    clock.move(minutes(23))
    await new.looks()
    kept = await old.climbed(running)
    await new.office.desk.submit(running, do.ApplyPolicy(by="mei"))
    applied = clock()
    first_due = await old.due(running)
    clock.move(minutes(3))
    await old.looks()
    pages = await old.pages(running)

    assert under_each == ([(1, ("ana",))], [(1, ("zoe",)), (2, ("mei",))])
    assert kept == [(1, ("ana",)), (2, ("bo",))]
    assert first_due == applied + minutes(3), "the clocks count from the application"
    assert (pages[-1].level, pages[-1].at) == (3, applied + minutes(3))
    assert [call.person for call in pages[-1].people] == ["dee"]
