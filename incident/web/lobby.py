"""The lobby: everybody who watches the list hears of every incident that moves.

It passes on summaries, the newest of each incident; what happened in between is for the
incident's own room to tell.
"""

import asyncio
import logging

from incident import shapes
from incident.runtime import Runtime
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.store.lists import Filters
from incident.web.rooms import Room

SHOWN = 500
"""Incidents that a newcomer is told about."""
RETRY = 1.0
"""Seconds before asking again for a log that could not be read."""

logger = logging.getLogger(__name__)


class Lobby:
    """One room for all who watch the list."""

    def __init__(self, runtime: Runtime) -> None:
        self.room = Room()
        self._runtime = runtime
        self._moved: dict[str, Commit | None] = {}
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Publish what moves, for ever."""
        silence = self._runtime.feed.listen(self._heard)
        try:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                await self._publish()
        finally:
            silence()

    async def snapshot(self) -> bytes:
        """The newest incidents, as a newcomer is told them."""
        rows = await self._runtime.lists.find(Filters(), SHOWN)
        return shapes.encoded({"type": "snapshot", "incidents": rows})

    def _heard(self, incident: str, commit: Commit | None) -> None:
        self._moved[incident] = commit
        self._stirred.set()

    async def _publish(self) -> None:
        moved, self._moved = self._moved, {}
        if not len(self.room):
            return
        for incident, hint in moved.items():
            try:
                commit = hint or await self._runtime.journal.latest(incident)
            except StoreAway:
                logger.warning("lobby waits", extra={"incident": incident})
                self._moved.setdefault(incident, None)
                await asyncio.sleep(RETRY)
                self._stirred.set()
                continue
            if commit:
                frame = {"type": "summary", "incident": shapes.summary(commit)}
                self.room.publish(self.room.seq + 1, shapes.encoded(frame))
