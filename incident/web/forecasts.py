"""The holes of the next 400 days, worked out once a day and once more when rotations change.

It takes a moment, so that nobody waits for it twice; what a hole is, the core says.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from incident.core.oncall.coverage import FORECAST, Gap, gaps, idle
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title
from incident.web.oncall_bands import together


@dataclass(frozen=True, slots=True)
class Forecast:
    """`gaps` with the title of what they are of; `idle`: who never serves, by rotation."""

    days: int = FORECAST
    gaps: tuple[tuple[str, Gap], ...] = ()
    idle: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(slots=True)
class Forecasts:
    """Keeps the last one. The orders are the same object until something changes."""

    _of: tuple[Surroundings, datetime] | None = None
    _last: Forecast = field(default_factory=Forecast)
    _working: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, around: Surroundings, now: datetime) -> Forecast:
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        async with self._working:
            if self._of is None or self._of[0] is not around or self._of[1] != today:
                self._last = await asyncio.to_thread(forecast, around, today)
                self._of = (around, today)
            return self._last


def forecast(around: Surroundings, start: datetime) -> Forecast:
    people, told, never = around.roster.people, [], []
    for schedules in together(around):
        role = schedules[0].role
        title = role_title(role).capitalize() if role else schedules[0].name
        told += [(title, gap) for gap in gaps(schedules, start, FORECAST, people)]
        found = [(one.name, idle(one, start, FORECAST, people)) for one in schedules]
        never += [(name, nobody) for name, nobody in found if nobody]
    return Forecast(gaps=tuple(told), idle=tuple(never))
