"""Clocks that are set wrong on purpose, of a server or of the database, by libfaketime.

The monotonic clock stays right, as it does when somebody sets the clock of a real machine.
"""

import asyncio
import importlib.util
import platform
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.store import embedded as embedding
from incident.store.connection import connect
from incident.store.mongod import find_mongod

WHEEL = Path("vendor/libfaketime/src/libfaketime.so.1")
SYSTEM = (Path("/usr/lib"), Path("/usr/lib64"))
FROM_WHEEL = {"x86_64"}
"""The machines for which the wheel is built."""
ALONE = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
"""Without the second, waits for a moment would end at once, or never."""
AT_ONCE = {"FAKETIME_CACHE_DURATION": "0"}
"""Seconds until a moved clock is noticed, counted in whole ones: reading it always is dear."""


STOP_LIMIT = 1.0
"""Seconds; a mongod whose clock was set back waits for moments that are to come once more."""
NOTICED_WITHIN = 20.0
"""Seconds."""
NEAR = timedelta(seconds=5)
"""How far a time may be off that was asked for over a busy machine."""


def library() -> Path:
    """The library to load into a process; a test that needs it fails where there is none."""
    spec = importlib.util.find_spec("libfaketime")
    if spec and spec.origin and platform.machine() in FROM_WHEEL:
        return Path(spec.origin).parent / WHEEL
    found = (path for folder in SYSTEM for path in folder.glob("**/faketime/libfaketime.so.1"))
    path = next(found, None)
    if path is None:
        pytest.fail("No libfaketime. Run: apt-get install libfaketime")
    return path


def off_by(span: timedelta) -> dict[str, str]:
    """The environment of a process whose clock is wrong by so much."""
    return {"LD_PRELOAD": str(library()), "FAKETIME": offset(span), **ALONE}


def offset(span: timedelta) -> str:
    return f"{span.total_seconds():+.0f}"


@dataclass
class MovedDatabase:
    """A database whose clock is right until it is moved."""

    uri: str
    file: Path
    wrong_by: timedelta = timedelta(0)

    async def move(self, by: timedelta) -> None:
        """Return when it shows another time by that much."""
        self.wrong_by += by
        write(self.file, self.wrong_by)
        database = await connect(self.uri)
        async with asyncio.timeout(NOTICED_WITHIN):
            while abs(await database.now() - datetime.now(UTC) - self.wrong_by) > NEAR:
                await asyncio.sleep(0.05)
        await database.close()


def write(file: Path, span: timedelta) -> None:
    """As a whole: it may be read at any moment."""
    new = file.with_suffix(".new")
    new.write_text(offset(span))
    new.replace(file)


@asynccontextmanager
async def database_with_a_clock(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MovedDatabase]:
    """A MongoDB of its own, whose clock can be moved while it runs."""
    file = folder / "time"
    write(file, timedelta(0))
    told = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(file), **ALONE, **AT_ONCE}
    said = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
    program = folder / "mongod"
    program.write_text(f'#!/bin/sh\nexec env {said} {shlex.quote(str(find_mongod()))} "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("INCIDENT_MONGOD", str(program))
    monkeypatch.setattr(embedding, "STOP_LIMIT", STOP_LIMIT)
    async with embedding.embedded(folder / "data") as uri:
        yield MovedDatabase(uri, file)
