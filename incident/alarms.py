"""Deadlines: whoever finds one passed says so to the desk, and the log makes it happen once.

The next deadlines are kept in a heap that commits correct; the index behind it is swept
for what the heap missed. What a passed deadline means is decided by the core.
"""

import asyncio
import hashlib
import heapq
import logging
from datetime import datetime, timedelta

from incident.core.commands import Tick
from incident.desk import Desk
from incident.store.clock import DatabaseClock
from incident.store.commit import Commit
from incident.store.deadlines import Armed, Deadlines
from incident.store.errors import StoreAway

SWEEP_EVERY = 5.0
"""Seconds between two looks at the index."""
SWEPT = 500
"""Deadlines taken from the index at once."""
TURN = timedelta(seconds=0.5)
"""How long each process leaves a deadline to the one whose turn is before its own."""

logger = logging.getLogger(__name__)


class Alarms:
    """The deadlines that this process knows of. `alive` names the processes that take turns."""

    def __init__(self, desk: Desk, deadlines: Deadlines, clock: DatabaseClock, origin: str) -> None:
        self._desk, self._deadlines, self._clock = desk, deadlines, clock
        self._origin = origin
        self._next: list[tuple[datetime, str]] = []
        self._known: dict[str, datetime] = {}
        self._changed = asyncio.Event()
        self._parked: set[str] = set()
        self.alive: tuple[str, ...] = (origin,)

    def heard(self, incident: str, commit: Commit | None) -> None:
        """A commit was made here: it may have changed the incident's deadline."""
        if commit is None:
            return
        wake_at = commit.state.wake_at
        if wake_at is None:
            self._known.pop(incident, None)
        elif self._known.get(incident) != wake_at:
            self._known[incident] = wake_at
            heapq.heappush(self._next, (wake_at + self._turn(incident), incident))
            self._changed.set()

    async def run(self) -> None:
        """Fire what falls due, for ever."""
        while True:
            try:
                await self.sweep()
                await self._until(asyncio.get_running_loop().time() + SWEEP_EVERY)
            except StoreAway as error:
                logger.warning("alarms wait for the store", extra={"error": str(error)})
                await asyncio.sleep(1)

    async def sweep(self) -> int:
        """Fire every deadline that the index says has passed; returns how many commits."""
        fired = 0
        for armed in await self._deadlines.passed(SWEPT):
            if armed.incident not in self._parked:
                fired += await self._settle_or_park(armed)
        for armed in await self._deadlines.coming(SWEPT):
            if armed.incident not in self._known:
                self._known[armed.incident] = armed.wake_at
                due = armed.wake_at + self._turn(armed.incident)
                heapq.heappush(self._next, (due, armed.incident))
        return fired

    async def _until(self, end: float) -> None:
        """Fire from the heap until `end` of the loop's time."""
        loop = asyncio.get_running_loop()
        while (left := end - loop.time()) > 0:
            self._changed.clear()
            now = self._clock()
            while self._next and self._next[0][0] <= now:
                _, incident = heapq.heappop(self._next)
                if incident not in self._parked:
                    await self._fire(incident)
            if self._next:
                left = min(left, (self._next[0][0] - now).total_seconds())
            try:
                async with asyncio.timeout(max(left, 0.001)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _fire(self, incident: str) -> None:
        """Tell the desk that time has passed, if a deadline is still there."""
        if self._known.pop(incident, None) is None:
            return
        answer = await self._desk.submit(incident, Tick(), now=self._clock())
        self.heard(incident, answer.commit)

    async def _settle_or_park(self, armed: Armed) -> int:
        """One incident that cannot be decided must not keep the others waiting."""
        try:
            return await self._settle(armed)
        except StoreAway:
            raise
        except Exception:
            self._parked.add(armed.incident)
            logger.exception("deadline parked", extra={"incident": armed.incident})
            return 0

    async def _settle(self, armed: Armed) -> int:
        """Fire a deadline from the index, and clear it when the newest state has none such."""
        answer = await self._desk.submit(armed.incident, Tick(), now=await self._clock.sync())
        if answer.commit.state.wake_at != armed.wake_at:
            await self._deadlines.clear(armed)
        self.heard(armed.incident, answer.commit)
        return int(bool(answer.events))

    def _turn(self, incident: str) -> timedelta:
        """How long to leave this incident's deadlines to others, so that processes rarely race."""
        order = sorted(self.alive, key=lambda origin: weight(incident, origin))
        return TURN * order.index(self._origin) if self._origin in order else TURN


def weight(incident: str, origin: str) -> str:
    """Rendezvous hashing: every process orders all of them alike, anew for each incident."""
    return hashlib.sha256(f"{incident} {origin}".encode()).hexdigest()
