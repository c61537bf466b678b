from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident, fold
from incident.core.rejected import Rejected
from incident.demo.cast import names
from incident.demo.past import PAST
from incident.demo.payments import SO_FAR, beginning
from incident.demo.payments_live import LIVE
from incident.demo.player import YOU, Player
from incident.demo.script import Line, lasting, told
from incident.runtime import Runtime, assembled
from incident.settings import Settings
from incident.store.connection import Database
from incident.store.lists import Filters
from incident.verify import verify

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_ONCE = 1e9
"""A speed at which the story takes no time."""


@pytest.fixture
async def runtime(database: Database, tmp_path: Path) -> AsyncIterator[Runtime]:
    runtime = await assembled(Settings.read(data=tmp_path), database)
    yield runtime
    await runtime.desk.close()


def whole() -> tuple[Line, ...]:
    return (beginning(BEGAN), *SO_FAR, *LIVE)


def of_kind(kind: type[ev.Event], events: tuple[ev.Event, ...]) -> list[ev.Event]:
    return [event for event in events if isinstance(event, kind)]


async def state(player: Player, runtime: Runtime) -> Incident:
    newest = await runtime.desk.latest(player.incident)
    assert newest
    return newest.state


def test_the_rules_allow_the_whole_story() -> None:
    events, incident = told(whole(), BEGAN)

    assert incident.status == "resolved"
    assert fold(events) == incident


@pytest.mark.parametrize(("name", "story"), [(name, story) for name, _, story in PAST])
def test_the_rules_allow_every_past_story(name: str, story: tuple[Line, ...]) -> None:
    _, incident = told(story, BEGAN)

    assert incident.status in {"resolved", "closed"}


def test_a_slip_in_a_story_is_refused() -> None:
    story = (beginning(BEGAN), Line(1, do.ReleaseRole(by="mei", role="scribe")))

    with pytest.raises(Rejected):
        told(story, BEGAN)


def test_the_past_lies_in_the_past() -> None:
    for _, ago, story in PAST:
        assert ago > lasting(story)


def test_the_story_shows_what_the_product_can_do() -> None:
    events, _ = told((beginning(BEGAN), *SO_FAR), BEGAN)
    so_far = fold(events)
    everything, _ = told(whole(), BEGAN)
    later = everything[len(events) :]

    assert so_far.communications["customers"].due_at
    for kind in (
        ev.SeverityChanged,
        ev.ActionProposed,
        ev.ActionApproved,
        ev.ActionStarted,
        ev.ActionCompleted,
        ev.ActionAbandoned,
        ev.RoleAssigned,
        ev.UpdatePosted,
        ev.EntryPinned,
        ev.PhaseChanged,
        ev.Mitigated,
        ev.Resolved,
    ):
        assert of_kind(kind, later), kind
    assert [n for n in of_kind(ev.Noted, later) if isinstance(n, ev.Noted) and n.type == "decision"]
    assert [line for line in LIVE if line.refused == "target-busy"]


def test_something_happens_within_ten_seconds_and_all_of_it_within_some_minutes() -> None:
    assert all(line.after <= 12 for line in LIVE)
    assert LIVE[0].after + LIVE[1].after < 10
    assert timedelta(minutes=3) < lasting(LIVE) < timedelta(minutes=8)


def test_no_promise_of_the_story_falls_due_before_it_is_kept() -> None:
    story = whole()
    for count in range(1, len(story)):
        _, incident = told(story[:count], BEGAN)
        next_line = BEGAN + lasting(story[: count + 1])

        assert incident.wake_at is None or next_line < incident.wake_at


async def test_the_visitor_comes_into_a_room_that_is_half_told(runtime: Runtime) -> None:
    player = Player(runtime)

    incident = await player.prepare()
    rows = await runtime.lists.find(Filters(), 10)

    assert [row["id"] for row in rows] == [incident, "INC-3", "INC-2", "INC-1"]
    assert "import" not in {row["lastEntry"]["author"] for row in rows}
    assert all(row["resolutionTime"] < row["updatedTime"] for row in rows[1:])
    assert (await state(player, runtime)).status == "active"
    assert sorted(row["status"] for row in rows[1:]) == ["closed", "resolved", "resolved"]
    you = await runtime.directory.find(YOU)
    assert you
    assert you.role == "admin"
    for handle, name in names().items():
        person = await runtime.directory.find(handle)
        assert person
        assert person.name == name


async def test_the_story_plays_to_its_end_and_leaves_a_clean_log(runtime: Runtime) -> None:
    player = Player(runtime, AT_ONCE)
    await player.prepare()

    await player.play()
    await runtime.desk.close()
    incident = await state(player, runtime)
    parts = runtime.journal, runtime.lists, runtime.holds, runtime.clock
    findings = [finding async for finding in verify(*parts, patience=0)]

    assert (incident.status, incident.severity) == ("resolved", 1)
    assert {a.id: a.status for a in incident.actions} == {
        "ACT-1": "completed",
        "ACT-2": "completed",
        "ACT-3": "abandoned",
        "ACT-4": "completed",
    }
    assert findings == []


async def test_everybody_of_the_cast_is_seen_in_the_room(runtime: Runtime) -> None:
    player = Player(runtime, AT_ONCE)
    await player.prepare()

    await player.play()
    here = await runtime.presence.in_room(player.incident, runtime.clock())

    assert {one["handle"]: one["name"] for one in here} == names()


async def test_a_visitor_who_interferes_does_not_stop_the_story(runtime: Runtime) -> None:
    player = Player(runtime, AT_ONCE)
    await player.prepare()
    by_you = do.AssignRole(by=YOU, authority="admin", role="incident_commander", assignee=YOU)
    await runtime.desk.submit(player.incident, by_you)

    await player.play()
    incident = await state(player, runtime)

    assert incident.commander == YOU
    assert incident.status == "resolved"


async def test_a_visitor_who_cancels_the_incident_ends_it(runtime: Runtime) -> None:
    player = Player(runtime, AT_ONCE)
    await player.prepare()
    cancel = do.SetStatus(by=YOU, authority="admin", status="cancelled", reason="Just looking")
    await runtime.desk.submit(player.incident, cancel)

    await player.play()

    assert (await state(player, runtime)).status == "cancelled"
