"""What is compressed, for whom, and what never is."""

import gzip
import re
import zlib
from collections.abc import Callable

import brotli
import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from incident.web.packing import WORTH, Packing, takes
from tests.web.serving import raw
from tests.world import World

PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
async def ada(shared: World) -> httpx2.AsyncClient:
    await shared.person("ada")
    return await shared.browser_of("ada")


@pytest.fixture
async def room(shared: World) -> str:
    declared: str = (await (await shared.person("ada")).declares("Checkout is down"))["id"]
    return declared


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0.001", True),
        ("identity", False),
        ("x-gzipped", False),
        ("br", False),
    ],
)
def test_gzip_is_taken_by_who_names_it_and_does_not_rule_it_out(
    accepted: str, *, taken: bool
) -> None:
    assert takes("gzip", accepted) == taken


@pytest.mark.parametrize(
    "path", ["/", "/incidents/{room}", "/oncall", "/docs", "/api/incidents/{room}"]
)
async def test_a_page_or_json_is_compressed_only_for_who_asks(
    ada: httpx2.AsyncClient, room: str, path: str
) -> None:
    whole = await ada.get(path.format(room=room), headers=PLAIN)
    small = await ada.get(path.format(room=room), headers=GZIP)

    assert "content-encoding" not in whole.headers
    assert small.headers["content-encoding"] == "gzip"
    assert whole.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
    assert int(small.headers["content-length"]) < int(whole.headers["content-length"]) / 2
    assert without_clock(small.text) == without_clock(whole.text)


async def test_who_takes_brotli_gets_it(ada: httpx2.AsyncClient, room: str) -> None:
    whole = await ada.get(f"/incidents/{room}", headers=PLAIN)

    small = await ada.get(f"/incidents/{room}", headers={"Accept-Encoding": "gzip, br"})

    assert small.headers["content-encoding"] == "br"
    assert without_clock(small.text) == without_clock(whole.text)


def without_clock(text: str) -> str:
    """A second may pass between two answers, and with it a minute, an hour or a day."""
    return re.sub(r"\d+( (d|h|m|min|s)\b)?", "", text)


async def test_the_head_of_a_page_tells_what_a_get_would(
    ada: httpx2.AsyncClient, room: str
) -> None:
    answer = await ada.head(f"/incidents/{room}", headers=GZIP)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-encoding"] == "gzip"


async def test_a_version_has_one_tag_in_either_encoding(ada: httpx2.AsyncClient, room: str) -> None:
    whole = await ada.get(f"/api/incidents/{room}", headers=PLAIN)
    again = await ada.get(
        f"/api/incidents/{room}", headers=GZIP | {"If-None-Match": whole.headers["etag"]}
    )

    assert (again.status_code, again.headers["etag"]) == (304, whole.headers["etag"])


@pytest.mark.parametrize("path", ["/signin", "/welcome?token=x", "/people", "/you", "/api/people"])
async def test_what_may_show_a_secret_is_never_compressed(shared: World, path: str) -> None:
    await shared.admin()
    root = await shared.browser_of("root")

    answer = await root.get(path, headers=GZIP)

    assert "content-encoding" not in answer.headers


async def test_a_link_or_a_token_that_was_made_is_never_compressed(shared: World) -> None:
    admin = await shared.admin()
    root = await shared.browser_of("root")
    await shared.person("ada")
    before = {"Origin": shared.address, **GZIP}

    shown = await root.post("/people/ada/link", headers=before)
    link = await root.post("/api/people/ada/link", headers=before)

    assert admin
    assert (shown.status_code, link.status_code) == (200, 201)
    assert "/welcome?token=" in shown.text
    assert "content-encoding" not in shown.headers
    assert "content-encoding" not in link.headers


async def test_a_refusal_is_as_readable_as_an_answer(ada: httpx2.AsyncClient) -> None:
    answer = await ada.get("/api/incidents/INC-999", headers=GZIP)

    assert answer.status_code == 404
    assert answer.json()["code"] == "no-such-incident"


STREAM = [b"x" * 5_000, b"y" * 5_000]


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    kind = (b"content-type", b"application/json")
    await send({"type": "http.response.start", "status": 200, "headers": [kind]})
    for piece in STREAM:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def sent_by(app: Packing, accepted: bytes) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    head = [(b"accept-encoding", accepted)]
    scope = {"type": "http", "method": "GET", "path": "/api/incidents", "headers": head}
    await app(scope, receive, send)
    return sent


async def test_what_is_streamed_goes_by_piece_by_piece_as_it_is() -> None:
    head, *body = await sent_by(Packing(streaming), b"gzip")

    assert (b"content-encoding", b"gzip") not in head["headers"]
    assert [piece["body"] for piece in body] == [*STREAM, b""]


@pytest.mark.parametrize(
    ("accepted", "unpacked"), [(b"gzip", gzip.decompress), (b"gzip, br", brotli.decompress)]
)
@pytest.mark.parametrize("length", [0, WORTH - 1, WORTH, 64 * 1024, 1_000_000])
async def test_what_is_short_stays_and_what_is_long_comes_back_whole(
    length: int, accepted: bytes, unpacked: Callable[[bytes], bytes]
) -> None:
    content = bytes(range(256)) * (length // 256 + 1)
    content = content[:length]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"%d" % length),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    head, body = await sent_by(Packing(app), accepted)
    headers = dict(head["headers"])

    assert (b"content-encoding" in headers) == (length >= WORTH)
    assert int(headers[b"content-length"]) == len(body["body"])
    assert headers[b"vary"] == b"Accept-Encoding"
    assert content == (unpacked(body["body"]) if length >= WORTH else body["body"])


async def test_a_file_has_a_tag_for_each_encoding_and_they_are_never_mixed(shared: World) -> None:
    nobody = shared.nobody()
    whole = await nobody.get("/static/css/tokens.css", headers=PLAIN)
    small = await nobody.get("/static/css/tokens.css", headers=GZIP)

    assert whole.content == small.content
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in whole.headers
    assert whole.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
    assert whole.headers["etag"] != small.headers["etag"]
    for known, asked in ((whole, PLAIN), (small, GZIP)):
        other = GZIP if asked is PLAIN else PLAIN
        tag = {"If-None-Match": known.headers["etag"]}
        again = await nobody.get("/static/css/tokens.css", headers=asked | tag)
        mixed = await nobody.get("/static/css/tokens.css", headers=other | tag)
        assert (again.status_code, again.headers["etag"]) == (304, known.headers["etag"])
        assert (mixed.status_code, mixed.content) == (200, whole.content)


async def test_a_file_goes_over_the_wire_as_short_as_it_says(shared: World) -> None:
    asked = "Host: x\r\nAccept-Encoding: gzip\r\nConnection: close"
    head = f"GET /static/css/tokens.css HTTP/1.1\r\n{asked}"
    async with raw(shared.port) as client:
        await client.send(f"{head}\r\n\r\n".encode())
        answer = await client.rest()
    told, _, body = answer.partition(b"\r\n\r\n")

    assert f"content-length: {len(body)}".encode() in told.lower()
    assert b":root" in zlib.decompress(body, 31)


async def test_a_font_is_sent_as_it_is(shared: World) -> None:
    answer = await shared.nobody().get("/static/fonts/next-latin.woff2", headers=GZIP)

    assert answer.headers["content-type"] == "font/woff2"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=5-999999", 5, None)],
)
async def test_a_part_of_a_file_is_a_part_of_what_is_sent_whole(
    shared: World, asked: str, start: int, stop: int | None
) -> None:
    whole = await shared.nobody().get("/static/css/tokens.css", headers=PLAIN)

    part = await shared.nobody().get(
        "/static/css/tokens.css",
        headers=GZIP | {"Range": asked, "If-Range": whole.headers["etag"]},
    )

    assert (part.status_code, part.content) == (206, whole.content[start:stop])
    assert part.headers["content-range"].endswith(f"/{len(whole.content)}")
    assert "content-encoding" not in part.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-9", "If-Range": '"of-another-file"'},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=-5"},
        {"Range": "bytes=9-0"},
        {"Range": "lines=0-9"},
    ],
    ids=str,
)
async def test_a_part_that_is_not_served_is_answered_with_the_whole(
    shared: World, headers: dict[str, str]
) -> None:
    whole = await shared.nobody().get("/static/css/tokens.css", headers=PLAIN)

    answer = await shared.nobody().get("/static/css/tokens.css", headers=PLAIN | headers)

    assert (answer.status_code, answer.content) == (200, whole.content)


@pytest.mark.parametrize("path", ["css/tokens.css", "js/wire.js", "fonts/next-latin.woff2"])
async def test_a_file_carries_only_the_headers_that_mean_something_for_it(
    shared: World, path: str
) -> None:
    answer = await shared.nobody().get(f"/static/{path}")

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in answer.headers
    assert "permissions-policy" not in answer.headers


@pytest.mark.parametrize("path", ["favicon.svg", "icons/icons.svg", "js/nowhere.js"])
async def test_what_a_browser_may_show_as_a_document_carries_them_all(
    shared: World, path: str
) -> None:
    answer = await shared.nobody().get(f"/static/{path}")

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
