"""Rotations by name: changed where nobody else was first, with overrides in their order."""

import asyncio
from datetime import datetime

import pytest

from incident.core.oncall.moments import DAY
from incident.core.oncall.room import AT_ONCE, REMEMBERED, TO_COME
from incident.core.oncall.schedule import OVERRIDES_LIMIT, Override, Schedule
from incident.store.connection import Database
from incident.store.revisions import Revisions
from incident.store.rotations import (
    CANCELLED_LIMIT,
    Cancelled,
    NoSuchOverride,
    NoSuchRotation,
    RotationMoved,
    Rotations,
    TooManyOverrides,
)
from tests.builders import LATER, MINUTE, NOON

BERLIN = {
    "name": "ops-berlin",
    "role": "operations_lead",
    "region": "eu-central",
    "timezone": "Europe/Berlin",
    "starts": "2026-01-05",
    "handoff": "weekly Mon 09:00",
    "hours": {"days": "mon-fri", "from": "09:00", "to": "17:00"},
    "members": ["ada", "mei"],
}


@pytest.fixture
async def rotations(database: Database) -> Rotations:
    rotations = Rotations(database)
    await rotations.prepare()
    return rotations


def schedule(**changes: object) -> Schedule:
    return Schedule.model_validate(BERLIN | changes)


def cover(id_: str = "o1", at: datetime = NOON) -> Override:
    return Override(
        id=id_, person="ada", with_person="bo", start=NOON, end=LATER, created_by="ada",
        created_at=at,
    )  # fmt: skip


async def test_a_rotation_is_found_as_it_was_put(rotations: Rotations) -> None:
    put = await rotations.put(schedule(), "ada", NOON)

    assert (put.revision, put.schedule, put.by, put.at) == (1, schedule(), "ada", NOON)
    assert put == await rotations.find("ops-berlin")
    assert [put] == await rotations.every()
    assert await rotations.find("other") is None


async def test_layers_and_stations_come_back_as_they_were(rotations: Rotations) -> None:
    layers = [
        {"name": "sun", "handoff": "sun 09:00", "stations": [
            {"region": "eu-central", "timezone": "Europe/Berlin", "members": ["ada"]}]},
        {"name": "last", "priority": -1, "handoff": "every 12h", "members": ["bo"]},
    ]  # fmt: skip
    layered = Schedule.model_validate({"name": "all", "layers": layers})
    await rotations.put(layered, "ada", NOON)
    found = await rotations.find("all")

    assert found is not None
    assert layered == found.schedule


async def test_a_new_definition_keeps_the_overrides(rotations: Rotations) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.add_override("ops-berlin", cover())
    changed = await rotations.put(schedule(members=["bo"]), "mei", LATER, expect=2)

    assert (changed.revision, changed.by) == (3, "mei")
    assert changed.schedule == schedule(members=["bo"], overrides=[cover()])


@pytest.mark.parametrize("expect", [0, 1, 3])
async def test_a_change_that_builds_on_another_revision_is_refused(
    rotations: Rotations, expect: int
) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.put(schedule(region="eu"), "ada", NOON)

    with pytest.raises(RotationMoved, match="at revision 2 now"):
        await rotations.put(schedule(region="us"), "mei", LATER, expect=expect)


async def test_of_many_who_make_the_same_rotation_one_wins(rotations: Rotations) -> None:
    tries = (rotations.put(schedule(), f"p{n}", NOON, expect=0) for n in range(8))
    made = await asyncio.gather(*tries, return_exceptions=True)

    assert sorted(type(one).__name__ for one in made) == ["Rotation"] + ["RotationMoved"] * 7


async def test_those_who_expect_nothing_all_win_one_after_the_other(rotations: Rotations) -> None:
    made = await asyncio.gather(*(rotations.put(schedule(), f"p{n}", NOON) for n in range(6)))

    assert sorted(one.revision for one in made) == [1, 2, 3, 4, 5, 6]


async def test_overrides_added_at_once_are_all_kept(rotations: Rotations) -> None:
    await rotations.put(schedule(), "ada", NOON)
    covers = [cover(f"o{n}") for n in range(8)]
    await asyncio.gather(*(rotations.add_override("ops-berlin", one) for one in covers))
    found = await rotations.find("ops-berlin")

    assert found is not None
    assert {one.id for one in found.schedule.overrides} == {one.id for one in covers}
    assert found.revision == 9


async def test_an_override_that_is_added_again_is_added_once(rotations: Rotations) -> None:
    await rotations.put(schedule(), "ada", NOON)
    first = await rotations.add_override("ops-berlin", cover())
    again = await rotations.add_override("ops-berlin", cover(at=LATER))

    assert first == again
    assert again.schedule.overrides == (cover(),)


async def test_an_override_that_is_cancelled_is_gone_and_the_others_stay(
    rotations: Rotations,
) -> None:
    await rotations.put(schedule(), "ada", NOON)
    for id_ in ("o1", "o2", "o3"):
        await rotations.add_override("ops-berlin", cover(id_))
    left = await rotations.cancel_override("ops-berlin", "o2", "mei", LATER)

    assert [one.id for one in left.schedule.overrides] == ["o1", "o3"]
    assert (left.by, left.at) == ("mei", LATER)
    with pytest.raises(NoSuchOverride):
        await rotations.cancel_override("ops-berlin", "o2", "mei", LATER)


async def test_who_cancelled_an_override_and_when_is_remembered(rotations: Rotations) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.add_override("ops-berlin", cover())
    left = await rotations.cancel_override("ops-berlin", "o1", "mei", LATER)
    changed = await rotations.put(schedule(members=["bo"]), "ada", LATER)

    assert left.cancelled == (Cancelled(override=cover(), by="mei", at=LATER),)
    assert changed.cancelled == left.cancelled
    assert changed.schedule.overrides == ()


async def test_the_last_cancelled_overrides_are_remembered_and_no_more(
    rotations: Rotations, database: Database
) -> None:
    before = [
        Cancelled(override=cover(f"o{n}"), by="ada", at=NOON).model_dump()
        for n in range(CANCELLED_LIMIT)
    ]
    await overridden(rotations, database, cover("last"))
    await database.db["rotations"].update_one({}, {"$set": {"cancelled": before}})
    left = await rotations.cancel_override("ops-berlin", "last", "mei", LATER)

    assert [one.override.id for one in left.cancelled] == [
        *(f"o{n}" for n in range(1, CANCELLED_LIMIT)),
        "last",
    ]


async def test_of_two_who_cancel_the_same_override_one_is_remembered(
    rotations: Rotations,
) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.add_override("ops-berlin", cover())
    tries = (rotations.cancel_override("ops-berlin", "o1", who, NOON) for who in ("ada", "mei"))
    ended = await asyncio.gather(*tries, return_exceptions=True)
    found = await rotations.find("ops-berlin")

    assert sorted(type(one).__name__ for one in ended) == ["NoSuchOverride", "Rotation"]
    assert found is not None
    assert len(found.cancelled) == 1


async def test_what_is_not_there_cannot_be_overridden_or_removed(rotations: Rotations) -> None:
    with pytest.raises(NoSuchRotation):
        await rotations.add_override("nothing", cover())
    with pytest.raises(NoSuchRotation):
        await rotations.cancel_override("nothing", "o1", "ada", NOON)
    with pytest.raises(NoSuchRotation):
        await rotations.remove("nothing", "ada", NOON)


async def test_a_rotation_keeps_no_more_overrides_than_it_can(
    rotations: Rotations, database: Database
) -> None:
    await rotations.put(schedule(), "ada", NOON)
    many = [cover(f"o{n}").model_dump() for n in range(OVERRIDES_LIMIT)]
    await database.db["rotations"].update_one({}, {"$set": {"overrides": many}})

    with pytest.raises(TooManyOverrides):
        await rotations.add_override("ops-berlin", cover("one-more"))
    assert await rotations.add_override("ops-berlin", cover("o7"))


async def test_a_rotation_that_was_removed_begins_again_without_its_overrides(
    rotations: Rotations,
) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.add_override("ops-berlin", cover())
    await rotations.remove("ops-berlin", "ada", LATER, expect=2)
    gone = (await rotations.find("ops-berlin"), await rotations.every())
    with pytest.raises(NoSuchRotation):
        await rotations.remove("ops-berlin", "ada", LATER)
    with pytest.raises(NoSuchRotation):
        await rotations.add_override("ops-berlin", cover("o9"))
    again = await rotations.put(schedule(), "mei", LATER, expect=0)

    assert gone == (None, [])
    assert (again.revision, again.schedule, again.cancelled) == (4, schedule(), ())


async def test_writes_are_counted(rotations: Rotations, database: Database) -> None:
    await rotations.put(schedule(), "ada", NOON)
    await rotations.add_override("ops-berlin", cover())
    await rotations.cancel_override("ops-berlin", "o1", "ada", NOON)

    assert (await Revisions(database).counts())["rotations"] == 3


def brief(id_: str, minute: int, **changes: object) -> Override:
    start = NOON + minute * MINUTE
    return cover(id_).model_copy(update={"start": start, "end": start + MINUTE} | changes)


async def overridden(rotations: Rotations, database: Database, *there: Override) -> None:
    await rotations.put(schedule(), "ada", NOON)
    many = [one.model_dump() for one in there]
    await database.db["rotations"].update_one({}, {"$set": {"overrides": many}})


async def test_no_more_than_so_many_overrides_are_in_force_at_once(
    rotations: Rotations, database: Database
) -> None:
    await overridden(rotations, database, *(cover(f"o{n}") for n in range(AT_ONCE)))

    with pytest.raises(TooManyOverrides, match=r"20 overrides .* in force at 2026-03-01 12:05 UTC"):
        await rotations.add_override("ops-berlin", brief("beside", 5))
    assert await rotations.add_override("ops-berlin", brief("behind", 10))


async def test_overrides_that_follow_each_other_are_never_in_force_at_once(
    rotations: Rotations, database: Database
) -> None:
    line = [brief(f"o{n}", n) for n in range(2 * AT_ONCE)]
    await overridden(rotations, database, *line)

    assert await rotations.add_override("ops-berlin", brief("long", 0, end=NOON + DAY))


async def test_no_more_than_so_many_overrides_are_still_to_be_over(
    rotations: Rotations, database: Database
) -> None:
    await overridden(rotations, database, *(brief(f"o{n}", n) for n in range(TO_COME)))

    with pytest.raises(TooManyOverrides, match=r"200 overrides .* are not over yet"):
        await rotations.add_override("ops-berlin", brief("next", TO_COME))
    later = brief("next", TO_COME, created_at=NOON + MINUTE)
    assert await rotations.add_override("ops-berlin", later)


async def test_overrides_that_were_over_long_ago_are_forgotten_with_the_next(
    rotations: Rotations, database: Database
) -> None:
    long_ago = [brief(f"o{n}", n) for n in range(OVERRIDES_LIMIT)]
    await overridden(rotations, database, *long_ago)
    now = NOON + REMEMBERED + (OVERRIDES_LIMIT - 1) * MINUTE
    new = brief("new", 0, start=now, end=now + DAY, created_at=now)
    after = await rotations.add_override("ops-berlin", new)

    assert after.schedule.overrides == (long_ago[-1], new)
    assert after == await rotations.find("ops-berlin")
