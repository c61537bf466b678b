"""People and tokens over the API: who may come in, as what, and how they are put out again."""

import httpx2
import pytest

from incident.store.credentials import digest
from tests.world import JSON, Actor, World


@pytest.fixture
async def admin(world: World) -> Actor:
    return await world.admin()


async def test_a_person_is_added_and_found(world: World, admin: Actor) -> None:
    told = {
        "handle": "m-tanaka", "name": "Mei Tanaka", "email": "mei@example.com",
        "role": "responder", "region": "ap-northeast-1", "timezone": "Asia/Tokyo",
    }  # fmt: skip

    answer = await admin.http.post("/api/people", json=told)

    person = answer.json()
    assert (201, "/api/people/m-tanaka") == (answer.status_code, answer.headers["location"])
    assert told == {name: person[name] for name in told}
    assert person == await admin.reads("/api/people/m-tanaka")
    assert ["m-tanaka", "root"] == [one["handle"] for one in await admin.reads("/api/people")]


async def test_how_somebody_is_reached_is_told_to_admins_and_to_themselves(
    world: World, admin: Actor
) -> None:
    ada, bo = await world.person("ada"), await world.person("bo")
    told = {"email": "bo@private.test", "phone": "+15550100"}
    await admin.does("PATCH", "/api/people/bo", told)

    listed = [
        next(one for one in await who.reads("/api/people") if one["handle"] == "bo")
        for who in (admin, bo, ada)
    ]
    alone = [await who.reads("/api/people/bo") for who in (admin, bo, ada)]

    nothing = dict.fromkeys(told)
    seen = [{name: one[name] for name in told} for one in [*listed, *alone]]
    assert seen == [told, told, nothing] * 2
    assert [one["name"] for one in alone] == ["Bo"] * 3


async def test_people_come_page_by_page(world: World, admin: Actor) -> None:
    for handle in ("ada", "bo", "cy"):
        await world.person(handle)

    answer = await admin.http.get("/api/people?limit=3")
    rest = await admin.http.get(answer.links["next"]["url"])

    assert ["ada", "bo", "cy"] == [one["handle"] for one in answer.json()]
    assert ["root"] == [one["handle"] for one in rest.json()]
    assert "next" not in rest.links


async def test_a_handle_belongs_to_one_person(world: World, admin: Actor) -> None:
    await world.person("ada")

    answer = await admin.http.post("/api/people", json={"handle": "ada", "name": "Another"})

    assert (409, "handle-taken") == (answer.status_code, answer.json()["code"])
    assert "Ada" == (await admin.reads("/api/people/ada"))["name"]


async def test_the_same_key_adds_a_person_once(world: World, admin: Actor) -> None:
    body = {"handle": "new", "name": "New"}
    key = {"Idempotency-Key": "k1"}

    first = await admin.http.post("/api/people", json=body, headers=key)
    again = await admin.http.post("/api/people", json=body, headers=key)
    other = await admin.http.post("/api/people", json=body | {"name": "Other"}, headers=key)
    fresh = await admin.http.post("/api/people", json=body, headers={"Idempotency-Key": "k2"})
    retried = await admin.http.post("/api/people", json=body, headers={"Idempotency-Key": "k2"})

    assert first.content == again.content
    assert [None, "true"] == [one.headers.get("idempotency-replayed") for one in (first, again)]
    assert (422, "idempotency-key-reused") == (other.status_code, other.json()["code"])
    assert [409, 409] == [fresh.status_code, retried.status_code]


async def test_what_is_given_of_a_person_changes_and_the_rest_stays(
    world: World, admin: Actor
) -> None:
    await admin.does("POST", "/api/people", {"handle": "bo", "name": "Bo", "email": "bo@b.example"})

    after = await admin.does("PATCH", "/api/people/bo", {"name": "Bo B", "email": None})

    assert ("Bo B", None, "UTC") == (after["name"], after["email"], after["timezone"])
    assert after == await admin.reads("/api/people/bo")
    assert after == await admin.does("PATCH", "/api/people/bo", {})


async def test_somebody_who_is_disabled_is_out_at_once(world: World, admin: Actor) -> None:
    ada = await world.person("ada")
    browser = await world.browser_of("ada")
    before = [(await one.get("/api/people")).status_code for one in (ada.http, browser)]

    await admin.does("PATCH", "/api/people/ada", {"disabled": True})

    assert [200, 200] == before
    assert [401, 401] == [(await one.get("/api/people")).status_code for one in (ada.http, browser)]
    await admin.does("PATCH", "/api/people/ada", {"disabled": False})
    assert [200, 401] == [(await one.get("/api/people")).status_code for one in (ada.http, browser)]


async def test_somebody_who_is_disabled_cannot_be_named(world: World, admin: Actor) -> None:
    await world.person("ada")
    await admin.does("PATCH", "/api/people/ada", {"disabled": True})

    answer = await admin.http.post("/api/incidents", json={"title": "x", "commander": "ada"})

    assert (422, "no-such-person") == (answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "responder"}])
async def test_the_last_admin_stays_one(
    world: World, admin: Actor, change: dict[str, object]
) -> None:
    refused = await admin.http.patch("/api/people/root", json=change)
    await world.person("second", "admin")
    allowed = await admin.http.patch("/api/people/root", json=change)

    assert (409, "last-admin") == (refused.status_code, refused.json()["code"])
    assert 200 == allowed.status_code


async def test_a_sign_in_link_lets_its_person_in_once(world: World, admin: Actor) -> None:
    await world.person("ada")

    link = await admin.does("POST", "/api/people/ada/link")

    url = httpx2.URL(link["url"])
    secret = url.params["token"]
    assert "/welcome" == url.path
    assert link["expires"].endswith("Z")
    assert (
        "ada"
        == (await world.runtime.credentials.link(secret, world.runtime.clock()) or {})["handle"]
    )
    form, origin = {"token": secret}, {"Origin": world.address}
    entered = await world.nobody().post("/welcome", data=form, headers=origin)
    again = await world.nobody().post("/welcome", data=form, headers=origin)
    assert (303, "set-cookie" in entered.headers) == (entered.status_code, True)
    assert again.status_code != 303


async def test_nobody_gets_a_link_who_is_disabled(world: World, admin: Actor) -> None:
    await world.person("ada")
    await admin.does("PATCH", "/api/people/ada", {"disabled": True})

    answer = await admin.http.post("/api/people/ada/link")

    assert (409, "person-disabled") == (answer.status_code, answer.json()["code"])


async def test_a_token_is_told_once_and_stored_only_as_its_hash(world: World) -> None:
    ada = await world.person("ada")

    issued = await ada.does("POST", "/api/tokens", {"label": "ci", "expiresIn": "P30D"})

    text = issued.pop("token")
    other = world.client({"Authorization": f"Bearer {text}"})
    assert ("ada", "ci") == (issued["handle"], issued["label"])
    assert issued in await ada.reads("/api/tokens")
    assert 200 == (await other.get("/api/people")).status_code
    stored = [one async for one in world.runtime.database.db["tokens"].find()]
    assert text not in repr(stored)
    assert digest(text) in {one["_id"] for one in stored}


async def test_a_revoked_token_is_wrong_at_once(world: World) -> None:
    ada = await world.person("ada")
    issued = await ada.does("POST", "/api/tokens", {"label": "ci"})
    other = world.client({"Authorization": f"Bearer {issued['token']}"})

    answer = await ada.http.delete(f"/api/tokens/{issued['id']}")

    assert (204, b"") == (answer.status_code, answer.content)
    assert 401 == (await other.get("/api/people")).status_code
    assert 404 == (await ada.http.delete(f"/api/tokens/{issued['id']}")).status_code


async def test_tokens_of_others_are_for_admins(world: World, admin: Actor) -> None:
    ada, mei = await world.person("ada"), await world.person("mei")
    hers = (await mei.reads("/api/tokens"))[0]["id"]

    seen = {one["handle"] for one in await ada.reads("/api/tokens")}
    not_hers = await ada.http.delete(f"/api/tokens/{hers}")
    not_for_others = await ada.http.post("/api/tokens", json={"label": "x", "handle": "mei"})
    for_bot = await admin.does("POST", "/api/tokens", {"label": "x", "handle": "mei"})
    revoked = await admin.http.delete(f"/api/tokens/{hers}")

    assert {"ada"} == seen
    assert {"ada", "mei", "root"} == {one["handle"] for one in await admin.reads("/api/tokens")}
    assert (404, 403) == (not_hers.status_code, not_for_others.status_code)
    assert ("mei", 204) == (for_bot["handle"], revoked.status_code)


async def test_the_text_of_a_token_is_not_told_again_for_the_same_key(world: World) -> None:
    ada = await world.person("ada")
    key = {"Idempotency-Key": "k1"}

    first = await ada.http.post("/api/tokens", json={"label": "ci"}, headers=key)
    again = await ada.http.post("/api/tokens", json={"label": "ci"}, headers=key)
    other = await ada.http.post("/api/tokens", json={"label": "cd"}, headers=key)

    assert [201, 409, 422] == [one.status_code for one in (first, again, other)]
    assert "already-issued" == again.json()["code"]
    assert 2 == len(await ada.reads("/api/tokens"))


# How somebody wants to be told.


async def test_everybody_says_when_and_how_they_are_told(world: World) -> None:
    ada = await world.person("ada")
    told = {
        "timezone": "Asia/Tokyo",
        "notify": {"email": False},
        "quiet": {"from": "22:00", "to": "07:00"},
    }

    after = await ada.does("PATCH", "/api/people/ada", told)

    assert {"email": False, "webhook": True, "browser": True} == after["notify"]
    assert (told["quiet"], "Asia/Tokyo") == (after["quiet"], after["timezone"])
    assert after == await ada.reads("/api/people/me")
    never = await ada.does("PATCH", "/api/people/me", {"quiet": None})
    assert (None, after["notify"]) == (never["quiet"], never["notify"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ada", {"role": "admin"}),
        ("ada", {"name": "Ada the Great"}),
        ("ada", {"phone": "+49 30 5550100"}),
        ("ada", {"timezone": "UTC", "email": "x@example.com"}),
        ("ada", {"disabled": False}),
        ("mei", {"quiet": None}),
        ("mei", {"notify": {"email": False}}),
    ],
    ids=repr,
)
async def test_the_rest_and_others_are_for_admins(shared: World, path: str, body: JSON) -> None:
    ada = await shared.person("ada")
    await shared.person("mei")
    before = await ada.reads(f"/api/people/{path}")

    answer = await ada.http.patch(f"/api/people/{path}", json=body)

    assert (403, "forbidden") == (answer.status_code, answer.json()["code"])
    assert before == await ada.reads(f"/api/people/{path}")


async def test_admins_change_it_for_everybody(world: World, admin: Actor) -> None:
    await world.person("ada")
    told = {"phone": "+49 30 5550100", "notify": {"webhook": False}}

    after = await admin.does("PATCH", "/api/people/ada", told)

    assert ("+49 30 5550100", False) == (after["phone"], after["notify"]["webhook"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"quiet": {"from": "22:00"}}, "invalid"),
        ({"quiet": {"from": "24:00", "to": "07:00"}}, "invalid"),
        ({"quiet": {"from": "9pm", "to": "07:00"}}, "invalid"),
        ({"quiet": {"from": "22:00", "to": "22:00"}}, "bad-quiet"),
        ({"quiet": {"from_": "22:00", "to": "07:00"}}, "invalid"),
        ({"quiet": []}, "invalid"),
        ({"notify": None}, "invalid"),
        ({"notify": {"email": "no"}}, "invalid"),
        ({"notify": {"email": None}}, "invalid"),
        ({"notify": {"slack": True}}, "invalid"),
        ({"phone": "call me"}, "invalid"),
        ({"phone": "+49\r\n30"}, "invalid"),
        ({"phone": "1" * 200}, "invalid"),
        ({"timezone": "Mars/Base"}, "invalid"),
    ],
    ids=repr,
)
async def test_a_wish_that_is_wrong_is_refused(shared: World, body: JSON, code: str) -> None:
    answer = await (await shared.admin()).http.patch("/api/people/root", json=body)

    assert (422, code) == (answer.status_code, answer.json()["code"])


async def test_somebody_new_can_be_paged_at_once(world: World, admin: Actor) -> None:
    incident = await admin.declares()
    await admin.does("POST", "/api/people", {"handle": "bo", "name": "Bo"})

    after = await admin.does(
        "POST", f"/api/incidents/{incident['id']}/escalate", {"people": ["bo", "me"]}
    )

    assert "people_called" == after["timeline"][-1]["kind"]


# What was sent to them.


async def test_admins_see_what_was_sent_and_what_became_of_it(world: World, admin: Actor) -> None:
    await admin.does("POST", "/api/people", {"handle": "bo", "name": "Bo"})
    first, second = await admin.declares(), await admin.declares()
    for incident in (first, second):
        path = f"/api/incidents/{incident['id']}/escalate"
        await admin.does("POST", path, {"people": ["bo"], "reason": "Look"})
    await world.runtime.courier.unpack()

    every = await admin.reads("/api/deliveries")
    of_first = await admin.reads(f"/api/deliveries?incident={first['id']}")

    assert {second["id"], first["id"]} == {one["incident"] for one in every}
    assert {first["id"]} == {one["incident"] for one in of_first}
    assert ["bo"] == [one["person"] for one in of_first]
    assert {"waiting", "sent", "failed", "obsolete", "parked"} >= {one["state"] for one in every}
    assert {"attempts", "lastError", "failures", "possiblyRepeated"} <= every[0].keys()


async def test_what_was_sent_is_for_admins(world: World) -> None:
    ada = await world.person("ada")

    answer = await ada.http.get("/api/deliveries")
    bad = await (await world.admin()).http.get("/api/deliveries?incident=INC-1/")

    assert (403, 422) == (answer.status_code, bad.status_code)
