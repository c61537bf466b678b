"""One connection cannot cost the server much, and honest ones notice nothing."""

import asyncio
import json
import socket
from contextlib import suppress
from typing import ClassVar

import pytest
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from incident.web.connection import GuardedWebSocket
from incident.web.guard import GuardedHTTP, listening_socket
from incident.web.members import EXTENSION, Connection
from tests.web.serving import HANDSHAKE, client_frame, greeter, raw, serving

CHUNK = 256 * 1024  # the most that one read of the loop brings
FLOOD = 64 * 1024 * 1024  # bytes a hostile client would send if it were let
GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
TEXT, CONTINUATION, PING = 1, 0, 9


class CountingHTTP(GuardedHTTP):
    """Counts what it was made to read."""

    accepted: ClassVar[int]

    def data_received(self, data: bytes) -> None:
        CountingHTTP.accepted += len(data)
        super().data_received(data)


class CountingWebSocket(GuardedWebSocket):
    accepted: ClassVar[int]

    def data_received(self, data: bytes) -> None:
        CountingWebSocket.accepted += len(data)
        super().data_received(data)


@pytest.fixture(autouse=True)
def _count_from_nothing() -> None:
    CountingHTTP.accepted = CountingWebSocket.accepted = 0


async def refused(start: bytes, flood: bytes = b"") -> bytes:
    """The whole answer to a client that sends one thing and then another for as long as it can."""
    async with serving(greeter, http=CountingHTTP) as port, raw(port) as client:
        await client.send(start)
        if flood:
            await client.flood(flood, FLOOD)
        return await client.rest()


async def cut_off(flood: bytes) -> bytes:
    """All that a socket hears whose client floods it."""
    async with serving(greeter, ws=CountingWebSocket) as port, raw(port) as client:
        await client.upgrade()
        await client.flood(flood, FLOOD)
        return await client.rest()


def problem(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    value: dict[str, object] = json.loads(body)
    return value


async def test_an_ordinary_request_is_answered() -> None:
    answer = await refused(GET + b"Connection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_body_in_pieces_is_answered() -> None:
    head = GET.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    async with serving(greeter) as port, raw(port) as client:
        await client.send(head)
        for _ in range(100):
            await client.send(b"400\r\n" + bytes(1024) + b"\r\n")
        await client.send(b"0\r\n\r\n")
        answer = await client.rest()

    assert answer.endswith(b"102400 bytes")


async def test_two_requests_on_one_connection_are_answered() -> None:
    async with serving(greeter) as port, raw(port) as client:
        await client.send(GET + b"\r\n" + GET + b"Connection: close\r\n\r\n")
        answer = await client.rest()

    assert answer.count(b"HTTP/1.1 200 ") == 2


async def test_a_head_that_is_too_large_is_refused_with_a_reason() -> None:
    answer = await refused(GET + b"X-Big: " + b"x" * GuardedHTTP.HEAD_BYTES + b"\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")
    assert problem(answer)["code"] == "head-too-large"


async def test_too_many_fields_are_refused() -> None:
    answer = await refused(GET + b"a: b\r\n" * GuardedHTTP.HEAD_FIELDS + b"\r\n")

    assert answer.startswith(b"HTTP/1.1 431 ")


async def test_bad_http_gets_a_problem_document() -> None:
    answer = await refused(b"HELO here\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert problem(answer)["code"] == "unreadable-request"


@pytest.mark.parametrize(
    ("start", "flood"),
    [
        pytest.param(b"GET /", b"a" * 65536, id="an endless address"),
        pytest.param(GET + b"X-Big: ", b"a" * 65536, id="an endless field"),
        pytest.param(GET, b"a: b\r\n" * 10_000, id="endless fields"),
        pytest.param(b"\r\n", b"\r\n" * 32768, id="empty lines before any request"),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 65536, id="endless trailer"
        ),
        pytest.param(
            GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 10_000, id="trailers"
        ),
        pytest.param(b"", (GET + b"\r\n") * 2000, id="requests that wait for no answer"),
    ],
)
async def test_an_endless_head_is_cut_off(start: bytes, flood: bytes) -> None:
    await refused(start, flood)

    assert CountingHTTP.accepted <= GuardedHTTP.HEAD_BYTES + 2 * CHUNK


async def test_trailers_do_not_become_fields() -> None:
    seen: list[list[tuple[bytes, bytes]]] = []

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await greeter(scope, receive, send)
        seen.append(list(scope["headers"]))

    async with serving(reading) as port, raw(port) as client:
        await client.send(GET + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.send(b"0\r\nX-Trailer: slipped in\r\n\r\n")
        await client.rest()

    assert b"x-trailer" not in dict(seen[0])


class HastyHTTP(GuardedHTTP):
    RECEIVE_DEADLINE = 0.05


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(GET, id="half a head"),
        pytest.param(GET + b"Content-Length: 9\r\n\r\nhalf", id="half a body"),
    ],
)
async def test_a_request_that_does_not_end_is_given_up(start: bytes) -> None:
    async with serving(greeter, http=HastyHTTP) as port, raw(port) as client:
        await client.send(start)
        answer = await client.rest()

    assert answer == b""


async def test_an_empty_line_after_an_answer_does_not_hold_the_connection() -> None:
    async with serving(greeter, http=HastyHTTP) as port, raw(port) as client:
        await client.send(GET + b"\r\n")
        await client.until(b"0 bytes")
        await client.send(b"\r\n")
        rest = await client.rest()

    assert rest == b""


async def test_the_deadline_of_receiving_does_not_bound_the_answer() -> None:
    gate = asyncio.Event()

    async def pondering(scope: Scope, receive: Receive, send: Send) -> None:
        asyncio.get_running_loop().call_later(3 * HastyHTTP.RECEIVE_DEADLINE, gate.set)
        await gate.wait()
        await greeter(scope, receive, send)

    async with serving(pondering, http=HastyHTTP) as port, raw(port) as client:
        await client.send(GET + b"Connection: close\r\n\r\n")
        answer = await client.rest()

    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_peer_that_takes_nothing_of_an_answer_is_given_up() -> None:
    ended = asyncio.Event()

    class Impatient(GuardedHTTP):
        WRITE_STALL = 0.05

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            ended.set()

    async def verbose(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        for _ in range(256):
            await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})

    async with serving(verbose, http=Impatient) as port, asyncio.timeout(30):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(GET + b"\r\n")
            await ended.wait()

    assert ended.is_set()


async def test_a_socket_is_echoed() -> None:
    async with serving(greeter) as port, connect(f"ws://127.0.0.1:{port}/ws") as client:
        await client.send("hello")
        answer = await client.recv()
        pong = await client.ping()
        await pong

    assert answer == "hello"


async def test_a_message_in_many_fragments_is_one_message() -> None:
    async with serving(greeter) as port, connect(f"ws://127.0.0.1:{port}/ws") as client:
        await client.send(["x"] * (GuardedWebSocket.FRAGMENTS - 1))
        answer = await client.recv()

    assert answer == "x" * (GuardedWebSocket.FRAGMENTS - 1)


async def close_after(fragments: list[str]) -> tuple[int | None, str | None]:
    """How the server closes on a message of these fragments."""
    async with serving(greeter) as port, connect(f"ws://127.0.0.1:{port}/ws") as client:
        with suppress(ConnectionClosed):
            await client.send(fragments)
        await client.wait_closed()
        return client.close_code, client.close_reason


async def test_a_message_that_is_too_big_is_closed_with_1009() -> None:
    code, _ = await close_after(["x" * (GuardedWebSocket.MESSAGE_BYTES + 1)])

    assert code == 1009


async def test_a_huge_message_hears_the_reason_although_it_is_not_read() -> None:
    code, _ = await close_after(["x" * (GuardedWebSocket.MESSAGE_BYTES * 3)])

    assert code == 1009


async def test_too_many_fragments_are_closed_with_1009() -> None:
    code, reason = await close_after(["x"] * (GuardedWebSocket.FRAGMENTS + 1))

    assert (code, reason) == (1009, "too many fragments")


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(client_frame(PING) * 1000, id="pings"),
        pytest.param(client_frame(10) * 1000, id="pongs"),
        pytest.param(client_frame(TEXT, fin=False) * 1000, id="beginnings"),
        pytest.param(
            client_frame(TEXT, b"x", fin=False) + client_frame(CONTINUATION, b"x", fin=False) * 999,
            id="fragments",
        ),
        pytest.param(b"\x82\xff" + (2**40).to_bytes(8) + bytes(65536), id="an enormous frame"),
        pytest.param(b"\x82\x7f" * 1000, id="unmasked"),
    ],
)
async def test_a_flooding_socket_is_cut_off(flood: bytes) -> None:
    await cut_off(flood)

    assert CountingWebSocket.accepted <= GuardedWebSocket.LINGER_BYTES + 2 * CHUNK


async def test_a_socket_that_the_app_does_not_answer_is_given_up() -> None:
    class Hasty(GuardedWebSocket):
        HANDSHAKE_DEADLINE = 0.05

    async def undecided(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await send({"type": "websocket.close"})

    async with serving(undecided, ws=Hasty) as port, raw(port) as client:
        await client.send(HANDSHAKE)
        answer = await client.rest()

    assert answer == b""


async def test_frames_before_the_handshake_is_answered_are_not_read() -> None:
    asked = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await send({"type": "websocket.close"})

    async with serving(slow, ws=CountingWebSocket) as port, raw(port) as client:
        await client.send(HANDSHAKE)
        await asked.wait()
        await client.flood(client_frame(TEXT, b"x") * 1000, FLOOD)
        answer = await client.rest()

    assert answer == b""
    assert CountingWebSocket.accepted <= 2 * CHUNK


async def test_stopping_the_server_closes_sockets_with_1012() -> None:
    async with serving(greeter) as port:
        client = await connect(f"ws://127.0.0.1:{port}/ws")
    with pytest.raises(ConnectionClosed):
        await client.recv()

    assert client.close_code == 1012


BINARY = bytes((0x82, 126, 255, 255)) + bytes(65535)


def fill(connection: Connection) -> None:
    """Write until the connection pauses, as its client does not read."""
    while not connection.paused:
        connection.write(BINARY)


class Stage:
    """An app that hands its connection to the test and waits for the end."""

    def __init__(self) -> None:
        self.connections: asyncio.Queue[Connection] = asyncio.Queue()
        self.ends: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await self.connections.put(scope["extensions"][EXTENSION])
        while (message := await receive())["type"] != "websocket.disconnect":
            pass
        await self.ends.put(message["code"])


async def test_a_reader_that_takes_nothing_is_given_up() -> None:
    class Impatient(GuardedWebSocket):
        WRITE_STALL = 0.05

    stage = Stage()
    async with serving(stage, ws=Impatient) as port, raw(port) as client:
        await client.upgrade()
        connection = await stage.connections.get()
        client.stop_reading()
        fill(connection)
        await stage.ends.get()

    assert connection.gone


async def test_nobody_adds_to_a_write_buffer_beyond_its_maximum() -> None:
    stage = Stage()
    written = 0
    async with serving(stage) as port, raw(port) as client:
        await client.upgrade()
        connection = await stage.connections.get()
        client.stop_reading()
        while not connection.gone:
            connection.write(BINARY)
            written += len(BINARY)
        await stage.ends.get()

    assert GuardedWebSocket.WRITE_MAX < written <= 8 * GuardedWebSocket.WRITE_MAX


async def test_a_cut_says_bye_and_try_again_later() -> None:
    stage = Stage()
    async with serving(stage) as port, connect(f"ws://127.0.0.1:{port}/ws") as client:
        connection = await stage.connections.get()
        connection.cut("slow")
        heard = await client.recv()
        with pytest.raises(ConnectionClosed):
            await client.recv()

    assert heard == '{"type":"bye","reason":"slow"}'
    assert (client.close_code, client.close_reason) == (1013, "slow")


async def test_a_cut_that_is_not_heard_ends_in_an_abort() -> None:
    class Brisk(GuardedWebSocket):
        CLOSE_GRACE = 0.05

    stage = Stage()
    async with serving(stage, ws=Brisk) as port, raw(port) as client:
        await client.upgrade()
        connection = await stage.connections.get()
        client.stop_reading()
        fill(connection)
        connection.cut("slow")
        code = await stage.ends.get()

    assert code == 1013


async def test_connections_inherit_the_limits_of_the_listening_socket() -> None:
    with (
        listening_socket("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        accepted, _ = listener.accept()
        with accepted:
            timeout = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            buffer = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)

    assert client is not None
    assert timeout == 30_000
    assert buffer <= 256 * 1024


async def test_the_two_parts_of_an_answer_do_not_wait_for_each_other() -> None:
    with (
        listening_socket("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()) as client,
    ):
        accepted, _ = listener.accept()
        with accepted:
            undelayed = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert client is not None
    assert undelayed
