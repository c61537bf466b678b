"""Followers hear every commit once and in order, however bells are lost, doubled or late."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.feed import IN_HAND, Feed
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.errors import StoreAway
from incident.store.journal import PAGE, Journal
from tests.builders import declared, noted
from tests.parts.offices import Log, Office, office

NEVER = 3600.0
"""Seconds between heartbeats where none is wanted."""
Pairs = list[tuple[Commit, Commit]]


class Shelf(Journal):
    """A log in memory, of which as much can be read as has been put there; `looks` counts."""

    def __init__(self, commits: Sequence[Commit], there: int = 1) -> None:
        self.commits, self.there = commits, there
        self.looks = 0
        self.away = False

    async def since(self, base: Commit, limit: int = PAGE) -> list[Commit]:
        self.looks += 1
        await asyncio.sleep(0)
        if self.away:
            raise StoreAway
        return list(self.commits[base.seq : min(self.there, base.seq + limit)])


def commits(number: int) -> list[Commit]:
    log = Log(Shelf([]))
    for n in range(number):
        log.commits.append(log.next(noted(str(n)) if n else declared()))
    return log.commits


LOG = commits(12)
LAST = LOG[-1].seq


async def heard(feed: Feed, base: Commit, last: int) -> Pairs:
    """What a follower is told, until it has been told `last`."""
    pairs: Pairs = []
    following = feed.follow(base)
    async with asyncio.timeout(30):
        try:
            async for batch in following:
                pairs += batch
                if pairs[-1][1].seq >= last:
                    break
        finally:
            assert isinstance(following, AsyncGenerator)
            await following.aclose()
    return pairs


def in_order(log: Sequence[Commit], base: int = 1) -> Pairs:
    """Each commit after `base` with the one before it."""
    return list(zip(log[base - 1 :], log[base:], strict=False))


async def turns(count: int = 5) -> None:
    """Let everybody else have their turn."""
    for _ in range(count):
        await asyncio.sleep(0)


Step = tuple[int, list[int], int]
"""How many more are stored, which bells ring then (0: without a commit), turns until the next."""
STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.lists(st.integers(0, LAST), max_size=4), st.integers(0, 4)),
    max_size=12,
)


@given(start=st.integers(1, 4), steps=STEPS)
@settings(max_examples=200, deadline=None)
async def test_a_follower_hears_every_commit_once_in_order_whatever_the_bells_do(
    start: int, steps: list[Step]
) -> None:
    """Bells come doubled, late, or not at all; what none of them told a heartbeat finds."""
    shelf = Shelf(LOG, there=start)
    feed = Feed(shelf, heartbeat=0.001)
    following = asyncio.create_task(heard(feed, LOG[start - 1], LAST))
    for stored, bells, pause in steps:
        shelf.there = min(shelf.there + stored, LAST)
        for bell in bells:
            if bell <= shelf.there:
                feed.ring("INC-1", LOG[bell - 1] if bell else None)
        await turns(pause)
    shelf.there = LAST

    assert await following == in_order(LOG, start)


async def test_a_commit_in_hand_needs_no_look_at_the_log() -> None:
    shelf = Shelf(LOG)
    feed = Feed(shelf, NEVER)
    following = asyncio.create_task(heard(feed, LOG[0], LAST))
    await turns()
    looks = shelf.looks
    for commit in LOG[1:]:
        feed.ring("INC-1", commit)
        await turns(2)

    assert await following == in_order(LOG)
    assert shelf.looks == looks


async def test_a_heartbeat_finds_what_no_bell_told() -> None:
    shelf = Shelf(LOG)
    following = asyncio.create_task(heard(Feed(shelf, heartbeat=0.01), LOG[0], LAST))
    await turns()
    shelf.there = LAST

    assert await following == in_order(LOG)


@pytest.mark.parametrize("everywhere", [True, False])
async def test_a_bell_without_a_commit_makes_followers_look(*, everywhere: bool) -> None:
    shelf = Shelf(LOG)
    feed = Feed(shelf, NEVER)
    following = asyncio.create_task(heard(feed, LOG[0], LAST))
    await turns()
    shelf.there = LAST
    if everywhere:
        feed.ring_all()
    else:
        feed.ring("INC-1")

    assert await following == in_order(LOG)


async def test_a_bell_during_a_look_is_not_lost() -> None:
    """The look has read the log already when the commit lands."""
    shelf = Shelf(LOG)
    feed = Feed(shelf, NEVER)
    following = asyncio.create_task(heard(feed, LOG[0], LAST))
    while not shelf.looks:
        await asyncio.sleep(0)
    shelf.there = LAST
    feed.ring("INC-1")

    assert await following == in_order(LOG)


async def test_more_than_a_bell_carries_is_read_from_the_log() -> None:
    log = commits(IN_HAND * 2)
    shelf = Shelf(log)
    feed = Feed(shelf, NEVER)
    following = asyncio.create_task(heard(feed, log[0], log[-1].seq))
    await turns()
    shelf.there = len(log)
    for commit in log[1:]:
        feed.ring("INC-1", commit)

    assert await following == in_order(log)


async def test_bells_of_other_incidents_are_not_heard() -> None:
    shelf = Shelf(LOG)
    feed = Feed(shelf, NEVER)
    following = asyncio.create_task(heard(feed, LOG[0], 2))
    await turns()
    looks = shelf.looks
    feed.ring("INC-2")
    await turns()
    quiet = shelf.looks == looks
    feed.ring("INC-1", LOG[1])
    await following

    assert quiet


async def test_a_log_that_is_away_is_told_and_followed_again_from_where_one_was() -> None:
    shelf = Shelf(LOG, there=3)
    feed = Feed(shelf, NEVER)
    first = await heard(feed, LOG[0], 3)
    shelf.away = True
    with pytest.raises(StoreAway):
        await heard(feed, LOG[2], LAST)
    shelf.away, shelf.there = False, LAST

    assert first + await heard(feed, LOG[2], LAST) == in_order(LOG)


async def test_whoever_stops_following_leaves_nothing_behind() -> None:
    shelf = Shelf(LOG, there=LAST)
    feed = Feed(shelf, NEVER)
    await asyncio.gather(*(heard(feed, LOG[0], LAST) for _ in range(5)))
    gone = asyncio.create_task(heard(feed, LOG[-1], LAST + 1))
    await turns()
    gone.cancel()
    await asyncio.wait([gone])

    assert feed._bells == {}


async def test_a_listener_hears_every_bell_until_it_stops() -> None:
    feed = Feed(Shelf(LOG), NEVER)
    heard: list[tuple[str, int | None]] = []
    silence = feed.listen(lambda incident, commit: heard.append((incident, seq_of(commit))))

    feed.ring("INC-1", LOG[1])
    feed.ring("INC-2")
    silence()
    feed.ring("INC-1")

    assert heard == [("INC-1", 2), ("INC-2", None)]


def seq_of(commit: Commit | None) -> int | None:
    return commit.seq if commit else None


async def test_followers_on_a_real_log_hear_two_desks_in_one_order(database: Database) -> None:
    """The bells of the second process do not ring here: heartbeats find its commits."""
    one, two = await office(database, "one"), await office(database, "two")
    incident = await one.declares()
    base = await one.newest(incident)
    feed = Feed(one.journal, heartbeat=0.05)
    one.feed.listen(feed.ring)

    async def writes(at: Office) -> None:
        for number in range(30):
            await at.notes(incident, f"{at.origin} {number}")

    async with asyncio.TaskGroup() as group:
        group.create_task(writes(one))
        group.create_task(writes(two))
    last = (await one.newest(incident)).seq
    pairs = await heard(feed, base, last)

    assert [after.seq for _, after in pairs] == list(range(2, last + 1))
    assert all(before.seq + 1 == after.seq for before, after in pairs)
    assert [after async for after in one.journal.history(incident)][1:] == [a for _, a in pairs]
