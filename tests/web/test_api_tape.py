"""The tape over the API: the whole incident in a small answer, and only what is new of it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.weight import LETTERS, weight_of
from incident.store.commit import carried, document
from incident.store.ticks import CHUNK, Ticks
from tests.parts.offices import Log
from tests.world import Actor, World

MANY = 5_000
SIZE_LIMIT = 64 * 1024
"""Bytes of a tape of so many entries; 500 of them as a timeline are three times as much."""


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person()


async def tape(actor: Actor, incident: str, **query: int) -> dict[str, Any]:
    answer = await actor.http.get(f"/api/incidents/{incident}/tape", params=query)

    assert 200 == answer.status_code, answer.text
    told: dict[str, Any] = answer.json()
    return told


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def some_incident(ada: Actor) -> str:
    """An incident with entries of every weight that people write."""
    incident: str = (await ada.declares(severity=3))["id"]
    path = f"/api/incidents/{incident}"
    await ada.notes(incident, "Looking")
    await ada.notes(incident, "We fail over", type="decision")
    await ada.notes(incident, "CPU at 100 %", type="alert")
    await ada.does("PATCH", f"{path}/timeline/2/0", {"pinned": True})
    await ada.does("PATCH", path, {"severity": 4})
    await ada.does("PUT", f"{path}/status", {"status": "mitigated"})
    return incident


async def test_every_entry_of_the_timeline_has_its_tick(ada: Actor) -> None:
    incident = await some_incident(ada)
    entries = await ada.reads(f"/api/incidents/{incident}/timeline")

    told = await tape(ada, incident)

    ticks = told["entries"]
    start = moment(told["from"])
    assert 1 == ticks["from"]
    assert [e["number"] for e in entries] == list(range(1, len(ticks["at"]) + 1))
    assert [moment(e["timestamp"]) for e in entries] == [
        start + timedelta(milliseconds=at) for at in ticks["at"]
    ]
    assert ticks["weight"] == "".join(
        "-" if e["kind"] == "entry_pinned" else LETTERS[weight_of(e)] for e in entries
    )


async def test_phases_and_severities_are_those_of_the_timeline(ada: Actor) -> None:
    incident = await some_incident(ada)
    entries = await ada.reads(f"/api/incidents/{incident}/timeline")
    at = {entry["kind"]: entry for entry in entries}

    told = await tape(ada, incident)

    declared, raised, mitigated = at["declared"], at["severity_changed"], at["mitigated"]
    assert told["to"] is None
    assert told["phases"] == [
        {
            "state": "investigating",
            "from": declared["timestamp"],
            "to": mitigated["timestamp"],
        },
        {"state": "mitigated", "from": mitigated["timestamp"], "to": None},
    ]
    assert told["severities"] == [
        {"at": declared["timestamp"], "severity": 3, "number": declared["number"]},
        {"at": raised["timestamp"], "severity": 4, "number": raised["number"]},
    ]


async def test_after_a_seq_only_what_is_new_is_told(ada: Actor) -> None:
    incident = await some_incident(ada)
    whole = await tape(ada, incident)

    seq = whole["seq"]
    for after in range(seq + 2):
        part = await tape(ada, incident, after=after)

        kept = part["entries"]["from"] - 1
        assert part["entries"]["at"] == whole["entries"]["at"][kept:]
        assert part["entries"]["weight"] == whole["entries"]["weight"][kept:]
        assert [part[name] for name in ("phases", "severities", "from", "to")] == [
            whole[name] for name in ("phases", "severities", "from", "to")
        ]


async def test_a_tape_that_has_not_moved_is_not_told_again(ada: Actor) -> None:
    incident = await some_incident(ada)
    path = f"/api/incidents/{incident}/tape"
    first = await ada.http.get(path)
    known = {"If-None-Match": first.headers["etag"]}

    again = await ada.http.get(path, headers=known)
    await ada.notes(incident, "More")
    moved = await ada.http.get(path, headers=known)

    assert f'"{first.json()["seq"]}"' == first.headers["etag"] == again.headers["etag"]
    assert (304, b"") == (again.status_code, again.content)
    assert 200 == moved.status_code


async def test_what_was_amended_or_redacted_keeps_its_tick(shared: World, ada: Actor) -> None:
    incident = await some_incident(ada)
    before = await tape(ada, incident)
    entry = f"/api/incidents/{incident}/timeline/2/0"
    await ada.does("PATCH", entry, {"message": "Looking again"})
    await (await shared.admin()).does("DELETE", entry)

    told = await tape(ada, incident)

    kept = len(before["entries"]["at"])
    assert before["entries"]["at"] == told["entries"]["at"][:kept]
    assert f"{before['entries']['weight']}cc" == told["entries"]["weight"]


async def test_thousands_of_entries_are_told_in_few_bytes(shared: World, ada: Actor) -> None:
    incident = await long_log(shared)

    answer = await ada.http.get(f"/api/incidents/{incident}/tape")

    ticks = answer.json()["entries"]
    assert [MANY + 1, MANY + 1] == [len(ticks["at"]), len(ticks["weight"])]
    assert len(answer.content) < SIZE_LIMIT


async def test_a_storm_of_alerts_never_comes_in_one_piece_that_is_too_large(
    shared: World, ada: Actor
) -> None:
    incident = await long_log(shared, 10 * MANY, at_once=250)

    chunks = await Ticks(shared.runtime.database).told(incident, 0, 2**31)
    told = await tape(ada, incident)

    assert max(len(chunk["seq"]) for chunk in chunks) <= CHUNK
    assert 10 * MANY == len(told["entries"]["at"]) == sum(len(chunk["seq"]) for chunk in chunks)


async def long_log(world: World, entries: int = MANY + 1, at_once: int = 1) -> str:
    """An incident of many entries, stored as if they had been written so many at once."""
    declare = do.Declare(by="ada", title="A long night")
    first = (await world.runtime.desk.declare(declare)).commit
    log = Log(world.runtime.journal, first.incident)
    log.commits.append(first)
    left = entries - len(first.events)
    for n in range(0, left, at_once):
        at = first.at + timedelta(seconds=n)
        note = ev.Noted(by="mei", at=at, message=f"{n} of the replicas are back")
        log.commits.append(log.next(*[note] * min(at_once, left - n), at=at))
        if n % 100 == 0:
            await asyncio.sleep(0)
    documents = [document(one) | carried(one) for one in log.commits[1:]]
    await world.runtime.database.db["commits"].insert_many(documents)
    return first.incident
