"""Real servers on loopback, and clients that do not keep to the rules."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Server
from uvicorn._types import ASGIApplication

from incident.web.connection import GuardedWebSocket, guarded
from incident.web.guard import GuardedHTTP, listening_socket

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@asynccontextmanager
async def serving(
    app: ASGIApp,
    http: type[GuardedHTTP] = GuardedHTTP,
    ws: type[GuardedWebSocket] = GuardedWebSocket,
) -> AsyncIterator[int]:
    """Serve `app` in this loop; the value is the port. Leaving stops it as SIGTERM would."""
    asgi: ASGIApplication = app  # type: ignore[assignment] # two spellings of one protocol
    config = guarded(asgi, http=http, ws=ws, lifespan="off")
    config.load()
    server = Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = listening_socket("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    await server.startup(sockets=[listener])
    try:
        yield port
    finally:
        await server.shutdown(sockets=[listener])


async def greeter(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request with its body's length, and a socket's messages with themselves."""
    if scope["type"] == "websocket":
        await echo(receive, send)
    else:
        await answer(receive, send)


async def echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def answer(receive: Receive, send: Send) -> None:
    size = 0
    more = True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"%d bytes" % size
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Raw:
    """A client that writes what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._transport = cast("asyncio.Transport", writer.transport)

    async def send(self, piece: bytes) -> None:
        self._writer.write(piece)
        await self._writer.drain()

    async def flood(self, piece: bytes, limit: int) -> None:
        """Send `piece` again and again until the server has had enough, or `limit` bytes."""
        with suppress(ConnectionError):
            for _ in range(limit // len(piece)):
                await self.send(piece)

    async def upgrade(self) -> bytes:
        await self.send(HANDSHAKE)
        return await self._reader.readuntil(b"\r\n\r\n")

    def stop_reading(self) -> None:
        self._transport.pause_reading()

    async def until(self, mark: bytes) -> bytes:
        return await self._reader.readuntil(mark)

    async def exactly(self, count: int) -> bytes:
        return await self._reader.readexactly(count)

    async def rest(self) -> bytes:
        """All that still comes until the server ends the connection."""
        received = b""
        with suppress(ConnectionError):
            while piece := await self._reader.read(65536):
                received += piece
        return received


@asynccontextmanager
async def raw(port: int) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


def client_frame(opcode: int, payload: bytes = b"", *, fin: bool = True) -> bytes:
    """A masked frame of a payload under 126 bytes; the mask is zero."""
    return bytes((opcode | (0x80 if fin else 0), 0x80 | len(payload))) + bytes(4) + payload
