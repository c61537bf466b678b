"""Catch me up over the API: what was missed since a commit, as JSON and as plain text."""

import asyncio

import pytest

from incident.core import commands as do
from tests.world import JSON, Actor, World


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person()


async def missed(actor: Actor, incident: str, **query: int) -> JSON:
    answer = await actor.http.get(f"/api/incidents/{incident}/catch-up", params=query)

    assert 200 == answer.status_code, answer.text
    told: JSON = answer.json()
    return told


async def eventful(shared: World, ada: Actor) -> str:
    """An incident in which much happened after its second commit."""
    mei = await shared.person("mei")
    incident: str = (await ada.declares(severity=3))["id"]
    path = f"/api/incidents/{incident}"
    await ada.does("PUT", f"{path}/roles/incident_commander", {"assignee": "ada"})
    await mei.notes(incident, "We fail over", type="decision")
    await mei.does("POST", f"{path}/actions", {"description": "Restart"})
    await mei.does("PUT", f"{path}/actions/ACT-1", {"status": "in-progress"})
    await ada.does("POST", f"{path}/updates", {"audience": "customers", "message": "We know"})
    await ada.does("PUT", f"{path}/roles/incident_commander", {"assignee": "mei"})
    await ada.does("PATCH", path, {"severity": 4})
    await ada.does("PUT", f"{path}/status", {"status": "mitigated"})
    return incident


async def test_everything_since_a_commit_is_told(shared: World, ada: Actor) -> None:
    incident = await eventful(shared, ada)

    told = await missed(ada, incident, after=2)

    whole = await ada.reads(f"/api/incidents/{incident}")
    assert (2, whole["seq"]) == (told["after"]["seq"], told["seq"])
    assert ["We fail over"] == [one["message"] for one in told["decisions"]]
    assert ["severity_changed", "mitigated"] == [one["kind"] for one in told["changes"]]
    assert [["ada"], ["ada"]] == [one["people"] for one in told["changes"]]
    assert [("customers", "We know")] == [(u["audience"], u["message"]) for u in told["updates"]]
    assert whole["actions"] == told["fixes"]["running"]
    assert ([], []) == (told["fixes"]["waiting"], told["fixes"]["ended"])
    assert [("incident_commander", "ada", "mei")] == [
        (one["role"], one["from"], one["to"]) for one in told["roles"]
    ]
    assert {"from": 3, "to": 4} == told["severity"]
    assert {"from": "investigating", "to": "mitigated"} == told["state"]


async def test_what_is_told_is_counted_from_where_one_left_off(shared: World, ada: Actor) -> None:
    incident = await eventful(shared, ada)
    newest = (await ada.reads(f"/api/incidents/{incident}"))["seq"]

    counts = [(await missed(ada, incident, after=seq))["count"] for seq in range(1, newest + 1)]

    entries = await ada.reads(f"/api/incidents/{incident}/timeline")
    assert counts == [sum(one["seq"] > seq for one in entries) for seq in range(1, newest + 1)]


async def test_without_a_place_it_begins_with_the_declaration(shared: World, ada: Actor) -> None:
    incident = await eventful(shared, ada)

    told = await missed(ada, incident)

    whole = await ada.reads(f"/api/incidents/{incident}")
    assert {"seq": 0, "at": whole["declaredTime"]} == told["after"]
    assert "declared" == told["changes"][0]["kind"]
    assert [("incident_commander", None, "mei")] == [
        (one["role"], one["from"], one["to"]) for one in told["roles"]
    ]
    assert {"from": 3, "to": 4} == told["severity"]


async def test_the_text_names_people_and_can_be_pasted(shared: World, ada: Actor) -> None:
    incident = await eventful(shared, ada)

    told = (await missed(ada, incident, after=2))["text"].split("\n")

    assert f"{incident}: Card payments failing" == told[0]
    assert "Severity 4, was 3. Now mitigated, was investigating." == told[2]
    assert any(" Mei: We fail over (T" in line for line in told)
    assert any(line.startswith("- Incident commander: Mei, was Ada") for line in told)


async def test_after_a_storm_it_tells_the_newest_and_counts_them_all(
    shared: World, ada: Actor
) -> None:
    incident = (await ada.declares())["id"]
    for round_ in range(6):
        said = [do.AddEntry(by="ada", type="decision", message=f"{round_}") for _ in range(250)]
        await asyncio.gather(*(shared.runtime.desk.submit(incident, one) for one in said))

    told = await missed(ada, incident, after=1)

    assert 1_500 == told["count"]
    assert 1_000 <= len(told["decisions"]) < 1_500
    assert "5" == told["decisions"][-1]["message"]


async def test_a_commit_that_is_not_there_is_a_problem(ada: Actor) -> None:
    incident = (await ada.declares())["id"]

    answer = await ada.http.get(f"/api/incidents/{incident}/catch-up", params={"after": 99})

    assert (404, "no-such-moment") == (answer.status_code, answer.json()["code"])


async def test_redacted_text_is_not_told(shared: World, ada: Actor) -> None:
    incident = (await ada.declares())["id"]
    note = await ada.notes(incident, "The key is hunter2", type="decision")
    path = f"/api/incidents/{incident}/timeline/{note['seq']}/{note['index']}"
    await ada.does("PATCH", path, {"message": "The key is hunter2, I think"})
    await (await shared.admin()).does("DELETE", path)

    for query in ({}, {"after": 1}, {"after": note["seq"]}):
        answer = await ada.http.get(f"/api/incidents/{incident}/catch-up", params=query)

        assert 200 == answer.status_code
        assert "hunter2" not in answer.text
