"""Declaring, listing, reading and moving incidents over the API."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from incident.command_shapes import time
from incident.core.commands import AddEntry
from tests.world import JSON, Actor, World

ROLES = {
    "incident_commander", "communications_lead", "operations_lead", "scribe", "tech_lead",
}  # fmt: skip


@pytest.fixture
async def ada(shared: World) -> Actor:
    await shared.person("mei")
    return await shared.person("ada")


def kinds(incident: JSON) -> list[str]:
    return [entry["kind"] for entry in incident["timeline"]]


async def test_a_declared_incident_is_answered_as_it_can_be_read(ada: Actor) -> None:
    answer = await ada.http.post("/api/incidents", json={"title": "Checkout is down"})

    incident = answer.json()
    assert 201 == answer.status_code
    assert f"/api/incidents/{incident['id']}" == answer.headers["location"]
    assert '"1"' == answer.headers["etag"]
    assert incident == await ada.reads(answer.headers["location"])


async def test_a_declaration_keeps_all_that_was_told(ada: Actor) -> None:
    told = {
        "title": "Checkout is down",
        "description": "Since the last deployment",
        "severity": 1,
        "status": "triage",
        "startTime": "2026-01-31T18:00:00.000Z",
        "detectedTime": "2026-01-31T18:04:00.123Z",
        "affectedServices": ["payments-api"],
        "affectedRegions": ["eu-west-1"],
        "drill": True,
        "visibility": "public",
        "metadata": {"ticket": {"number": 7, "tags": ["a", True, 1.5]}},
        "links": [{"url": "https://example.com/d?x=1", "label": "Board"}],
        "commander": "me",
        "commsLead": "mei",
    }

    incident = await ada.does("POST", "/api/incidents", told)

    assert told | {"commander": "ada"} == {name: incident[name] for name in told}
    assert (None, None, "triage") == (incident["phase"], incident["opsLead"], incident["status"])
    assert ROLES == set(incident["roles"])
    assert "mei" == incident["roles"]["communications_lead"]["holder"]
    assert ["declared", "role_assigned", "role_assigned", "paged"] == kinds(incident)


async def test_times_with_an_offset_are_told_in_utc_with_milliseconds(ada: Actor) -> None:
    incident = await ada.declares(startTime="2026-01-31T20:00:00.1239+02:00")

    assert "2026-01-31T18:00:00.123Z" == incident["startTime"]


async def test_null_members_of_metadata_are_dropped(ada: Actor) -> None:
    incident = await ada.declares(metadata={"a": None, "b": {"c": None, "d": 1}})

    assert {"b": {"d": 1}} == incident["metadata"]


async def test_an_incident_that_has_not_moved_is_not_sent_again(ada: Actor) -> None:
    incident = await ada.declares()
    path = f"/api/incidents/{incident['id']}"

    same = await ada.http.get(path, headers={"If-None-Match": '"1"'})
    weak = await ada.http.get(path, headers={"If-None-Match": '"7", W/"1"'})
    anything = await ada.http.get(path, headers={"If-None-Match": "*"})
    await ada.notes(incident["id"], "Looking")
    moved = await ada.http.get(path, headers={"If-None-Match": '"1"'})

    assert [304, 304, 304, 200] == [one.status_code for one in (same, weak, anything, moved)]
    assert b"" == same.content
    assert ['"1"', '"2"'] == [same.headers["etag"], moved.headers["etag"]]


async def test_head_is_get_without_the_body(ada: Actor) -> None:
    path = f"/api/incidents/{(await ada.declares())['id']}"

    head, get = await ada.http.head(path), await ada.http.get(path)

    assert (200, b"") == (head.status_code, head.content)
    assert get.headers["etag"] == head.headers["etag"]
    assert get.headers["content-length"] == head.headers["content-length"]


@pytest.mark.parametrize("storms", [[1], [250], [150, 150], [1, 198], [1, 199, 1], [120, 1, 120]])
async def test_an_incident_comes_with_its_newest_200_entries_however_many_came_at_once(
    ada: Actor, shared: World, storms: list[int]
) -> None:
    incident = await ada.declares()
    path = f"/api/incidents/{incident['id']}"
    for size in storms:
        alerts = [AddEntry(by="ada", message=f"{number}") for number in range(size)]
        submit = shared.runtime.desk.submit
        await asyncio.gather(*(submit(incident["id"], alert) for alert in alerts))

    told = await ada.reads(path)
    log = await ada.reads(f"{path}/timeline?before=1000000&limit=500")

    assert log[-200:] == told["timeline"]
    assert min(200, told["entries"]) == len(told["timeline"])


async def test_a_correction_changes_what_is_given_and_nothing_else(ada: Actor) -> None:
    before = await ada.declares(affectedServices=["payments"], severity=3)

    after = await ada.does(
        "PATCH", f"/api/incidents/{before['id']}", {"severity": 2, "reason": "It spreads"}
    )

    assert 2 == after["severity"]
    assert ["payments"] == after["affectedServices"]
    assert ["declared", "paged", "severity_changed", "paged"] == kinds(after)
    assert after == await ada.reads(f"/api/incidents/{before['id']}")


async def test_a_correction_that_changes_nothing_makes_no_commit(ada: Actor) -> None:
    before = await ada.declares(title="Same")

    after = await ada.does("PATCH", f"/api/incidents/{before['id']}", {"title": "Same"})

    assert before == after


async def test_corrected_times_are_an_entry_of_their_own(ada: Actor) -> None:
    before = await ada.declares()
    told = {"startTime": "2026-01-31T18:00:00.000Z", "detectedTime": "2026-01-31T18:05:00.000Z"}

    after = await ada.does("PATCH", f"/api/incidents/{before['id']}", told)

    assert told == {name: after[name] for name in told}
    assert ["declared", "paged", "times_corrected"] == kinds(after)


async def test_an_incident_goes_through_its_states_and_back(ada: Actor) -> None:
    path = f"/api/incidents/{(await ada.declares(status='triage'))['id']}"
    moves: list[JSON] = [
        {"status": "active", "phase": "identified"},
        {"status": "active", "phase": "fixing", "reason": "We know what to do"},
        {"status": "mitigated"},
        {"status": "resolved", "phase": None},
        {"status": "active", "reason": "It is back"},
        {"status": "resolved"},
        {"status": "closed", "reason": "Nothing to learn"},
    ]

    after = [await ada.does("PUT", f"{path}/status", move) for move in moves]

    assert [move["status"] for move in moves] == [one["status"] for one in after]
    assert ["identified", "fixing", None, None, "investigating", None, None] == [
        one["phase"] for one in after
    ]
    assert after[-1]["closedTime"]
    assert after[-1] == await ada.reads(path)


async def test_an_incident_can_be_merged_into_another(ada: Actor) -> None:
    first, second = await ada.declares(), await ada.declares()
    move = {"status": "cancelled", "mergedInto": first["id"]}

    after = await ada.does("PUT", f"/api/incidents/{second['id']}/status", move)

    assert ("cancelled", first["id"]) == (after["status"], after["mergedInto"])


async def test_whoever_acknowledges_is_told_by_the_incident(ada: Actor, shared: World) -> None:
    path = f"/api/incidents/{(await ada.declares(severity=1))['id']}"

    after = await ada.does("POST", f"{path}/acknowledge")
    again = await ada.does("POST", f"{path}/acknowledge", {})
    late = await (await shared.person("mei")).http.post(f"{path}/acknowledge")

    assert "ada" == after["escalation"]["acknowledgedBy"]
    assert after == again
    assert (409, "already-acknowledged") == (late.status_code, late.json()["code"])


async def test_a_role_is_taken_given_and_given_up(ada: Actor, shared: World) -> None:
    mei = await shared.person("mei")
    path = f"/api/incidents/{(await ada.declares())['id']}/roles/incident_commander"

    taken = await ada.does("PUT", path, {"assignee": "me"})
    refused = await mei.http.put(path, json={"assignee": "mei"})
    given = await ada.does("PUT", path, {"assignee": "mei"})
    not_hers = await ada.http.delete(path)
    free = await mei.does("DELETE", path)

    assert ["ada", "mei", None] == [one["commander"] for one in (taken, given, free)]
    assert (409, "role-held", "ada") == (
        refused.status_code, refused.json()["code"], refused.json()["holder"],
    )  # fmt: skip
    assert (403, "not-your-role") == (not_hers.status_code, not_hers.json()["code"])


async def test_an_admin_may_move_a_role_whose_holder_is_gone(ada: Actor, shared: World) -> None:
    path = f"/api/incidents/{(await ada.declares(commander='mei'))['id']}/roles/incident_commander"

    after = await (await shared.admin()).does("PUT", path, {"assignee": "ada"})

    assert "ada" == after["commander"]


async def test_a_replay_shows_the_incident_as_it_was(ada: Actor) -> None:
    declared = await ada.declares()
    path = f"/api/incidents/{declared['id']}"
    noted = await ada.notes(declared["id"], "Looking at the proxies")
    mitigated = await ada.does("PUT", f"{path}/status", {"status": "mitigated"})

    first = await ada.reads(f"{path}/replay?seq=1")
    second = await ada.reads(f"{path}/replay?at={noted['recordedAt']}")
    third = await ada.reads(f"{path}/replay?at=2099-01-01T00:00:00Z")

    assert first == declared | {"at": declared["declaredTime"]}
    assert third == mitigated | {"at": mitigated["mitigationTime"]}
    assert ("active", 2) == (second["status"], second["seq"])


@pytest.mark.parametrize("query", ["seq=99", "at=2001-01-01T00:00:00Z"])
async def test_there_is_no_replay_of_a_moment_that_was_not(ada: Actor, query: str) -> None:
    path = f"/api/incidents/{(await ada.declares())['id']}/replay?{query}"

    answer = await ada.http.get(path)

    assert (404, "no-such-moment") == (answer.status_code, answer.json()["code"])


async def test_the_post_mortem_is_markdown_and_the_same_each_time(ada: Actor) -> None:
    incident = await ada.declares(title="Checkout is down")
    await ada.notes(incident["id"], "Looking at the proxies")
    path = f"/api/incidents/{incident['id']}/postmortem.md"

    one, other = await ada.http.get(path), await ada.http.get(path)

    assert "text/markdown; charset=utf-8" == one.headers["content-type"]
    assert "Checkout is down" in one.text
    assert "Looking at the proxies" in one.text
    assert one.content == other.content


async def listed(actor: Actor, **query: Any) -> list[str]:  # noqa: ANN401 (any value of a query)
    answer = await actor.http.get("/api/incidents", params=query)

    assert 200 == answer.status_code, answer.text
    return [row["id"] for row in answer.json()]


async def test_a_list_shows_the_newest_first_as_summaries(ada: Actor) -> None:
    older = await ada.declares()
    newer = await ada.declares(title="Login fails", severity=2)
    await ada.notes(newer["id"], "Looking")

    rows = (await ada.http.get("/api/incidents?limit=2")).json()

    assert [newer["id"], older["id"]] == [row["id"] for row in rows]
    assert ("Login fails", 2, 2) == (rows[0]["title"], rows[0]["severity"], rows[0]["seq"])
    assert ("ada", "Looking") == (rows[0]["lastEntry"]["author"], rows[0]["lastEntry"]["message"])


async def test_a_list_is_narrowed_by_every_filter(world: World) -> None:
    ada = await world.person("ada")
    await world.person("mei")
    one = await ada.declares(
        title="Card payments fail", severity=1, commander="mei",
        affectedServices=["payments", "cart"], affectedRegions=["eu-west-1"],
    )  # fmt: skip
    two = await ada.declares(title="Login is slow", severity=2, drill=True)
    await ada.does("PUT", f"/api/incidents/{two['id']}/status", {"status": "mitigated"})
    after = time(world.runtime.clock() + timedelta(hours=1))
    first, second = [one["id"]], [two["id"]]

    assert second + first == await listed(ada)
    assert first == await listed(ada, status="active")
    assert second + first == await listed(ada, status="active,mitigated")
    assert second + first == await listed(ada, status=["active", "mitigated"])
    assert first == await listed(ada, severity=1)
    assert second + first == await listed(ada, severity="1,2")
    assert first == await listed(ada, service="cart")
    assert [] == await listed(ada, service="car")
    assert first == await listed(ada, region="eu-west-1")
    assert first == await listed(ada, role="mei")
    assert second == await listed(ada, q="log")
    assert first == await listed(ada, q=one["id"].lower())
    assert [] == await listed(ada, q="log fail")
    assert second == await listed(ada, drill="true")
    assert first == await listed(ada, drill="false")
    assert [] == await listed(ada, **{"from": after})
    assert second + first == await listed(ada, to=after)


async def test_the_pages_of_a_list_join_without_gap_or_overlap(world: World) -> None:
    ada = await world.person("ada")
    declared = [(await ada.declares(affectedServices=["a b&c"]))["id"] for _ in range(5)]
    found: list[str] = []
    following = "/api/incidents?limit=2&service=a%20b%26c&status=active"

    while following:
        answer = await ada.http.get(following)
        found += [row["id"] for row in answer.json()]
        following = answer.links.get("next", {}).get("url", "")

    assert declared[::-1] == found
    assert 5 == len(set(found))
