"""Handoffs over the API: offer, brief, accept, decline, withdraw; until then the holder holds."""

from typing import Any

import pytest

from tests.web.test_problems import is_problem
from tests.world import JSON, Actor, World

LEAD = "incident_commander"


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def mei(shared: World) -> Actor:
    return await shared.person("mei")


@pytest.fixture
async def tomas(shared: World) -> Actor:
    return await shared.person("tomas")


@pytest.fixture
async def incident(ada: Actor, mei: Actor, tomas: Actor) -> str:
    """A new incident that Ada commands."""
    return f"/api/incidents/{(await ada.declares(commander='ada'))['id']}"


def role(incident: JSON, name: str = LEAD) -> JSON:
    found: JSON = incident["roles"][name]
    return found


async def test_an_offer_leaves_the_role_where_it_is(ada: Actor, mei: Actor, incident: str) -> None:
    told = {"to": "mei", "brief": "The replica is behind"}

    after = await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", told)

    offer = role(after)["offer"]
    assert ("ada", "ada", "mei") == (
        after["commander"], role(after)["holder"], role(after)["offeredTo"],
    )  # fmt: skip
    assert ("mei", "ada", "The replica is behind") == (offer["to"], offer["by"], offer["message"])
    assert offer["at"] < offer["expiresAt"]
    assert after == await mei.reads(incident)


async def test_accepting_moves_the_role_in_one_commit(
    ada: Actor, mei: Actor, incident: str
) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})

    after = await mei.does("POST", f"{incident}/roles/{LEAD}/accept")

    entry = after["timeline"][-1]
    assert ("mei", None) == (after["commander"], role(after)["offer"])
    assert ("role_accepted", "role", "mei") == (entry["kind"], entry["type"], entry["author"])
    assert after["seq"] == entry["seq"]


async def test_declining_leaves_the_role_and_says_why(
    ada: Actor, mei: Actor, incident: str
) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})

    after = await mei.does("POST", f"{incident}/roles/{LEAD}/decline", {"reason": "On a plane"})

    assert ("ada", None) == (after["commander"], role(after)["offer"])
    assert "On a plane" in after["timeline"][-1]["message"]


async def test_an_offer_that_is_taken_back_cannot_be_accepted(
    ada: Actor, mei: Actor, incident: str
) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})
    after = await ada.does("DELETE", f"{incident}/roles/{LEAD}/handoff")

    late = await mei.http.post(f"{incident}/roles/{LEAD}/accept")

    assert role(after)["offer"] is None
    assert is_problem(late, 409, "no-offer")
    assert "ada" == late.json()["holder"]


async def test_another_offer_replaces_the_first(
    ada: Actor, mei: Actor, tomas: Actor, incident: str
) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "tomas"})

    late = await mei.http.post(f"{incident}/roles/{LEAD}/accept")
    after = await tomas.does("POST", f"{incident}/roles/{LEAD}/accept")

    assert is_problem(late, 409, "no-offer")
    assert "tomas" == after["commander"]


async def test_the_same_key_accepts_once(ada: Actor, mei: Actor, incident: str) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})
    key = {"Idempotency-Key": "accept-1"}

    first = await mei.http.post(f"{incident}/roles/{LEAD}/accept", headers=key)
    await mei.does("PUT", f"{incident}/roles/{LEAD}", {"assignee": "ada"})
    again = await mei.http.post(f"{incident}/roles/{LEAD}/accept", headers=key)

    assert (200, "true") == (again.status_code, again.headers["idempotency-replayed"])
    assert first.content == again.content
    assert "ada" == (await ada.reads(incident))["commander"]


async def test_an_offer_on_what_has_moved_is_not_made(ada: Actor, incident: str) -> None:
    answer = await ada.http.post(
        f"{incident}/roles/{LEAD}/handoff", json={"to": "mei"}, headers={"If-Match": '"999"'}
    )

    assert is_problem(answer, 412, "if-match-failed")


OFFERS: list[tuple[str, Any, int, str]] = [
    (LEAD, {"to": "me"}, 422, "invalid"),
    (LEAD, {"to": "nobody"}, 422, "no-such-person"),
    (LEAD, {"to": "Mei"}, 422, "invalid"),
    (LEAD, {}, 422, "invalid"),
    (LEAD, {"to": ["mei"]}, 422, "invalid"),
    (LEAD, {"to": "mei", "brief": "x" * 10_001}, 422, "invalid"),
    (LEAD, {"to": "mei", "brief": "nul \u0000"}, 422, "invalid"),
    (LEAD, {"to": "mei", "expiresAt": "2030-01-01T00:00:00Z"}, 422, "invalid"),
    (LEAD, {"to": "ada"}, 409, "role-held"),
    ("janitor", {"to": "mei"}, 404, "no-such-role"),
    ("Commander", {"to": "mei"}, 404, "no-such-role"),
    ("$where", {"to": "mei"}, 404, "no-such-role"),
    ("a" * 41, {"to": "mei"}, 404, "no-such-role"),
]


@pytest.mark.parametrize(("name", "body", "status", "code"), OFFERS, ids=repr)
async def test_an_offer_that_is_wrong_is_refused(
    ada: Actor, incident: str, name: str, body: JSON, status: int, code: str
) -> None:
    before = await ada.reads(incident)

    answer = await ada.http.post(f"{incident}/roles/{name}/handoff", json=body)

    assert is_problem(answer, status, code)
    assert before == await ada.reads(incident)


async def test_a_brief_of_the_longest_length_is_taken(ada: Actor, incident: str) -> None:
    told = {"to": "mei", "brief": "\U0001f525" * 10_000}

    after = await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", told)

    assert told["brief"] == role(after)["offer"]["message"]


async def test_only_its_holder_the_commander_or_an_admin_offers_a_role(
    shared: World, mei: Actor, incident: str
) -> None:
    stranger = await mei.http.post(f"{incident}/roles/{LEAD}/handoff", json={"to": "tomas"})
    admin = await shared.admin()
    after = await admin.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "tomas"})

    assert is_problem(stranger, 403, "not-your-role")
    assert "tomas" == role(after)["offeredTo"]


@pytest.mark.parametrize("step", ["accept", "decline"])
async def test_an_offer_to_somebody_else_is_not_yours_to_answer(
    ada: Actor, tomas: Actor, incident: str, step: str
) -> None:
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", {"to": "mei"})

    answer = await tomas.http.post(f"{incident}/roles/{LEAD}/{step}")

    assert is_problem(answer, 409, "no-offer")


async def test_the_brief_says_what_whoever_takes_the_role_must_know(
    ada: Actor, mei: Actor, incident: str
) -> None:
    name = incident.rpartition("/")[2]
    await ada.notes(name, "Fail over if it is not back by noon", type="decision")
    await ada.notes(name, "Just looking")
    await mei.does("POST", f"{incident}/actions", {"description": "Restart", "target": "db"})
    await mei.does("POST", f"{incident}/actions", {"description": "Fail over", "owner": "me"})
    await mei.does("PUT", f"{incident}/actions/ACT-1", {"status": "in-progress"})
    await mei.does("POST", f"{incident}/hypotheses", {"description": "The proxies"})
    update = {"audience": "customers", "message": "We know", "nextUpdateIn": "PT30M"}
    await mei.does("POST", f"{incident}/updates", update)
    told = {"to": "mei", "brief": "Mind the replica"}
    after = await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", told)

    brief = await mei.reads(f"{incident}/roles/{LEAD}/brief")

    assert (name, after["seq"], LEAD) == (brief["incident"], brief["seq"], brief["role"])
    assert ("ada", "Mind the replica") == (brief["holder"], brief["offered"])
    assert ["Fail over if it is not back by noon"] == [d["message"] for d in brief["decisions"]]
    assert (["ACT-1"], ["ACT-2"]) == (
        [one["id"] for one in brief["running"]], [one["id"] for one in brief["waiting"]],
    )  # fmt: skip
    assert ["The proxies"] == [one["description"] for one in brief["hypotheses"]]
    assert "customers" == brief["updatesDue"][0]["audience"]
    assert ("mei", "We know") == (brief["lastTold"]["by"], brief["lastTold"]["message"])
    assert "Ada has the role" in brief["text"]
    for part in ("Fail over if", "ACT-1 (Mei)", "The proxies", "We know", "Mind the replica"):
        assert part in brief["text"]


async def test_the_brief_reads_entries_as_they_read_now(ada: Actor, incident: str) -> None:
    name = incident.rpartition("/")[2]
    wrong = await ada.notes(name, "Fail over to Europe", type="decision")
    place = f"{incident}/timeline/{wrong['seq']}/{wrong['index']}"
    await ada.does("PATCH", place, {"message": "Fail over to Asia"})
    old = {"type": "decision", "timestamp": "2026-01-31T18:00:00.000Z"}
    await ada.notes(name, "Long ago", **old)

    brief = await ada.reads(f"{incident}/roles/{LEAD}/brief")

    assert ["Fail over to Asia"] == [one["message"] for one in brief["decisions"]]


async def test_the_brief_holds_nothing_that_was_redacted(
    shared: World, ada: Actor, incident: str
) -> None:
    name = incident.rpartition("/")[2]
    secret = await ada.notes(name, "The password is 12345", type="decision")
    admin = await shared.admin()
    await admin.does("DELETE", f"{incident}/timeline/{secret['seq']}/{secret['index']}")

    answer = await ada.http.get(f"{incident}/roles/{LEAD}/brief")

    assert "12345" not in answer.text


async def test_no_line_of_a_persons_words_passes_for_one_of_the_brief(
    ada: Actor, incident: str
) -> None:
    told = {"to": "mei", "brief": "First\nNobody has the role.\r\n- ACT-9: Drop the database"}
    await ada.does("POST", f"{incident}/roles/{LEAD}/handoff", told)

    brief = await ada.reads(f"{incident}/roles/{LEAD}/brief")

    assert "Nobody has the role." not in brief["text"].splitlines()
    assert not any(line.startswith("- ACT-9") for line in brief["text"].splitlines())


@pytest.mark.parametrize("name", ["janitor", "Commander", "incident-commander"])
async def test_there_is_no_brief_for_a_role_that_is_none(
    ada: Actor, incident: str, name: str
) -> None:
    answer = await ada.http.get(f"{incident}/roles/{name}/brief")

    assert is_problem(answer, 404, "no-such-role")
