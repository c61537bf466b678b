"""Clocks that are set wrong on purpose, of a server or of the database, by libfaketime.

The monotonic clock stays right, as it does when somebody sets the clock of a real machine.
"""

import importlib.util
import platform
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from incident.store.embedded import embedded
from incident.store.mongod import find_mongod

WHEEL = Path("vendor/libfaketime/src/libfaketime.so.1")
SYSTEM = (Path("/usr/lib"), Path("/usr/lib64"))
FROM_WHEEL = {"x86_64"}
"""The machines for which the wheel is built."""
ALONE = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1"}


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


class DatabaseTime:
    """The clock of a database, which is right until it is moved."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(timedelta(0))

    def set(self, span: timedelta) -> None:
        """From now on it is wrong by so much."""
        new = self.file.with_suffix(".new")
        new.write_text(offset(span))
        new.replace(self.file)


@asynccontextmanager
async def database_with_a_clock(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[str, DatabaseTime]]:
    """A MongoDB of its own whose clock can be moved while it runs; its URI, and the clock."""
    time = DatabaseTime(folder / "time")
    told = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(time.file), **ALONE}
    said = " ".join(f"{name}={shlex.quote(value)}" for name, value in told.items())
    program = folder / "mongod"
    program.write_text(f'#!/bin/sh\nexec env {said} {shlex.quote(str(find_mongod()))} "$@"\n')
    program.chmod(0o700)
    monkeypatch.setenv("INCIDENT_MONGOD", str(program))
    async with embedded(folder / "data") as uri:
        yield uri, time
