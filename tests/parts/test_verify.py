from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incident import shapes
from incident.cli.rebuilding import Made, rebuilt
from incident.core import commands as do
from incident.core import work_commands as work
from incident.runtime import Runtime, assembled
from incident.settings import Settings
from incident.store.connection import Database
from incident.store.lists import Filters
from incident.verify import verify

SECRET = "the password is swordfish"


@pytest.fixture
async def runtime(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    runtime = await assembled(Settings.read(data=tmp_path), database)
    yield runtime
    await runtime.desk.close()


@pytest.fixture
async def room(runtime: Runtime) -> str:
    """An incident of several commits, one fix running and one done."""
    declared = await runtime.desk.declare(do.Declare(by="ada", title="Payments fail", severity=3))
    incident = declared.commit.incident
    for command in (
        do.Acknowledge(by="mei"),
        do.AddEntry(by="mei", message="Looking at the proxies"),
        work.ProposeAction(by="mei", description="Restart", target="proxy"),
        work.ProposeAction(by="mei", description="Fail over", target="db/primary", region="eu"),
        work.ChangeAction(by="mei", action="ACT-1", status="in-progress"),
        work.ChangeAction(by="mei", action="ACT-1", status="completed"),
        work.ChangeAction(by="mei", action="ACT-2", status="in-progress"),
        do.PinEntry(by="ada", entry=3),
    ):
        await runtime.desk.submit(incident, command)
    await runtime.desk.close()
    return incident


async def wrong(runtime: Runtime) -> list[str]:
    """What `verify` finds, without its patience."""
    parts = runtime.journal, runtime.lists, runtime.holds, runtime.clock
    return [f"{one.subject} {one.message}" async for one in verify(*parts, patience=0)]


async def rebuild(runtime: Runtime) -> Made:
    return await rebuilt(runtime.journal, runtime.lists)


async def row_of(runtime: Runtime) -> dict[str, Any]:
    return (await runtime.lists.find(Filters(), 1))[0]


async def redact(runtime: Runtime, room: str) -> None:
    """Ask for the redaction of a secret, and crash before its text is dropped."""
    told = await runtime.desk.submit(room, do.AddEntry(by="mei", message=SECRET))
    number = told.commit.state.entries
    command = do.RedactEntry(by="ada", authority="admin", entry=number, original=told.events[0])
    await runtime.desk.submit(room, command)
    await runtime.desk.close()


async def plant_hold(
    database: Database, incident: str, action: str, target: str, since: datetime
) -> None:
    """What a start leaves behind that never came to its commit."""
    who = {"incident": incident, "action": action, "holder": "mei"}
    held = who | {"since": since, "target": target, "region": "*"}
    change = {"$push": {"held": held}, "$inc": {"revision": 1}}
    await database.db.holds.update_one({"_id": target}, change, upsert=True)


async def test_what_the_desk_wrote_is_clean(runtime: Runtime, room: str) -> None:
    assert await wrong(runtime) == []


async def test_progress_is_told_commit_by_commit(runtime: Runtime, room: str) -> None:
    seen: list[tuple[str, int]] = []
    parts = runtime.journal, runtime.lists, runtime.holds, runtime.clock

    findings = [f async for f in verify(*parts, progress=lambda *at: seen.append(at))]

    assert not findings
    assert seen == [(room, seq) for seq in range(1, 10)]


async def test_an_edited_state_is_found_and_made_again(
    runtime: Runtime, room: str, database: Database
) -> None:
    edit = {"$set": {"state.title": "All is well"}}
    await database.db.commits.update_one({"seq": 3}, edit)

    found = await wrong(runtime)
    made = await rebuild(runtime)

    assert found == [f"{room} a stored state differs from the log, at seq 3 in title"]
    assert (made.commits, made.left) == (1, ())
    assert await wrong(runtime) == []


async def test_an_edited_event_shows_in_every_later_state(
    runtime: Runtime, room: str, database: Database
) -> None:
    edit = {"$set": {"commands.0.events.0.title": "All is well"}}
    await database.db.commits.update_one({"seq": 1}, edit)

    assert f"{room} 9 stored states differ from the log, at seq 1 in title" in await wrong(runtime)


async def test_a_deleted_commit_is_found_and_what_is_left_is_kept(
    runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.commits.delete_one({"seq": 4})
    newest = await runtime.journal.latest(room)

    found = await wrong(runtime)
    made = await rebuild(runtime)

    assert found == [f"{room} seq 4 is missing; what follows cannot be checked"]
    assert made.left == (room,)
    assert await runtime.journal.latest(room) == newest
    assert (await row_of(runtime))["id"] == room


async def test_wrong_entry_numbers_are_found(
    runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.commits.update_one({"seq": 5}, {"$set": {"first": 50}})

    assert await wrong(runtime) == [f"{room} seq 5 begins with T50, but T6 is next"]


@pytest.mark.parametrize(
    "edit",
    [
        {"$set": {"commands.0.events.0.kind": "unheard_of"}},
        {"$unset": {"commands": ""}},
        {"$set": {"state.severity": "high"}},
        {"$set": {"commands": "none"}},
    ],
)
async def test_what_cannot_be_read_is_named_and_ends_nothing(
    edit: dict[str, Any], runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.commits.update_one({"seq": 6}, edit)

    found = await wrong(runtime)
    made = await rebuild(runtime)

    assert found[0].startswith(f"{room} what follows seq 5 cannot be read: ")
    assert made.left == (room,)


async def test_a_changed_row_is_found_and_made_again(
    runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.incidents.update_one({"_id": room}, {"$set": {"row.severity": 5}})

    found = await wrong(runtime)
    await rebuild(runtime)

    assert found == [f"{room} its row in the lists differs in severity"]
    assert await wrong(runtime) == []
    assert (await row_of(runtime))["severity"] == 3


async def test_a_row_that_stayed_behind_is_found_and_made_again(
    runtime: Runtime, room: str, database: Database
) -> None:
    behind = await database.db.incidents.find_one({"_id": room})
    await runtime.desk.submit(room, do.AddEntry(by="mei", message="Later"))
    await runtime.desk.close()
    assert behind
    await database.db.incidents.replace_one({"_id": room}, behind)

    found = await wrong(runtime)
    await rebuild(runtime)

    assert found == [f"{room} its row in the lists stayed at seq 9"]
    assert await wrong(runtime) == []


async def test_a_row_of_a_commit_that_never_was_is_found(
    runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.incidents.update_one({"_id": room}, {"$set": {"row.seq": 99}})

    found = await wrong(runtime)
    await rebuild(runtime)

    assert found == [f"{room} its row in the lists is of no commit in the log"]
    assert await wrong(runtime) == []


async def test_a_missing_row_and_a_stray_one_are_found_and_mended(
    runtime: Runtime, room: str, database: Database
) -> None:
    await database.db.incidents.update_one({"_id": room}, {"$set": {"_": 1}})
    stored = await database.db.incidents.find_one_and_delete({"_id": room})
    assert stored
    stray = stored | {"_id": "INC-99", "number": 99, "row": stored["row"] | {"id": "INC-99"}}
    await database.db.incidents.insert_one(stray)

    found = await wrong(runtime)
    await rebuild(runtime)

    assert found == [f"{room} is in no list", "INC-99 is in the lists but has no log"]
    assert await wrong(runtime) == []


async def test_a_rebuilt_row_shows_the_last_entry_and_not_the_pin_after_it(
    runtime: Runtime, room: str
) -> None:
    before = await row_of(runtime)

    await rebuild(runtime)

    assert before["lastEntry"]["message"] == "ACT-2 started by mei"
    assert await row_of(runtime) == before


async def test_redacted_text_that_is_still_there_is_found_and_dropped(
    runtime: Runtime, room: str, database: Database
) -> None:
    await redact(runtime, room)

    found = await wrong(runtime)
    await rebuild(runtime)
    stored = [str(commit) async for commit in database.db.commits.find()]

    assert found == [f"{room} T11 was redacted, but its text is still stored"]
    assert await wrong(runtime) == []
    assert not any(SECRET in commit for commit in stored)


async def test_a_row_that_shows_redacted_text_is_found(
    runtime: Runtime, room: str, database: Database
) -> None:
    await redact(runtime, room)
    await runtime.desk.submit(room, do.PinEntry(by="ada", entry=1))
    await runtime.desk.close()
    await runtime.journal.rewrite(room)
    last = {"number": 11, "timestamp": "", "author": "mei", "message": SECRET}
    await database.db.incidents.update_one({"_id": room}, {"$set": {"row.lastEntry": last}})

    found = await wrong(runtime)
    await rebuild(runtime)

    assert found == [f"{room} its row in the lists shows redacted text"]
    assert SECRET not in str(await row_of(runtime))


async def test_a_hold_whose_action_does_not_run_is_an_orphan(
    runtime: Runtime, room: str, database: Database
) -> None:
    since = runtime.clock() - timedelta(minutes=5)
    await plant_hold(database, room, "ACT-1", "proxy", since)
    await plant_hold(database, room, "ACT-9", "waf", since)

    found = await wrong(runtime)

    assert sorted(found) == [
        f"{room} ACT-1 does not run, but holds proxy",
        f"{room} ACT-9 does not run, but holds waf",
    ]


async def test_a_start_that_is_just_under_way_is_no_orphan(
    runtime: Runtime, room: str, database: Database
) -> None:
    proposal = work.ProposeAction(by="mei", description="Block", target="waf")
    answer = await runtime.desk.submit(room, proposal)
    await plant_hold(database, room, answer.commit.state.actions[-1].id, "waf", runtime.clock())

    assert await wrong(runtime) == []


async def test_a_fix_that_runs_without_its_hold_is_found(runtime: Runtime, room: str) -> None:
    await runtime.holds.free("db/primary", room, "ACT-2")

    assert await wrong(runtime) == [f"{room} ACT-2 runs on db/primary without holding it"]


async def test_rebuilding_twice_changes_nothing_more(runtime: Runtime, room: str) -> None:
    await redact(runtime, room)

    first = await rebuild(runtime)
    row = await row_of(runtime)
    second = await rebuild(runtime)

    assert (first.commits > 0, second.commits) == (True, 0)
    assert await row_of(runtime) == row
    newest = await runtime.journal.latest(room)
    assert newest
    assert shapes.summary(newest).items() <= row.items()
