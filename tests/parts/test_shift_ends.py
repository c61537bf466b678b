"""Whoever holds a role for the length of a shift follows what becomes of the rotation."""

from typing import Any

import pytest

from incident.core import commands as do
from incident.core.pieces import Role
from incident.core.surroundings import Surroundings
from incident.desk import Desk
from incident.shift_ends import ShiftEnds
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.lists import Lists
from tests.builders import MINUTE, NOON, around, rotation
from tests.parts.fixes import told
from tests.parts.offices import Office, office

SHIFT: dict[str, Any] = {"role": "scribe", "handoff": "daily 13:00", "starts": "2026-02-28"}
BEFORE = around(rotation("notes", "bo", "mei", **SHIFT))
"""Bo is on call until 13:00, then Mei."""
BEGINS, BOUNDARY = NOON + 30 * MINUTE, NOON + 60 * MINUTE
COVER = {"id": "cover", "person": "bo", "with_person": "mei", "start": BEGINS, "end": BOUNDARY}
COVER |= {"created_by": "bo", "created_at": NOON}
COVERED = around(rotation("notes", "bo", "mei", overrides=[COVER], **SHIFT))
"""The same, but Mei covers from 12:30 on."""
EXTENDED = "shift_extended"
AT_ONCE = around(rotation("notes", "bo", "mei", overrides=[COVER | {"start": NOON}], **SHIFT))
"""The same, but Mei covers from now on."""
ABSENT = around()
"""Somebody has deleted the rotation."""


@pytest.fixture
async def one(database: Database) -> Office:
    """A process that knows of no cover."""
    return await office(database, "one", around=BEFORE)


@pytest.fixture
async def two(database: Database, one: Office) -> Office:
    """Another, which has heard of it."""
    return await office(database, "two", one.clock, around=COVERED)


@pytest.fixture
async def incident(one: Office) -> str:
    """Bo writes the log for as long as his shift goes on."""
    incident = await one.declares()
    await one.desk.submit(incident, do.AssignRole(by="bo", role="scribe", assignee="bo"))
    return incident


def following(at: Office, orders: Surroundings) -> ShiftEnds:
    return ShiftEnds(at.desk, at.journal, at.lists, lambda: orders)


class Server:
    """A process with orders of its own, which it follows when it hears of others."""

    def __init__(self, at: Office, orders: Surroundings = BEFORE) -> None:
        self.at, self.orders = at, orders
        self.desk = Desk(at.journal, at.holds, at.lists, at.feed, at.clock, self.current, at.origin)
        self.shifts = ShiftEnds(self.desk, at.journal, at.lists, self.current)

    def current(self) -> Surroundings:
        return self.orders

    async def hears(self, orders: Surroundings) -> int:
        """How many commits it makes of that."""
        self.orders = orders
        return await self.shifts.look()

    async def scribe(self, incident: str) -> Role:
        return (await self.at.newest(incident)).state.role("scribe")


async def test_who_sees_a_cover_moves_the_deadline_of_the_prompt(
    one: Office, two: Office, incident: str
) -> None:
    assert await following(two, COVERED).look() == 1

    assert (await one.newest(incident)).state.role("scribe").shift_ends == BEGINS
    armed = await one.deadlines.until(BEGINS, 100)
    assert (incident, BEGINS) in {(found.incident, found.wake_at) for found in armed}


async def test_the_prompt_comes_when_the_cover_begins(two: Office, incident: str) -> None:
    await following(two, COVERED).look()
    two.clock.move(30 * MINUTE)

    await two.desk.submit(incident, do.Tick())

    offer = (await two.newest(incident)).state.role("scribe").offer
    assert offer is not None
    assert offer.to == "mei"


async def test_a_cover_that_begins_now_prompts_after_a_minute(one: Office, incident: str) -> None:
    server = Server(one)

    assert await server.hears(AT_ONCE) == 1
    early = await server.scribe(incident)
    one.clock.move(MINUTE)
    await server.desk.submit(incident, do.Tick())
    late = await server.scribe(incident)

    assert (early.shift_ends, early.offer) == (NOON + MINUTE, None)
    assert late.offer is not None
    assert (late.shift_ends, late.offer.to, late.holder) == (None, "mei", "bo")


@pytest.mark.parametrize("slip", [AT_ONCE, ABSENT], ids=["a cover", "no rotation"])
async def test_a_slip_that_is_undone_within_the_minute_prompts_nobody(
    one: Office, incident: str, slip: Surroundings
) -> None:
    server = Server(one)

    assert await server.hears(slip) == 1
    one.clock.move(MINUTE / 2)
    assert await server.hears(BEFORE) == 1
    one.clock.move(MINUTE)
    await server.desk.submit(incident, do.Tick())

    scribe = await server.scribe(incident)
    assert (scribe.shift_ends, scribe.offer) == (BOUNDARY, None)
    assert "shift_ended" not in await told(one, incident)


async def test_the_last_word_has_who_sees_the_newest_rotations(
    one: Office, two: Office, incident: str
) -> None:
    ahead, behind = Server(one), Server(two)
    heard = [(ahead, BEFORE), (behind, BEFORE), (ahead, AT_ONCE), (behind, BEFORE)]
    heard += [(ahead, BEFORE), (behind, AT_ONCE), (ahead, BEFORE), (behind, BEFORE)]

    said = [await server.hears(orders) for server, orders in heard]

    assert said == [0, 0, 1, 0, 1, 1, 0, 1]
    assert [await server.shifts.look() for server in (ahead, behind) * 3] == [0] * 6
    assert (await ahead.scribe(incident)).shift_ends == BOUNDARY


async def test_two_that_see_different_rotations_for_good_do_not_correct_each_other(
    one: Office, two: Office, incident: str
) -> None:
    old, new = Server(one), Server(two)
    await old.hears(BEFORE)
    await new.hears(AT_ONCE)
    before = (await one.newest(incident)).seq

    said = [await server.shifts.look() for server in (old, new) * 3]
    one.clock.move(MINUTE)
    await old.desk.submit(incident, do.Tick())
    said += [await server.shifts.look() for server in (old, new) * 3]

    assert said == [0] * 12
    assert (await one.newest(incident)).seq == before + 1
    assert (await old.scribe(incident)).shift_ends == BOUNDARY


async def test_several_that_see_the_same_say_it_once(two: Office, incident: str) -> None:
    first, second = following(two, COVERED), following(two, COVERED)

    assert [await first.look(), await second.look(), await first.look()] == [1, 0, 0]
    assert (await told(two, incident)).count(EXTENDED) == 1


async def test_rotations_that_are_as_before_are_not_followed_again(one: Office) -> None:
    seen = [BEFORE, BEFORE, around(*BEFORE.roster.schedules)]

    class Counting(Lists):
        looks = 0

        async def led(self) -> list[str]:
            self.looks += 1
            return []

    lists = Counting(one.database)
    shifts = ShiftEnds(one.desk, one.journal, lists, seen.pop)

    for _ in range(3):
        await shifts.look()

    assert lists.looks == 1


async def test_what_could_not_be_read_is_followed_by_the_next_look(
    two: Office, incident: str
) -> None:
    class Flaky(Lists):
        away = True

        async def led(self) -> list[str]:
            if self.away:
                self.away = False
                raise StoreAway("gone")
            return await super().led()

    shifts = ShiftEnds(two.desk, two.journal, Flaky(two.database), lambda: COVERED)
    with pytest.raises(StoreAway):
        await shifts.look()

    assert await shifts.look() == 1
    assert (await told(two, incident)).count(EXTENDED) == 1


async def test_where_nobody_holds_a_role_by_a_shift_nothing_is_written(two: Office) -> None:
    alone = await two.declares()
    await two.desk.submit(alone, do.AssignRole(by="ada", role="scribe", assignee="ada"))
    before = (await two.newest(alone)).seq

    assert await following(two, COVERED).look() == 0
    assert (await two.newest(alone)).seq == before


async def test_an_incident_that_has_ended_is_not_looked_at(two: Office, incident: str) -> None:
    await two.desk.submit(incident, do.SetStatus(by="bo", status="resolved"))

    assert await two.lists.led() == []
