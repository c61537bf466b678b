"""The rooms of this process: one an incident while somebody is in it, fed from the log.

Each room follows its incident with one cursor, encodes every commit once, and tells who is
present. What members may hear is settled before they come here.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from incident import shapes
from incident.command_shapes import time
from incident.runtime import Runtime
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.supervised import kept_running
from incident.web.rooms import Member, Room

PRESENCE_EVERY = 5.0
"""Seconds between two looks at who is present in other processes."""
PRESENCE_PAUSE = 0.2
"""Seconds between two looks at least, however many come, go and move."""
TURN = 8
"""Commits published in a row before others have their turn."""

logger = logging.getLogger(__name__)


class WarRoom:
    """One incident's room and what feeds it."""

    def __init__(self, runtime: Runtime, base: Commit) -> None:
        self.room = Room(base.seq)
        self.present: bytes | None = None
        """The newest presence frame."""
        self.members = 0
        self._runtime, self._base = runtime, base
        self._clean_from = 0
        """What the room told before this `seq` holds text that has been removed since."""
        self._stirred = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Begin to follow; `close` cancels the tasks."""
        self._tasks = [
            asyncio.create_task(kept_running("room", self._follow)),
            asyncio.create_task(kept_running("presence", self._look_around)),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def welcome(self, member: Member, after: int) -> bool:
        """Let `member` hear every seq after `after`; False when only the log can tell it them."""
        return after >= self._clean_from and self.room.join(member, after)

    def stir(self) -> None:
        """Somebody came, went or moved: look who is there."""
        self._stirred.set()

    async def _follow(self) -> None:
        try:
            async for batch in self._runtime.feed.follow(self._base):
                for count, (before, commit) in enumerate(batch, start=1):
                    self._publish(before, commit)
                    if count % TURN == 0:
                        await asyncio.sleep(0)
        except StoreAway:
            logger.warning("room waits", extra={"incident": self._base.incident})

    def _publish(self, before: Commit, commit: Commit) -> None:
        if any(event.kind == "entry_redacted" for event in commit.events):
            self._clean_from = commit.seq
        self.room.publish(commit.seq, shapes.frame(before, commit))
        self._base = commit

    async def _look_around(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PRESENCE_EVERY):
                    await self._stirred.wait()
            except TimeoutError:
                pass  # others may have come by another process
            self._stirred.clear()
            await self._tell_who_is_here()
            await asyncio.sleep(PRESENCE_PAUSE)

    async def _tell_who_is_here(self) -> None:
        try:
            frame = await presence_frame(self._runtime, self._base.incident)
        except StoreAway:
            return  # whoever was there still is, as far as anybody knows
        if frame != self.present:
            self.present = frame
            self.room.tell(frame)


class WarRooms:
    """Opens a room for the first who comes, and closes it after the last has gone."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._rooms: dict[str, WarRoom] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    @asynccontextmanager
    async def entered(self, base: Commit) -> AsyncIterator[WarRoom]:
        """The room of an incident, open for as long as the block lasts."""
        warroom = self._rooms.get(base.incident)
        if warroom is None:
            warroom = self._rooms[base.incident] = WarRoom(self._runtime, base)
            warroom.open()
        warroom.members += 1
        try:
            yield warroom
        finally:
            warroom.members -= 1
            if warroom.members == 0:
                del self._rooms[base.incident]
                await warroom.close()
            else:
                warroom.stir()


async def presence_frame(runtime: Runtime, incident: str) -> bytes:
    """Who is in the room, over all processes."""
    people = await runtime.presence.in_room(incident, runtime.clock())
    shown: list[dict[str, Any]] = [one | {"since": time(one["since"])} for one in people]
    return shapes.encoded({"type": "presence", "incident": incident, "people": shown})
