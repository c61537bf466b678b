"""Rows of lists: the newest wins however they arrive, and every filter narrows."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from incident import shapes
from incident.core import events as ev
from incident.store.connection import Database
from incident.store.journal import Journal
from incident.store.lists import Filters, Lists, Queued
from tests.builders import NOON, acknowledged, declared, holds, noted, proposed, resolved
from tests.parts.offices import Log


@pytest.fixture
async def lists(database: Database) -> Lists:
    lists = Lists(database)
    await lists.prepare()
    return lists


class Rows:
    """Incidents in the lists, and in no log."""

    def __init__(self, lists: Lists, database: Database) -> None:
        self._lists, self._journal = lists, Journal(database)

    async def add(self, number: int, *events: ev.Event) -> None:
        commit = Log(self._journal, f"INC-{number}").next(*events)
        await self._lists.write(commit, shapes.summary(commit))


@pytest.fixture
async def rows(lists: Lists, database: Database) -> Rows:
    """Four incidents, no two alike."""
    rows = Rows(lists, database)
    tomorrow: datetime = NOON + timedelta(days=1)
    await rows.add(1, declared(title="Card payments failing", affected_regions=["eu-west-1"]))
    await rows.add(2, declared(severity=1, affected_services=["api", "auth"]), acknowledged())
    await rows.add(3, declared(drill=True, at=tomorrow), holds("mei"), noted("x"))
    await rows.add(10, declared(title="Zürich down", description="50% of payments"), resolved())
    return rows


async def found(lists: Lists, **filters: Any) -> list[str]:  # noqa: ANN401 (those of `Filters`)
    return [row["id"] for row in await lists.find(Filters(**filters), 100)]


async def test_the_newest_incident_comes_first(lists: Lists, rows: Rows) -> None:
    assert await found(lists) == ["INC-10", "INC-3", "INC-2", "INC-1"]
    assert [row["id"] for row in await lists.find(Filters(), 2)] == ["INC-10", "INC-3"]
    assert await found(lists, before=3) == ["INC-2", "INC-1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": ["resolved"]}, ["INC-10"]),
        ({"status": ["active", "resolved"]}, ["INC-10", "INC-3", "INC-2", "INC-1"]),
        ({"severity": [1, 2]}, ["INC-2"]),
        ({"service": ["auth"]}, ["INC-2"]),
        ({"region": ["eu-west-1", "us"]}, ["INC-1"]),
        ({"role": ["mei"]}, ["INC-3"]),
        ({"drill": True}, ["INC-3"]),
        ({"drill": False}, ["INC-10", "INC-2", "INC-1"]),
        ({"declared_from": NOON + timedelta(hours=1)}, ["INC-3"]),
        ({"declared_to": NOON}, ["INC-10", "INC-2", "INC-1"]),
        ({"severity": [1], "status": ["resolved"]}, []),
    ],
)
async def test_filters_narrow(
    lists: Lists, rows: Rows, filters: dict[str, Any], expected: list[str]
) -> None:
    assert await found(lists, **filters) == expected


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("payments", ["INC-10", "INC-3", "INC-2", "INC-1"]),
        ("CARD pay", ["INC-3", "INC-2", "INC-1"]),
        ("zürich", ["INC-10"]),
        ("inc-1", ["INC-10", "INC-1"]),
        ("INC-3", ["INC-3"]),
        ("eu-west-1", ["INC-1"]),
        ("auth", ["INC-2"]),
        (".*", ["INC-10", "INC-3", "INC-2", "INC-1"]),
        ("p.yments", []),
        ("$where", []),
    ],
)
async def test_words_are_found_by_how_they_begin(
    lists: Lists, rows: Rows, q: str, expected: list[str]
) -> None:
    assert await found(lists, q=q) == expected


async def test_incidents_are_counted_by_status(lists: Lists, rows: Rows) -> None:
    assert await lists.count(["active"]) == 3
    assert await lists.count(["active", "resolved"]) == 4
    assert await lists.count(["closed"]) == 0


async def test_incidents_in_which_a_fix_waits_are_found_by_what_it_waits_for(
    lists: Lists, rows: Rows
) -> None:
    both = (proposed(1), proposed(2))
    queued: dict[str, Any] = {"by": "ada", "at": NOON, "action": "ACT-1"}
    await rows.add(4, declared(), *both, ev.ActionQueued(after="ACT-2", **queued))
    await rows.add(12, declared(), *both, ev.ActionQueued(after="INC-4/ACT-2", **queued))
    gone = (ev.ActionQueued(after="ACT-2", **queued), ev.ActionUnqueued(**queued))
    await rows.add(5, declared(), *both, *gone)

    behind = frozenset({"INC-4/ACT-2"})
    assert await lists.queued() == [
        Queued("INC-4", "active", behind),
        Queued("INC-12", "active", behind),
    ]
    assert await lists.queued_behind("INC-4/ACT-2") == ["INC-4", "INC-12"]
    assert await lists.queued_behind("INC-5/ACT-2") == []
    assert await lists.queued_behind("ACT-2") == []


async def test_an_older_row_does_not_replace_a_newer_one(lists: Lists, database: Database) -> None:
    log = Log(Journal(database))
    first = log.next(declared())
    log.commits.append(first)
    second = log.next(resolved())

    for commit in (second, first):
        await lists.write(commit, shapes.summary(commit))

    assert [row["status"] for row in await lists.find(Filters(), 9)] == ["resolved"]
    assert await lists.seqs() == {"INC-1": 2}


async def test_of_the_first_two_rows_written_at_once_the_newer_stays(
    lists: Lists, database: Database
) -> None:
    """Both find no row and insert one; the newer must not give up when it comes second."""
    for number in range(1, 41):
        log = Log(Journal(database), f"INC-{number}")
        first = log.next(declared())
        log.commits.append(first)
        second = log.next(resolved())
        await asyncio.gather(
            *(lists.write(commit, shapes.summary(commit)) for commit in (first, second))
        )

    assert set((await lists.seqs()).values()) == {2}


async def test_a_row_keeps_its_last_entry_while_entries_are_only_marked(
    lists: Lists, database: Database
) -> None:
    log = Log(Journal(database))
    for events in (declared(), noted("502s")), (ev.EntryPinned(by="ada", at=NOON, entry=2),):
        commit = log.next(*events)
        log.commits.append(commit)
        await lists.write(commit, shapes.summary(commit))

    (row,) = await lists.find(Filters(), 9)

    assert (row["seq"], row["lastEntry"]["message"]) == (2, "502s")


async def test_a_last_entry_is_not_lost_when_a_mark_on_another_comes_first(
    lists: Lists, database: Database
) -> None:
    log = Log(Journal(database))
    pin = ev.EntryPinned(by="ada", at=NOON, entry=1)
    for events in (declared(),), (noted("502s"),), (pin,):
        log.commits.append(log.next(*events))
    first, second, third = log.commits

    for commit in (first, third, second):
        await lists.write(commit, shapes.summary(commit))
    (row,) = await lists.find(Filters(), 9)

    assert (row["seq"], row["lastEntry"]["message"]) == (3, "502s")


async def test_a_row_that_an_older_version_stored_is_given_what_came_later(
    lists: Lists, rows: Rows, database: Database
) -> None:
    (now, *_) = await lists.find(Filters(), 1)
    older = {"row.calls": "", "row.askedUntil": "", "row.noCommanderSince": ""}
    older |= {"row.description": "", "row.health": "", "row.approvals": ""}
    await database.db["incidents"].update_many({}, {"$unset": older})
    (then, *_) = await lists.find(Filters(), 1)

    assert then == now | {"description": ""}
    assert (then["calls"], then["askedUntil"], then["noCommanderSince"]) == ([], None, None)
    assert (then["description"], then["health"], then["approvals"]) == ("", "ok", [])


async def test_a_late_row_does_not_bring_back_what_was_redacted(
    lists: Lists, database: Database
) -> None:
    log = Log(Journal(database))
    redaction = ev.EntryRedacted(by="ada", at=NOON, entry=2)
    for events in (declared(),), (noted("swordfish"),), (redaction,):
        log.commits.append(log.next(*events))
    first, second, third = log.commits

    for commit in (first, third, second):
        await lists.write(commit, shapes.summary(commit))

    assert "swordfish" not in str(await lists.find(Filters(), 9))


async def test_forgotten_rows_are_gone(lists: Lists, rows: Rows) -> None:
    await lists.forget()

    assert await found(lists) == []
