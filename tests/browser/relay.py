"""A network between browsers and the server that can be cut and mended, while others stay on it.

It carries bytes and understands none.
"""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Page

from tests.process import ServerProcess

CHUNK = 65_536


class Relay:
    """A port of its own, behind which the server is. `silence` is a cable that was pulled: what
    was connected stays so and hears nothing; `cut` is told to both ends."""

    def __init__(self, server: ServerProcess) -> None:
        self._server = server
        self._listening: asyncio.Server | None = None
        self._port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def server(self) -> ServerProcess:
        """The server as one sees it from behind this network."""
        seen = copy.copy(self._server)
        seen.url = f"http://127.0.0.1:{self._port}"
        return seen

    async def mend(self) -> None:
        self._flows.set()
        if self._listening is None:
            self._listening = await asyncio.start_server(self._carry, "127.0.0.1", self._port)
            self._port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Every connection ends, and none is made, until it is mended."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()
        for writer in list(self._open):
            writer.transport.abort()

    def silence(self) -> None:
        """Nothing passes any more, and nobody is told."""
        self._flows.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_it, from_it = await asyncio.open_connection("127.0.0.1", self._server.port)
        except OSError:  # the server is gone
            writer.transport.abort()
            return
        ends = {writer, from_it}
        self._open |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, from_it))
                both.create_task(self._pass(to_it, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while chunk := await reader.read(CHUNK):
                await self._flows.wait()
                writer.write(chunk)
                await writer.drain()
        writer.transport.abort() if writer.transport.is_closing() else writer.close()


QUIET = """async (parts) => {
  const asked = await new Promise((resolve) => {
    const heard = (told, observer) => (observer.disconnect(), resolve(told.getEntries()));
    new PerformanceObserver(heard).observe({ type: "resource", buffered: true });
  });
  const room = document.getElementById("say") ? ["resting", "writing"] : [];
  const came = (part) => asked.some(({ name }) => name.endsWith(`/joined/${part}.js`));
  const now = new Event("now").timeStamp;
  return [...room, ...parts].every(came)
    && asked.every(({ responseEnd }) => responseEnd > 0 && now - responseEnd > 1000);
}"""
"""A slow page may rest long before it asks for what it brings at rest, so that is waited for. Where
a test has put another clock into the page, `performance` knows of nothing; these do."""


async def whole(page: Page) -> None:
    """Return when the page has all of its parts: some come only when it is touched, or rests."""
    await page.keyboard.press("Shift")
    await page.locator("#say").hover()
    await rests(page, "acting", "palette")


async def rests(page: Page, *parts: str) -> None:
    """Return when nothing is asked for any more, and what comes at rest is there, and `parts`."""
    async with asyncio.timeout(60):
        while not await page.evaluate(QUIET, parts):
            await asyncio.sleep(0.1)


@asynccontextmanager
async def relayed(server: ServerProcess) -> AsyncIterator[Relay]:
    relay = Relay(server)
    await relay.mend()
    try:
        yield relay
    finally:
        relay._flows.set()
        await relay.cut()
