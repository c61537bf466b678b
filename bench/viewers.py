"""Many sockets in one room, in a process of their own; the last one notes when it heard a mark.

They only read, and answer pings. It is a part of `bench.browser`.
"""
# ruff: noqa: INP001 (a script, not a package)

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect

from tests.process import TOKEN

MARK = re.compile(r"mark-[0-9]+-")
START_LIMIT = 60.0
"""Seconds in which all of them are connected."""


@dataclass(frozen=True)
class Viewers:
    """The other process; it tells what it heard once its input ends."""

    process: asyncio.subprocess.Process

    async def heard(self) -> dict[str, float]:
        """When each mark came to the last socket, in milliseconds since 1970."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        return {str(k): float(v) for k, v in json.loads(await self.process.stdout.read()).items()}


@asynccontextmanager
async def viewing(address: str, count: int) -> AsyncIterator[Viewers]:
    """That many, connected, for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.viewers", address, str(count),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), START_LIMIT)
        yield Viewers(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def view(address: str, count: int) -> None:
    """Connect, say so, and listen until the input ends."""
    heard: dict[str, float] = {}
    listening = []
    for number in range(count):
        connection = await connect(
            address,
            additional_headers={"Authorization": f"Bearer {TOKEN}"},
            compression=None,
            max_size=None,
        )
        last = number == count - 1
        listens = noting(connection, heard) if last else draining(connection)
        listening.append(asyncio.create_task(listens))  # they end with the process
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    sys.stdout.write(json.dumps(heard))
    for task in listening:
        task.cancel()


async def draining(connection: ClientConnection) -> None:
    async for _ in connection:
        pass


async def noting(connection: ClientConnection, heard: dict[str, float]) -> None:
    async for frame in connection:
        assert isinstance(frame, str)
        now = time.time() * 1000
        for mark in MARK.findall(frame):
            heard.setdefault(mark, now)


if __name__ == "__main__":
    asyncio.run(view(sys.argv[1], int(sys.argv[2])))
