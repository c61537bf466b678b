"""Files over the API: taken piece by piece, given back as what they are, and gone when redacted."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest

from incident.leftovers import clear_up
from incident.store.uploads import CHUNK
from incident.web import api_attachments
from incident.web.api_attachments import FENCED, FILE_LIMIT
from incident.web.guard import GuardedHTTP
from tests.parts.pictures import jpeg, png
from tests.process import TOKEN, served
from tests.web.serving import Raw, greeter, raw, serving
from tests.web.talking import talking
from tests.world import Actor, World

GRAPH = png(300, 200)
ANYTHING = "application/octet-stream"
EMPTY = {"files.files": 0, "files.chunks": 0, "files.moving": 0}


@pytest.fixture
async def ada(shared: World) -> Actor:
    return await shared.person("ada")


@pytest.fixture
async def path(ada: Actor) -> str:
    return f"/api/incidents/{(await ada.declares())['id']}"


async def put(
    actor: Actor, path: str, content: bytes, name: str = "graph.png", **headers: str
) -> httpx2.Response:
    url = f"{path}/attachments"
    return await actor.http.post(url, params={"name": name}, content=content, headers=headers)


async def uploaded(actor: Actor, path: str, content: bytes, name: str = "graph.png") -> Any:  # noqa: ANN401 (JSON)
    answer = await put(actor, path, content, name)

    assert 201 == answer.status_code, answer.text
    return answer.json()


async def left(world: World, path: str) -> int:
    """Files of an incident, whole or not; those of others in the same database do not count."""
    incident = path.rpartition("/")[2]
    db = world.runtime.database.db
    files = await db["files.files"].count_documents({"metadata.incident": incident})
    return int(files + await db["files.moving"].count_documents({"incident": incident}))


async def pieces(world: World) -> int:
    return int(await world.runtime.database.db["files.chunks"].count_documents({}))


async def test_a_picture_goes_up_into_an_entry_and_comes_back_as_it_was(
    ada: Actor, path: str
) -> None:
    told = await uploaded(ada, path, GRAPH)
    entry = await ada.does(
        "POST", f"{path}/timeline", {"message": "x", "attachments": [told["id"]]}
    )
    shown = (await ada.reads(f"{path}/timeline"))[-1]
    back = await ada.http.get(told["url"])

    assert {
        "id": hashlib.sha256(GRAPH).hexdigest(),
        "name": "graph.png",
        "type": "image/png",
        "size": len(GRAPH),
        "width": 300,
        "height": 200,
        "url": f"{path}/attachments/{told['id']}",
    } == told
    assert [told] == entry["attachments"] == shown["attachments"]
    assert GRAPH == back.content


async def test_a_line_over_the_socket_names_its_files(ada: Actor, path: str) -> None:
    told = await uploaded(ada, path, GRAPH)
    async with talking(ada.socket(f"?incident={path.rpartition('/')[2]}")) as talk:
        ack = await talk.asks("add_timeline", "r1", message="x", attachments=[told["id"]])
        unknown = await talk.asks("add_timeline", "r2", message="x", attachments=["0" * 64])

    assert "ack" == ack["type"]
    assert "no-such-attachment" == unknown["problem"]["code"]
    assert [told] == (await ada.reads(f"{path}/timeline"))[-1]["attachments"]


async def test_a_picture_is_shown_inside_a_fence_and_asked_for_again(ada: Actor, path: str) -> None:
    told = await uploaded(ada, path, jpeg(30, 20), "fotö.jpg")
    answer = await ada.http.get(told["url"])
    again = await ada.http.get(told["url"], headers={"If-None-Match": answer.headers["etag"]})
    head = await ada.http.head(told["url"])

    expected = {
        "content-type": "image/jpeg",
        "content-length": str(told["size"]),
        "content-disposition": "inline; filename=\"fot_.jpg\"; filename*=UTF-8''fot%C3%B6.jpg",
        "content-security-policy": FENCED,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-cache",
        "etag": f'"{told["id"]}"',
    }
    assert expected.items() <= dict(answer.headers).items()
    assert expected.items() <= dict(head.headers).items()
    assert (304, b"", b"") == (again.status_code, again.content, head.content)
    assert "private, no-cache" == again.headers["cache-control"]


DISGUISED = {
    "html.png": b"<!doctype html><script>alert(1)</script>",
    "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "zip.png": b"PK\x03\x04" + bytes(40),
    "page.html": b"<!doctype html>",
    "drawing.svg": b"<svg/>",
    "cut.png": GRAPH[:20],
    "bomb.png": png(1, 1)[:16] + b"\x00\x01\x00\x00" * 2 + bytes(9),
}


@pytest.mark.parametrize("name", DISGUISED)
@pytest.mark.parametrize("claims", ["image/png", "text/html", ""])
async def test_what_is_no_picture_is_only_ever_saved(
    ada: Actor, path: str, name: str, claims: str
) -> None:
    headers = {"Content-Type": claims} if claims else {}
    told = (await put(ada, path, DISGUISED[name], name, **headers)).json()
    answer = await ada.http.get(told["url"])

    assert (ANYTHING, None, None) == (told["type"], told["width"], told["height"])
    assert ANYTHING == answer.headers["content-type"]
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert FENCED == answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')


async def test_a_picture_that_was_cut_off_after_its_head_is_one_all_the_same(
    ada: Actor, path: str
) -> None:
    told = await uploaded(ada, path, GRAPH[:60])

    assert ("image/png", 300, 200) == (told["type"], told["width"], told["height"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ('a"\r\nSet-Cookie: b=c', 'a" Set-Cookie: b=c'),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 996 + ".png", "x" * 116 + ".png"),
        ("", "unnamed"),
    ],
)
async def test_a_name_is_told_back_without_what_could_do_harm(
    ada: Actor, path: str, given: str, kept: str
) -> None:
    told = await uploaded(ada, path, GRAPH, given)
    answer = await ada.http.get(told["url"])

    assert kept == told["name"]
    assert "set-cookie" not in answer.headers


async def test_a_name_of_no_bounds_is_refused(ada: Actor, path: str) -> None:
    answer = await put(ada, path, GRAPH, "x" * 1_001)

    assert (422, "invalid") == (answer.status_code, answer.json()["code"])


async def test_the_largest_file_is_taken_and_one_byte_more_is_not(
    shared: World, ada: Actor, path: str
) -> None:
    content = bytes(FILE_LIMIT)
    told = await uploaded(ada, path, content)
    there = await left(shared, path)
    answer = await put(ada, path, content + b"x")

    async def piecemeal() -> Any:  # noqa: ANN401 (an iterator of bytes)
        for _ in range(6):
            yield bytes(1024 * 1024)

    unannounced = await ada.http.post(f"{path}/attachments", content=piecemeal())

    assert FILE_LIMIT == told["size"]
    assert (413, "too-large") == (answer.status_code, answer.json()["code"])
    assert (413, "too-large") == (unannounced.status_code, unannounced.json()["code"])
    assert 1 == there == await left(shared, path)
    assert content == (await ada.http.get(told["url"])).content


def head_of(path: str, token: str, length: int) -> bytes:
    return (
        f"POST {path}/attachments?name=a.bin HTTP/1.1\r\nHost: here\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def test_a_file_that_is_announced_as_too_large_is_refused_before_it_is_sent(
    shared: World, ada: Actor, path: str
) -> None:
    async with raw(shared.port) as client:
        await client.send(head_of(path, ada.token, FILE_LIMIT + 1))
        answer = await client.until(b"\r\n")

    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("content", [b"", None])
async def test_a_file_without_bytes_is_refused(
    shared: World, ada: Actor, path: str, content: bytes | None
) -> None:
    answer = await ada.http.post(f"{path}/attachments", content=content)

    assert (422, "empty-file") == (answer.status_code, answer.json()["code"])
    assert 0 == await left(shared, path)


async def test_what_is_not_there_is_said_to_be_not_there(ada: Actor, path: str) -> None:
    told = await uploaded(ada, path, GRAPH)
    elsewhere = f"/api/incidents/{(await ada.declares())['id']}"

    for url in (f"{elsewhere}/attachments/{told['id']}", f"{path}/attachments/{'0' * 64}"):
        answer = await ada.http.get(url)
        assert (404, "no-such-file") == (answer.status_code, answer.json()["code"])
    note = {"message": "x", "attachments": [told["id"]]}
    foreign = await ada.http.post(f"{elsewhere}/timeline", json=note)
    assert (422, "no-such-attachment") == (foreign.status_code, foreign.json()["code"])


async def test_a_key_makes_one_file_of_one_upload_and_stands_for_no_other(
    shared: World, ada: Actor, path: str
) -> None:
    key = {"Idempotency-Key": path.replace("/", "-")}
    first = await put(ada, path, GRAPH, **key)
    again = await put(ada, path, GRAPH, **key)
    other = await put(ada, path, GRAPH + b"x", **key)

    assert (201, 201, first.json()) == (first.status_code, again.status_code, again.json())
    assert "idempotency-replayed" not in first.headers
    assert "true" == again.headers["idempotency-replayed"]
    assert (422, "idempotency-key-reused") == (other.status_code, other.json()["code"])
    assert 1 == await left(shared, path)


async def test_the_same_upload_many_times_at_once_is_one_file(
    shared: World, ada: Actor, path: str
) -> None:
    content = GRAPH + bytes(2 * CHUNK)
    told = await asyncio.gather(*(uploaded(ada, path, content) for _ in range(6)))

    assert [told[0]] * 6 == told
    assert 1 == await left(shared, path)
    assert content == (await ada.http.get(told[0]["url"])).content


async def test_an_incident_that_is_full_takes_no_more_and_gives_first_answers_again(
    shared: World, ada: Actor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"Idempotency-Key": path.replace("/", ".")}
    monkeypatch.setattr(api_attachments, "QUOTA", 1000)
    first = await put(ada, path, bytes(900), **key)
    full = await put(ada, path, bytes(101))
    again = await put(ada, path, bytes(900), **key)
    rest = await put(ada, path, bytes(100))

    assert (409, "attachments-full") == (full.status_code, full.json()["code"])
    assert (201, first.json(), 201) == (again.status_code, again.json(), rest.status_code)
    assert 2 == await left(shared, path)


async def test_uploads_at_once_do_not_come_to_more_than_there_is_room_for(
    shared: World, ada: Actor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_attachments, "QUOTA", 3_500)
    answers = await asyncio.gather(*(put(ada, path, bytes([n]) * 1000) for n in range(8)))

    assert {one.status_code for one in answers} <= {201, 409}
    assert await shared.runtime.attachments.used(path.rpartition("/")[2]) <= 3_500


async def test_a_page_of_another_site_uploads_nothing(shared: World, ada: Actor, path: str) -> None:
    browser = await shared.browser_of("ada")
    answer = await browser.post(
        f"{path}/attachments", content=GRAPH, headers={"Origin": "http://evil.test"}
    )
    own = await browser.post(f"{path}/attachments?name=a.png", content=GRAPH)

    assert (403, 201) == (answer.status_code, own.status_code)


async def test_half_an_upload_leaves_nothing(world: World) -> None:
    ada = await world.person()
    path = f"/api/incidents/{(await ada.declares())['id']}"
    async with raw(world.port) as client:
        await client.send(head_of(path, ada.token, FILE_LIMIT) + bytes(3 * CHUNK))
        while not await pieces(world):
            await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        while await left(world, path):
            await asyncio.sleep(0.01)

    assert 0 == await pieces(world)
    assert EMPTY.items() <= (dict.fromkeys(EMPTY, 0) | await world.stored()).items()


async def test_a_redaction_removes_the_file_for_good_before_it_answers(world: World) -> None:
    ada, admin = await world.person("ada"), await world.admin()
    path = f"/api/incidents/{(await ada.declares())['id']}"
    secret, shared_file = GRAPH + b"secret", GRAPH + b"shared"
    ids = [(await uploaded(ada, path, one))["id"] for one in (secret, shared_file)]
    first = await ada.does("POST", f"{path}/timeline", {"message": "x", "attachments": ids})
    await ada.does("POST", f"{path}/timeline", {"message": "y", "attachments": ids[1:]})
    await admin.does("DELETE", f"{path}/timeline/{first['seq']}/{first['index']}")

    statuses = [(await ada.http.get(f"{path}/attachments/{one}")).status_code for one in ids]
    assert [404, 200] == statuses
    db = world.runtime.database.db
    for name in ("files.files", "files.chunks", "files.moving", "commits"):
        async for stored in db[name].find():
            assert b"secret" not in stored.get("data", b"")
            assert ids[0] not in repr(stored)


async def test_a_key_under_which_nothing_was_changed_has_no_files_to_give(world: World) -> None:
    ada = await world.person("ada")
    path = f"/api/incidents/{(await ada.declares(title='Checkout is down'))['id']}"
    keyed = {"Idempotency-Key": "r1"}
    same = await ada.http.patch(path, json={"title": "Checkout is down"}, headers=keyed)

    body = {"message": "x", "attachments": ["0123456789abcdef01234567"]}
    answer = await ada.http.post(f"{path}/timeline", json=body, headers=keyed)

    assert same.status_code == 200
    assert (answer.status_code, answer.json()["code"]) == (422, "no-such-attachment")


async def test_an_entry_that_was_redacted_since_is_answered_as_done_when_it_is_sent_again(
    world: World,
) -> None:
    ada, admin = await world.person("ada"), await world.admin()
    path = f"/api/incidents/{(await ada.declares())['id']}"
    body = {"message": "x", "attachments": [(await uploaded(ada, path, GRAPH))["id"]]}
    keyed = {"Idempotency-Key": "r1"}
    first = await ada.http.post(f"{path}/timeline", json=body, headers=keyed)
    told = first.json()
    await admin.does("DELETE", f"{path}/timeline/{told['seq']}/{told['index']}")

    again = await ada.http.post(f"{path}/timeline", json=body, headers=keyed)
    async with talking(ada.socket(f"?incident={path.rpartition('/')[2]}")) as talk:
        ack = await talk.asks("add_timeline", "r1", **body)
        other = await talk.asks("add_timeline", "r2", **body)

    assert (201, "true") == (again.status_code, again.headers.get("Idempotency-Replayed"))
    assert (told["seq"], told["index"]) == (again.json()["seq"], again.json()["index"])
    assert ("ack", told["seq"], told["index"]) == (ack["type"], ack.get("seq"), ack.get("index"))
    assert "no-such-attachment" == other["problem"]["code"]
    assert not (await ada.reads(f"{path}/timeline"))[-1]["attachments"]


async def test_a_file_that_was_never_shown_is_cleared_up_by_the_server(world: World) -> None:
    ada = await world.person()
    path = f"/api/incidents/{(await ada.declares())['id']}"
    told = await uploaded(ada, path, GRAPH)
    runtime = world.runtime
    year = runtime.clock().replace(year=runtime.clock().year + 1)
    removed = await clear_up(runtime.attachments, runtime.journal, year)

    assert 1 == removed
    assert 404 == (await ada.http.get(told["url"])).status_code


async def test_a_kill_in_the_middle_of_an_upload_leaves_no_file(tmp_path: Path) -> None:
    async with served(tmp_path / "data") as server:
        made = await server.call("POST", "/api/incidents", {"title": "Payments fail"})
        path = f"/api/incidents/{made.json()['id']}"
        async with raw(server.port) as client:
            await client.send(head_of(path, TOKEN, FILE_LIMIT) + bytes(4 * CHUNK))
            await server.kill()
        await server.start()
        content = bytes(FILE_LIMIT)
        name = hashlib.sha256(content).hexdigest()
        half = await server.call("GET", f"{path}/attachments/{name}")
        async with httpx2.AsyncClient(timeout=30) as http:
            url = f"{server.url}{path}/attachments?name=a.bin"
            headers = {"Authorization": f"Bearer {TOKEN}"}
            again = await http.post(url, content=content, headers=headers)
        back = await server.call("GET", again.json()["url"])

    assert (404, 201) == (half.status_code, again.status_code)
    assert content == back.content


# A file may be slow, and still cannot hang for ever.


class Hasty(GuardedHTTP):
    RECEIVE_DEADLINE = 0.2
    PROGRESS_PERIOD = 0.1
    PROGRESS_BYTES = 10


FILE_HEAD = b"POST /api/incidents/INC-1/attachments?name=a HTTP/1.1\r\nHost: here\r\n"


async def trickle(client: Raw, count: int) -> None:
    """Send `count` bytes, a few at a time, for longer than any other request may take."""
    for _ in range(count // 20):
        await client.send(b"x" * 20)
        await asyncio.sleep(0.02)  # this is what is tested: a slow network


async def test_a_file_may_take_longer_than_another_request_while_it_comes_on() -> None:
    async with serving(greeter, http=Hasty) as port, raw(port) as client:
        await client.send(FILE_HEAD + b"Content-Length: 800\r\nConnection: close\r\n\r\n")
        await trickle(client, 800)
        answer = await client.rest()

    assert answer.endswith(b"800 bytes")


@pytest.mark.parametrize("start", [b"", b"x" * 9], ids=["no bytes", "too few"])
async def test_a_file_that_does_not_come_on_is_given_up(start: bytes) -> None:
    async with serving(greeter, http=Hasty) as port, raw(port) as client:
        await client.send(FILE_HEAD + b"Content-Length: 800\r\n\r\n" + start)
        answer = await client.rest()

    assert answer == b""


async def test_what_is_sent_after_the_answer_is_not_waited_for() -> None:
    async def hasty(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 (ASGI)
        await send({"type": "http.response.start", "status": 413})
        await send({"type": "http.response.body", "body": b"too large"})

    async with serving(hasty, http=Hasty) as port, raw(port) as client:
        await client.send(FILE_HEAD + b"Content-Length: 100000000\r\n\r\n")
        await client.until(b"too large")
        await client.flood(b"x" * 65536, 1024 * 1024 * 1024)
        rest = await client.rest()

    assert b"HTTP/1.1" not in rest


async def test_other_addresses_keep_their_deadline() -> None:
    head = FILE_HEAD.replace(b"attachments", b"timeline")
    async with serving(greeter, http=Hasty) as port, raw(port) as client:
        await client.send(head + b"Content-Length: 100000\r\n\r\n")
        with pytest.raises(ConnectionError):
            await trickle(client, 100_000)
