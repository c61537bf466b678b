"""Fixes over the API: proposing, approving, starting, ending, and getting into others' way."""

import pytest

from tests.world import Actor, World


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def mei(shared: World) -> Actor:
    return await shared.person("mei")


@pytest.fixture
async def path(ada: Actor, mei: Actor) -> str:
    """The fixes of a new incident of severity 3, which Ada commands."""
    return f"/api/incidents/{(await ada.declares(commander='ada'))['id']}/actions"


async def test_a_proposed_fix_is_answered_as_it_can_be_read(mei: Actor, path: str) -> None:
    told = {
        "description": "Fail over to the replica", "target": "ledger-db/primary",
        "region": "eu-west-1", "owner": "mei", "impact": "30 s of lost writes", "risk": "high",
        "estimate": "PT15M",
    }  # fmt: skip

    answer = await mei.http.post(path, json=told)

    action = answer.json()
    assert (201, f"{path}/ACT-1") == (answer.status_code, answer.headers["location"])
    assert told == {name: action[name] for name in told}
    assert ("proposed", "mei", False) == (action["status"], action["createdBy"], action["approved"])
    assert action == await mei.reads(f"{path}/ACT-1")
    assert [action] == (await mei.reads(path.removesuffix("/actions")))["actions"]


async def test_a_fix_is_approved_started_and_completed(ada: Actor, mei: Actor, path: str) -> None:
    await mei.does("POST", path, {"description": "Restart", "owner": "me"})

    approved = await ada.does("PUT", f"{path}/ACT-1", {"approved": True})
    started = await mei.does("PUT", f"{path}/ACT-1", {"status": "in-progress"})
    completed = await mei.does("PUT", f"{path}/ACT-1", {"status": "completed"})

    assert (True, "ada") == (approved["approved"], approved["approvedBy"])
    assert ("in-progress", "mei") == (started["status"], started["owner"])
    assert completed["completedAt"] >= completed["startedAt"]
    assert completed == await ada.reads(f"{path}/ACT-1")


async def test_a_fix_is_described_and_given_to_somebody_else(ada: Actor, path: str) -> None:
    await ada.does("POST", path, {"description": "Restart"})

    after = await ada.does(
        "PUT", f"{path}/ACT-1", {"description": "Restart twice", "impact": "", "owner": "mei"}
    )

    assert ("Restart twice", "mei") == (after["description"], after["owner"])


async def test_on_severity_1_a_start_waits_for_approval(ada: Actor, mei: Actor) -> None:
    incident = await ada.declares(severity=1, commander="ada")
    path = f"/api/incidents/{incident['id']}/actions"
    await mei.does("POST", path, {"description": "Restart"})

    answer = await mei.http.put(f"{path}/ACT-1", json={"status": "in-progress"})

    assert (409, "approval-needed") == (answer.status_code, answer.json()["code"])


async def test_a_busy_target_is_told_with_who_is_on_it_and_only_the_commander_may_override(
    ada: Actor, mei: Actor, shared: World, path: str
) -> None:
    other = (await mei.declares(commander="mei"))["id"]
    theirs = f"/api/incidents/{other}/actions"
    await mei.does("POST", theirs, {"description": "Fail over", "target": "busy-db/primary"})
    await mei.does("PUT", f"{theirs}/ACT-1", {"status": "in-progress"})
    await ada.does("POST", path, {"description": "Drain", "target": "busy-db"})
    start = {"status": "in-progress"}

    busy = await ada.http.put(f"{path}/ACT-1", json=start)
    not_hers = await mei.http.put(f"{path}/ACT-1", json=start | {"override": "I must"})
    overridden = await ada.does("PUT", f"{path}/ACT-1", start | {"override": "It is worth it"})

    told = busy.json()
    assert (409, "target-busy") == (busy.status_code, told["code"])
    assert [(other, "ACT-1", "mei", "busy-db/primary", "*")] == [
        (one["incident"], one["action"], one["holder"], one["target"], one["region"])
        for one in told["conflicts"]
    ]
    assert told["conflicts"][0]["since"].endswith("Z")
    assert told["runAfter"] == f"{other}/ACT-1"
    assert (403, "override-not-commander") == (not_hers.status_code, not_hers.json()["code"])
    assert "in-progress" == overridden["status"]


async def test_a_target_is_free_again_when_its_fix_has_ended(ada: Actor, path: str) -> None:
    for _ in range(2):
        await ada.does("POST", path, {"description": "Restart", "target": "freed-db"})
    await ada.does("PUT", f"{path}/ACT-1", {"status": "in-progress"})
    busy = await ada.http.put(f"{path}/ACT-2", json={"status": "in-progress"})
    await ada.does("PUT", f"{path}/ACT-1", {"status": "abandoned"})

    after = await ada.does("PUT", f"{path}/ACT-2", {"status": "in-progress"})

    assert [path.split("/")[3]] == [one["incident"] for one in busy.json()["conflicts"]]
    assert "ACT-1" == busy.json()["runAfter"]
    assert "in-progress" == after["status"]


async def test_a_fix_runs_after_another_as_the_refusal_offered(
    ada: Actor, mei: Actor, path: str
) -> None:
    other = f"/api/incidents/{(await mei.declares())['id']}/actions"
    for board in (path, other):
        await mei.does("POST", board, {"description": "Restart", "target": "queued-db"})
    await mei.does("PUT", f"{path}/ACT-1", {"status": "in-progress"})

    busy = await ada.http.put(f"{other}/ACT-1", json={"status": "in-progress"})
    waiting = await ada.does("PUT", f"{other}/ACT-1", {"runAfter": busy.json()["runAfter"]})
    await mei.does("PUT", f"{path}/ACT-1", {"status": "completed"})
    begun = await ada.reads(f"{other}/ACT-1")

    assert ("proposed", busy.json()["runAfter"]) == (waiting["status"], waiting["runAfter"])
    assert ("in-progress", None) == (begun["status"], begun["runAfter"])
    assert "ada" == begun["owner"]


@pytest.mark.parametrize("nothing", [None, ""])
async def test_a_fix_need_not_wait_any_longer(ada: Actor, path: str, nothing: str | None) -> None:
    for _ in range(2):
        await ada.does("POST", path, {"description": "Restart"})
    await ada.does("PUT", f"{path}/ACT-2", {"runAfter": "ACT-1"})

    after = await ada.does("PUT", f"{path}/ACT-2", {"runAfter": nothing})

    assert ("proposed", None) == (after["status"], after["runAfter"])


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("ACT-9", (404, "no-such-action")),
        ("INC-999999/ACT-1", (404, "no-such-action")),
        ("ACT-1", (409, "bad-queue")),
        ("ACT-2", (409, "bad-transition")),
        ("act-2", (422, "invalid")),
        ("INC-1/ACT-2 ", (422, "invalid")),
        (2, (422, "invalid")),
    ],
)
async def test_a_fix_waits_for_nothing_that_never_ends(
    ada: Actor, path: str, after: object, expected: tuple[int, str]
) -> None:
    for _ in range(2):
        await ada.does("POST", path, {"description": "Restart"})
    await ada.does("PUT", f"{path}/ACT-2", {"status": "abandoned"})

    answer = await ada.http.put(f"{path}/ACT-1", json={"runAfter": after})

    assert expected == (answer.status_code, answer.json()["code"])


async def test_the_incident_tells_what_its_fixes_wait_for(ada: Actor, path: str) -> None:
    for _ in range(2):
        await ada.does("POST", path, {"description": "Restart"})
    await ada.does("PUT", f"{path}/ACT-2", {"runAfter": "ACT-1"})
    await ada.does("PUT", f"{path}/ACT-1", {"status": "abandoned"})

    incident = await ada.reads(path.removesuffix("/actions"))

    assert [
        "ACT-2 starts by itself when ACT-1 ends",
        "ACT-1 abandoned before it started",
        "ACT-2 started by itself after ACT-1 ended, as ada had asked",
    ] == [entry["message"] for entry in incident["timeline"][-3:]]
