"""The turns of a layer: when each begins, and which one an instant falls into.

Turn 0 begins when the layer starts, every other with a handoff. Any turn is found by
counting, not by walking there. Who has a turn is worked out in `members`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from incident.core.oncall.clockwork import MIDNIGHT, WEEK, since_midnight
from incident.core.oncall.moments import DAY, instant, wall_of
from incident.core.oncall.schedule import UNCOUNTED, WALL_CLOCK_HOURS, Handoff, Layer

WEEKLY = 7 * DAY


@dataclass(frozen=True, eq=False)
class Plan:
    """A layer made ready: compared by identity, so that it is cheap to remember things by.

    `first` is the wall clock of handoff number 1; the next follow every `step`. Without a
    step they are monthly.
    """

    layer: Layer
    handoff: Handoff
    zone: ZoneInfo
    begins: datetime
    first: datetime
    step: timedelta | None

    @property
    def elapsed(self) -> bool:
        """Whether turns are counted in time that has passed, whatever the clocks show."""
        return self.handoff.kind == "hourly" and self.handoff.hours not in WALL_CLOCK_HOURS


@lru_cache(maxsize=1024)
def plan_of(layer: Layer) -> Plan:
    zone, handoff = ZoneInfo(layer.timezone), handoff_of(layer)
    starts = starts_of(layer, handoff)
    if handoff.kind == "monthly":
        first, step = first_monthly(handoff, starts), None
    elif handoff.kind == "hourly":
        step = timedelta(hours=handoff.hours or 1)
        first = starts + step
    else:
        step = WEEKLY if handoff.kind == "weekly" else DAY
        first = first_handoff(handoff, starts)
    return Plan(layer, handoff, zone, instant(zone, starts), first, step)


def handoff_of(layer: Layer) -> Handoff:
    """The layer's handoff; without one it is weekly, on Monday when its hours begin."""
    if layer.handoff is not None:
        return layer.handoff
    return Handoff(kind="weekly", weekday="mon", at=layer.hours.from_ if layer.hours else MIDNIGHT)


def starts_of(layer: Layer, handoff: Handoff) -> datetime:
    """The wall clock that the layer starts at."""
    starts = layer.starts or UNCOUNTED
    if "T" in starts:
        return datetime.fromisoformat(starts)
    return at_clock(date.fromisoformat(starts), handoff)


def at_clock(day: date, handoff: Handoff) -> datetime:
    return datetime.combine(day, time()) + since_midnight(handoff.at)


def first_handoff(handoff: Handoff, starts: datetime) -> datetime:
    """The first daily or weekly handoff after the start."""
    day = starts.date()
    if handoff.weekday is not None:
        day += timedelta(days=(WEEK.index(handoff.weekday) - day.weekday()) % len(WEEK))
    found = at_clock(day, handoff)
    if found > starts:
        return found
    return found + (WEEKLY if handoff.weekday else DAY)


def first_monthly(handoff: Handoff, starts: datetime) -> datetime:
    found = monthly(handoff, starts.year * 12 + starts.month - 1)
    if found > starts:
        return found
    return monthly(handoff, starts.year * 12 + starts.month)


def monthly(handoff: Handoff, month: int) -> datetime:
    """The handoff of a month, counted from year 0; on its last day where it is too short."""
    year, index = divmod(month, 12)
    following = date(year + (index + 1) // 12, (index + 1) % 12 + 1, 1)
    last = following - DAY
    return at_clock(last.replace(day=min(handoff.day or 1, last.day)), handoff)


@lru_cache(maxsize=16384)
def handed_over(plan: Plan, turn: int) -> datetime:
    """When a turn begins."""
    if turn <= 0:
        return plan.begins
    if plan.elapsed and plan.step is not None:
        return plan.begins + turn * plan.step
    return instant(plan.zone, wall_of_handoff(plan, turn))


def wall_of_handoff(plan: Plan, turn: int) -> datetime:
    if plan.step is not None:
        return plan.first + (turn - 1) * plan.step
    return monthly(plan.handoff, plan.first.year * 12 + plan.first.month + turn - 2)


def turn_at(plan: Plan, at: datetime) -> int:
    """The turn that `at` falls into, which must not be before the layer begins."""
    turn = max(0, turn_by_wall(plan, at))
    while handed_over(plan, turn + 1) <= at:
        turn += 1
    while turn > 0 and handed_over(plan, turn) > at:
        turn -= 1
    return turn


def turn_by_wall(plan: Plan, at: datetime) -> int:
    """About which turn it is: right, but where the clocks change or months are short."""
    if plan.elapsed and plan.step is not None:
        return (at - plan.begins) // plan.step
    wall = wall_of(plan.zone, at)
    if plan.step is not None:
        return (wall - plan.first) // plan.step + 1
    return (wall.year - plan.first.year) * 12 + wall.month - plan.first.month + 1
