"""A wire to the database that can hold one write: whatever else was written comes before it.

It reads the messages of MongoDB's protocol and changes none.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

HEADER = 16
DUPLICATE = b"E11000"


class HeldWrite:
    """Once armed, the next write that has all of some words in it waits at the gate."""

    def __init__(self, uri: str) -> None:
        self.behind = uri
        self._behind = urlsplit(uri)
        self._words: tuple[bytes, ...] = ()
        self.uri = ""
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.refused = asyncio.Event()
        """Set when the database refuses a write because another was first."""
        self.tasks: set[asyncio.Task[None]] = set()

    def arm(self, *words: bytes) -> None:
        self._words = words

    def listens(self, port: int) -> None:
        """Clients see this port alone, whatever the database says about itself."""
        path, options = self._behind.path, self._behind.query
        self.uri = f"mongodb://127.0.0.1:{port}{path}?{options}&directConnection=true"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        to_it, from_it = await asyncio.open_connection("127.0.0.1", self._behind.port)
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(self._asked(reader, from_it)),
                    asyncio.create_task(self._answered(to_it, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            writer.close()
            from_it.close()

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await one_message(reader)
                if self._words and all(word in message for word in self._words):
                    self._words = ()
                    self.reached.set()
                    await self.gate.wait()
                writer.write(message)
                await writer.drain()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = await one_message(reader)
                if self.reached.is_set() and DUPLICATE in message:
                    self.refused.set()
                writer.write(message)
                await writer.drain()


async def one_message(reader: asyncio.StreamReader) -> bytes:
    """A message begins with its length."""
    head = await reader.readexactly(HEADER)
    (length,) = struct.unpack_from("<i", head)
    return head + await reader.readexactly(length - HEADER)


@asynccontextmanager
async def held_write(uri: str) -> AsyncIterator[HeldWrite]:
    """A wire to the database at `uri`, for as long as the block lasts."""
    wire = HeldWrite(uri)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.listens(server.sockets[0].getsockname()[1])
    try:
        yield wire
    finally:
        wire.gate.set()
        server.close()
        for task in wire.tasks:
            task.cancel()
        if wire.tasks:
            await asyncio.wait(wire.tasks)
