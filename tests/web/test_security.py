"""What every answer carries and every request must not, on each address that there is."""

import asyncio
import logging
import re

import httpx2
import pytest
from starlette.routing import Route

from incident.settings import Settings
from incident.store.connection import Database
from incident.web import doors
from incident.web.app import routes
from incident.web.assets import Assets
from tests.web.serving import raw
from tests.web.talking import seqs, talking, window
from tests.world import World, world_on

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
PATHS = sorted({route.path for route in routes(Assets()) if isinstance(route, Route)})
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
ASTRAY = ["//evil.test", "/\\evil.test", "https:evil.test", "%2f%2fevil.test", "javascript:1"]


def filled(path: str) -> str:
    """A path of a route with something in its places."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: "7" if m[1] in {"number", "seq"} else "x", path)


def safe(answer: httpx2.Response) -> bool:
    """Whether an answer has all that keeps a browser from doing more with it than we want."""
    return {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "no-store",
    }.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
async def test_every_answer_carries_every_header(shared: World, path: str) -> None:
    await shared.admin()
    root, nobody = await shared.browser_of("root"), shared.nobody()

    for client in (root, nobody):
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "TRACE"):
            answer = await client.request(method, filled(path))
            assert safe(answer), f"{method} {path}: {answer.status_code}"
            assert answer.status_code != 500
            assert "server" not in answer.headers
            assert "strict-transport-security" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers


async def test_a_refused_socket_carries_every_header_too(shared: World) -> None:
    answer = await shared.nobody().get("/ws", headers=UPGRADE)

    assert answer.status_code == 401
    assert safe(answer)


async def test_a_fault_that_nobody_expected_carries_every_header_too(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("/home/somebody/static: too many open files")

    monkeypatch.setattr(Assets, "get_response", broken)
    answer = await shared.nobody().get("/static/css/tokens.css")

    assert answer.status_code == 500
    assert safe(answer)
    assert "somebody" not in answer.text


@pytest.mark.parametrize(
    ("base_url", "headers", "told"),
    [
        (None, {}, None),
        (None, {"X-Forwarded-Proto": "https"}, None),  # nobody trusts this client
        ("http://good.test", {}, None),
        ("https://good.test", {}, "max-age=31536000"),
    ],
)
async def test_only_where_people_use_tls_browsers_are_told_to_stay_with_it(
    database: Database, base_url: str | None, headers: dict[str, str], told: str | None
) -> None:
    async with world_on(database, Settings(base_url=base_url)) as world:
        answer = await world.nobody().get("/signin", headers=headers)

    assert answer.headers.get("strict-transport-security") == told


async def answered(world: World, head: str, body: bytes = b"") -> bytes:
    """All that comes back for a request exactly as it is written here."""
    async with raw(world.port) as client:
        lines = head.strip().replace("\n", "\r\n")
        await client.send(f"{lines}\r\nConnection: close\r\n\r\n".encode() + body)
        return await client.rest()


@pytest.mark.parametrize("path", ["/", "/api/incidents", "/static/css/tokens.css", "/healthz"])
async def test_a_request_for_two_hosts_is_refused(shared: World, path: str) -> None:
    answer = await answered(shared, f"GET {path} HTTP/1.1\nHost: good.test\nHost: evil.test")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"unreadable"' in answer


async def test_a_socket_for_two_hosts_is_refused(shared: World) -> None:
    upgrade = "\n".join(f"{k}: {v}" for k, v in UPGRADE.items() if k != "Connection")
    head = f"GET /ws HTTP/1.1\nHost: a.test\nHost: b.test\nOrigin: http://a.test\n{upgrade}"
    async with raw(shared.port) as client:
        lines = f"{head}\nConnection: Upgrade\n\n".replace("\n", "\r\n")
        await client.send(lines.encode())
        answer = await client.rest()

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity", "x"])
@pytest.mark.parametrize("path", ["/api/incidents", "/welcome"])
async def test_a_body_that_hides_its_size_is_refused(
    shared: World, path: str, encoding: str
) -> None:
    await shared.admin()
    root = await shared.browser_of("root")
    before = await shared.stored()

    answer = await root.post(path, content=b"{}", headers={"Content-Encoding": encoding})

    assert answer.status_code == 415
    assert await shared.stored() == before


@pytest.mark.parametrize("where", ASTRAY)
@pytest.mark.parametrize("name", ["next", "url", "redirect", "return_to"])
async def test_nobody_is_sent_to_another_site(shared: World, where: str, name: str) -> None:
    await shared.person("ada")
    token, _ = await shared.runtime.credentials.issue_link("ada", shared.runtime.clock())
    client = shared.client({"Origin": shared.address})

    form = {"token": token, name: where}
    answers = [
        await client.get("/", params={name: where}),
        await client.post("/welcome", data=form, params={name: where}),
        await client.post("/signout", params={name: where}),
        await client.get(f"/i/7?{name}={where}"),
    ]

    found = [answer.headers["location"] for answer in answers]
    assert found == ["/signin", "/", "/signin", "/incidents/INC-7"]


@pytest.mark.parametrize("path", ["/signin/", "/%2f%2fevil.test/", "//evil.test/signin/"])
async def test_a_slash_too_many_leads_nowhere_else(shared: World, path: str) -> None:
    answer = await shared.nobody().get(f"{shared.address}{path}")

    assert answer.headers.get("location", shared.address).startswith(shared.address)


async def test_secrets_are_not_in_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with world_on(database) as world:
        ada = await world.person("ada")
        link, _ = await world.runtime.credentials.issue_link("ada", world.runtime.clock())
        client = world.client({"Origin": world.address})
        await client.get(f"/welcome?token={link}")
        await client.post("/welcome", data={"token": link})
        session = client.cookies["incident_session"]
        incident = (await ada.declares("A title that stays private"))["id"]
        client.headers["Cookie"] = f"incident_session={session}"
        async with talking(window(client, f"?incident={incident}")) as talk:
            await talk.asks("add_timeline", "r", message="A message that stays private")
        await ada.http.post(f"/api/incidents/{incident}/timeline", json={"message": 1})

    ours = [record for record in caplog.records if not record.name.startswith("http")]
    told = str([record.__dict__ for record in ours])
    assert "commit" in told
    for secret in (link, session, ada.token, "stays private"):
        assert secret not in told


# Limits.


async def test_a_server_has_room_for_so_many_connections(
    shared: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await shared.person("ada")
    async with talking(ada.socket()) as talk:
        await talk.until("snapshot")
        monkeypatch.setattr(doors, "IN_ALL", 1)
        async with talking(ada.socket()) as one_more:
            assert await one_more.closed() == 1013
        await talk.says({"type": "ping"})
        await talk.until("pong")


async def test_a_flood_on_one_connection_is_taken_one_by_one_and_delays_nobody(
    shared: World,
) -> None:
    ada, bo = await shared.person("ada"), await shared.person("bo")
    incident = (await ada.declares())["id"]
    async with (
        talking(ada.socket(f"?incident={incident}")) as flood,
        talking(bo.socket(f"?incident={incident}")) as other,
    ):
        await flood.until("snapshot")
        await other.until("snapshot")
        for n in range(200):
            await flood.says({"type": "add_timeline", "ref": f"f{n}", "message": str(n)})
        ack = await other.asks("add_timeline", "mine", message="Between them")
        last = await flood.until("ack", ref="f199")
        commits = await flood.commits(last["seq"])

    assert ack["seq"] < last["seq"]
    assert seqs(commits) == list(range(2, last["seq"] + 1))
    notes = [entry["message"] for frame in commits for entry in frame["entries"]]
    assert [note for note in notes if note != "Between them"] == [str(n) for n in range(200)]


async def test_nonsense_on_one_connection_delays_nobody(shared: World) -> None:
    ada = await shared.person("ada")
    incident = (await ada.declares())["id"]
    async with (
        talking(ada.socket(f"?incident={incident}")) as flood,
        talking(ada.socket(f"?incident={incident}")) as other,
    ):
        await asyncio.gather(*(flood.socket.send("{" * 1_000) for _ in range(500)))
        ack = await other.asks("acknowledge", "mine")

    assert ack["type"] == "ack"
