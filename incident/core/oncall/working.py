"""Working hours as instants: which spell of work or rest an instant falls into.

Whose turn it is then is not known here.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from incident.core.oncall.clockwork import WEEK, since_midnight
from incident.core.oncall.moments import DAY, instant, wall_of
from incident.core.oncall.turns import Plan

EVER = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
LOOK_BACK = timedelta(days=2)
"""Hours that began this long ago may still run: over midnight, and over a day left out."""
LOOK_AROUND = 60
"""Days; every weekday has its hours several times within these, whatever the clocks leap over."""


class Spell(NamedTuple):
    """A time, half open, in which the hours say work or rest throughout."""

    start: datetime
    end: datetime
    working: bool


def spell(plan: Plan, at: datetime) -> Spell:
    """The working hours that `at` lies in, or the rest between two of them."""
    if plan.layer.hours is None:
        return Spell(*EVER, working=True)
    day = wall_of(plan.zone, at).date() - LOOK_BACK
    start, end = stint(plan, day)
    for _ in range(LOOK_AROUND):
        if at < end and start < end:
            break
        day += DAY
        start, end = stint(plan, day)
    if start <= at:
        return Spell(start, end, working=True)
    return Spell(last_end(plan, day), start, working=False)


def last_end(plan: Plan, day: date) -> datetime:
    """When the working hours ended that come before those of `day`."""
    start, end = NO_WORK
    for _ in range(LOOK_AROUND):
        day -= DAY
        start, end = stint(plan, day)
        if start < end:
            break
    return end


NO_WORK = (EVER[0], EVER[0])


@lru_cache(maxsize=16384)
def stint(plan: Plan, day: date) -> tuple[datetime, datetime]:
    """The hours that begin on `day`; empty where it has none, or the clocks leap over them."""
    hours = plan.layer.hours
    if hours is None or WEEK[day.weekday()] not in hours.days:
        return NO_WORK
    midnight = datetime.combine(day, time())
    start, end = since_midnight(hours.from_), since_midnight(hours.to)
    if end <= start:
        end += DAY
    return instant(plan.zone, midnight + start), instant(plan.zone, midnight + end)
