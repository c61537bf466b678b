"""One layer at one instant: who has it, in which turn, and how long nothing changes.

Other layers and overrides are not known here.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from incident.core.oncall.clockwork import since_midnight
from incident.core.oncall.members import member
from incident.core.oncall.moments import DAY, instant, wall_of
from incident.core.oncall.schedule import UNCOUNTED, Schedule, Station
from incident.core.oncall.turns import Plan, handed_over, turn_at
from incident.core.oncall.working import EVER, spell

LOOK_BACK = timedelta(days=2)


class Slot(NamedTuple):
    """A person's place on duty, and where it comes from; `covers` is who had it before."""

    person: str
    schedule: str
    layer: str
    turn: int
    region: str | None
    override: str | None = None
    covers: str | None = None


class Phase(NamedTuple):
    """A time, half open, in which a layer has the same slot throughout, or none."""

    start: datetime
    end: datetime
    slot: Slot | None


class Morning(NamedTuple):
    """A region's hour has come, on this day of its own."""

    at: datetime
    day: date
    station: Station


def phase(schedule: Schedule, plan: Plan, at: datetime) -> Phase:
    """What a layer of a rotation has at an instant."""
    if plan.layer.stations:
        return by_the_sun(schedule, plan, at)
    if at < plan.begins:
        return Phase(EVER[0], plan.begins, None)
    around = spell(plan, at)
    if not around.working:
        return Phase(around.start, around.end, None)
    turn = turn_at(plan, at)
    start = max(around.start, handed_over(plan, turn))
    end = min(around.end, handed_over(plan, turn + 1))
    person = member(plan, turn)
    slot = Slot(person, schedule.name, plan.layer.name, turn, schedule.region)
    return Phase(start, end, slot)


def by_the_sun(schedule: Schedule, plan: Plan, at: datetime) -> Phase:
    """The region whose morning came last, until the next morning anywhere."""
    first = date.fromisoformat((plan.layer.starts or UNCOUNTED)[:10])
    clock = plan.handoff.at
    begins = min(morning(station.timezone, clock, first) for station in plan.layer.stations)
    if at < begins:
        return Phase(EVER[0], begins, None)
    around = [mornings(station, clock, at) for station in plan.layer.stations]
    came = max((before for before, _ in around), key=lambda found: found.at)
    end = min(following for _, following in around)
    turn, line = max(0, (came.day - first).days), came.station.members
    person = line[turn % len(line)]
    slot = Slot(person, schedule.name, plan.layer.name, turn, came.station.region)
    return Phase(max(came.at, begins), end, slot)


def mornings(station: Station, clock: str, at: datetime) -> tuple[Morning, datetime]:
    """A region's last morning that is not after `at`, and when the next one is."""
    day = wall_of(ZoneInfo(station.timezone), at).date() - LOOK_BACK
    moment = following = morning(station.timezone, clock, day)
    while following <= at:
        moment = following
        day += DAY
        following = morning(station.timezone, clock, day)
    return Morning(moment, day - DAY, station), following


@lru_cache(maxsize=16384)
def morning(timezone: str, clock: str, day: date) -> datetime:
    """When this time of day comes in a zone."""
    return instant(ZoneInfo(timezone), datetime.combine(day, time()) + since_midnight(clock))
