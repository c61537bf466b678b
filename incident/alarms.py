"""Deadlines: whoever finds one passed says so to the desk, and the log makes it happen once.

The next deadlines are kept in a heap that commits correct; the index behind it is swept
for what the heap missed. What a passed deadline means is decided by the core.
"""

import asyncio
import hashlib
import heapq
import logging
from collections.abc import Awaitable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

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
ROUNDS = 20
"""How often a sweep goes on at once when it found so many."""
AT_ONCE = 50
"""Incidents that are told of the time at once."""
TURN = timedelta(seconds=0.5)
"""How long each process leaves a deadline to the one whose turn is before its own."""

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Alarms:
    """The deadlines that this process knows of. `alive` names the processes that take turns."""

    def __init__(self, desk: Desk, deadlines: Deadlines, clock: DatabaseClock, origin: str) -> None:
        self._desk, self._deadlines, self._clock = desk, deadlines, clock
        self._origin = origin
        self._next: list[tuple[datetime, str]] = []
        self._known: dict[str, datetime] = {}
        self._changed = asyncio.Event()
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
        for _ in range(ROUNDS):
            passed = await self._deadlines.passed(SWEPT)
            for some in parted(passed):
                now = await self._clock.sync()
                fired += await each(self._settle(armed, now) for armed in some)
            if len(passed) < SWEPT:
                break
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
            for some in parted(self._due(now)):
                await each(self._fire(incident, now) for incident in some)
            if self._next:
                left = min(left, (self._next[0][0] - self._clock()).total_seconds())
            try:
                async with asyncio.timeout(max(left, 0.001)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _due(self, now: datetime) -> list[str]:
        """Incidents whose turn has come, off the heap; not those whose deadline has moved."""
        due: list[str] = []
        while self._next and self._next[0][0] <= now:
            _, incident = heapq.heappop(self._next)
            wake_at = self._known.get(incident)
            if wake_at is not None and wake_at <= now:
                del self._known[incident]
                due.append(incident)
        return due

    async def _fire(self, incident: str, now: datetime) -> int:
        """Tell the desk that time has passed."""
        answer = await self._desk.submit(incident, Tick(), now=now)
        self.heard(incident, answer.commit)
        return int(bool(answer.events))

    async def _settle(self, armed: Armed, now: datetime) -> int:
        """Fire a deadline from the index, and clear it when the newest state has none such."""
        answer = await self._desk.submit(armed.incident, Tick(), now=now)
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


def parted(found: Sequence[T]) -> Iterable[Sequence[T]]:
    """`found`, as many at a time as are told at once."""
    return (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))


async def each(told: Iterable[Awaitable[int]]) -> int:
    """Tell all at once; returns the sum of what they say.

    One incident that cannot be read is logged, and keeps no other from being told.
    Raises `StoreAway` after the last, if one did.
    """
    results = await asyncio.gather(*told, return_exceptions=True)
    for fault in results:
        if isinstance(fault, StoreAway):
            raise fault
        if isinstance(fault, BaseException):
            logger.error("a deadline could not be told", exc_info=fault)
    return sum(result for result in results if isinstance(result, int))
