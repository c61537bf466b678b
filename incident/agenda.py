"""Deadlines, by when something is to be done about them, and when again after a fault.

Times are the caller's; it knows no clock, and not what is to be done.
"""

import heapq
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from incident.store.deadlines import Armed

GRID = timedelta(seconds=0.1)
"""What may wait so long waits, and is then asked for together."""
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 30, 60))
"""How long what failed is left alone, each time."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Agenda:
    """What comes first is taken first."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, Armed]] = []

    def put(self, when: datetime, armed: Armed) -> None:
        heapq.heappush(self._heap, (when, armed))

    def take(self, now: datetime, limit: int) -> list[Armed]:
        """Take off at most `limit` whose time has come, the oldest first."""
        taken: list[Armed] = []
        while self._heap and self._heap[0][0] <= now and len(taken) < limit:
            taken.append(heapq.heappop(self._heap)[1])
        return taken

    def __len__(self) -> int:
        return len(self._heap)

    def clear(self) -> None:
        self._heap.clear()

    @property
    def next(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None


@dataclass(frozen=True, slots=True)
class Fault:
    """It failed so many times in a row, and is left alone until then."""

    times: int
    until: datetime

    @classmethod
    def after(cls, fault: Self | None, now: datetime) -> Self:
        """One more, after `fault`."""
        times = fault.times if fault else 0
        return cls(times + 1, now + PAUSES[min(times, len(PAUSES) - 1)])


def on_grid(moment: datetime) -> datetime:
    """`moment`, or up to one `GRID` later."""
    return moment + (LONG_AGO - moment) % GRID
