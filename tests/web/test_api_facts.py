"""What is known in the room, over the API: who is well, what speaks for a cause, when it ended."""

from typing import Any

import pytest

from incident.core import commands as do
from incident.core.events import Attachment
from incident.web.attaching import shown_elsewhere
from tests.world import Actor, World

GRAPH = Attachment(id="c0ffee", name="p99 <b>.png", type="image/png", size=9, width=3, height=2)


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def path(ada: Actor) -> str:
    """An incident of severity 2 that touches two services in two regions; Ada commands."""
    told: dict[str, Any] = {"affectedServices": ["api", "db"], "affectedRegions": ["eu", "us"]}
    incident = await ada.declares(commander="ada", severity=2, **told)
    return f"/api/incidents/{incident['id']}"


async def row(actor: Actor, path: str) -> dict[str, Any]:
    rows = await actor.reads("/api/incidents")
    return next(one for one in rows if path.endswith(f"/{one['id']}"))


async def test_a_service_is_down_and_well_again_in_a_region(ada: Actor, path: str) -> None:
    down = await ada.does("PATCH", path, {"health": {"api": {"eu": "down", "us": "slow"}}})
    listed = await row(ada, path)
    well = await ada.does("PATCH", path, {"health": {"api": {"eu": "ok"}}})

    assert {"api": {"eu": "down", "us": "slow"}} == down["health"]
    assert {"api": {"us": "slow"}} == well["health"]
    assert ("down", "slow") == (listed["health"], (await row(ada, path))["health"])
    assert ["api in eu is down", "api in us is slow", "api in eu is well again"] == [
        entry["message"] for entry in well["timeline"] if entry["kind"] == "health_changed"
    ]
    assert {"service": "api", "region": "eu", "health": "ok", "previous": "down"} == well[
        "timeline"
    ][-1]["data"]


WRONG: list[tuple[Any, int, str]] = [
    ({"api": {"mars": "down"}}, 409, "not-affected"),
    ({"apu": {"eu": "down"}}, 409, "not-affected"),
    ({"api": {"eu": "broken"}}, 422, "invalid"),
    ({"api": {"eu": None}}, 422, "invalid"),
    ({"api": "down"}, 422, "invalid"),
    ({"": {"eu": "down"}}, 422, "invalid"),
    (None, 422, "invalid"),
    ({"api": {f"r{n}": "down" for n in range(101)}}, 422, "invalid"),
]


@pytest.mark.parametrize(("words", "status", "code"), WRONG, ids=lambda v: str(v)[:30])
async def test_a_word_that_makes_no_sense_is_refused(
    ada: Actor, path: str, words: object, status: int, code: str
) -> None:
    answer = await ada.http.patch(path, json={"health": words})

    assert (status, code) == (answer.status_code, answer.json()["code"])
    assert {} == (await ada.reads(path))["health"]


async def test_what_is_no_longer_affected_is_in_no_word_any_more(ada: Actor, path: str) -> None:
    await ada.does("PATCH", path, {"health": {"api": {"eu": "down"}, "db": {"us": "slow"}}})

    after = await ada.does("PATCH", path, {"affectedServices": ["db"]})

    assert {"db": {"us": "slow"}} == after["health"]


async def test_entries_speak_for_and_against_a_cause_without_settling_it(
    ada: Actor, path: str
) -> None:
    await ada.does("POST", f"{path}/hypotheses", {"description": "A bad deploy"})

    cited = await ada.does("PUT", f"{path}/hypotheses/H1", {"entries": [1], "against": [2]})
    judged = await ada.does(
        "PUT", f"{path}/hypotheses/H1", {"verdict": "supported", "reason": "Same minute"}
    )

    told = await ada.reads(path)
    assert ("open", "", [1], [2]) == tuple(
        cited[name] for name in ("verdict", "reason", "for", "against")
    )
    assert ("supported", "Same minute", [1], [2]) == tuple(
        judged[name] for name in ("verdict", "reason", "for", "against")
    )
    assert [judged] == told["hypotheses"]
    assert "T1 speaks for H1; T2 speaks against H1" in [e["message"] for e in told["timeline"]]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"reason": "Because"}, "invalid"),
        ({"verdict": None}, "invalid"),
        ({"against": [True]}, "invalid"),
        ({"entries": [1], "against": [1]}, "bad-evidence"),
    ],
    ids=str,
)
async def test_evidence_that_makes_no_sense_is_refused(
    ada: Actor, path: str, body: dict[str, Any], code: str
) -> None:
    await ada.does("POST", f"{path}/hypotheses", {"description": "A bad deploy"})

    answer = await ada.http.put(f"{path}/hypotheses/H1", json=body)

    assert (422, code) == (answer.status_code, answer.json()["code"])


async def test_a_fix_that_ended_offline_is_told_with_its_time(ada: Actor, path: str) -> None:
    await ada.does("PATCH", path, {"severity": 3})
    await ada.does("POST", f"{path}/actions", {"description": "Restart"})
    started = await ada.does("PUT", f"{path}/actions/ACT-1", {"status": "in-progress"})
    early = {"status": "completed", "timestamp": "2020-01-01T00:00:00Z"}
    refused = await ada.http.put(f"{path}/actions/ACT-1", json=early)
    moment = {"timestamp": started["startedAt"]}

    done = await ada.does("PUT", f"{path}/actions/ACT-1", {"status": "completed", **moment})

    entry = (await ada.reads(f"{path}/timeline"))[-1]
    assert (422, "bad-time") == (refused.status_code, refused.json()["code"])
    assert done["completedAt"] == done["startedAt"] == entry["timestamp"]
    assert entry["recordedAt"] > entry["timestamp"]


async def test_a_row_tells_who_may_approve_what_waits(ada: Actor, path: str) -> None:
    await ada.does("PATCH", path, {"description": "x" * 300})
    await ada.does("POST", f"{path}/actions", {"description": "Restart"})
    await ada.does("POST", f"{path}/actions", {"description": "Fail over"})
    await ada.does("PUT", f"{path}/actions/ACT-1", {"approved": True})

    found = await row(ada, path)

    assert [{"action": "ACT-2", "by": "ada"}] == found["approvals"]
    assert "x" * 200 == found["description"]


async def test_a_file_that_nobody_uploaded_is_refused_by_name(ada: Actor, path: str) -> None:
    told = {"message": "Look", "attachments": ["c0ffee"]}

    answer = await ada.http.post(f"{path}/timeline", json=told)

    problem = answer.json()
    assert (422, "no-such-attachment") == (answer.status_code, problem["code"])
    assert ["attachments", 0] == problem["errors"][0]["loc"]
    assert "c0ffee" in problem["detail"]


async def test_a_file_stays_until_the_last_entry_that_shows_it_is_redacted(world: World) -> None:
    ada, admin = await world.person("ada"), await world.admin()
    incident = (await ada.declares())["id"]
    path = f"/api/incidents/{incident}"
    look = do.AddEntry(by="ada", message="Look", attachments=(GRAPH,))
    for key in ("a", "b"):
        await world.runtime.desk.submit(incident, look, key=key)
    told = {seq: (await world.runtime.journal.forwards(incident, seq - 1, 1))[0] for seq in (2, 3)}

    shown = (await ada.reads(f"{path}/timeline"))[-1]["attachments"]
    before = await shown_elsewhere(world.runtime, told[2], 0, GRAPH.id)
    await admin.does("DELETE", f"{path}/timeline/3/0")
    after = await shown_elsewhere(world.runtime, told[2], 0, GRAPH.id)
    entry = await admin.does("DELETE", f"{path}/timeline/2/0")

    assert [GRAPH.model_dump() | {"url": f"{path}/attachments/c0ffee"}] == shown
    assert (True, False) == (before, after)
    assert [] == entry["attachments"]
    for stored in await world.runtime.journal.forwards(incident):
        assert GRAPH.id not in repr(stored)
