"""What is owed is unpacked once, tried by one at a time, and settled by whoever has the lease."""

import asyncio
from datetime import timedelta

import pytest

from incident.store.connection import Database
from incident.store.deliveries import LEASE, PARKED_AFTER, Deliveries, Delivery
from incident.store.outbox import Item, Laden, Outbox
from tests.builders import MINUTE
from tests.parts.offices import Log, real_time
from tests.parts.stations import incident, only, page, paged, pass_time, states, stored

FAR = timedelta(hours=1)


@pytest.fixture
async def outbox(database: Database) -> Outbox:
    outbox = Outbox(database)
    await outbox.prepare()
    return outbox


@pytest.fixture
async def deliveries(database: Database, outbox: Outbox) -> Deliveries:
    del outbox  # its index is there, too
    deliveries = Deliveries(database)
    await deliveries.prepare()
    return deliveries


async def laden(outbox: Outbox) -> Laden:
    [commit] = await outbox.unpacked(10)
    return commit


def items(commit: Laden, channel: str = "email") -> list[Item]:
    return [Item(owed, channel, f"{channel} {owed.person}") for owed in commit.owed]


async def unpacked(database: Database, *people: str, commits: int = 1) -> Log:
    """An incident whose pages wait to be sent."""
    log, outbox = await incident(database), Outbox(database)
    for _ in range(commits):
        await paged(log, *people)
    for commit in await outbox.unpacked(100):
        await outbox.unpack(commit, items(commit))
    return log


async def due(deliveries: Deliveries) -> list[Delivery]:
    return await deliveries.due("email", real_time(), 100)


async def test_what_a_commit_owes_becomes_a_document_each(
    database: Database, outbox: Outbox
) -> None:
    log = await incident(database)
    await paged(log, "mei", "bo")
    commit = await laden(outbox)
    await outbox.unpack(commit, [*items(commit), *items(commit, "webhook")])

    found = await stored(database)

    assert set(found) == {
        "INC-7/2/0/page/mei/email",
        "INC-7/2/0/page/bo/email",
        "INC-7/2/0/page/mei/webhook",
        "INC-7/2/0/page/bo/webhook",
    }
    assert len({one["name"] for one in found.values()}) == 4
    assert await outbox.unpacked(10) == []
    assert await database.db.commits.find_one({"deliver": {"$exists": True}}) is None


async def test_unpacking_again_changes_nothing(
    database: Database, outbox: Outbox, deliveries: Deliveries
) -> None:
    log = await incident(database)
    await paged(log, "mei")
    commit = await laden(outbox)
    await outbox.unpack(commit, items(commit))
    taken = await deliveries.take((await due(deliveries))[0], "one")
    assert taken is not None
    await deliveries.end(taken, "sent")
    before = await only(database)
    await outbox.unpack(commit, items(commit))

    assert await only(database) == before


async def test_many_who_unpack_at_once_make_it_once(database: Database, outbox: Outbox) -> None:
    log = await incident(database)
    await paged(log, *(f"p{n}" for n in range(10)))
    commit = await laden(outbox)
    await asyncio.gather(*(outbox.unpack(commit, items(commit)) for _ in range(8)))

    assert len(await stored(database)) == 10


async def test_a_thing_that_cannot_be_read_harms_no_other(
    database: Database, outbox: Outbox
) -> None:
    log = await incident(database)
    await paged(log, "mei")
    broken = [{"index": "x"}, page("bo")[0].model_dump(), None, 5]
    await database.db.commits.update_one({"seq": 2}, {"$set": {"deliver": broken}})
    await database.db.commits.insert_one({"deliver": "junk", "incident": "INC-0", "seq": 1})
    for commit in await outbox.unpacked(10):
        await outbox.unpack(commit, items(commit))

    kept = await states(database)

    assert kept.pop("INC-7/2/0/page/bo/email") == "waiting"
    assert list(kept.values()) == ["parked"] * 4
    assert await outbox.unpacked(10) == []


async def test_a_commit_that_is_parked_is_left_alone(database: Database, outbox: Outbox) -> None:
    log = await incident(database)
    await paged(log, "mei")
    await outbox.park(await laden(outbox))
    commit = await database.db.commits.find_one({"seq": 2})

    assert await outbox.unpacked(10) == []
    assert commit is not None
    assert commit["undeliverable"][0]["person"] == "mei"


async def test_one_of_many_takes_it(database: Database, deliveries: Deliveries) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    taken = await asyncio.gather(*(deliveries.take(waiting, f"p{n}") for n in range(10)))

    assert sum(one is not None for one in taken) == 1
    assert (await only(database))["fence"] == 1


async def test_one_at_a_time_is_under_way_to_a_person(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei", "bo", commits=2)
    waiting = await due(deliveries)
    taken = [await deliveries.take(one, "one") for one in waiting]

    assert [one.person for one in waiting] == ["mei", "bo", "mei", "bo"]
    assert [one is not None for one in taken] == [True, True, False, False]


async def test_after_one_has_ended_the_next_may_be_taken(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei", commits=2)
    first, second = await due(deliveries)
    mine = await deliveries.take(first, "one")
    assert mine is not None
    ended = await deliveries.end(mine, "sent")

    assert ended
    assert await deliveries.take(second, "one") is not None
    assert [one.id for one in await due(deliveries)] == [second.id]


async def test_a_lease_that_ran_out_is_taken_over_as_a_possible_repetition(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    first = await deliveries.take(waiting, "one")
    early = await deliveries.take(waiting, "two")
    await pass_time(database, LEASE)
    second = await deliveries.take(waiting, "two")

    assert first is not None
    assert early is None
    assert second is not None
    assert (first.possibly_repeated, second.possibly_repeated) == (False, True)
    assert (first.fence, second.fence) == (1, 2)
    assert first.name == second.name


async def test_who_asked_before_a_lease_and_was_let_in_after_it_does_not_take_it_too(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    assert await deliveries.take(waiting, "one") is not None
    # As the command of another sees it that was held up before this one: by an older clock.
    a_little_later = {"$set": {"lease.until": real_time() + LEASE + timedelta(seconds=3)}}
    await database.db.deliveries.update_one({"_id": waiting.id}, a_little_later)

    assert await deliveries.take(waiting, "two") is None


async def test_a_lease_of_a_time_before_the_clock_stepped_back_closes_nothing(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    assert await deliveries.take(waiting, "one") is not None
    before = {"$set": {"lease.until": real_time() + LEASE + MINUTE}}
    await database.db.deliveries.update_one({"_id": waiting.id}, before)
    mine = await deliveries.take(waiting, "two")

    assert mine is not None
    assert mine.possibly_repeated


async def test_who_lost_the_lease_can_settle_nothing(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    frozen = await deliveries.take(waiting, "one")
    await pass_time(database, LEASE)
    mine = await deliveries.take(waiting, "two")
    assert frozen is not None
    assert mine is not None
    before = await only(database)

    assert not await deliveries.end(frozen, "sent")
    assert not await deliveries.again(frozen, MINUTE, "x")
    assert not await deliveries.put_off(frozen, real_time() + MINUTE, "quiet")
    assert not await deliveries.release(frozen)
    assert not await deliveries.broke(frozen, MINUTE)
    assert await only(database) == before
    assert await deliveries.end(mine, "sent")
    assert not await deliveries.end(mine, "failed", "too late to change")


async def test_who_was_late_but_alone_may_still_settle(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    mine = await deliveries.take((await due(deliveries))[0], "one")
    await pass_time(database, LEASE)

    assert mine is not None
    assert await deliveries.end(mine, "sent")


async def test_what_failed_is_due_again_later_and_counts(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    mine = await deliveries.take(waiting, "one")
    assert mine is not None
    await deliveries.again(mine, MINUTE, "it said $later")
    now = await due(deliveries)
    too_early = await deliveries.take(waiting, "one")
    await pass_time(database, MINUTE)
    again = await deliveries.take(waiting, "one")

    assert (now, too_early) == ([], None)
    assert again is not None
    assert (again.failures, again.possibly_repeated) == (1, False)
    assert (await only(database))["why"] == "it said $later"


async def test_what_waits_for_its_time_lets_others_of_its_person_pass(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei", commits=2)
    first, second = await due(deliveries)
    mine = await deliveries.take(first, "one")
    assert mine is not None
    await deliveries.put_off(mine, real_time() + FAR, "quiet")

    assert await deliveries.take(second, "one") is not None
    assert (await stored(database))[first.id]["why"] == "quiet"


async def test_what_breaks_the_program_is_parked_after_a_few_times(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    [waiting] = await due(deliveries)
    parked = []
    for _ in range(PARKED_AFTER):
        mine = await deliveries.take(waiting, "one")
        assert mine is not None
        parked.append(await deliveries.broke(mine, timedelta(0)))

    assert parked == [False] * (PARKED_AFTER - 1) + [True]
    assert await deliveries.take(waiting, "one") is None
    assert (await only(database))["state"] == "parked"


async def test_a_delivery_that_cannot_be_read_is_parked_and_hides_no_other(
    database: Database, deliveries: Deliveries
) -> None:
    await unpacked(database, "mei")
    old = {"channel": "email", "state": "waiting", "due_at": real_time() - FAR}
    await database.db.deliveries.insert_many([{"_id": n, **old} for n in range(3)])

    assert [one.person for one in await due(deliveries)] == ["mei"]
    assert list((await states(database)).values()).count("parked") == 3


async def test_what_is_over_leaves_by_itself(database: Database, deliveries: Deliveries) -> None:
    await unpacked(database, "mei")
    mine = await deliveries.take((await due(deliveries))[0], "one")
    assert mine is not None
    await deliveries.end(mine, "sent")
    indexes = await database.db.deliveries.index_information()

    assert "done_at" in await only(database)
    assert indexes["swept"]["expireAfterSeconds"] == 30 * 24 * 3600
