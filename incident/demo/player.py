"""Plays the demo: what was before is brought in at once, what is live happens as time passes.

Everything goes through the desk like the commands of people. The visitor may interfere:
what the rules then refuse does not happen, and the story goes on.
"""

import asyncio
import logging
from datetime import datetime

from incident.core.commands import Import
from incident.core.rejected import Rejected
from incident.demo.cast import YOU, names, people
from incident.demo.past import PAST
from incident.demo.payments import SO_FAR, beginning
from incident.demo.payments_live import LIVE
from incident.demo.script import Line, lasting, told
from incident.runtime import Runtime
from incident.store.errors import StoreAway
from incident.store.presence import Here

__all__ = ["YOU", "Player"]

SOURCE = "the script of the demo"
PRESENT_EVERY = 5.0
"""Seconds between two signs of life of those who are in the room."""

logger = logging.getLogger(__name__)


class Player:
    """`prepare` first, then `play`. `speed` 2 takes half the time."""

    def __init__(self, runtime: Runtime, speed: float = 1.0) -> None:
        self._runtime = runtime
        self._speed = speed
        self._places = dict.fromkeys(names(), "timeline")
        self.incident = ""

    async def prepare(self) -> str:
        """The people, the past incidents and the first half of the live one; returns its id."""
        now = self._runtime.clock()
        for person in people(now):
            await self._runtime.directory.add(person)
        await self._runtime.orders.refresh()
        for name, ago, story in PAST:
            await self._bring_in(name, story, now - ago)
        began = now - lasting(SO_FAR)
        story = (beginning(began), *SO_FAR)
        self.incident = await self._bring_in("payments", story, began)
        return self.incident

    async def play(self) -> None:
        """The second half, line by line; returns at its end."""
        async with asyncio.TaskGroup() as group:
            presence = group.create_task(self._be_there())
            for line in LIVE:
                await self._happen(line)
            presence.cancel()

    async def _bring_in(self, name: str, story: tuple[Line, ...], began: datetime) -> str:
        """All of a story at once, the last line by itself, so that lists show that one."""
        events, state = told(story[:-1], began)
        command = Import(by="import", source=SOURCE, events=events)
        answer = await self._runtime.desk.declare(command, key=name)
        incident = answer.commit.incident
        ended = began + lasting(story)
        await self._runtime.desk.submit(incident, story[-1].command(state), now=ended)
        return incident

    async def _happen(self, line: Line) -> None:
        """Wait, typing where there is something to type, and do what the line says."""
        await self._move(line.by, line.place)
        await asyncio.sleep(line.after / self._speed)
        try:
            await self._submit(line)
        except StoreAway as error:
            logger.warning("skipped", extra={"error": str(error), "by": line.by})
        await self._move(line.by, "timeline")

    async def _submit(self, line: Line) -> None:
        newest = await self._runtime.desk.latest(self.incident)
        assert newest is not None
        try:
            await self._runtime.desk.submit(self.incident, line.command(newest.state))
        except Rejected as refusal:
            if refusal.code != line.refused:  # the visitor was there first
                logger.info("skipped", extra={"code": refusal.code, "by": line.by})

    async def _be_there(self) -> None:
        """Keep everybody present, for ever."""
        while True:
            for handle in self._places:
                await self._show(handle)
            await asyncio.sleep(PRESENT_EVERY)

    async def _move(self, handle: str, place: str) -> None:
        if handle in self._places:
            self._places[handle] = place
            await self._show(handle)

    async def _show(self, handle: str) -> None:
        here = Here(self.incident, handle, names()[handle], self._places[handle])
        try:
            await self._runtime.presence.enter(f"demo-{handle}", here, self._runtime.clock())
        except StoreAway:
            return  # shown again in a moment
