"""Holds by compare-and-set: of two that overlap, one is taken."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import pytest

from incident.store.connection import Database
from incident.store.holds import Claim, Holds
from tests.builders import held


@pytest.fixture
def holds(database: Database) -> Holds:
    return Holds(database)


def claim(incident: str = "INC-1", target: str = "db", region: str = "*", name: str = "a") -> Claim:
    """An attempt of ACT-9 of an incident to hold a target."""
    told = held(incident=incident, target=target, region=region).model_dump()
    return Claim.model_validate(told | {"claim": name})


def names(claims: Iterable[Claim]) -> list[str]:
    return sorted(f"{one.incident} {one.claim}" for one in claims)


@pytest.mark.parametrize(
    ("target", "region"),
    [
        ("db", "*"),
        ("db/primary", "*"),
        ("db/primary/disk", "eu"),
        ("db/*", "us"),
    ],
)
async def test_what_overlaps_is_not_taken(holds: Holds, target: str, region: str) -> None:
    await holds.take(claim("INC-1", "db/primary"))

    conflicts = await holds.take(claim("INC-2", target, region))

    assert names(conflicts) == ["INC-1 a"]
    assert names(await holds.every()) == ["INC-1 a"]


@pytest.mark.parametrize(
    ("target", "region"), [("db/replica", "eu"), ("db/primary", "us"), ("dbx", "eu"), ("waf", "*")]
)
async def test_what_does_not_overlap_is_taken(holds: Holds, target: str, region: str) -> None:
    await holds.take(claim("INC-1", "db/primary", "eu"))

    assert await holds.take(claim("INC-2", target, region)) == ()
    assert names(await holds.every()) == ["INC-1 a", "INC-2 a"]


async def test_what_is_held_can_be_taken_beside_only_on_purpose(holds: Holds) -> None:
    await holds.take(claim("INC-1"))
    await holds.take_anyway(claim("INC-2"))

    assert names(await holds.every()) == ["INC-1 a", "INC-2 a"]
    assert names(await holds.take(claim("INC-3"))) == ["INC-1 a", "INC-2 a"]


async def test_a_second_attempt_takes_the_place_of_the_first(holds: Holds) -> None:
    first, second = claim(name="first"), claim(name="second")
    await holds.take(first)
    await holds.take(second)

    assert names(await holds.every()) == ["INC-1 second"]
    assert [await holds.has(first), await holds.has(second)] == [False, True]


async def test_an_attempt_that_took_anothers_place_leaves_it_held(holds: Holds) -> None:
    """The first may be about to count on the hold that bears its action's name."""
    first, second = claim(name="first"), claim(name="second")
    await holds.take(first)
    await holds.take(second)

    await holds.drop(first)
    await holds.drop(second)

    assert names(await holds.every()) == ["INC-1 second"]


async def test_an_attempt_alone_gives_its_own_hold_back(holds: Holds) -> None:
    await holds.take(claim("INC-1"))
    await holds.take(claim("INC-2", "db/x", "eu"))
    await holds.take(claim("INC-2", "waf"))

    await holds.drop(claim("INC-2", "waf"))
    await holds.drop(claim("INC-1", name="somebody else's"))

    assert names(await holds.every()) == ["INC-1 a"]


async def test_an_action_that_ended_holds_nothing(holds: Holds) -> None:
    await holds.take(claim(name="first"))
    await holds.take(claim(name="second"))

    await holds.free("db/anything", "INC-1", "ACT-9")
    await holds.free("db/anything", "INC-1", "ACT-9")

    assert await holds.every() == []


async def test_a_claim_that_was_taken_over_stays_in_the_way_but_is_nobodys(holds: Holds) -> None:
    mine = claim("INC-1")
    await holds.take(mine)

    condemned = await holds.take_over(mine, "condemned")

    assert condemned is not None
    assert not await holds.has(mine)
    assert names(await holds.take(claim("INC-2"))) == ["INC-1 condemned"]
    assert await holds.take_over(mine, "again") is None
    await holds.drop(condemned)
    assert await holds.take(claim("INC-2")) == ()


async def test_of_many_that_want_a_target_at_once_one_gets_it(holds: Holds) -> None:
    claims = [claim(f"INC-{number}", "db/x", "eu") for number in range(1, 31)]

    answers = await asyncio.gather(*(holds.take(one) for one in claims))

    assert len([conflicts for conflicts in answers if not conflicts]) == 1
    assert len(await holds.every()) == 1


async def test_many_that_do_not_overlap_are_all_taken(holds: Holds) -> None:
    claims = [claim(f"INC-{n}", f"db/{n}", "eu") for n in range(1, 21)]

    answers = await asyncio.gather(*(holds.take(one) for one in claims))

    assert set(answers) == {()}
    assert names(await holds.every()) == names(claims)


async def test_what_is_read_is_what_was_taken(holds: Holds) -> None:
    mine = claim("INC-1", "db/primary", "eu")
    await holds.take(mine)

    (read,) = await holds.every()

    assert read == mine
    assert read.hold == held(incident="INC-1", target="db/primary", region="eu")
    assert read.since - mine.since == timedelta(0)
