"""The ladder holds when real server processes are killed with -9, stopped, and wrong about time.

Two of them on one database, whose own clocks are ten minutes apart, and people who are paged by
mail. What is waited for is an event, never a time; leases are moved into the past instead.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest

from incident.store.deliveries import LEASE
from tests.builders import MINUTE
from tests.parts.offices import holes
from tests.parts.stations import pass_time, stored
from tests.scenarios.ladders import LIMIT, doubled, until
from tests.scenarios.pairs import APART, Pair, ahead, pair, quick
from tests.scenarios.proxy import HeldWrite, held_write
from tests.scenarios.wrong_clocks import database_with_a_clock

RACES = 30
"""Timers that both processes see due in the same moment."""


@dataclass
class Wired:
    """Two processes; the database is reached by the first over a wire of ours."""

    servers: Pair
    wire: HeldWrite


@pytest.fixture(scope="module")
async def wired(mongo_uri: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Wired]:
    """Start them once; whoever was killed is started again for the next test."""
    folder = tmp_path_factory.mktemp("pair")
    async with (
        held_write(mongo_uri.replace("/incident?", f"/test_{uuid4().hex}?")) as wire,
        pair(folder, wire.behind, seen_by_one=wire.uri) as servers,
    ):
        yield Wired(servers, wire)
        await servers.database.client.drop_database(servers.database.db.name)


@pytest.fixture
async def servers(wired: Wired) -> Pair:
    await wired.servers.reset()
    return wired.servers


async def settled(servers: Pair, incident: str) -> None:
    """Everything is sent, and the log is as it should be: two levels, once each."""
    await servers.delivered()

    assert await servers.levels(incident) == [1, 2]
    assert await holes(servers.journal, incident) == []


# 1. Killed between the level and its page


async def test_servers_killed_while_the_page_is_under_way_send_it_again_and_say_so(
    servers: Pair,
) -> None:
    """The mail server has the letter, and has not said so."""
    for box in servers.boxes:
        box.held.add("bo@example.com")
    incident = await servers.declares()
    await servers.letter("bo", incident)
    await servers.kill()
    for box in servers.boxes:
        box.held.clear()
        box.gate.set()
    await pass_time(servers.database, LEASE)
    await servers.two.start()
    await settled(servers, incident)
    first, second = sorted(servers.letters("bo", incident), key=lambda letter: letter[1])

    assert first[0] == second[0], "one Message-ID"
    assert (first[1], second[1]) == (False, True)
    assert [repeated for _, repeated in servers.letters("ana", incident)] == [False]
    assert (await servers.delivery("bo", incident))["fence"] == 2


async def test_servers_killed_before_the_page_was_even_unpacked_send_it_once(
    servers: Pair,
) -> None:
    """The database takes no deliveries for a while, so that the level stays all there is."""
    refuse, take = {"never": {"$exists": True}}, dict[str, object]()
    incident = await servers.declares()
    await servers.letter("ana", incident)
    await servers.database.db.command("collMod", "deliveries", validator=refuse)
    await servers.paged(incident)
    await servers.kill()
    (unpacked,) = [
        c async for c in servers.database.db.commits.find({"deliver": {"$exists": True}})
    ]
    await servers.database.db.command("collMod", "deliveries", validator=take)
    await servers.two.start()
    await settled(servers, incident)

    assert unpacked is not None
    assert [owed["person"] for owed in unpacked["deliver"]] == ["bo"]
    assert [repeated for _, repeated in servers.letters("bo", incident)] == [False]


async def test_a_page_that_no_mail_server_took_before_the_kill_arrives_once_after_it(
    servers: Pair,
) -> None:
    await servers.mail_away()
    incident = await servers.declares()

    async def tried() -> bool:
        kept = await stored(servers.database)
        return any(
            one["person"] == "bo" and one["incident"] == incident and one.get("failures")
            for one in kept.values()
        )

    await until(tried, "an attempt")
    await servers.kill()
    await servers.mail_back()
    await pass_time(servers.database, LEASE)
    await servers.two.start()
    await settled(servers, incident)

    assert [repeated for _, repeated in servers.letters("bo", incident)] == [False]
    assert [repeated for _, repeated in servers.letters("ana", incident)] == [False]


# 2. Two processes see one timer due


async def test_timers_that_both_processes_see_due_climb_once_each(servers: Pair) -> None:
    declaring = (servers.declares(servers.both[n % 2]) for n in range(RACES))
    incidents = await asyncio.gather(*declaring)
    for one in servers.both:
        one.freeze()
    waiting = [i for i in incidents if await servers.levels(i) == [1]]
    for incident in incidents:
        await servers.passed((await servers.pages(incident))[0].climb_at)
    for one in servers.both:
        one.thaw()
    await servers.paged(*incidents)
    await servers.delivered()
    letters = servers.letters("bo")

    assert waiting, "the machine was too slow: this has shown nothing"
    for incident in incidents:
        first, second = await servers.pages(incident)

        assert (first.level, second.level) == (1, 2)
        assert first.climb_at is not None
        assert second.at >= first.climb_at
        assert await holes(servers.journal, incident) == []
    assert len({name for name, _ in letters}) == len(incidents)
    assert doubled(letters) == []
    assert ahead(servers.two) > APART - MINUTE > ahead(servers.one)


# 3. Frozen past its turn


async def test_what_a_frozen_process_was_about_to_write_is_refused_by_the_database(
    servers: Pair, wired: Wired
) -> None:
    """Its write is held on the way, and arrives when the other has taken over."""
    wire = wired.wire
    servers.two.freeze()
    incident = await servers.declares(servers.one)
    wire.arm(b"insert", b"commits", b"paged")
    await asyncio.wait_for(wire.reached.wait(), LIMIT)
    servers.one.freeze()
    servers.two.thaw()
    await servers.paged(incident)
    wire.gate.set()
    await asyncio.wait_for(wire.refused.wait(), LIMIT)
    servers.one.thaw()
    note = {"message": "thawed"}
    told = await servers.one.call("POST", f"/api/incidents/{incident}/timeline", note)
    await settled(servers, incident)
    declared, climbed, noted = await servers.commits(incident)

    assert told.status_code == 201
    assert declared.origin == noted.origin != climbed.origin
    assert [len(servers.letters(person, incident)) for person in ("ana", "bo")] == [1, 1]


async def test_a_process_that_froze_while_sending_settles_nothing_after_another_took_over(
    servers: Pair,
) -> None:
    servers.two.freeze()
    servers.boxes[0].held.add("bo@example.com")
    incident = await servers.declares(servers.one)
    await servers.letter("bo", incident)
    servers.one.freeze()
    await pass_time(servers.database, LEASE)
    servers.two.thaw()
    await servers.delivered()
    taken_over = await servers.delivery("bo", incident)
    servers.boxes[0].gate.set()
    servers.one.thaw()

    async def too_late() -> bool:
        return "a delivery outlived its lease" in servers.one.output.read_text()

    await until(too_late, "the frozen process notices")
    await settled(servers, incident)
    first, second = servers.letters("bo", incident)

    assert await servers.delivery("bo", incident) == taken_over
    assert (taken_over["state"], taken_over["fence"]) == ("sent", 2)
    assert (first[0], first[1], second[1]) == (second[0], False, True)


# 4. Down across levels, and a clock that steps back


async def test_after_forty_five_minutes_down_the_level_that_is_due_now_is_paged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the database's clock, which is moved while nobody serves."""
    async with (
        database_with_a_clock(tmp_path, monkeypatch) as moved,
        pair(tmp_path, moved.uri, quick("15m", "20m")) as servers,
    ):
        incident = await servers.declares()
        await servers.delivered()
        await servers.kill()
        await moved.move(timedelta(minutes=45))
        await servers.two.start()
        await servers.paged(incident, level=3)
        await servers.delivered()
        letters = [len(servers.letters(who)) for who in ("bo", "cy")]
        _, page = await servers.pages(incident)
        await moved.move(timedelta(minutes=59))

        async def asked_again() -> bool:
            return len(await servers.pages(incident)) > 2

        await until(asked_again, "the level is late")
        almost = await servers.levels(incident)
        await moved.move(timedelta(minutes=2))
        await servers.paged(incident, level=4)
        last = (await servers.pages(incident))[-1]

        assert (page.level, page.missed) == (3, (2,))
        assert page.climb_at == page.at + timedelta(hours=1), "later clocks count from now"
        assert letters == [0, 1]
        assert almost == [1, 3, 3], "an hour is not over: the same level again, as it is late"
        assert (last.missed, last.again) == ((), False)
        assert last.at >= page.climb_at
        assert await holes(servers.journal, incident) == []


async def test_a_database_whose_clock_steps_back_fires_nothing_twice_and_stalls_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that waits for its mail server meanwhile is sent at once, not ten minutes later."""
    async with (
        database_with_a_clock(tmp_path, monkeypatch) as moved,
        pair(tmp_path, moved.uri, quick("2s", "4s")) as servers,
    ):
        await servers.mail_away()
        before = await servers.declares()
        await servers.paged(before)
        await moved.move(-timedelta(minutes=10))
        then = await servers.levels(before)
        await servers.mail_back()
        after = await by_the_new_time(servers)
        await servers.paged(after, level=3)
        await servers.delivered()
        meanwhile = await servers.levels(before)
        letters = [len(servers.letters(who, before)) for who in ("ana", "bo")]
        await moved.move(timedelta(minutes=10))
        await servers.paged(before, level=3)
        await servers.delivered()

        assert meanwhile == then, "what was due at a time waits for that time"
        assert letters == [1, 1]
        for incident in (before, after):
            pages = await servers.pages(incident)

            assert [page.level for page in pages] == [1, 2, 3]
            assert all(p.climb_at and p.climb_at <= n.at for p, n in pairwise(pages))
            assert await holes(servers.journal, incident) == []
            assert [len(servers.letters(who, incident)) for who in ("ana", "bo", "cy")] == [1, 1, 1]


async def by_the_new_time(servers: Pair) -> str:
    """An incident that is declared when the server has seen that the clock was moved."""
    declared: list[str] = []

    async def seen() -> bool:
        declared.append(await servers.declares(servers.two))
        [page] = await servers.pages(declared[-1])
        return page.at <= await servers.database.now()

    await until(seen, "the server sees that the clock was moved")
    return declared[-1]
