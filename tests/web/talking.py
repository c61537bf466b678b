"""A client of the socket that keeps what it hears, and says what it likes."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.world import World

JSON = dict[str, Any]
PATIENCE = 20.0
"""Seconds after which something that should come counts as missing."""


@dataclass(slots=True)
class Talk:
    """One connection. `heard` is everything so far, in order."""

    socket: ClientConnection
    heard: list[JSON] = field(default_factory=list)

    async def next(self) -> JSON:
        async with asyncio.timeout(PATIENCE):
            frame: JSON = json.loads(await self.socket.recv())
        self.heard.append(frame)
        return frame

    async def until(self, kind: str, **having: object) -> JSON:
        """The next frame of this type that has these members."""
        wanted = {"type": kind, **having}
        while not wanted.items() <= (frame := await self.next()).items():
            pass
        return frame

    async def says(self, message: Any) -> None:  # noqa: ANN401 (any JSON)
        await self.socket.send(json.dumps(message))

    async def asks(self, kind: str, ref: str, **fields: object) -> JSON:
        """Send a command; its ack or error."""
        await self.says({"type": kind, "ref": ref, **fields})
        while (frame := await self.next()).get("ref") != ref:
            pass
        return frame

    async def refusal(self, raw: str | bytes) -> JSON:
        """Send something bad; the error frame that answers it."""
        await self.socket.send(raw)
        return await self.until("error")

    async def commits(self, until: int) -> list[JSON]:
        """Every commit frame so far, once the one with this `seq` is there."""
        while not any(f["type"] == "commit" and f["seq"] >= until for f in self.heard):
            await self.next()
        return [frame for frame in self.heard if frame["type"] == "commit"]

    async def present(self, *handles: str) -> JSON:
        """The next presence frame that shows exactly these people."""
        while True:
            frame = await self.until("presence")
            if {one["handle"] for one in frame["people"]} == set(handles):
                return frame

    async def closed(self) -> int:
        """The code with which the server closes."""
        try:
            while True:
                await self.next()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


@asynccontextmanager
async def asleep(url: str, token: str) -> AsyncIterator[Talk]:
    """A connection that takes next to nothing until it is read from."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    small.setblocking(False)  # noqa: FBT003 (the standard library's signature)
    parts = urlsplit(url)
    await asyncio.get_running_loop().sock_connect(small, (parts.hostname, parts.port))
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(
        url, sock=small, additional_headers=headers, compression=None, max_queue=1
    ) as connection:
        try:
            yield Talk(connection)
        finally:
            rest = asyncio.create_task(unread(connection))  # ends with the connection
            await connection.close()
            await rest


@asynccontextmanager
async def talking(connection: connect) -> AsyncIterator[Talk]:
    async with connection as opened:
        try:
            yield Talk(opened)
        finally:
            rest = asyncio.create_task(unread(opened))  # ends with the connection
            await opened.close()
            await rest


async def unread(connection: ClientConnection) -> None:
    """Take what nobody waits for: a client that does not read does not close either."""
    with suppress(ConnectionClosed):
        async for _ in connection:
            pass


def window(browser: httpx2.AsyncClient, query: str = "") -> connect:
    """A socket that a page in this browser opens: with its cookie and its Origin."""
    return connect(
        f"ws://{browser.base_url.host}:{browser.base_url.port}/ws{query}",
        origin=Origin(browser.headers["origin"]),
        additional_headers={"Cookie": browser.headers["cookie"]},
    )


def seqs(commits: list[JSON]) -> list[int]:
    return [frame["seq"] for frame in commits]


async def until_gone(world: World) -> None:
    """Return when the server has noticed that everybody left."""
    async with asyncio.timeout(20):
        while len(world.app.state.sockets) or len(world.app.state.warrooms):
            await asyncio.sleep(0.01)
