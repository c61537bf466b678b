"""A server whose past can be lived in a moment: its database's clock is set back, then led on.

Everything in it was done by real commands, each at its own time. It decides nothing of what.
"""
# ruff: noqa: INP001 (part of a script, not a package)

import asyncio
import os
import re
import shlex
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incident.store.mongod import find_mongod
from tests.process import ServerProcess, free_port
from tests.scenarios.wrong_clocks import ALONE, AT_ONCE, library, write

NEAR = timedelta(seconds=5)
NOTICED_WITHIN = 120.0
"""Seconds; a server looks at the clock of its database every few."""
LINK = re.compile(r"/welcome\?token=\S+")


@dataclass
class Moved:
    """The server, and by how much its clock is behind."""

    server: ServerProcess
    file: Path
    behind: timedelta

    async def until(self, ago: timedelta) -> None:
        """Return when it is so long ago."""
        assert ago <= self.behind, "time goes on"
        self.behind = ago
        write(self.file, -ago)
        async with asyncio.timeout(NOTICED_WITHIN):
            while abs(await self.now() - datetime.now(UTC) + ago) > NEAR:  # noqa: ASYNC110 - another's
                await asyncio.sleep(0.2)

    async def now(self) -> datetime:
        told = (await self.server.call("GET", "/api/oncall")).json()
        return datetime.fromisoformat(told["at"])


@asynccontextmanager
async def moved(folder: Path, behind: timedelta) -> AsyncIterator[Moved]:
    """A server that begins so long ago."""
    file, program = folder / "time", folder / "mongod"
    write(file, -behind)
    told = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(file), **ALONE, **AT_ONCE}
    said = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
    program.write_text(f'#!/bin/sh\nexec env {said} {shlex.quote(str(find_mongod()))} "$@"\n')
    program.chmod(0o700)
    server = ServerProcess(folder / "data", INCIDENT_MONGOD=str(program))
    await server.start()
    try:
        yield Moved(server, file, behind)
    finally:
        await server.stop()


@dataclass
class Empty:
    """A server that nobody has come to; `path` is the address of the first of all links."""

    url: str
    path: str


@asynccontextmanager
async def empty(folder: Path) -> AsyncIterator[Empty]:
    """As it is for whoever has just installed it."""
    output, port = said_in(folder), free_port()
    told = {"INCIDENT_DATA": str(folder / "data"), "INCIDENT_PORT": str(port)}
    with output.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "incident", "serve",
            env=os.environ | told | {"PYTHONUNBUFFERED": "1"}, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        async with asyncio.timeout(NOTICED_WITHIN):
            while not (path := link_in(output)):  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.2)
        yield Empty(f"http://127.0.0.1:{port}", path)
    finally:
        process.terminate()
        await process.wait()


def said_in(folder: Path) -> Path:
    """The file that the server speaks into."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "output.txt"


def link_in(output: Path) -> str:
    found = LINK.search(output.read_text())
    return found[0] if found else ""
