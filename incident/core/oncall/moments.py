"""From the wall clock of a zone to instants: gaps, hours that come twice, days left out.

A wall clock that a change of the clocks leaps over is the first instant after the leap; one
that occurs twice is the first of the two. So later clocks are never earlier instants.
Instants are in UTC everywhere; nothing here subtracts within a zone.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from incident.core.phrases import listed
from incident.core.values import Moment, Value, rfc3339

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2300, 1, 1, tzinfo=UTC)
"""Outside these, nobody is on call: there are no zones to speak of."""
IN_SIGHT = timedelta(days=3653)
"""Ten years: what lies further from now takes long to reckon, and nobody means it."""
TICK = timedelta(milliseconds=1)
"""The smallest step of time: what is before an instant is one of these before it."""
STRIDE = timedelta(days=3)
"""No zone's clocks change twice within this; since 1970 they never did within a week."""
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Change(NamedTuple):
    """The clocks of a zone are put from one distance to UTC to another."""

    at: datetime
    before: timedelta
    after: timedelta

    @property
    def forward(self) -> bool:
        return self.after > self.before

    @property
    def gap(self) -> tuple[datetime, datetime]:
        """The first wall clock that is left out, and the first after it."""
        wall = self.at.replace(tzinfo=None)
        return wall + self.before, wall + self.after


class Reading(Value):
    """What a wall clock means that a person entered: one instant, or `moments` to choose from.

    Where it occurs never, `moments` are as far from it as the clocks leap, before and after.
    """

    occurs: Literal["once", "twice", "never"]
    moments: tuple[Moment, ...]
    words: str


def in_sight(at: datetime, now: datetime) -> bool:
    """Whether people may ask about `at`."""
    return abs(at - now) <= IN_SIGHT


def wall_of(zone: ZoneInfo, moment: datetime) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The instant that a wall clock means."""
    first, second = offsets(zone, wall)
    if first >= second:
        return (wall - first).replace(tzinfo=UTC)
    leap = change_between(
        zone, (wall - second).replace(tzinfo=UTC), (wall - first).replace(tzinfo=UTC)
    )
    return leap.at


def offsets(zone: ZoneInfo, wall: datetime) -> tuple[timedelta, timedelta]:
    """The distances to UTC before and after a change nearby; equal where there is none."""
    first = wall.replace(tzinfo=zone, fold=0).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    assert first is not None
    assert second is not None
    return first, second


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    distance = moment.astimezone(zone).utcoffset()
    assert distance is not None
    return distance


def change_between(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    """The one change after `low` and not after `high`."""
    before = offset(zone, low)
    while high - low > SECOND:
        middle = low + (high - low) // 2 // SECOND * SECOND
        if offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return Change(high, before, offset(zone, high))


@lru_cache(maxsize=16384)
def changes(timezone: str, year: int) -> tuple[Change, ...]:
    """Every change of a zone's clocks in a year of UTC, in order."""
    zone = ZoneInfo(timezone)
    start, end = datetime(year, 1, 1, tzinfo=UTC) - SECOND, datetime(year + 1, 1, 1, tzinfo=UTC)
    steps = [start + STRIDE * step for step in range(int((end - start) / STRIDE) + 1)]
    marks = [*steps, end - SECOND]
    return tuple(
        change_between(zone, low, high)
        for low, high in pairwise(marks)
        if offset(zone, low) != offset(zone, high)
    )


def changes_within(timezone: str, start: datetime, end: datetime) -> tuple[Change, ...]:
    """The changes after `start` and before `end`."""
    years = range(start.year, end.year + 1)
    return tuple(
        change for year in years for change in changes(timezone, year) if start < change.at < end
    )


def candidates(wall: datetime, timezone: str) -> Reading:
    """What a person may have meant by this time of day in this zone."""
    first, second = offsets(ZoneInfo(timezone), wall)
    moments = tuple(sorted({(wall - distance).replace(tzinfo=UTC) for distance in (first, second)}))
    shown = f"{wall.isoformat(' ', 'minutes')} in {timezone}"
    choices = listed([rfc3339(moment) for moment in moments])
    if first == second:
        return Reading(occurs="once", moments=moments, words=f"{shown} is {choices}")
    if first > second:
        words = f"{shown} occurs twice, as the clocks go back: {choices}"
        return Reading(occurs="twice", moments=moments, words=words)
    words = f"{shown} does not exist, as the clocks go forward: it may mean {choices}"
    return Reading(occurs="never", moments=moments, words=words)
