"""Wrong fields are refused by name, what the state forbids by code, and nothing is kept."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from incident.command_shapes import time
from tests.web.test_problems import is_problem
from tests.world import Actor, World

LONG = "x" * 10_001
DEEP: dict[str, Any] = {}
for _ in range(21):
    DEEP = {"a": DEEP}


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def incident(shared: World, ada: Actor) -> AsyncIterator[str]:
    """An incident with a proposed action; whatever a test does, nothing comes to be stored."""
    await shared.admin()
    told = await ada.declares()
    proposal = {"description": "Restart", "target": "proxies"}
    await ada.does("POST", f"/api/incidents/{told['id']}/actions", proposal)
    before = await shared.stored()
    whole = await ada.reads(f"/api/incidents/{told['id']}")

    yield told["id"]

    assert before == await shared.stored()
    assert whole == await ada.reads(f"/api/incidents/{told['id']}")


DECLARATIONS: list[tuple[dict[str, Any], list[str | int]]] = [
    ({}, ["title"]),
    ({"title": ""}, ["title"]),
    ({"title": "   "}, ["title"]),
    ({"title": None}, ["title"]),
    ({"title": 5}, ["title"]),
    ({"title": ["x"]}, ["title"]),
    ({"title": {"$ne": ""}}, ["title"]),
    ({"title": "x" * 201}, ["title"]),
    ({"title": "two\nlines"}, ["title"]),
    ({"title": "nul \u0000"}, ["title"]),
    ({"title": "x", "$where": "1"}, ["$where"]),
    ({"title": "x", "a.b": 1}, ["a.b"]),
    ({"title": "x", "id": "INC-1"}, ["id"]),
    ({"title": "x", "seq": 1}, ["seq"]),
    ({"title": "x", "declaredTime": "2026-01-01T00:00:00Z"}, ["declaredTime"]),
    ({"title": "x", "start_time": "2026-01-01T00:00:00Z"}, ["start_time"]),
    ({"title": "x", "description": LONG}, ["description"]),
    ({"title": "x", "description": "nul \u0000"}, ["description"]),
    ({"title": "x", "severity": 0}, ["severity"]),
    ({"title": "x", "severity": 6}, ["severity"]),
    ({"title": "x", "severity": "1"}, ["severity"]),
    ({"title": "x", "severity": True}, ["severity"]),
    ({"title": "x", "severity": 2.5}, ["severity"]),
    ({"title": "x", "status": "resolved"}, ["status"]),
    ({"title": "x", "startTime": 0}, ["startTime"]),
    ({"title": "x", "startTime": "5"}, ["startTime"]),
    ({"title": "x", "startTime": "yesterday"}, ["startTime"]),
    ({"title": "x", "startTime": "2026-01-01T00:00:00"}, ["startTime"]),
    ({"title": "x", "startTime": "2026-02-30T00:00:00Z"}, ["startTime"]),
    ({"title": "x", "startTime": "0001-01-01T00:00:00+14:00"}, ["startTime"]),
    ({"title": "x", "startTime": None}, ["startTime"]),
    ({"title": "x", "drill": "yes"}, ["drill"]),
    ({"title": "x", "drill": 1}, ["drill"]),
    ({"title": "x", "visibility": "private"}, ["visibility"]),
    ({"title": "x", "affectedServices": "payments"}, ["affectedServices"]),
    ({"title": "x", "affectedServices": ["ok", ""]}, ["affectedServices", 1]),
    ({"title": "x", "affectedServices": ["x" * 101]}, ["affectedServices", 0]),
    ({"title": "x", "affectedServices": ["s"] * 101}, ["affectedServices"]),
    ({"title": "x", "affectedRegions": [None]}, ["affectedRegions", 0]),
    ({"title": "x", "links": [{"url": "javascript:1", "label": "x"}]}, ["links", 0, "url"]),
    ({"title": "x", "links": [{"url": "https://[", "label": "x"}]}, ["links", 0, "url"]),
    ({"title": "x", "links": [{"url": "https://:80", "label": "x"}]}, ["links", 0, "url"]),
    ({"title": "x", "links": [{"url": "https://a:b", "label": "x"}]}, ["links", 0, "url"]),
    ({"title": "x", "links": [{"url": "https://a"}]}, ["links", 0, "label"]),
    ({"title": "x", "commander": "Ada Lovelace"}, ["commander"]),
    ({"title": "x", "commander": {"$gt": ""}}, ["commander"]),
    ({"title": "x", "commander": "nobody"}, ["commander"]),
    ({"title": "x", "commsLead": "nobody"}, ["commsLead"]),
    ({"title": "x", "metadata": []}, ["metadata"]),
    ({"title": "x", "metadata": {"$where": "1"}}, ["metadata"]),
    ({"title": "x", "metadata": {"a": {"$set": 1}}}, ["metadata"]),
    ({"title": "x", "metadata": {"a": [{"b.c": 1}]}}, ["metadata"]),
    ({"title": "x", "metadata": {"": 1}}, ["metadata"]),
    ({"title": "x", "metadata": {"nul": "\u0000"}}, ["metadata"]),
    ({"title": "x", "metadata": {"nul \u0000": 1}}, ["metadata"]),
    ({"title": "x", "metadata": {"big": 2**60}}, ["metadata"]),
    ({"title": "x", "metadata": {"long": "x" * 17_000}}, ["metadata"]),
    ({"title": "x", "metadata": DEEP}, ["metadata"]),
]


@pytest.mark.parametrize(("body", "loc"), DECLARATIONS, ids=repr)
async def test_a_declaration_with_a_wrong_field_is_refused_by_its_name(
    ada: Actor, incident: str, body: dict[str, Any], loc: list[str | int]
) -> None:
    answer = await ada.http.post("/api/incidents", json=body)

    assert answer.status_code == 422
    assert is_problem(answer, 422, answer.json()["code"])
    assert [loc] == [one["loc"] for one in answer.json()["errors"]]
    assert LONG not in answer.text


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "1" * 5_000])
async def test_a_number_that_json_clients_do_not_agree_on_is_refused(
    ada: Actor, incident: str, number: str
) -> None:
    body = f'{{"title": "x", "metadata": {{"n": {number}}}}}'

    answer = await ada.http.post(
        "/api/incidents", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    assert is_problem(answer, answer.status_code, answer.json()["code"])


async def test_a_field_with_an_endless_name_is_not_told_back_in_full(
    ada: Actor, incident: str
) -> None:
    answer = await ada.http.post("/api/incidents", json={"title": "x", "y" * 100_000: 1})

    assert is_problem(answer, 422, "invalid")
    assert len(answer.content) < 1_000


CHANGES: list[tuple[str, str, dict[str, Any], str]] = [
    ("PATCH", "", {"title": None}, "invalid"),
    ("PATCH", "", {"title": "\u2028"}, "invalid"),
    ("PATCH", "", {"severity": None}, "invalid"),
    ("PATCH", "", {"status": "resolved"}, "invalid"),
    ("PATCH", "", {"commander": "ada"}, "invalid"),
    ("PATCH", "", {"metadata": {"a.b": 1}}, "invalid"),
    ("PATCH", "", {"startTime": "9999-12-31T23:59:59Z"}, "bad-time"),
    ("PATCH", "", {"startTime": "2026-13-01T00:00:00Z"}, "invalid"),
    ("PATCH", "", {"resolutionTime": "2026-01-01T00:00:00Z"}, "bad-times"),
    ("PUT", "/status", {"status": "fixed"}, "invalid"),
    ("PUT", "/status", {}, "invalid"),
    ("PUT", "/status", {"status": "closed", "reason": "x"}, "bad-transition"),
    ("PUT", "/status", {"status": "triage"}, "bad-transition"),
    ("PUT", "/status", {"status": "resolved", "phase": "fixing"}, "bad-transition"),
    ("PUT", "/status", {"status": "cancelled"}, "reason-required"),
    ("PUT", "/status", {"status": "cancelled", "mergedInto": "INC-0"}, "invalid"),
    ("PUT", "/status", {"status": "cancelled", "mergedInto": "INC-99999"}, "no-such-incident"),
    ("PUT", "/roles/scribe", {"assignee": "nobody"}, "no-such-person"),
    ("PUT", "/roles/scribe", {"assignee": ""}, "invalid"),
    ("PUT", "/roles/scribe", {"holder": "ada"}, "invalid"),
    ("PUT", "/roles/janitor", {"assignee": "ada"}, "no-such-role"),
    ("DELETE", "/roles/scribe", {}, "role-not-held"),
    ("POST", "/acknowledge", {"by": "mei"}, "invalid"),
    ("POST", "/timeline", {"message": ""}, "invalid"),
    ("POST", "/timeline", {"message": LONG}, "invalid"),
    ("POST", "/timeline", {"message": "nul \u0000"}, "invalid"),
    ("POST", "/timeline", {"message": "x", "type": "escalation"}, "invalid"),
    ("POST", "/timeline", {"message": "x", "author": "mei"}, "invalid"),
    ("POST", "/timeline", {"message": "x", "timestamp": "tomorrow"}, "invalid"),
    ("POST", "/timeline", {"message": "x", "timestamp": "9999-01-01T00:00:00Z"}, "bad-time"),
    ("PATCH", "/timeline/1/0", {}, "invalid"),
    ("PATCH", "/timeline/1/0", {"message": "x", "pinned": True}, "invalid"),
    ("PATCH", "/timeline/1/0", {"message": None}, "invalid"),
    ("PATCH", "/timeline/1/9", {"pinned": True}, "no-such-entry"),
    ("PATCH", "/timeline/99/0", {"pinned": True}, "no-such-entry"),
    ("PATCH", "/timeline/0/0", {"pinned": True}, "no-such-entry"),
    ("PATCH", "/timeline/-1/0", {"pinned": True}, "no-such-entry"),
    ("PATCH", "/timeline/1e3/0", {"pinned": True}, "no-such-entry"),
    ("PATCH", "/timeline/٣/0", {"pinned": True}, "no-such-entry"),
    ("PATCH", f"/timeline/{'9' * 40}/0", {"pinned": True}, "no-such-entry"),
    ("DELETE", "/timeline/1/0", {}, "not-admin"),
    ("POST", "/updates", {"audience": "press", "message": "x"}, "invalid"),
    ("POST", "/updates", {"audience": "customers", "message": " "}, "invalid"),
    ("POST", "/updates", {"audience": "support", "message": "x", "nextUpdateIn": 60}, "invalid"),
    ("POST", "/updates", {"audience": "support", "message": "x", "nextUpdateIn": "1m"}, "invalid"),
    ("POST", "/updates", {"audience": "support", "message": "x", "nextUpdateIn": "P8D"}, "invalid"),
    (
        "POST",
        "/updates",
        {"audience": "support", "message": "x", "nextUpdateIn": "-PT5M"},
        "invalid",
    ),
    ("POST", "/actions", {}, "invalid"),
    ("POST", "/actions", {"description": "x", "target": "a b"}, "invalid"),
    ("POST", "/actions", {"description": "x", "target": "/etc"}, "invalid"),
    ("POST", "/actions", {"description": "x", "owner": "nobody"}, "no-such-person"),
    ("POST", "/actions", {"description": "x", "risk": "extreme"}, "invalid"),
    ("POST", "/actions", {"description": "x", "approved": True}, "invalid"),
    ("PUT", "/actions/ACT-1", {"approvedBy": "ada"}, "invalid"),
    ("PUT", "/actions/ACT-1", {"createdAt": "2026-01-01T00:00:00Z"}, "invalid"),
    ("PUT", "/actions/ACT-1", {"approved": True, "approvedBy": "mei"}, "invalid"),
    ("PUT", "/actions/ACT-1", {"target": "db"}, "invalid"),
    ("PUT", "/actions/ACT-1", {"conflicts": []}, "invalid"),
    ("PUT", "/actions/ACT-1", {"status": "done"}, "invalid"),
    ("PUT", "/actions/ACT-1", {"status": "completed"}, "bad-transition"),
    ("PUT", "/actions/ACT-1", {"owner": "nobody"}, "no-such-person"),
    ("PUT", "/actions/ACT-1", {"approved": True}, "not-approver"),
    ("PUT", "/actions/ACT-9", {"status": "in-progress"}, "no-such-action"),
    ("PUT", "/actions/ACT-0", {"status": "in-progress"}, "no-such-action"),
    ("PUT", "/actions/$where", {"status": "in-progress"}, "no-such-action"),
    ("PUT", "/actions/actions.0", {"status": "in-progress"}, "no-such-action"),
]


@pytest.mark.parametrize(("method", "path", "body", "code"), CHANGES, ids=repr)
async def test_a_change_that_is_wrong_is_refused_with_its_code(
    ada: Actor, incident: str, method: str, path: str, body: dict[str, Any], code: str
) -> None:
    answer = await ada.http.request(method, f"/api/incidents/{incident}{path}", json=body)

    assert is_problem(answer, answer.status_code, code)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "name",
    ["INC-0", "INC-01", "inc-1", "1", "INC-1 ", "INC-1.5", "$where", "INC-9999999999", "%00"],
)
@pytest.mark.parametrize("path", ["", "/timeline", "/postmortem.md", "/actions/ACT-1"])
async def test_an_id_that_is_none_is_not_there(
    ada: Actor, incident: str, name: str, path: str
) -> None:
    answer = await ada.http.get(f"/api/incidents/{name}{path}")

    assert is_problem(answer, 404, "no-such-incident")


async def test_a_time_just_ahead_counts_as_now_and_one_further_ahead_does_not(
    shared: World, ada: Actor, incident: str
) -> None:
    later = time(shared.runtime.clock() + timedelta(minutes=2))

    answer = await ada.http.post(
        f"/api/incidents/{incident}/timeline", json={"message": "x", "timestamp": later}
    )

    assert is_problem(answer, 422, "bad-time")


QUERIES = [
    ("/api/incidents", {"status": "open"}),
    ("/api/incidents", {"status": ""}),
    ("/api/incidents", {"severity": "0"}),
    ("/api/incidents", {"severity": "1.0"}),
    ("/api/incidents", {"severity": "1,"}),
    ("/api/incidents", {"limit": "0"}),
    ("/api/incidents", {"limit": "501"}),
    ("/api/incidents", {"limit": "ten"}),
    ("/api/incidents", {"limit": "1_0"}),
    ("/api/incidents", {"limit": ["1", "2"]}),
    ("/api/incidents", {"cursor": "../x"}),
    ("/api/incidents", {"cursor": "bm8"}),
    ("/api/incidents", {"from": "2026"}),
    ("/api/incidents", {"from_": "2026-01-01T00:00:00Z"}),
    ("/api/incidents", {"drill": "1"}),
    ("/api/incidents", {"q": "x" * 201}),
    ("/api/incidents", {"role": "{$ne: 1}"}),
    ("/api/incidents", {"status[$ne]": "active"}),
    ("/api/incidents/{id}/timeline", {"after": "-1"}),
    ("/api/incidents/{id}/timeline", {"before": "0"}),
    ("/api/incidents/{id}/timeline", {"after": "9" * 20}),
    ("/api/incidents/{id}/timeline", {"type": "gossip"}),
    ("/api/incidents/{id}/timeline", {"pinned": "yes"}),
    ("/api/incidents/{id}/timeline", {"pinned": ["true", "false"]}),
    ("/api/incidents/{id}/timeline", {"q": ["a", "b"]}),
    ("/api/incidents/{id}/timeline", {"after": ["1", "2"]}),
    ("/api/incidents/{id}/replay", {"at": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"]}),
    ("/api/incidents/{id}/replay", {"seq": "1", "at": "2026-01-01T00:00:00Z"}),
    ("/api/incidents/{id}/replay", {}),
    ("/api/incidents/{id}/replay", {"at": "now"}),
    ("/api/people", {"cursor": "A"}),
]


@pytest.mark.parametrize(("path", "query"), QUERIES, ids=repr)
async def test_a_query_that_is_wrong_is_refused(
    ada: Actor, incident: str, path: str, query: dict[str, Any]
) -> None:
    answer = await ada.http.get(path.replace("{id}", incident), params=query)

    assert is_problem(answer, 422, answer.json()["code"])


PEOPLE: list[dict[str, Any]] = [
    {"handle": "me", "name": "Me"},
    {"handle": "system", "name": "System"},
    {"handle": "Ada", "name": "Ada"},
    {"handle": "", "name": "Ada"},
    {"handle": "x" * 41, "name": "Ada"},
    {"handle": "new"},
    {"handle": "new", "name": "two\nlines"},
    {"handle": "new", "name": "New", "role": "owner"},
    {"handle": "new", "name": "New", "email": "new"},
    {"handle": "new", "name": "New", "email": "a@b\r\nBcc: c@d"},
    {"handle": "new", "name": "New", "timezone": "Mars/Olympus"},
    {"handle": "new", "name": "New", "timezone": "../../etc/passwd"},
    {"handle": "new", "name": "New", "disabled": False},
    {"handle": "new", "name": "New", "_id": "root"},
]


@pytest.mark.parametrize("body", PEOPLE, ids=repr)
async def test_a_person_with_a_wrong_field_is_refused(
    shared: World, incident: str, body: dict[str, Any]
) -> None:
    answer = await (await shared.admin()).http.post("/api/people", json=body)

    assert is_problem(answer, 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": ""},
        {"label": "ci", "expiresIn": 3600},
        {"label": "ci", "expiresIn": "PT1S"},
        {"label": "ci", "expiresIn": "P400D"},
        {"label": "ci", "token": "ict_chosen"},
    ],
    ids=repr,
)
async def test_a_token_with_a_wrong_field_is_refused(
    ada: Actor, incident: str, body: dict[str, Any]
) -> None:
    answer = await ada.http.post("/api/tokens", json=body)

    assert is_problem(answer, 422, "invalid")
