"""Quiet hours: until when a person is left in peace, by the clock on their wall.

It does not know what is urgent enough to disturb them anyway.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from incident.store.directory import Quiet

MINUTE = timedelta(minutes=1)


def quiet_until(quiet: Quiet, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None when it lies in none.

    An end that a change of clocks skips is the first moment after the gap; of two, the first.
    """
    begin, end = time.fromisoformat(quiet.from_), time.fromisoformat(quiet.to)
    there = now.astimezone(ZoneInfo(zone))
    wall = there.time()
    inside = begin <= wall < end if begin < end else wall >= begin or wall < end
    if not inside:
        return None
    day = there.date() if wall < end else there.date() + timedelta(days=1)
    over = first_moment(datetime.combine(day, end, ZoneInfo(zone)))
    return over if over > now else None


def first_moment(wall: datetime) -> datetime:
    """The first moment, in UTC, at which the clocks of a zone show `wall` or later."""
    late, early = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if late <= early:  # it is shown once, or twice and this is the first time
        return late
    while late - early > MINUTE:  # it is never shown: find where the clocks jump over it
        middle = early + (late - early) / 2
        if middle.astimezone(wall.tzinfo).replace(tzinfo=None) >= wall.replace(tzinfo=None):
            late = middle
        else:
            early = middle
    return late.replace(second=0, microsecond=0)
