"""The socket as a client meets it: every later commit once and in order, every command answered."""

import asyncio
import json
import logging
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from incident import watch
from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.commands import RedactEntry
from incident.core.patches import merged, without_nulls
from incident.store.connection import Database, connect
from incident.store.errors import StoreAway
from incident.store.stream import commits_of_others
from incident.web import catching_up, messages
from incident.web.doors import BY_PERSON
from tests.web.talking import JSON, Talk, asleep, seqs, talking, until_gone, window
from tests.world import Actor, World, world_on

ROOT = Path(__file__).resolve().parents[2]
LONGEST = "x" * 10_000


@pytest.fixture(scope="module")
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def incident(ada: Actor) -> str:
    """A fresh incident of severity 3, so that fixes need no approval."""
    declared: str = (await ada.declares())["id"]
    return declared


@pytest.fixture
async def talk(ada: Actor, incident: str) -> AsyncIterator[Talk]:
    """Ada's connection to it, which has its snapshot."""
    async with talking(ada.socket(f"?incident={incident}")) as talk:
        await talk.until("snapshot")
        yield talk


@pytest.fixture
async def second(database_uri: str) -> AsyncIterator[Database]:
    """Another connection to the database of the test: another server's."""
    opened = await connect(database_uri)
    yield opened
    await opened.close()


async def written(world: World, incident: str, count: int, message: str = "note") -> None:
    """That many commits, one after the other."""
    for n in range(count):
        command = do.AddEntry(by="ada", message=f"{message} {n}")
        await world.runtime.desk.submit(incident, command)


async def keyed(actor: Actor, path: str) -> JSON:
    """An incident over the API in the form that patches apply to."""
    whole: JSON = await actor.reads(path)
    whole.pop("timeline", None)
    return whole | {"actions": {one["id"]: one for one in whole["actions"]}}


# What the server says.


async def test_a_newcomer_is_greeted_and_told_the_whole_incident(ada: Actor, incident: str) -> None:
    async with talking(ada.socket(f"?incident={incident}")) as talk:
        hello, snapshot = await talk.next(), await talk.next()

    now = hello.pop("now")
    user = {"handle": "ada", "name": "Ada", "role": "responder"}
    assert now.endswith("Z")
    assert hello == {"type": "hello", "protocol": 1, "user": user}
    assert snapshot["type"] == "snapshot"
    assert snapshot["seq"] == 1
    assert snapshot["incident"] == await ada.reads(f"/api/incidents/{incident}")


async def test_a_commit_tells_its_entries_and_what_changed(talk: Talk, incident: str) -> None:
    ack = await talk.asks("add_timeline", "r1", message="Looking at it")
    commit = (await talk.commits(2))[0]

    (entry,) = commit["entries"]
    assert ack == {"type": "ack", "ref": "r1", "seq": 2, "index": 0}
    assert commit["incident"] == incident
    assert (entry["seq"], entry["index"], entry["number"]) == (2, 0, 3)
    assert (entry["author"], entry["message"]) == ("ada", "Looking at it")
    assert commit["patch"] == {"seq": 2, "entries": 3}


async def test_people_in_a_room_see_who_comes_types_and_goes(
    shared: World, talk: Talk, incident: str
) -> None:
    bo = await shared.person("bo")

    async with talking(bo.socket(f"?incident={incident}")) as other:
        come = await talk.present("ada", "bo")
        await other.says({"type": "here", "place": "typing"})
        typing = await talk.present("ada", "bo")
        await other.says({"type": "here", "place": "fixes", "on": "ACT-4"})
        looking = await talk.present("ada", "bo")
    gone = await talk.present("ada")

    assert come["incident"] == incident
    assert {"handle", "name", "place", "on", "since"} == come["people"][0].keys()
    assert {one["handle"]: one["place"] for one in typing["people"]}["bo"] == "typing"
    assert ("fixes", "ACT-4") == next(
        (one["place"], one["on"]) for one in looking["people"] if one["handle"] == "bo"
    )
    assert len(gone["people"]) == 1


async def test_somebody_who_comes_later_is_told_who_is_there(talk: Talk, ada: Actor) -> None:
    await talk.present("ada")
    incident = talk.heard[-1]["incident"]

    async with talking(ada.socket(f"?incident={incident}")) as later:
        assert (await later.present("ada"))["incident"] == incident


async def test_a_heartbeat_is_answered_with_the_time(talk: Talk) -> None:
    await talk.says({"type": "ping"})

    pong = await talk.until("pong")
    assert pong.keys() == {"type", "now"}
    assert pong["now"].endswith("Z")


async def test_a_heartbeat_is_answered_while_the_database_is_away(
    talk: Talk, shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(shared.runtime.presence, "enter", away)
    await talk.says({"type": "here", "place": "fixes"})
    await talk.says({"type": "ping"})

    await talk.until("pong")
    assert [frame for frame in talk.heard if frame["type"] == "error"] == []


async def test_the_lobby_tells_every_incident_and_then_those_that_move(
    ada: Actor, incident: str
) -> None:
    async with talking(ada.socket()) as talk:
        hello, snapshot = await talk.next(), await talk.next()
        await ada.notes(incident, "It moves")
        moved = await talk.until("summary")
        another = (await ada.declares("Another"))["id"]
        new = await talk.until("summary")

    rows = {row["id"]: row for row in snapshot["incidents"]}
    assert hello["type"] == "hello"
    assert rows[incident]["seq"] == 1
    assert (moved["incident"]["id"], moved["incident"]["seq"]) == (incident, 2)
    assert moved["incident"]["lastEntry"]["message"] == "It moves"
    assert (new["incident"]["id"], new["incident"]["title"]) == (another, "Another")


async def test_the_lobby_keeps_the_last_entry_when_it_is_only_marked(
    ada: Actor, incident: str
) -> None:
    noted = await ada.notes(incident, "Worth a pin")
    async with talking(ada.socket()) as talk:
        await talk.until("snapshot")
        where = f"/api/incidents/{incident}/timeline/{noted['seq']}/{noted['index']}"
        await ada.does("PATCH", where, {"pinned": True})
        moved = (await talk.until("summary"))["incident"]

    assert moved["seq"] == 3
    assert moved["lastEntry"]["message"] == "Worth a pin"


async def test_an_incident_that_does_not_exist_is_the_end(ada: Actor) -> None:
    for name in ("INC-999999", "INC-0", "inc-1", "", "../people", "INC-1%00", "INC-1$ne"):
        async with talking(ada.socket(f"?incident={name}")) as talk:
            assert await talk.closed() == 4404
            assert [frame["type"] for frame in talk.heard] == ["hello"]


# Coming back.


async def test_whoever_is_up_to_date_is_told_only_what_comes(ada: Actor, incident: str) -> None:
    async with talking(ada.socket(f"?incident={incident}&after=1")) as talk:
        await ada.notes(incident, "Now")

        assert seqs(await talk.commits(2)) == [2]
        assert "snapshot" not in {frame["type"] for frame in talk.heard}


@pytest.mark.parametrize("others", [0, 1])
async def test_whoever_missed_a_few_commits_is_told_just_those(
    shared: World, ada: Actor, incident: str, others: int
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(others):  # who keep the room open
            other = await stack.enter_async_context(talking(ada.socket(f"?incident={incident}")))
            await other.until("snapshot")
        await written(shared, incident, 5)
        async with talking(ada.socket(f"?incident={incident}&after=3")) as talk:
            assert seqs(await talk.commits(6)) == [4, 5, 6]
            assert "snapshot" not in {frame["type"] for frame in talk.heard}


@pytest.mark.parametrize("after", ["0", "7", "999999999999999"])
async def test_a_cursor_that_leads_nowhere_is_answered_with_a_snapshot(
    ada: Actor, incident: str, after: str
) -> None:
    async with talking(ada.socket(f"?incident={incident}&after={after}")) as talk:
        assert (await talk.until("snapshot"))["seq"] == 1
        await ada.notes(incident, "Now")
        assert seqs(await talk.commits(2)) == [2]


async def test_whoever_is_too_far_behind_is_told_to_start_over(
    shared: World, ada: Actor, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "FURTHEST", 3)
    await written(shared, incident, 5)

    async with talking(ada.socket(f"?incident={incident}&after=2")) as talk:
        assert (await talk.until("snapshot"))["seq"] == 6
    async with talking(ada.socket(f"?incident={incident}&after=3")) as talk:
        assert seqs(await talk.commits(6)) == [4, 5, 6]


async def test_what_is_missing_may_be_larger_than_what_may_wait_for_one_client(
    shared: World, ada: Actor, incident: str
) -> None:
    await written(shared, incident, 250, "x" * 9_990)
    url = f"ws://127.0.0.1:{shared.port}/ws?incident={incident}&after=1"

    async with asleep(url, ada.token) as talk:
        assert seqs(await talk.commits(251)) == list(range(2, 252))


async def test_text_that_was_removed_is_not_told_to_those_who_come_back(
    shared: World, ada: Actor, talk: Talk, incident: str
) -> None:
    root = await shared.admin()
    await ada.notes(incident, "The password is hunter2")
    await root.does("DELETE", f"/api/incidents/{incident}/timeline/2/0")

    async with talking(ada.socket(f"?incident={incident}&after=1")) as later:
        assert seqs(await later.commits(3)) == [2, 3]
        assert "hunter2" not in json.dumps(later.heard)


# The storm.

STORM = 1_100
"""Commits; more than a room remembers, so that late comers read the log."""


async def test_what_was_redacted_is_not_told_to_those_who_come_back_before_it_left_the_log(
    shared: World, ada: Actor, incident: str
) -> None:
    await ada.does("PATCH", f"/api/incidents/{incident}", {"title": "swordfish in the title"})
    entries = await ada.reads(f"/api/incidents/{incident}/timeline")
    [titled] = [one["number"] for one in entries if one["kind"] == "details_changed"]
    newest = await shared.runtime.journal.latest(incident)
    assert newest is not None
    last = await shared.runtime.journal.at_seq(incident, newest.seq)
    assert last is not None

    redaction = RedactEntry(by="root", authority="admin", entry=titled, original=last.events[-1])
    await shared.runtime.desk.submit(incident, redaction)

    async with talking(ada.socket(f"?incident={incident}&after=1")) as talk:
        frames = await talk.commits(3)
        assert seqs(frames) == [2, 3]
        assert "swordfish" not in json.dumps(talk.heard)


async def stormed(world: World, incident: str, moments: dict[int, asyncio.Event]) -> None:
    """Commands of many kinds, each its own commit; an event is set when its seq is there."""
    kinds: list[Callable[[int], do.Command]] = [
        lambda n: do.AddEntry(by="ada", message=f"note {n}"),
        lambda n: do.ChangeIncident(by="ada", title=f"Title {n}", severity=3 + n % 3),
        lambda n: work.ProposeAction(by="ada", description=f"fix {n}", target=f"db{n}"),
        lambda n: do.AssignRole(
            by="ada", authority="admin", role="scribe", assignee=("ada", "bo")[n // 9 % 2]
        ),
        lambda n: do.ChangeIncident(by="ada", metadata={"round": n, "odd": {"n": n}}),
    ]
    n = seq = 0
    while seq < STORM:
        n += 1
        kind = kinds[0] if n % 40 and n % 9 else kinds[n % len(kinds)]
        seq = (await world.runtime.desk.submit(incident, kind(n))).commit.seq
        if seq in moments:
            moments[seq].set()


async def follower(actor: Actor, incident: str, joins: asyncio.Event, rng: random.Random) -> JSON:
    """Join when told to, leave and come back in the middle; the incident as patches make it."""
    await joins.wait()
    now = (await actor.reads(f"/api/incidents/{incident}"))["seq"]
    after: int | None = rng.choice([None, now, rng.randint(1, now)])
    mirror: JSON = {}
    if after is not None:
        mirror = await keyed(actor, f"/api/incidents/{incident}/replay?seq={after}")
        del mirror["at"]  # since when it was so: of the answer, not of the incident
    leaves = now + rng.randint(1, 200)
    while after is None or after < STORM:
        query = f"?incident={incident}" + (f"&after={after}" if after is not None else "")
        async with talking(actor.socket(query)) as talk:
            while (after or 0) < min(leaves, STORM):
                frame = await talk.next()
                if frame["type"] == "snapshot":
                    after, mirror = frame["seq"], frame["incident"]
                    mirror.pop("timeline")
                    mirror["actions"] = {one["id"]: one for one in mirror["actions"]}
                elif frame["type"] == "commit":
                    assert after is not None
                    assert frame["seq"] == after + 1
                    after, mirror = frame["seq"], merged(mirror, frame["patch"])
        leaves = STORM
    return mirror


async def test_everybody_sees_every_commit_of_a_storm_once_and_in_order(world: World) -> None:
    rng = random.Random(7)
    ada, _ = await world.person("ada"), await world.person("bo")
    incident = (await ada.declares(severity=3))["id"]
    moments = {1 + rng.randrange(STORM): asyncio.Event() for _ in range(8)}
    moments[STORM] = asyncio.Event()

    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(follower(ada, incident, joins, random.Random(seq)))
            for seq, joins in moments.items()
        ]
        group.create_task(stormed(world, incident, moments))
    told = without_nulls(await keyed(ada, f"/api/incidents/{incident}"))

    assert told["seq"] == STORM
    for task in tasks:
        assert without_nulls(task.result()) == told
    async with (
        talking(ada.socket(f"?incident={incident}&after={STORM}")),
        talking(ada.socket(f"?incident={incident}&after=1")) as talk,
    ):
        assert seqs(await talk.commits(STORM)) == list(range(2, STORM + 1))


# Two servers.


async def test_a_client_of_one_server_hears_what_is_done_through_another(
    database: Database, second: Database
) -> None:
    async with world_on(database) as here, world_on(second) as there:
        ada = await here.person("ada")
        incident = (await ada.declares())["id"]
        elsewhere = Actor("ada", ada.token, there, there.client({}))
        async with (
            talking(elsewhere.socket(f"?incident={incident}")) as room,
            talking(elsewhere.socket()) as lobby,
        ):
            await room.until("snapshot")
            await lobby.until("snapshot")
            await ada.notes(incident, "Through the other one")

            assert seqs(await room.commits(2)) == [2]
            assert (await lobby.until("summary"))["incident"]["seq"] == 2


async def test_nothing_is_missed_while_the_change_stream_is_broken(
    database: Database, second: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(reached: Database, origin: str) -> Any:  # noqa: ANN401 (a context manager)
        if reached is second:
            raise StoreAway
        return commits_of_others(reached, origin)

    monkeypatch.setattr(watch, "commits_of_others", broken)
    async with world_on(database) as here, world_on(second) as there:
        monkeypatch.setattr(there.runtime.feed, "_heartbeat", 0.1)
        monkeypatch.setattr(there.app.state.lobby, "_heartbeat", 0.1)
        ada = await here.person("ada")
        incident = (await ada.declares())["id"]
        elsewhere = Actor("ada", ada.token, there, there.client({}))
        async with (
            talking(elsewhere.socket(f"?incident={incident}")) as room,
            talking(elsewhere.socket()) as lobby,
        ):
            await room.until("snapshot")
            await lobby.until("snapshot")
            await written(here, incident, 20)

            assert seqs(await room.commits(21)) == list(range(2, 22))
            await lobby.until("summary")
            while lobby.heard[-1]["incident"]["seq"] < 21:
                await lobby.until("summary")
            await ada.declares("A new one")
            assert (await lobby.until("summary"))["incident"]["title"] == "A new one"


# What clients say.


async def test_every_command_is_done_and_acknowledged(
    shared: World, ada: Actor, talk: Talk, incident: str
) -> None:
    await shared.person("bo")
    commands: list[tuple[str, JSON]] = [
        ("add_timeline", {"message": "Rolled back", "entryType": "decision"}),
        ("add_action", {"description": "Restart it", "target": "web", "region": "eu-west-1"}),
        ("update_action", {"action": "ACT-1", "status": "in-progress", "owner": "me"}),
        ("update_incident", {"title": "Now known", "severity": 4, "reason": "fewer are hit"}),
        ("set_status", {"status": "active", "phase": "identified"}),
        ("assign_role", {"role": "incident_commander", "assignee": "bo"}),
        ("assign_role", {"role": "scribe", "assignee": "me"}),
        ("release_role", {"role": "scribe"}),
        ("acknowledge", {}),
        ("post_update", {"audience": "customers", "message": "Hi", "nextUpdateIn": "PT30M"}),
        ("amend_entry", {"seq": 2, "index": 0, "message": "Rolled back twice"}),
        ("amend_entry", {"seq": 2, "index": 0, "pinned": True}),
    ]

    acks = [await talk.asks(kind, f"r{n}", **body) for n, (kind, body) in enumerate(commands)]

    told = await ada.reads(f"/api/incidents/{incident}")
    assert acks == [
        {"type": "ack", "ref": f"r{n}", "seq": n + 2, "index": 0} for n in range(len(commands))
    ]
    assert (told["title"], told["severity"], told["phase"]) == ("Now known", 4, "identified")
    assert (told["commander"], told["roles"]["scribe"]["holder"]) == ("bo", None)
    assert (told["actions"][0]["status"], told["actions"][0]["owner"]) == ("in-progress", "ada")
    assert told["communications"]["customers"]["dueAt"] is not None
    decision = next(one for one in told["timeline"] if (one["seq"], one["index"]) == (2, 0))
    assert (decision["type"], decision["pinned"]) == ("decision", True)
    assert decision["amended"]["message"] == "Rolled back twice"


async def test_what_changes_nothing_is_acknowledged_without_an_index(talk: Talk) -> None:
    first = await talk.asks("update_incident", "r1", title="The same")
    again = await talk.asks("update_incident", "r2", title="The same")

    assert (first["seq"], first["index"]) == (2, 0)
    assert again == {"type": "ack", "ref": "r2", "seq": 3, "index": None}


async def test_the_same_ref_takes_effect_once_even_after_coming_back(
    shared: World, ada: Actor, incident: str
) -> None:
    acks = []
    for _ in range(2):
        async with talking(ada.socket(f"?incident={incident}")) as talk:
            acks += [await talk.asks("add_timeline", "one", message="Once") for _ in range(3)]

    assert acks == [{"type": "ack", "ref": "one", "seq": 2, "index": 0}] * 6
    assert await shared.commits(incident) == 2


async def test_the_same_ref_for_something_else_is_refused(talk: Talk) -> None:
    await talk.asks("add_timeline", "one", message="Once")
    error = await talk.asks("add_timeline", "one", message="Something else")
    other = await talk.asks("acknowledge", "one")

    for refused in (error, other):
        assert refused["type"] == "error"
        assert refused["problem"]["code"] == "idempotency-key-reused"
        assert refused["problem"]["status"] == 422


async def test_a_ref_belongs_to_the_person_who_chose_it(
    shared: World, talk: Talk, incident: str
) -> None:
    bo = await shared.person("bo")
    await talk.asks("add_timeline", "one", message="Of ada")

    async with talking(bo.socket(f"?incident={incident}")) as other:
        ack = await other.asks("add_timeline", "one", message="Of bo")

    assert (ack["type"], ack["seq"]) == ("ack", 3)


BAD: dict[str, tuple[str | bytes, int, str]] = {
    "not JSON": ("not json", 400, "unreadable"),
    "nothing": ("", 400, "unreadable"),
    "half of it": ('{"type":"ping"', 400, "unreadable"),
    "binary": (b'{"type":"ping"}', 400, "unreadable"),
    "a list": ('[{"type":"ping"}]', 422, "invalid"),
    "null": ("null", 422, "invalid"),
    "deep": ('{"ref":' + "[" * 50_000 + "]" * 50_000 + "}", 400, "unreadable"),
    "not a number": ('{"type":NaN}', 422, "invalid"),
    "no type": ('{"ref":"r"}', 422, "invalid"),
    "a type that is no name": ('{"type":{"$ne":null},"ref":"r"}', 422, "invalid"),
    "an unknown type": ('{"type":"redact_entry","ref":"r","seq":1,"index":0}', 422, "invalid"),
    "an unknown field": ('{"type":"acknowledge","ref":"r","by":"bo"}', 422, "invalid"),
    "an author": (
        '{"type":"add_timeline","ref":"r","message":"x","author":"bo"}', 422, "invalid"
    ),
    "an approval by name": (
        '{"type":"update_action","ref":"r","action":"ACT-1","approvedBy":"ada"}', 422, "invalid"
    ),
    "no ref": ('{"type":"acknowledge"}', 422, "invalid"),
    "a ref that is none": ('{"type":"acknowledge","ref":"a b"}', 422, "invalid"),
    "a long ref": ('{"type":"acknowledge","ref":"' + "r" * 129 + '"}', 422, "invalid"),
    "a long message": (
        '{"type":"add_timeline","ref":"r","message":"' + LONGEST + 'x"}', 422, "invalid"
    ),
    "a NUL": ('{"type":"add_timeline","ref":"r","message":"a\\u0000b"}', 422, "invalid"),
    "half a character": (
        '{"type":"add_timeline","ref":"r","message":"\\ud800"}', 400, "unreadable"
    ),
    "an operator": (
        '{"type":"add_timeline","ref":"r","message":{"$gt":""}}', 422, "invalid"
    ),
    "an operator as a name": (
        '{"type":"update_incident","ref":"r","metadata":{"$where":"1"}}', 422, "invalid"
    ),
    "a huge number": (
        '{"type":"amend_entry","ref":"r","seq":' + "9" * 400 + ',"index":0,"pinned":true}',
        422, "invalid",
    ),
    "an entry that is not there": (
        '{"type":"amend_entry","ref":"r","seq":99,"index":0,"pinned":true}', 404, "no-such-entry"
    ),
    "an action that is not there": (
        '{"type":"update_action","ref":"r","action":"ACT-9","status":"completed"}',
        404, "no-such-action",
    ),
    "a person who is not there": (
        '{"type":"assign_role","ref":"r","role":"scribe","assignee":"zed"}', 422, "no-such-person"
    ),
    "a place that is none": ('{"type":"here","place":"moon"}', 422, "invalid"),
    "a time that is none": (
        '{"type":"add_timeline","ref":"r","message":"x","timestamp":"yesterday"}', 422, "invalid"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
async def test_bad_input_is_refused_and_changes_nothing(
    shared: World, talk: Talk, incident: str, case: str
) -> None:
    raw, status, code = BAD[case]

    error = await talk.refusal(raw)

    problem = error["problem"]
    assert (problem["status"], problem["code"]) == (status, code)
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert error["ref"] == ("r" if '"ref":"r"' in str(raw) and status != 400 else None)
    assert await shared.commits(incident) == 1
    assert (await talk.asks("acknowledge", "after"))["type"] == "ack"


async def test_a_wrong_field_is_named_as_the_client_wrote_it(talk: Talk) -> None:
    error = await talk.refusal('{"type":"post_update","ref":"r","audience":"cats","message":"x"}')

    (wrong,) = error["problem"]["errors"]
    assert wrong["loc"] == ["audience"]
    assert error["problem"]["detail"].startswith("audience: ")


async def test_a_message_that_is_too_big_ends_the_connection(talk: Talk) -> None:
    await talk.socket.send("x" * (256 * 1024 + 1))

    assert await talk.closed() == 1009


async def test_the_largest_message_that_is_allowed_is_taken(talk: Talk) -> None:
    ack = await talk.asks("add_timeline", "r", message="\N{PILE OF POO}" * 10_000)

    assert ack["type"] == "ack"


async def test_what_one_may_not_do_is_refused_and_changes_nothing(
    shared: World, ada: Actor
) -> None:
    bo = await shared.person("bo")
    declared = await ada.declares(severity=1, commander="ada")
    incident = declared["id"]
    async with talking(bo.socket(f"?incident={incident}")) as talk:
        await talk.asks("add_action", "r1", description="Fail over")
        refused = [
            await talk.asks("update_action", "r2", action="ACT-1", approved=True),
            await talk.asks("update_action", "r3", action="ACT-1", status="in-progress"),
            await talk.asks("release_role", "r4", role="incident_commander"),
        ]

    codes = [(one["problem"]["status"], one["problem"]["code"]) for one in refused]
    assert codes == [(403, "not-approver"), (409, "approval-needed"), (403, "not-your-role")]
    assert await shared.commits(incident) == 2


async def test_the_lobby_takes_no_commands(shared: World, ada: Actor, incident: str) -> None:
    async with talking(ada.socket()) as talk:
        await talk.until("snapshot")
        error = await talk.asks("acknowledge", "r")
        await talk.says({"type": "here", "place": "typing"})
        await talk.says({"type": "ping"})
        await talk.until("pong")

    assert (error["ref"], error["problem"]["code"]) == ("r", "invalid")
    assert await shared.commits(incident) == 1


async def test_a_fault_of_ours_tells_nothing_but_its_number(
    talk: Talk, shared: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("mongodb://root:hunter2@db")

    monkeypatch.setattr(shared.runtime.desk, "submit", broken)
    error = await talk.asks("acknowledge", "r")

    assert (error["problem"]["status"], error["problem"]["code"]) == (500, "unforeseen")
    assert "hunter2" not in json.dumps(error)
    assert error["problem"]["fault"] in str([record.__dict__ for record in caplog.records])


async def test_a_command_that_the_database_cannot_take_can_be_sent_again(
    talk: Talk, shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreAway

    with monkeypatch.context() as patch:
        patch.setattr(shared.runtime.desk, "submit", away)
        error = await talk.asks("acknowledge", "r")
    ack = await talk.asks("acknowledge", "r")

    assert error["problem"]["code"] == "store-away"
    assert (ack["type"], ack["seq"]) == ("ack", 2)


# Connections.


async def test_a_database_that_is_away_asks_clients_to_come_later(
    ada: Actor, shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreAway

    monkeypatch.setattr(shared.runtime.journal, "latest", away)
    async with talking(ada.socket("?incident=INC-1")) as talk:
        assert await talk.closed() == 1013


async def test_nobody_has_more_than_so_many_windows(shared: World, ada: Actor) -> None:
    browser = await shared.browser_of(ada.handle)
    async with AsyncExitStack() as stack:
        for _ in range(BY_PERSON):
            talk = await stack.enter_async_context(talking(window(browser)))
            await talk.until("hello")
        async with talking(window(browser)) as one_more:
            assert await one_more.closed() == 1013
            assert one_more.heard == []
    await until_gone(shared)
    async with talking(window(browser)) as talk:
        await talk.until("snapshot")


async def test_connections_leave_nothing_behind(shared: World, ada: Actor, incident: str) -> None:
    presence = shared.runtime.database.db["presence"]
    await until_gone(shared)
    tasks = len(asyncio.all_tasks())

    async def visit(number: int) -> None:
        query = "" if number % 5 == 0 else f"?incident={incident}"
        async with talking(ada.socket(query)) as talk:
            await talk.until("snapshot")
            if number % 3 == 0:
                talk.socket.transport.abort()

    for start in range(0, 200, 20):
        await asyncio.gather(*(visit(number) for number in range(start, start + 20)))
    await until_gone(shared)

    assert len(asyncio.all_tasks()) <= tasks
    assert len(shared.app.state.lobby.room) == 0
    assert await presence.count_documents({"incident": incident}) == 0


async def test_a_server_that_stops_says_so_and_leaves_no_fault_in_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with AsyncExitStack() as clients:
        async with world_on(database) as world:
            ada = await world.person("ada")
            incident = (await ada.declares())["id"]
            talks = [
                await clients.enter_async_context(talking(ada.socket(query)))
                for query in ("", f"?incident={incident}", f"?incident={incident}&after=1")
            ]
            for talk in talks:
                await talk.until("hello")
        codes = [await talk.closed() for talk in talks]

    assert codes == [1012] * 3
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_client_that_does_not_read_delays_nobody(
    shared: World, ada: Actor, incident: str
) -> None:
    url = f"ws://127.0.0.1:{shared.port}/ws?incident={incident}&after=1"
    async with (
        asleep(url, ada.token) as sleeper,
        talking(ada.socket(f"?incident={incident}&after=1")) as awake,
    ):
        await awake.until("hello")
        told, _ = await asyncio.gather(
            awake.commits(301), written(shared, incident, 300, "x" * 9_990)
        )

        assert seqs(told) == list(range(2, 302))
        assert seqs(await sleeper.commits(301)) == list(range(2, 302))


async def test_the_document_for_client_authors_names_every_close_code() -> None:
    told = (ROOT / "docs/live.md").read_text()

    for code in (1001, 1002, 1007, 1009, 1011, 1012, 1013, 4401, 4403, 4404):
        assert f"| {code} |" in told
    for kind in messages.MESSAGES:
        assert f"`{kind}`" in told


@pytest.mark.parametrize("kind", messages.MESSAGES.values(), ids=messages.MESSAGES)
async def test_the_document_for_client_authors_names_every_field(
    kind: type[messages.Message],
) -> None:
    told = (ROOT / "docs/live.md").read_text()
    fields = {str(one.alias) for one in kind.model_fields.values()}
    row = next(line for line in told.splitlines() if line.startswith(f"| `{type_of(kind)}` |"))

    assert fields - {"type", "ref"} == set(re.findall(r"`([a-z][A-Za-z]*)`", row)) - {type_of(kind)}


def type_of(kind: type[messages.Message]) -> str:
    return next(name for name, one in messages.MESSAGES.items() if one is kind)
