"""Sending again and sending at once: one effect, one answer, one winner."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from tests.world import Actor, World

Prepare = Callable[[Actor, str], Awaitable[None]]
Sent = dict[str, Any] | None


async def nothing(_: Actor, __: str) -> None:
    """Nothing has to be there before."""


async def a_fix(actor: Actor, path: str) -> None:
    target = path.rpartition("/")[2]  # one that no other incident touches
    await actor.does("POST", f"{path}/actions", {"description": "Restart", "target": target})


async def a_role(actor: Actor, path: str) -> None:
    await actor.does("PUT", f"{path}/roles/scribe", {"assignee": "me"})


WRITES: list[tuple[str, str, Sent, Sent, Prepare]] = [
    ("PATCH", "", {"title": "New"}, {"title": "Other"}, nothing),
    ("PUT", "/status", {"status": "mitigated"}, {"status": "resolved"}, nothing),
    ("POST", "/acknowledge", {}, None, nothing),
    ("PUT", "/roles/scribe", {"assignee": "me"}, {"assignee": "mei"}, nothing),
    ("DELETE", "/roles/scribe", None, None, a_role),
    ("POST", "/timeline", {"message": "Once"}, {"message": "Twice"}, nothing),
    ("PATCH", "/timeline/1/0", {"pinned": True}, {"message": "Other"}, nothing),
    ("DELETE", "/timeline/1/0", None, None, nothing),
    ("POST", "/updates", {"audience": "support", "message": "x"},
     {"audience": "support", "message": "y"}, nothing),
    ("POST", "/actions", {"description": "Restart"}, {"description": "Other"}, nothing),
    ("PUT", "/actions/ACT-1", {"status": "in-progress"}, {"status": "abandoned"}, a_fix),
]  # fmt: skip


@pytest.fixture
async def admin(shared: World) -> Actor:
    await shared.person("mei")
    return await shared.admin()


@pytest.mark.parametrize(("method", "path", "body", "other", "prepare"), WRITES)
async def test_the_same_key_gives_the_first_answer_again_whatever_came_after(
    shared: World, admin: Actor, method: str, path: str, body: Sent, other: Sent, prepare: Prepare
) -> None:
    one = f"/api/incidents/{(await admin.declares())['id']}"
    await prepare(admin, one)
    key = {"Idempotency-Key": "again"}

    first = await admin.http.request(method, one + path, json=body, headers=key)
    await admin.does("POST", f"{one}/timeline", {"message": "Meanwhile"})
    count = await shared.commits()
    again = await admin.http.request(method, one + path, json=body, headers=key)

    assert first.is_success, first.text
    assert first.content == again.content
    assert first.status_code == again.status_code
    assert [None, "true"] == [one.headers.get("idempotency-replayed") for one in (first, again)]
    assert first.headers.get("etag") == again.headers.get("etag")
    if other is not None:
        reused = await admin.http.request(method, one + path, json=other, headers=key)
        assert (422, "idempotency-key-reused") == (reused.status_code, reused.json()["code"])
    assert count == await shared.commits()


async def test_the_same_key_declares_once(shared: World, admin: Actor) -> None:
    count = await shared.commits()

    async def declare(title: str) -> httpx2.Response:
        headers = {"Idempotency-Key": "declare-once"}
        return await admin.http.post("/api/incidents", json={"title": title}, headers=headers)

    answers = await asyncio.gather(*(declare("Once") for _ in range(20)))
    reused = await declare("Twice")

    assert {201} == {one.status_code for one in answers}
    assert 1 == len({one.content for one in answers})
    assert 1 == len({one.headers["location"] for one in answers})
    assert count + 1 == await shared.commits()
    assert (422, "idempotency-key-reused") == (reused.status_code, reused.json()["code"])


@pytest.mark.parametrize(("method", "path", "body", "other", "prepare"), WRITES)
async def test_the_same_key_twenty_times_at_once_has_one_effect_and_one_answer(
    shared: World, admin: Actor, method: str, path: str, body: Sent, other: Sent, prepare: Prepare
) -> None:
    one = f"/api/incidents/{(await admin.declares())['id']}"
    await prepare(admin, one)
    entries = (await admin.reads(one))["entries"]
    key = {"Idempotency-Key": "at-once"}

    answers = await asyncio.gather(
        *(admin.http.request(method, one + path, json=body, headers=key) for _ in range(20))
    )

    assert [] == [answer.text for answer in answers if not answer.is_success]
    assert 1 == len({answer.content for answer in answers})
    assert entries + 1 == (await admin.reads(one))["entries"]


async def test_one_of_fifty_who_take_a_role_at_once_gets_it(world: World) -> None:
    people = [await world.person(f"p{number}") for number in range(50)]
    incident = (await people[0].declares())["id"]
    path = f"/api/incidents/{incident}/roles/incident_commander"

    answers = await asyncio.gather(*(one.http.put(path, json={"assignee": "me"}) for one in people))

    winners = [one for one in answers if one.status_code == 200]
    losers = [one for one in answers if one.status_code == 409]
    assert (1, 49) == (len(winners), len(losers))
    holder = winners[0].json()["commander"]
    assert {("role-held", holder)} == {(one.json()["code"], one.json()["holder"]) for one in losers}
    assert holder == (await people[0].reads(f"/api/incidents/{incident}"))["commander"]
    assert 2 == await world.commits(incident)


async def test_one_of_twenty_who_write_on_the_same_version_succeeds(
    shared: World, admin: Actor
) -> None:
    path = f"/api/incidents/{(await admin.declares())['id']}"

    answers: list[httpx2.Response] = await asyncio.gather(
        *(
            admin.http.patch(path, json={"title": f"Title {n}"}, headers={"If-Match": '"1"'})
            for n in range(20)
        )
    )

    codes = sorted(one.status_code for one in answers)
    assert [200, *[412] * 19] == codes
    assert 2 == (await admin.reads(path))["seq"]


async def test_a_condition_that_holds_lets_a_write_through(shared: World, admin: Actor) -> None:
    path = f"/api/incidents/{(await admin.declares())['id']}"

    answers = [
        await admin.http.patch(path, json={"title": f"T{n}"}, headers={"If-Match": condition})
        for n, condition in enumerate(('"1"', "*", '"3", "99"', '"x",W/"4","4"'))
    ]

    assert [200, 200, 200, 200] == [one.status_code for one in answers]
    assert ['"2"', '"3"', '"4"', '"5"'] == [one.headers["etag"] for one in answers]


async def test_a_write_that_was_done_is_found_again_although_its_condition_no_longer_holds(
    shared: World, admin: Actor
) -> None:
    path = f"/api/incidents/{(await admin.declares())['id']}"
    headers = {"Idempotency-Key": "k", "If-Match": '"1"'}

    first = await admin.http.patch(path, json={"title": "New"}, headers=headers)
    again = await admin.http.patch(path, json={"title": "New"}, headers=headers)

    assert 200 == first.status_code
    assert first.content == again.content
