"""Getting in with a one-time link, staying in, and being out at once when that is over."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx2
import pytest

from incident.access import COOKIE, SECURE_COOKIE
from incident.bootstrap import ADMIN
from incident.settings import Settings
from incident.store.connection import Database, connect
from incident.store.credentials import LINK_LIFE, SESSION_IDLE, SESSION_LIFE, digest
from incident.store.directory import Person
from incident.store.errors import StoreAway
from incident.web import doors
from tests.web.talking import JSON, asleep, talking, until_gone, window
from tests.world import Actor, World, world_on

FIRST = {"name": "Ada Lovelace", "handle": "lovelace", "email": "", "timezone": ""}
GOOD = "https://good.test"


@pytest.fixture
async def second(database_uri: str) -> AsyncIterator[Database]:
    """Another connection to the database of the test: another server's."""
    opened = await connect(database_uri)
    yield opened
    await opened.close()


def browser(world: World, **headers: str) -> httpx2.AsyncClient:
    """A browser that nobody is signed in with."""
    return world.client({"Origin": world.address, **headers})


async def link(world: World, handle: str | None, age: timedelta = timedelta(0)) -> str:
    """The token of a link for `handle`, or for the first person, issued that long ago."""
    token, _ = await world.runtime.credentials.issue_link(handle, world.runtime.clock() - age)
    return token


async def signed_in(world: World, handle: str) -> httpx2.AsyncClient:
    """A browser whose user has gone through the link."""
    client = browser(world)
    answer = await client.post("/welcome", data={"token": await link(world, handle)})

    assert answer.status_code == 303
    return client


async def sessions(world: World, handle: str | None = None) -> int:
    where = {"handle": handle} if handle else {}
    return int(await world.runtime.database.db["sessions"].count_documents(where))


def cookie_set(answer: httpx2.Response) -> Morsel[str]:
    """The one cookie that an answer sets."""
    (line,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(line).values()
    return morsel


# The link.


async def test_looking_at_a_link_does_not_use_it_up(shared: World) -> None:
    await shared.person("ada")
    token = await link(shared, "ada")
    client = browser(shared)

    looks = [await client.request(m, f"/welcome?token={token}") for m in ("GET", "HEAD", "GET")]
    entered = await client.post("/welcome", data={"token": token})

    assert [look.status_code for look in looks] == [200] * 3
    assert "Sign in as Ada" in looks[0].text
    assert "set-cookie" not in looks[0].headers
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert (await client.get("/")).status_code == 200


async def test_who_was_never_here_is_not_welcomed_back(shared: World) -> None:
    await shared.person("newcomer")
    links = [await link(shared, "newcomer") for _ in range(2)]

    first = (await browser(shared).get(f"/welcome?token={links[0]}")).text
    await browser(shared).post("/welcome", data={"token": links[0]})
    second = (await browser(shared).get(f"/welcome?token={links[1]}")).text

    assert "<h1>Welcome to Incident Command</h1>" in first
    assert "Welcome back" not in first
    assert "<h1>Welcome back</h1>" in second


async def test_a_link_works_once(shared: World) -> None:
    await shared.person("once")
    token = await link(shared, "once")

    answers = await asyncio.gather(
        *(browser(shared).post("/welcome", data={"token": token}) for _ in range(8))
    )

    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 7
    assert await sessions(shared, "once") == 1


@pytest.mark.parametrize("token", ["", "x", "x" * 5_000, "\u2603", '{"$gt":""}'])
async def test_a_token_that_is_none_is_told_so(shared: World, token: str) -> None:
    looked = await browser(shared).get("/welcome", params={"token": token})
    posted = await browser(shared).post("/welcome", data={"token": token})

    for answer in (looked, posted):
        assert answer.status_code == 410
        assert "This link does not work" in answer.text
        assert "set-cookie" not in answer.headers


async def test_a_link_is_over_after_half_an_hour(shared: World) -> None:
    await shared.person("ada")
    token = await link(shared, "ada", LINK_LIFE)

    assert (await browser(shared).get(f"/welcome?token={token}")).status_code == 410
    assert (await browser(shared).post("/welcome", data={"token": token})).status_code == 410


async def test_the_link_of_a_disabled_person_lets_nobody_in(shared: World) -> None:
    await shared.person("dis")
    token = await link(shared, "dis")
    await shared.runtime.directory.change("dis", {"disabled": True})

    assert (await browser(shared).get(f"/welcome?token={token}")).status_code == 410
    assert (await browser(shared).post("/welcome", data={"token": token})).status_code == 410
    assert await sessions(shared, "dis") == 0


# The first person.

WRONG = {
    "capitals": ({"handle": "Ada"}, "Handle: small letters"),
    "no handle": ({"handle": ""}, "Handle: small letters"),
    "a path": ({"handle": "../ada"}, "Handle: small letters"),
    "a taken handle": ({"handle": "taken"}, "belongs to somebody already"),
    "the handle of the bootstrap token": ({"handle": ADMIN}, "belongs to somebody already"),
    "the system's own name": ({"handle": "system"}, "Handle: small letters"),
    "whoever asks": ({"handle": "me"}, "Handle: small letters"),
    "no name": ({"name": "  "}, "Name: up to 100 characters"),
    "a long name": ({"name": "x" * 101}, "Name: up to 100 characters"),
    "a name of two lines": ({"name": "a\nb"}, "Name: up to 100 characters"),
    "NUL": ({"name": "a\x00b"}, "Name: up to 100 characters"),
    "a zone that is none": ({"timezone": "Mars/Olympus"}, "Time zone: a name such as"),
    "a path as zone": ({"timezone": "../../etc/passwd"}, "Time zone: a name such as"),
    "a folder as zone": ({"timezone": "Europe"}, "Time zone: a name such as"),
    "no address": ({"email": "ada"}, "E-mail: an address such as"),
    "an address with a header": ({"email": "a@b\nBcc: c@d"}, "E-mail: an address such as"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_wrong_form_stores_nothing_and_can_be_sent_again(shared: World, case: str) -> None:
    await shared.person("taken")
    token = await link(shared, None)
    wrong, told = WRONG[case]
    before = await shared.stored()

    answer = await browser(shared).post("/welcome", data=FIRST | wrong | {"token": token})

    assert answer.status_code == 400
    assert told in answer.text
    assert "set-cookie" not in answer.headers
    assert await shared.stored() == before
    assert 'value="Ada Lovelace"' in answer.text or "name" in wrong
    assert (await browser(shared).get(f"/welcome?token={token}")).status_code == 200


async def test_the_first_person_is_the_admin_and_nobody_else_after_that(world: World) -> None:
    tokens = [await link(world, None) for _ in range(2)]
    client = browser(world)

    looked = await client.get(f"/welcome?token={tokens[0]}")
    entered = await client.post(
        "/welcome",
        data=FIRST | {"token": tokens[0], "timezone": "Europe/London", "email": "ada@b.test"},
    )
    another = await browser(world).get(f"/welcome?token={tokens[1]}")
    other = FIRST | {"handle": "mallory", "token": tokens[1]}
    intruder = await browser(world).post("/welcome", data=other)

    person = await world.runtime.directory.find("lovelace")
    assert "You are the first person here" in looked.text
    assert entered.status_code == 303
    assert person is not None
    assert (person.role, person.timezone, person.email) == ("admin", "Europe/London", "ada@b.test")
    assert (await client.get("/people")).status_code == 200
    assert (another.status_code, intruder.status_code) == (410, 410)
    assert await world.runtime.directory.find("mallory") is None


async def test_a_first_link_makes_one_person_however_often_it_is_sent(world: World) -> None:
    token = await link(world, None)
    forms = [FIRST | {"token": token, "handle": f"ada{n}"} for n in range(8)]

    answers = await asyncio.gather(*(browser(world).post("/welcome", data=f) for f in forms))

    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 7
    assert len(await world.runtime.directory.everyone()) == 1
    assert await sessions(world) == 1


async def test_what_a_person_typed_is_shown_again_as_text(shared: World) -> None:
    token = await link(shared, None)
    wrong = FIRST | {"token": token, "handle": "A", "name": '"><script>alert(1)</script>'}

    answer = await browser(shared).post("/welcome", data=wrong)

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


UNREADABLE: dict[str, tuple[str, bytes, int]] = {
    "JSON": ("application/json", b'{"token":"x"}', 415),
    "a file": ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--", 415),
    "no type": ("", b"token=x", 415),
    "many fields": (
        "application/x-www-form-urlencoded", b"&".join(b"f=1" for _ in range(11)), 400
    ),
    "no ASCII": ("application/x-www-form-urlencoded", b"token=\xff", 400),
}  # fmt: skip


@pytest.mark.parametrize("case", UNREADABLE)
async def test_a_form_that_is_none_is_refused_in_words(shared: World, case: str) -> None:
    media_type, body, status = UNREADABLE[case]

    answer = await browser(shared).post(
        "/welcome", content=body, headers={"Content-Type": media_type}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


# The session.


async def test_the_cookie_is_kept_from_scripts_and_other_sites(shared: World) -> None:
    await shared.person("ada")

    answer = await browser(shared).post("/welcome", data={"token": await link(shared, "ada")})

    cookie = cookie_set(answer)
    assert cookie.key == COOKIE
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert (cookie["secure"], cookie["domain"]) == ("", "")
    assert int(cookie["max-age"]) == SESSION_LIFE.total_seconds()
    assert len(cookie.value) >= 43


async def test_over_tls_the_cookie_is_bound_to_it(database: Database) -> None:
    async with world_on(database, Settings(base_url=GOOD)) as world:
        await world.person("ada")
        client = world.client({"Origin": GOOD})
        answer = await client.post("/welcome", data={"token": await link(world, "ada")})
        cookie = cookie_set(answer)
        client.headers["Cookie"] = f"{SECURE_COOKIE}={cookie.value}"
        inside = await client.get("/")
        weak = await world.client({"Cookie": f"{COOKIE}={cookie.value}"}).get("/")
        out = await client.post("/signout")

    assert cookie.key == SECURE_COOKIE
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "lax")
    assert (cookie["path"], cookie["domain"]) == ("/", "")
    assert (inside.status_code, weak.status_code) == (200, 303)
    assert (cookie_set(out).key, cookie_set(out)["secure"]) == (SECURE_COOKIE, True)


async def test_signing_in_always_makes_a_new_secret_and_ends_the_old_session(
    shared: World,
) -> None:
    await shared.person("ada")
    client = await signed_in(shared, "ada")
    old = client.cookies[COOKIE]
    planted = browser(shared, Cookie=f"{COOKIE}=planted-by-somebody-else")

    await client.post("/welcome", data={"token": await link(shared, "ada")})
    answer = await planted.post("/welcome", data={"token": await link(shared, "ada")})

    assert client.cookies[COOKIE] != old
    assert (await browser(shared, Cookie=f"{COOKIE}={old}").get("/")).status_code == 303
    assert cookie_set(answer).value != "planted-by-somebody-else"


async def test_no_secret_is_stored(shared: World) -> None:
    await shared.person("ada")
    token = await link(shared, "ada")
    client = await signed_in(shared, "ada")
    db = shared.runtime.database.db

    stored = [str(one) for name in ("sessions", "links") async for one in db[name].find()]

    assert stored
    assert [one for one in stored if token in one or client.cookies[COOKIE] in one] == []


@pytest.mark.parametrize(
    ("field", "age"), [("last_used", SESSION_IDLE), ("expires_at", timedelta(0))]
)
async def test_a_session_ends_when_it_is_idle_or_old(
    shared: World, field: str, age: timedelta
) -> None:
    await shared.person("ada")
    client = await signed_in(shared, "ada")
    before = await client.get("/")
    past = shared.runtime.clock() - age - timedelta(seconds=1)
    where = {"_id": digest(client.cookies[COOKIE])}
    await shared.runtime.database.db["sessions"].update_one(where, {"$set": {field: past}})

    after = await client.get("/")
    answer = await client.get("/api/incidents")

    assert before.status_code == 200
    assert (after.status_code, after.headers["location"]) == (303, "/signin")
    assert answer.status_code == 401


async def test_a_session_with_an_open_window_is_in_use(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await shared.person("ada")
    client = await signed_in(shared, "ada")
    monkeypatch.setattr(doors, "SEEN_EVERY", timedelta(0))
    session = {"_id": digest(client.cookies[COOKIE])}
    stored = shared.runtime.database.db["sessions"]
    long_ago = shared.runtime.clock() - timedelta(hours=5)
    client.headers["Cookie"] = f"{COOKIE}={client.cookies[COOKIE]}"

    async with talking(window(client)) as talk, talking(ada.socket()):
        await talk.until("snapshot")
        await stored.update_one(session, {"$set": {"last_used": long_ago}})
        await shared.app.state.sockets.look()

    found = await stored.find_one(session)
    assert found is not None
    assert found["last_used"] > long_ago + timedelta(hours=4)


# Being out.


async def ends_of(world: World, actor: Actor, client: httpx2.AsyncClient, incident: str) -> JSON:
    """What becomes of a person's pages, API and sockets once they may not be here any more."""
    return {
        "page": (await client.get("/")).status_code,
        "api by cookie": (await client.get("/api/incidents")).status_code,
        "api by token": (await actor.http.get(f"/api/incidents/{incident}")).status_code,
    }


async def test_signing_out_ends_the_session_and_closes_its_sockets_on_every_server(
    database: Database, second: Database
) -> None:
    async with world_on(database) as here, world_on(second) as there:
        ada = await here.person("ada")
        incident = (await ada.declares())["id"]
        client, other = await signed_in(here, "ada"), await signed_in(here, "ada")
        for one in (client, other):
            one.headers["Cookie"] = f"{COOKIE}={one.cookies[COOKIE]}"
        elsewhere = there.client({"Cookie": client.headers["Cookie"], "Origin": there.address})
        async with (
            talking(window(client)) as lobby,
            talking(window(elsewhere, f"?incident={incident}")) as room,
            talking(window(other)) as stays,
        ):
            for talk in (lobby, room, stays):
                await talk.until("snapshot")
            answer = await client.post("/signout")

            assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
            assert cookie_set(answer).value == ""
            assert (await client.get("/")).status_code == 303
            assert [await lobby.closed(), await room.closed()] == [4401, 4401]
            await stays.says({"type": "ping"})
            await stays.until("pong")


async def test_a_disabled_person_is_out_everywhere(shared: World) -> None:
    root, dora = await shared.admin(), await shared.person("dora")
    incident = (await root.declares())["id"]
    client = await signed_in(shared, "dora")
    client.headers["Cookie"] = f"{COOKIE}={client.cookies[COOKIE]}"
    url = f"ws://127.0.0.1:{shared.port}/ws?incident={incident}"
    async with (
        talking(window(client)) as lobby,
        talking(dora.socket(f"?incident={incident}")) as room,
        asleep(url, dora.token) as sleeper,
    ):
        for talk in (lobby, room):
            await talk.until("snapshot")
        await root.does("PATCH", "/api/people/dora", {"disabled": True})
        codes = [await talk.closed() for talk in (lobby, room, sleeper)]
        ends = await ends_of(shared, dora, client, incident)

    assert codes == [4401] * 3
    assert ends == {"page": 303, "api by cookie": 401, "api by token": 401}


async def test_a_revoked_token_closes_its_sockets_and_no_others(shared: World) -> None:
    tess = await shared.person("tess")
    token, text = await shared.runtime.credentials.issue_token(
        "tess", "another", shared.runtime.clock()
    )
    async with (
        talking(tess.socket()) as stays,
        talking(Actor("tess", text, shared, tess.http).socket()) as goes,
    ):
        await goes.until("snapshot")
        await shared.runtime.credentials.revoke_token(token.id)

        assert await goes.closed() == 4401
        await stays.says({"type": "ping"})
        await stays.until("pong")


async def test_whose_role_changes_comes_in_again_with_the_new_one(shared: World) -> None:
    rolf = await shared.person("rolf", "admin")
    await shared.admin()
    async with talking(rolf.socket()) as talk:
        before = await talk.until("hello")
        await shared.runtime.directory.change("rolf", {"role": "responder"})
        code = await talk.closed()
    async with talking(rolf.socket()) as again:
        after = await again.until("hello")

    assert code == 1013
    assert talk.heard[-1] == {"type": "bye", "reason": "role-changed"}
    assert (before["user"]["role"], after["user"]["role"]) == ("admin", "responder")


async def test_nobody_is_shown_out_because_the_database_is_away(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await shared.person("ada")
    asked = asyncio.Event()

    async def away(*_: object) -> None:
        asked.set()
        raise StoreAway

    monkeypatch.setattr(shared.app.state.sockets._register, "standing", away)
    async with talking(ada.socket()) as talk:
        await talk.until("snapshot")
        await asked.wait()
        await talk.says({"type": "ping"})

        await talk.until("pong")


async def test_what_is_still_waiting_when_somebody_is_shown_out_is_not_done(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await shared.person("ada")
    incident = (await ada.declares())["id"]
    going_on, done = asyncio.Event(), asyncio.Event()
    submit = shared.runtime.desk.submit

    async def slowly(*sent: Any, **conditions: Any) -> Any:  # noqa: ANN401 (passed on)
        going_on.set()
        await done.wait()
        return await submit(*sent, **conditions)

    monkeypatch.setattr(shared.runtime.desk, "submit", slowly)
    async with talking(ada.socket(f"?incident={incident}")) as talk:
        await talk.until("snapshot")
        await talk.says({"type": "acknowledge", "ref": "first"})
        await talk.says({"type": "add_timeline", "ref": "second", "message": "Too late"})
        await going_on.wait()
        await shared.nobody().get("/healthz")  # by then the second one waits in the server
        (seat,) = [s for s in shared.app.state.sockets._seats if s.who.handle == "ada"]
        await seat.show_out()
        done.set()

        assert await talk.closed() == 4401
    await until_gone(shared)
    entries = await ada.reads(f"/api/incidents/{incident}/timeline")
    assert [entry["kind"] for entry in entries] == ["declared", "paged", "acknowledged"]


# Whose page it is.

FOREIGN = {
    "another site": "https://evil.test",
    "null": "null",
    "a longer name": "{own}.evil.test",
    "another port": "http://127.0.0.1:1",
    "TLS": "https://127.0.0.1:{port}",
    "a path": "{own}/",
    "two": "{own}, https://evil.test",
    "empty": "",
    "user": "http://x@127.0.0.1:{port}",
}


@pytest.mark.parametrize("case", FOREIGN)
async def test_what_another_site_sends_changes_nothing(shared: World, case: str) -> None:
    await shared.person("ada")
    own = await shared.browser_of("ada")
    before = await shared.stored()
    origin = FOREIGN[case].format(own=shared.address, port=shared.port)
    client = shared.client({"Cookie": own.headers["cookie"], "Origin": origin})

    answers = [
        await client.post("/signout"),
        await client.post("/people/ada/link"),
        await client.post("/welcome", data={"token": "x"}),
        await client.post("/api/incidents", json={"title": "Forged"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert await shared.stored() == before
    assert (await own.get("/")).status_code == 200


@pytest.mark.parametrize("site", [None, "cross-site", "same-site", "none"])
async def test_a_form_without_an_origin_needs_to_be_of_the_same_origin(
    shared: World, site: str | None
) -> None:
    await shared.person("ada")
    own = await shared.browser_of("ada")
    fetched = {"Sec-Fetch-Site": site} if site else {}
    client = shared.client({"Cookie": own.headers["cookie"], **fetched})
    same = shared.client({"Cookie": own.headers["cookie"], "Sec-Fetch-Site": "same-origin"})

    assert (await client.post("/signout")).status_code == 403
    assert (await same.post("/signout")).status_code == 303


@pytest.mark.parametrize("case", [*FOREIGN, "none at all"])
async def test_a_socket_with_a_cookie_is_refused_to_another_site(shared: World, case: str) -> None:
    await shared.person("ada")
    own = await shared.browser_of("ada")
    sent = {"Cookie": own.headers["cookie"]}
    if case != "none at all":
        sent["Origin"] = FOREIGN[case].format(own=shared.address, port=shared.port)

    answer = await handshake(shared, sent)

    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"


async def test_the_servers_own_page_opens_a_socket(shared: World) -> None:
    await shared.person("ada")
    own = await shared.browser_of("ada")

    async with talking(window(own)) as talk:
        assert (await talk.until("hello"))["user"]["handle"] == "ada"


async def test_a_browser_that_is_signed_out_is_told_so_by_the_code(shared: World) -> None:
    client = browser(shared, Cookie=f"{COOKIE}=over")

    async with talking(window(client)) as talk:
        assert await talk.closed() == 4401
        assert talk.heard == []


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "bearer wrong", "Bearer", "Basic YTpi", "x", ""]
)
async def test_a_program_with_a_wrong_token_is_refused_before_the_socket_opens(
    shared: World, header: str
) -> None:
    await shared.person("ada")
    own = await shared.browser_of("ada")

    answer = await handshake(shared, {**own.headers, "Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


async def test_a_program_needs_no_origin_and_may_have_any(shared: World) -> None:
    ada = await shared.person("ada")
    sent = {"Authorization": f"Bearer {ada.token}"}

    for more in ({}, {"Origin": "https://evil.test"}):
        assert (await handshake(shared, sent | more)).status_code == 101


@pytest.mark.parametrize("after", ["-1", "1.5", "x", "", "1 ", "\u0661", "1" * 16, "0x1", "1e3"])
async def test_a_cursor_that_is_no_number_is_refused_before_the_socket_opens(
    shared: World, after: str
) -> None:
    ada = await shared.person("ada")
    sent = {"Authorization": f"Bearer {ada.token}"}

    answer = await handshake(shared, sent, {"incident": "INC-1", "after": after})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


async def handshake(
    world: World, headers: dict[str, str], query: dict[str, str] | None = None
) -> httpx2.Response:
    """The answer to an upgrade, with nothing after it."""
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    client = world.nobody()
    async with client.stream("GET", "/ws", params=query, headers=headers | upgrade) as answer:
        if answer.status_code != 101:
            await answer.aread()
        return answer


async def test_over_tls_only_the_configured_address_is_our_own(database: Database) -> None:
    async with world_on(database, Settings(base_url="https://Good.test:443")) as world:
        await world.runtime.directory.add(
            Person(handle="ada", name="Ada", created_at=world.runtime.clock())
        )
        secret = await world.runtime.credentials.open_session("ada", world.runtime.clock())
        sent = {"Cookie": f"{SECURE_COOKIE}={secret}"}
        codes = {
            origin: (await handshake(world, sent | {"Origin": origin})).status_code
            for origin in (GOOD, "http://good.test", "https://good.test.evil.test", world.address)
        }

    assert list(codes.values()) == [101, 403, 403, 403]


# The way back.


ROOM = "/incidents/INC-7?at=2026-11-21T03:41:00Z"


async def test_who_must_sign_in_first_goes_on_to_where_they_were_going(shared: World) -> None:
    await shared.person("ada")
    client = browser(shared)

    sent = await client.get(ROOM)
    await client.get(sent.headers["location"])
    token = await link(shared, "ada")
    page = await client.get(f"/welcome?token={token}")
    entered = await client.post("/welcome", data={"token": token})

    assert "You go on to" in page.text
    assert (entered.status_code, entered.headers["location"]) == (303, ROOM)
    assert "incident_next" not in client.cookies


async def test_the_way_back_also_goes_through_a_browser_that_keeps_no_cookie(
    shared: World,
) -> None:
    await shared.person("ada")
    token = await link(shared, "ada")

    page = await browser(shared).get("/welcome", params={"token": token, "next": "/oncall"})
    form = {"token": token, "next": "/oncall"}
    entered = await browser(shared).post("/welcome", data=form)

    assert '<input type="hidden" name="next" value="/oncall">' in page.text
    assert entered.headers["location"] == "/oncall"


async def test_who_is_in_already_goes_straight_on(shared: World) -> None:
    await shared.person("ada")
    client = await signed_in(shared, "ada")

    answer = await client.get("/signin", params={"next": "/incidents/INC-7"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/incidents/INC-7")


@pytest.mark.parametrize(
    "astray",
    [
        "//evil.test",
        "/\\evil.test",
        "\\/evil.test",
        "https://evil.test/",
        "javascript:alert(1)",
        "/\t/evil.test",
        "/\n/evil.test",
        "/incidents/\u202e",
        "/signout",
        "/signin?next=/oncall",
        "/welcome?token=x",
        "/" + "a" * 600,
        "",
    ],
)
async def test_the_way_back_never_leads_elsewhere(shared: World, astray: str) -> None:
    await shared.person("ada")
    token = await link(shared, "ada")
    client = browser(shared)

    page = await client.get("/signin", params={"next": astray})
    welcome = await client.get("/welcome", params={"token": token, "next": astray})
    entered = await client.post(
        "/welcome",
        data={"token": token, "next": astray},
        headers={"Cookie": f"incident_next={astray}"}
        if astray.isascii() and astray.isprintable()
        else {},
    )

    assert "set-cookie" not in page.headers
    assert 'name="next"' not in welcome.text
    assert entered.headers["location"] == "/"
