"""The policy in versions: added one after the other, never changed."""

import asyncio

import pytest

from incident.core.policy import BUILT_IN, Policy
from incident.store.connection import Database
from incident.store.directory import Directory, Person
from incident.store.policies import FIRST, Policies, PolicyMoved
from incident.store.revisions import Revisions
from tests.builders import LATER, NOON


@pytest.fixture
async def policies(database: Database) -> Policies:
    policies = Policies(database)
    await policies.prepare()
    return policies


def named(name: str) -> Policy:
    """The built-in policy with another name for severity 1."""
    worst = BUILT_IN.severities[1].model_copy(update={"name": name})
    return BUILT_IN.model_copy(update={"severities": BUILT_IN.severities | {1: worst}})


async def test_until_one_is_set_the_built_in_policy_holds(policies: Policies) -> None:
    assert await policies.newest() == FIRST == await policies.at_revision(0)
    assert await policies.history() == []
    assert (FIRST.revision, FIRST.policy) == (0, BUILT_IN)


async def test_a_policy_is_read_as_it_was_added(policies: Policies) -> None:
    added = await policies.add(named("Worst"), "ada", NOON, source="abc")

    assert (added.revision, added.by, added.at, added.source) == (1, "ada", NOON, "abc")
    assert added == await policies.newest() == await policies.at_revision(1)
    assert added.policy == named("Worst")


async def test_a_revision_stays_when_the_next_is_added(policies: Policies) -> None:
    first = await policies.add(named("One"), "ada", NOON)
    second = await policies.add(named("Two"), "mei", LATER, expect=1)

    assert [second, first] == await policies.history()
    assert [first] == await policies.history(before=2)
    assert [second] == await policies.history(limit=1)
    assert await policies.at_revision(1) == first
    assert await policies.at_revision(3) is None


@pytest.mark.parametrize("expect", [0, 1, 3, 9])
async def test_a_change_that_builds_on_another_revision_is_refused(
    policies: Policies, expect: int
) -> None:
    await policies.add(named("One"), "ada", NOON)
    second = await policies.add(named("Two"), "ada", NOON)

    with pytest.raises(PolicyMoved, match="revision 2 holds now") as refused:
        await policies.add(named("Three"), "mei", LATER, expect=expect)

    assert refused.value.newest == 2
    assert await policies.newest() == second


async def test_of_many_who_build_on_the_same_revision_one_wins(policies: Policies) -> None:
    tries = (policies.add(named(f"Try {n}"), "ada", NOON, expect=0) for n in range(8))
    made = await asyncio.gather(*tries, return_exceptions=True)

    assert sorted(type(one).__name__ for one in made) == ["PolicyMoved"] * 7 + ["PolicyRevision"]
    assert [one.revision for one in await policies.history()] == [1]


async def test_those_who_expect_nothing_all_win_one_after_the_other(policies: Policies) -> None:
    made = await asyncio.gather(*(policies.add(named(f"N{n}"), "ada", NOON) for n in range(6)))

    assert sorted(one.revision for one in made) == [1, 2, 3, 4, 5, 6]


async def test_writes_are_counted_for_those_who_only_look(
    policies: Policies, database: Database
) -> None:
    revisions, directory = Revisions(database), Directory(database)
    before = await revisions.counts()
    await policies.add(named("One"), "ada", NOON)
    await directory.add(Person(handle="ada", name="Ada", created_at=NOON))
    await directory.change("ada", {"disabled": True})

    assert before == {"policy": 0, "rotations": 0, "people": 0}
    assert await revisions.counts() == {"policy": 1, "rotations": 0, "people": 2}
