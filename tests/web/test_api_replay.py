"""The past over the API: what `replay` says at a moment is what `changes` add up to there."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from incident.cli.histories import told_by
from incident.core.commands import AddEntry, RedactEntry
from incident.core.patches import merged, without_nulls
from incident.core.values import rfc3339
from incident.web.api_past import FULL
from tests.core.reports import FILES
from tests.web.talking import talking
from tests.world import JSON, Actor, World

MOMENTS = 25
"""Looked at in each of the real incidents."""
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person()


async def brought_in(world: World, file: Path) -> str:
    """The past incident of a file; imported when first asked for."""
    command, key = told_by(file)
    return (await world.runtime.desk.declare(command, key=key)).commit.incident


async def replayed(actor: Actor, incident: str, **query: object) -> JSON:
    params = {name: str(value) for name, value in query.items()}
    answer = await actor.http.get(f"/api/incidents/{incident}/replay", params=params)

    assert 200 == answer.status_code, answer.text
    told: JSON = answer.json()
    return told


async def changes(actor: Actor, incident: str, **query: int) -> list[JSON]:
    """All frames, page by page."""
    told: list[JSON] = []
    path: str | None = f"/api/incidents/{incident}/changes"
    params: dict[str, int] | None = query
    while path:
        answer = await actor.http.get(path, params=params)

        assert 200 == answer.status_code, answer.text
        assert len(answer.json()) <= query.get("limit", 100)
        told += answer.json()
        path, params = answer.links.get("next", {}).get("url"), None
    return told


def keyed(whole: JSON) -> JSON:
    """An incident as patches see it."""
    actions = {one["id"]: one for one in whole["actions"]}
    left = {name: value for name, value in whole.items() if name not in {"timeline", "at"}}
    plain: JSON = without_nulls(left | {"actions": actions})
    return plain


def folded(frames: list[JSON]) -> JSON:
    state: Any = {}
    for frame in frames:
        state = merged(state, frame["patch"])
    plain: JSON = without_nulls(state)
    return plain


def numbers(entries: list[JSON]) -> list[int]:
    return sorted(entry["number"] for entry in entries)


def random_moments(frames: list[JSON], seed: str) -> list[datetime]:
    """The moments of some frames, just before them, and others in between."""
    chance = Random(seed)
    known = [datetime.fromisoformat(frame["at"]) for frame in frames]
    first, last = known[0], known[-2]
    some = [first + (last - first) * chance.random() for _ in range(MOMENTS)]
    edges = chance.sample(known, min(len(known), MOMENTS))
    return [*some, *edges, *(one - MILLISECOND for one in edges if one > first), first, known[-1]]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_frames_of_a_real_incident_add_up_to_its_replay_at_any_moment(
    shared: World, ada: Actor, file: Path
) -> None:
    incident = await brought_in(shared, file)
    frames = await changes(ada, incident, limit=7)

    for moment in random_moments(frames, file.stem):
        then = await replayed(ada, incident, at=rfc3339(moment))

        so_far = [one for one in frames if datetime.fromisoformat(one["at"]) <= moment]
        assert keyed(then) == folded(so_far)
        assert so_far[-1]["at"] == then["at"]
        entries = [entry for one in so_far for entry in one["entries"]]
        assert numbers(then["timeline"]) == numbers(entries)
        assert then["entries"] == len(entries)


async def test_a_page_of_changes_ends_when_it_is_large_and_the_next_goes_on(
    shared: World, ada: Actor
) -> None:
    incident = (await ada.declares())["id"]
    submit = shared.runtime.desk.submit
    for _ in range(6):
        alerts = [AddEntry(by="ada", message="x" * 9_990) for _ in range(95)]
        await asyncio.gather(*(submit(incident, one) for one in alerts))

    first = await ada.http.get(f"/api/incidents/{incident}/changes")
    frames = await changes(ada, incident)

    whole = await replayed(ada, incident, seq=frames[-1]["seq"])
    assert len(first.json()) < len(frames)
    assert len(first.content) < FULL + 2 * 1024 * 1024
    assert list(range(1, len(frames) + 1)) == [one["seq"] for one in frames]
    assert keyed(whole) == folded(frames)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_the_frames_of_an_import_are_the_steps_of_one_commit(
    shared: World, ada: Actor, file: Path
) -> None:
    incident = await brought_in(shared, file)
    frames = await changes(ada, incident)

    whole = await replayed(ada, incident, seq=1)
    assert [(1, step) for step in range(1, len(frames) + 1)] == [
        (one["seq"], one["step"]) for one in frames
    ]
    assert [one["at"] for one in frames] == sorted({one["at"] for one in frames})
    assert keyed(whole) == folded(frames)
    by_number = {entry["number"]: entry for one in frames for entry in one["entries"]}
    assert whole["timeline"] == [by_number[number] for number in sorted(by_number)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_an_entry_is_not_there_before_it_happened(
    shared: World, ada: Actor, file: Path
) -> None:
    incident = await brought_in(shared, file)
    entries = await ada.reads(f"/api/incidents/{incident}/timeline?limit=500")

    middle = entries[len(entries) // 2]["timestamp"]
    then = await replayed(ada, incident, at=middle)

    assert numbers(then["timeline"]) == numbers(
        [one for one in entries if one["kind"] == "declared" or one["timestamp"] <= middle]
    )


async def test_there_was_no_imported_incident_before_it_began(shared: World, ada: Actor) -> None:
    incident = await brought_in(shared, FILES[0])
    first = (await changes(ada, incident, limit=1))[0]["at"]
    before = rfc3339(datetime.fromisoformat(first) - MILLISECOND)

    answer = await ada.http.get(f"/api/incidents/{incident}/replay", params={"at": before})

    assert (404, "no-such-moment") == (answer.status_code, answer.json()["code"])


async def lived(ada: Actor) -> str:
    """An incident with changes of many kinds, one commit each."""
    incident: str = (await ada.declares(severity=3, affectedServices=["checkout"]))["id"]
    path = f"/api/incidents/{incident}"
    await ada.notes(incident, "Looking")
    await ada.does("POST", f"{path}/actions", {"description": "Restart", "target": "db"})
    await ada.does("PUT", f"{path}/actions/ACT-1", {"status": "in-progress"})
    await ada.does("PATCH", f"{path}/timeline/2/0", {"message": "Looking closer"})
    await ada.notes(incident, "It began here", timestamp="2026-01-01T00:00:00Z")
    await ada.does("PUT", f"{path}/actions/ACT-1", {"status": "completed"})
    await ada.does("PUT", f"{path}/status", {"status": "mitigated"})
    return incident


async def test_the_frames_after_any_commit_add_up_to_the_replay_of_every_later_one(
    ada: Actor,
) -> None:
    incident = await lived(ada)
    newest = (await ada.reads(f"/api/incidents/{incident}"))["seq"]

    for after in range(newest + 2):
        base = await replayed(ada, incident, seq=after) if 0 < after <= newest else None
        frames = await changes(ada, incident, after=after, limit=3)
        assert [one["seq"] for one in frames] == list(range(after + 1, newest + 1))
        state: Any = keyed(base) if base else {}
        for frame in frames:
            state = merged(state, frame["patch"])
            then = await replayed(ada, incident, seq=frame["seq"])
            assert keyed(then) == without_nulls(state)
            assert then["at"] == frame["at"]


async def test_the_frames_are_those_of_the_socket(ada: Actor) -> None:
    incident = (await ada.declares())["id"]
    async with talking(ada.socket(f"?incident={incident}&after=1")) as talk:
        note = await ada.notes(incident, "Looking")
        heard = await talk.until("commit", seq=note["seq"])

    assert [heard] == await changes(ada, incident, after=note["seq"] - 1)


async def test_what_was_written_down_late_is_there_from_when_it_was_written(ada: Actor) -> None:
    incident = await lived(ada)
    late = next(
        one
        for one in await ada.reads(f"/api/incidents/{incident}/timeline")
        if one["message"] == "It began here"
    )

    before = await replayed(ada, incident, seq=late["seq"] - 1)
    with_it = await replayed(ada, incident, at=late["recordedAt"])

    assert late["number"] not in numbers(before["timeline"])
    assert late["number"] in numbers(with_it["timeline"])


async def test_a_replay_knows_nothing_of_later_marks(ada: Actor) -> None:
    incident = await lived(ada)

    before = await replayed(ada, incident, seq=4)
    after = await replayed(ada, incident, seq=5)

    noted, amended = before["timeline"], after["timeline"]
    assert [None] == [one["amended"] for one in noted if one["message"] == "Looking"]
    assert ["Looking closer"] == [
        one["amended"]["message"] for one in amended if one["message"] == "Looking"
    ]


async def test_redacted_text_is_in_no_frame_and_in_no_moment_of_an_import(
    shared: World, ada: Actor
) -> None:
    incident = await brought_in(shared, FILES[1])
    secret = next(
        one
        for one in await ada.reads(f"/api/incidents/{incident}/timeline")
        if one["kind"] == "noted"
    )
    path = f"/api/incidents/{incident}/timeline/{secret['seq']}/{secret['index']}"
    await (await shared.admin()).does("DELETE", path)

    frames = await ada.http.get(f"/api/incidents/{incident}/changes", params={"limit": 500})
    then = await replayed(ada, incident, at=secret["timestamp"])

    assert secret["message"] not in frames.text
    assert secret["message"] not in str(then)
    assert secret["number"] in numbers(then["timeline"])


async def redact_and_crash(world: World, incident: str, *numbers: int) -> None:
    """Commit redactions, and let the log keep the text: as in the moment before it is rewritten."""
    for number in numbers:
        newest = await world.runtime.journal.latest(incident)
        assert newest is not None
        told = await world.runtime.journal.forwards(incident)
        events = [event for one in told for event in one.events]
        command = RedactEntry(
            by="root", authority="admin", entry=number, original=events[number - 1]
        )
        await world.runtime.desk.submit(incident, command)


async def test_redacted_text_is_told_no_more_while_the_log_still_has_it(
    shared: World, ada: Actor
) -> None:
    incident: str = (await ada.declares(title="swordfish in the title"))["id"]
    path = f"/api/incidents/{incident}"
    await ada.does("PATCH", path, {"title": "Card payments failing"})
    noted = await ada.notes(incident, "the password is swordfish")
    fix = await ada.does("POST", f"{path}/actions", {"description": "type swordfish"})
    mark = {"message": "it was swordfish, really"}
    await ada.does("PATCH", f"{path}/timeline/{noted['seq']}/{noted['index']}", mark)
    entries = await ada.reads(f"{path}/timeline")
    secret = [one["number"] for one in entries if "swordfish" in one["message"]]
    before = max(one["seq"] for one in entries)
    at = entries[-1]["recordedAt"]
    assert fix
    assert len(secret) >= 3

    await redact_and_crash(shared, incident, *(n for n in secret if not_a_mark(entries, n)))

    last = await replayed(ada, incident, at=at)
    told: list[object] = [
        last,
        *[await replayed(ada, incident, seq=seq) for seq in range(1, before + 1)],
        *[await changes(ada, incident, after=seq) for seq in range(before + 1)],
    ]
    assert [False] * len(told) == ["swordfish" in str(one) for one in told]
    assert noted["number"] in numbers(last["timeline"])


def not_a_mark(entries: list[JSON], number: int) -> bool:
    found = next(one for one in entries if one["number"] == number)
    return bool(found["kind"] != "entry_amended")


async def test_what_is_told_before_the_log_is_rewritten_is_told_after_it(
    shared: World, ada: Actor
) -> None:
    incident: str = (await ada.declares(title="swordfish in the title"))["id"]
    await ada.notes(incident, "Looking")
    await redact_and_crash(shared, incident, 1)
    before = [await replayed(ada, incident, seq=seq) for seq in (1, 2, 3)]
    frames = await changes(ada, incident)

    assert await shared.runtime.journal.rewrite(incident) > 0

    assert [await replayed(ada, incident, seq=seq) for seq in (1, 2, 3)] == before
    assert await changes(ada, incident) == frames
