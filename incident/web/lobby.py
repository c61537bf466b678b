"""The lobby: everybody who watches the list hears of every incident that moves.

It passes on summaries, the newest of each incident; what happened in between is for the
incident's own room to tell.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from incident import shapes
from incident.runtime import Runtime
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.store.lists import Filters, number
from incident.web.rooms import Room

SHOWN = 500
"""Incidents that a newcomer is told about."""
HEARTBEAT = 5.0
"""Seconds after which the rows are read again although nothing was heard."""
RETRY = 1.0
"""Seconds before asking again for a log that could not be read."""

Row = dict[str, Any]

logger = logging.getLogger(__name__)


class Lobby:
    """One room for all who watch the list. Knows the rows as long as anybody does."""

    def __init__(self, runtime: Runtime, heartbeat: float = HEARTBEAT) -> None:
        self.room = Room()
        self._runtime, self._heartbeat = runtime, heartbeat
        self._visitors = 0
        self._rows: dict[str, Row] | None = None
        """What everybody here has been told; None while nobody is."""
        self._moved: dict[str, Commit | None] = {}
        self._stirred = asyncio.Event()
        self._due = 0.0

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[int]:
        """Within the block nothing is lost that comes after the cursor, which is the value."""
        self._visitors += 1
        try:
            yield self.room.seq
        finally:
            self._visitors -= 1
            if not self._visitors:
                self._rows = None

    async def snapshot(self) -> bytes:
        """The newest incidents, as a newcomer is told them; raises `StoreAway`."""
        if self._rows is None:
            await self._read()
        rows = self._rows or {}
        newest = sorted(rows.values(), key=lambda row: number(row["id"]), reverse=True)
        return shapes.encoded({"type": "snapshot", "incidents": newest[:SHOWN]})

    async def run(self) -> None:
        """Publish what moves, for ever."""
        silence = self._runtime.feed.listen(self._heard)
        try:
            while True:
                await self._step()
        finally:
            silence()

    async def _step(self) -> None:
        """Wait for a bell or the heartbeat, and tell what is new."""
        with suppress(TimeoutError):  # a bell may have been lost, or a row written late
            async with asyncio.timeout_at(self._due):
                await self._stirred.wait()
        self._stirred.clear()
        try:
            await self._tell_moved()
            await self._look_again()
        except StoreAway:
            logger.warning("the lobby waits")
            await asyncio.sleep(RETRY)
            self._stirred.set()

    def _heard(self, incident: str, commit: Commit | None) -> None:
        if self._visitors:
            self._moved[incident] = commit
            self._stirred.set()

    async def _tell_moved(self) -> None:
        while self._moved:
            incident, hint = next(iter(self._moved.items()))
            commit = hint or await self._runtime.journal.latest(incident)
            if self._moved.get(incident) is hint:  # else it moved on in the meantime
                del self._moved[incident]
                if commit is not None:
                    self._learn(shapes.summary(commit))
            await asyncio.sleep(0)

    async def _look_again(self) -> None:
        """At the heartbeat, find what the bells did not tell."""
        now = asyncio.get_running_loop().time()
        if now >= self._due:
            self._due = now + self._heartbeat
            if self._visitors:
                await self._read()

    async def _read(self) -> None:
        """Read the rows, and tell those that are newer than what was told."""
        rows = await self._runtime.lists.find(Filters(), SHOWN)
        if self._rows is None and self._visitors:
            self._rows = {row["id"]: row for row in rows}
        for row in reversed(rows):
            self._learn(row)

    def _learn(self, row: Row) -> None:
        """Tell everybody about a row that is newer than the one they know."""
        if self._rows is None:
            return
        known = self._rows.get(row["id"], {})
        if version(row) > version(known):
            told = self._rows[row["id"]] = {**known, **row}
            if last_told(known) > last_told(told):
                told["lastEntry"] = known["lastEntry"]
            summary = shapes.encoded({"type": "summary", "incident": told})
            self.room.publish(self.room.seq + 1, summary)


def version(row: Row) -> tuple[int, int]:
    """Rises with every change of a row: some commits have no last entry to show."""
    return row.get("seq", 0), last_told(row)


def last_told(row: Row) -> int:
    last = row.get("lastEntry")
    return last["number"] if last else 0
