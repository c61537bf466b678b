"""Every refusal of every route is a problem document with its members, and never a bare 500."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from incident.access import COOKIE
from incident.store.errors import OutcomeUnknown, StoreAway
from incident.web.api_route import Operation
from incident.web.api_table import TABLE
from tests.world import World

GUARDED = [one for one in TABLE if one.access != "anybody"]
WITH_BODY = [one for one in TABLE if one.body]
WRITES = [one for one in GUARDED if one.method != "GET"]
PATHS = sorted({one.path for one in TABLE})
NOWHERE = {
    "incident": "INC-999999",
    "action": "ACT-9",
    "role": "janitor",
    "audience": "press",
    "hypothesis": "H9",
    "name": "nothing",
    "override": "none",
    "secret": "x" * 43,
    "seq": "1",
    "index": "0",
    "attachment": "0" * 64,
    "handle": "nobody",
    "token": "00000000",
}
"""Where each kind of address leads nowhere."""


def named(operation: Operation) -> str:
    return operation.name


def address(path: str) -> str:
    return path.format(**NOWHERE)


def is_problem(answer: httpx2.Response, status: int, code: str) -> bool:
    """Whether `answer` is a whole problem document; says what it lacks by failing."""
    assert "application/problem+json" == answer.headers["content-type"]
    assert "no-store" == answer.headers["cache-control"]
    told = answer.json()
    assert (status, code) == (answer.status_code, told["code"]), told
    assert status == told["status"]
    assert f"urn:incident:problem:{code}" == told["type"]
    assert {str} == {type(told[name]) for name in ("type", "title", "detail", "code")}
    assert told["detail"].endswith(".")
    assert "Traceback" not in answer.text
    return True


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_nobody_is_answered_without_an_identity(shared: World, operation: Operation) -> None:
    answer = await shared.nobody().request(operation.method, address(operation.path))

    assert is_problem(answer, 401, "unauthenticated")
    assert "Bearer" == answer.headers["www-authenticate"]


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer é"])
async def test_a_wrong_token_is_answered_like_an_unknown_one(shared: World, token: str) -> None:
    unknown = await shared.client({"Authorization": f"Bearer ict_{'x' * 43}"}).get("/api/people")

    raw = httpx2.Headers([(b"Authorization", token.encode())])
    answer = await shared.nobody().get("/api/people", headers=raw)

    assert is_problem(answer, 401, "unauthenticated")
    assert unknown.content == answer.content


@pytest.mark.parametrize("path", PATHS)
async def test_a_method_that_an_address_lacks_is_told_all_it_has(shared: World, path: str) -> None:
    methods = {one.method for one in TABLE if one.path == path}
    ada = await shared.person()

    for wrong in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - methods):
        answer = await ada.http.request(wrong, address(path))

        assert is_problem(answer, 405, "method-not-allowed")
        allowed = methods | ({"HEAD"} if "GET" in methods else set())
        assert allowed == set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/incidents/", "/api/a/b/c"])
async def test_an_unknown_address_is_a_problem_too(shared: World, path: str) -> None:
    answer = await (await shared.person()).http.get(path)

    assert is_problem(answer, 404, "not-found")


ELSEWHERE = [one for one in GUARDED if "{" in one.path and one.name != "defineRotation"]


@pytest.mark.parametrize("operation", ELSEWHERE, ids=named)
async def test_what_is_not_there_is_a_problem(shared: World, operation: Operation) -> None:
    admin = await shared.admin()
    body = VALID.get(operation.name)

    query = {"seq": 1} if operation.name == "replay" else {}
    path = address(operation.path)
    answer = await admin.http.request(operation.method, path, json=body, params=query)

    assert answer.status_code == 404
    assert is_problem(answer, 404, answer.json()["code"])


VALID: dict[str, Any] = {
    "correctIncident": {"title": "New"},
    "setStatus": {"status": "mitigated"},
    "assignRole": {"assignee": "me"},
    "offerRole": {"to": "root"},
    "pauseEscalation": {"for": "PT15M"},
    "snoozeUpdate": {"for": "PT15M"},
    "raiseHypothesis": {"description": "DNS"},
    "judgeHypothesis": {"verdict": "eliminated"},
    "replacePolicy": {},
    "defineRotation": {"layers": [{"members": ["root"]}]},
    "addOverride": {
        "person": "root",
        "kind": "add",
        "start": "2026-01-31T18:00:00Z",
        "end": "2026-01-31T19:00:00Z",
    },
    "addEntry": {"message": "Looking"},
    "markEntry": {"pinned": True},
    "postUpdate": {"audience": "customers", "message": "We know"},
    "proposeAction": {"description": "Restart"},
    "changeAction": {"approved": True},
    "changePerson": {"name": "New"},
}
"""Bodies that are right in form."""


BROKEN = [
    pytest.param(content, status, code, id=name)
    for name, content, status, code in (
        ("empty", b" ", 400, "unreadable"),
        ("broken JSON", b'{"title": ', 400, "unreadable"),
        ("two values", b"{} {}", 400, "unreadable"),
        ("not UTF-8", b'{"title": "\xff"}', 400, "unreadable"),
        ("lone surrogate", b'{"title": "\\ud800"}', 400, "unreadable"),
        ("nested deeply", b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400, "unreadable"),
        ("nested lists", b"[" * 100_000, 400, "unreadable"),
        ("list", b"[]", 422, "invalid"),
        ("null", b"null", 422, "invalid"),
        ("text", b'"title"', 422, "invalid"),
        ("unknown field", b'{"$where": "sleep(1000)"}', 422, "invalid"),
        ("10 MB", b'{"a": "' + b"x" * 10_000_000 + b'"}', 413, "too-large"),
    )
]
"""Bodies that no operation can read, each with the problem it is."""


@pytest.mark.parametrize(("content", "status", "code"), BROKEN)
async def test_a_body_that_cannot_be_read_is_a_problem_and_changes_nothing(
    shared: World, content: bytes, status: int, code: str
) -> None:
    admin = await shared.admin()
    places = await somewhere(shared)
    before = await shared.stored()

    for operation in WITH_BODY:
        answer = await admin.http.request(
            operation.method,
            operation.path.format(**places),
            content=content,
            headers={"Content-Type": "application/json"},
        )

        assert is_problem(answer, status, code)
    assert before == await shared.stored()


async def somewhere(world: World) -> dict[str, str]:
    """Values for every kind of address that lead somewhere, made once."""
    if not hasattr(world.app.state, "somewhere"):
        admin = await world.admin()
        incident = await admin.declares()
        proposal = {"description": "Restart"}
        action = await admin.does("POST", f"/api/incidents/{incident['id']}/actions", proposal)
        layers = [{"members": ["root"]}]
        await admin.does("PUT", "/api/rotations/primary", {"layers": layers})
        world.app.state.somewhere = {
            "incident": incident["id"],
            "action": action["id"],
            "role": "scribe",
            "audience": "customers",
            "hypothesis": "H1",
            "name": "primary",
            "override": "none",
            "attachment": "0" * 64,
            "seq": "1",
            "index": "0",
            "handle": "root",
            "token": "00000000",
        }
    found: dict[str, str] = world.app.state.somewhere
    return found


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "", "application/jsonp"])
async def test_a_body_of_another_type_is_a_problem(shared: World, media_type: str) -> None:
    admin = await shared.admin()
    places = await somewhere(shared)

    for operation in WITH_BODY:
        answer = await admin.http.request(
            operation.method,
            operation.path.format(**places),
            content=b"{}",
            headers={"Content-Type": media_type},
        )

        assert is_problem(answer, 415, "unsupported-media-type")


NEEDED = {"readPaging": {"severity": "1"}}
"""Queries without which there is nothing to answer."""


@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_a_query_that_means_nothing_is_a_problem(shared: World, operation: Operation) -> None:
    admin = await shared.admin()
    path = operation.path.format(**await somewhere(shared))
    query = NEEDED.get(operation.name, {}) | {"$where": "1"}

    answer = await admin.http.request(operation.method, path, params=query)

    assert is_problem(answer, 422, "invalid")
    assert [["$where"]] == [one["loc"] for one in answer.json()["errors"]]


@pytest.mark.parametrize("operation", [one for one in TABLE if one.access == "admin"], ids=named)
async def test_a_responder_may_not_do_what_admins_do(shared: World, operation: Operation) -> None:
    ada = await shared.person()

    answer = await ada.http.request(operation.method, address(operation.path))

    assert is_problem(answer, 403, "forbidden")


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
async def test_a_browser_is_not_obeyed_for_another_site(shared: World, origin: str | None) -> None:
    await shared.admin()
    browser = await shared.browser_of("root")
    del browser.headers["Origin"]
    places = await somewhere(shared)
    before = await shared.stored()

    for operation in WRITES:
        answer = await browser.request(
            operation.method,
            operation.path.format(**places),
            json=VALID.get(operation.name),
            headers={"Origin": origin} if origin else {},
        )

        assert is_problem(answer, 403, "forbidden")
    assert before == await shared.stored()


async def test_a_cookie_that_is_made_up_is_nobody(shared: World) -> None:
    answer = await shared.client({"Cookie": f"{COOKIE}=made-up"}).get("/api/incidents")

    assert is_problem(answer, 401, "unauthenticated")


@pytest.mark.parametrize("key", ["", "x" * 129, "with space", "a\tb", "é"])
async def test_a_key_that_is_no_key_is_a_problem(shared: World, key: str) -> None:
    admin = await shared.admin()
    places = await somewhere(shared)
    before = await shared.stored()

    for operation in (one for one in TABLE if "Idempotency-Key" in one.headers):
        answer = await admin.http.request(
            operation.method,
            operation.path.format(**places),
            json=ACCEPTED.get(operation.name, VALID.get(operation.name)),
            headers=httpx2.Headers([(b"Idempotency-Key", key.encode())]),
        )

        assert is_problem(answer, 422, "invalid")
    assert before == await shared.stored()


ACCEPTED: dict[str, Any] = {
    "declare": {"title": "Checkout is down"},
    "addPerson": {"handle": "new", "name": "New"},
    "issueToken": {"label": "new"},
}
"""More bodies that are right in form."""


@pytest.mark.parametrize(
    ("condition", "status", "code"),
    [
        ("42", 400, "bad-if-match"),
        ('"1', 400, "bad-if-match"),
        ("", 400, "bad-if-match"),
        ('"999"', 412, "if-match-failed"),
        ('W/"1"', 412, "if-match-failed"),
        ('"one"', 412, "if-match-failed"),
        ('"998", "999"', 412, "if-match-failed"),
    ],
)
async def test_a_condition_that_does_not_hold_stops_every_write(
    shared: World, condition: str, status: int, code: str
) -> None:
    admin = await shared.admin()
    places = await somewhere(shared)
    before = await shared.stored()
    # What is there already would be taken again, whatever the condition.
    bodies = VALID | {
        "replacePolicy": {"roles": {"observer": {"description": condition}}},
        "defineRotation": {"role": "scribe", "layers": [{"members": ["root"]}]},
    }

    for operation in (one for one in TABLE if "If-Match" in one.headers):
        answer = await admin.http.request(
            operation.method,
            operation.path.format(**places),
            json=bodies.get(operation.name),
            headers={"If-Match": condition},
        )

        assert is_problem(answer, status, code)
    assert before == await shared.stored()


class Broken:
    """Stands where a part of the runtime was, and fails whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (stands for any part)
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreAway("away"), 503, "store-away"),
        (OutcomeUnknown("lost"), 503, "outcome-unknown"),
        (RuntimeError("secret detail"), 500, "unforeseen"),
    ],
)
@pytest.mark.parametrize("operation", GUARDED, ids=named)
async def test_a_fault_of_ours_is_a_problem_that_gives_nothing_away(
    shared: World, operation: Operation, error: Exception, status: int, code: str
) -> None:
    admin = await shared.admin()
    path = operation.path.format(**await somewhere(shared))
    broken: Any = Broken(error)
    shared.app.state.runtime = replace(shared.runtime, credentials=broken)
    try:
        answer = await admin.http.request(operation.method, path, json=VALID.get(operation.name))
    finally:
        shared.app.state.runtime = shared.runtime

    assert is_problem(answer, status, code)
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)
