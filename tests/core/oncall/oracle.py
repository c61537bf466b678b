"""A second opinion on who is on call, slow and simple.

It lives through time a quarter of an hour at a step, or a minute where clocks change, and
looks at the clock on the wall of each layer. What is due by the clock happens at the first
instant at which the clock shows that time or later. It knows the values of `schedule`, and
nothing else of what it checks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from incident.core.oncall.schedule import Layer, Override, Schedule, Station

QUARTER = timedelta(minutes=15)
WARM_UP = timedelta(days=3)
"""Hours may have begun, and mornings come, before a layer starts."""
BY_THE_CLOCK = {1, 2, 3, 4, 6, 8, 12, 24}
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

Base = tuple[str, str, int, str | None]
"""Person, layer, turn, region."""
Who = tuple[str, str, int, str | None, str | None]
"""Person, layer, turn, region, override."""


@dataclass
class WallClock:
    """A clock on a wall, which only says what it shows for the first time."""

    zone: ZoneInfo
    reached: datetime

    def news(self, at: datetime) -> Iterator[datetime]:
        shown = at.astimezone(self.zone).replace(tzinfo=None)
        while self.reached + QUARTER <= shown:
            self.reached += QUARTER
            yield self.reached


def wall_clock(timezone: str, before: datetime) -> WallClock:
    zone = ZoneInfo(timezone)
    shown = (before - QUARTER).astimezone(zone).replace(tzinfo=None)
    return WallClock(zone, shown.replace(minute=shown.minute // 15 * 15))


def hhmm(wall: datetime) -> str:
    return f"{wall.hour:02}:{wall.minute:02}"


def length(layer: Layer) -> timedelta:
    """From when the hours begin until they end, by the wall."""
    assert layer.hours is not None
    minutes = [int(c[:2]) * 60 + int(c[3:]) for c in (layer.hours.from_, layer.hours.to)]
    return timedelta(minutes=(minutes[1] - minutes[0]) % (24 * 60) or 24 * 60)


@dataclass
class Taking:
    """A layer whose members take turns."""

    layer: Layer
    clock: WallClock
    starts: datetime
    closes: datetime | None = None
    began: datetime | None = None
    turn: int = 0
    place: int = 0
    served: bool = False

    def step(self, at: datetime) -> Base | None:
        for wall in self.clock.news(at):
            self.hours_at(wall)
            if wall == self.starts:
                self.began = at
            elif self.began is not None and self.due_at(wall):
                self.hand_over()
        if self.began is None:
            return None
        hours = self.elapsed()
        if hours and at > self.began and (at - self.began) % timedelta(hours=hours) == timedelta():
            self.hand_over()
        if self.layer.hours is not None and self.closes is None:
            return None
        self.served = True
        return (self.layer.members[self.place % len(self.layer.members)], *self.name())

    def name(self) -> tuple[str, int, None]:
        return self.layer.name, self.turn, None

    def hours_at(self, wall: datetime) -> None:
        if self.layer.hours is None:
            return
        if wall == self.closes:
            self.closes = None
        if NAMES[wall.weekday()] in self.layer.hours.days and hhmm(wall) == self.layer.hours.from_:
            self.closes = wall + length(self.layer)

    def elapsed(self) -> int | None:
        assert self.layer.handoff is not None
        hours = self.layer.handoff.hours
        return None if hours in BY_THE_CLOCK else hours

    def due_at(self, wall: datetime) -> bool:
        handoff = self.layer.handoff
        assert handoff is not None
        match handoff.kind:
            case "daily":
                return hhmm(wall) == handoff.at
            case "weekly":
                return hhmm(wall) == handoff.at and NAMES[wall.weekday()] == handoff.weekday
            case "monthly":
                assert handoff.day is not None
                last = (wall + timedelta(days=1)).month != wall.month
                on_day = wall.day == handoff.day or (last and wall.day < handoff.day)
                return hhmm(wall) == handoff.at and on_day
            case _:
                if self.elapsed() is not None:
                    return False
                assert handoff.hours is not None
                return (wall - self.starts) % timedelta(hours=handoff.hours) == timedelta()

    def hand_over(self) -> None:
        if self.layer.advance == "calendar" or self.served:
            self.place += 1
        self.turn += 1
        self.served = False


@dataclass
class Sunny:
    """A layer that follows the sun."""

    layer: Layer
    clocks: list[tuple[Station, WallClock]]
    first: date
    last: tuple[Station, int] | None = None
    begun: bool = False
    mornings: dict[str, int] = field(default_factory=dict)

    def step(self, at: datetime) -> Base | None:
        assert self.layer.handoff is not None
        risen = list[tuple[Station, int]]()
        for station, clock in self.clocks:
            for wall in clock.news(at):
                if hhmm(wall) == self.layer.handoff.at:
                    day = (wall.date() - self.first).days
                    risen = [found for found in risen if found[0] != station]
                    risen.append((station, day))
                    self.begun = self.begun or day == 0
        if risen:
            self.last = risen[0]
        if self.last is None or not self.begun:
            return None
        station, day = self.last
        turn = max(0, day)
        return station.members[turn % len(station.members)], self.layer.name, turn, station.region


def apply(overrides: list[Override], base: Who | None) -> list[Who]:
    """Overrides in the order of their creation."""
    people = [] if base is None else [base]
    for override in overrides:
        names = [who[0] for who in people]
        if override.kind == "add" and override.person not in names:
            people.append((override.person, "", 0, None, override.id))
        elif override.kind == "remove":
            people = [who for who in people if who[0] != override.person]
        elif override.kind == "replace" and override.person in names:
            place = names.index(override.person)
            old = people.pop(place)
            if override.with_person not in names:
                assert override.with_person is not None
                people.insert(place, (override.with_person, *old[1:4], override.id))
    return people


def lived(
    schedule: Schedule, start: datetime, end: datetime
) -> Iterator[tuple[datetime, list[Who]]]:
    """Who is on duty, at every quarter of an hour from `start`, before which no layer starts."""
    layers = [layer_lived(layer, start - WARM_UP) for layer in schedule.layers]
    ranked = sorted(layers, key=lambda layer: -layer.layer.priority)
    created = sorted(schedule.overrides, key=lambda override: override.created_at)
    for at in instants(zones_of(schedule), start - WARM_UP, end):
        bases = [base for layer in ranked if (base := layer.step(at))]
        active = [o for o in created if o.start <= at < o.end]
        tried = [apply(active, (*base, None)) for base in bases]
        if at >= start:
            yield at, next(filter(None, tried), apply(active, None))


def instants(zones: list[ZoneInfo], start: datetime, end: datetime) -> Iterator[datetime]:
    """Every quarter of an hour; every minute of one in which some clock changes."""
    day, minute = timedelta(days=1), timedelta(minutes=1)
    while start < end:
        until = min(end, start + day)
        turning = [zone for zone in zones if offset(zone, start) != offset(zone, until)]
        while start < until:
            yield start
            if any(offset(zone, start) != offset(zone, start + QUARTER) for zone in turning):
                yield from (start + minute * step for step in range(1, 15))
            start += QUARTER


def offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def zones_of(schedule: Schedule) -> list[ZoneInfo]:
    layers = {layer.timezone for layer in schedule.layers}
    stations = {s.timezone for layer in schedule.layers for s in layer.stations}
    return [ZoneInfo(name) for name in layers | stations]


def layer_lived(layer: Layer, before: datetime) -> Taking | Sunny:
    assert layer.starts is not None
    assert layer.handoff is not None
    if layer.stations:
        clocks = [(station, wall_clock(station.timezone, before)) for station in layer.stations]
        return Sunny(layer, clocks, date.fromisoformat(layer.starts[:10]))
    text = layer.starts if "T" in layer.starts else f"{layer.starts}T{layer.handoff.at}"
    return Taking(layer, wall_clock(layer.timezone, before), datetime.fromisoformat(text))


def runs(
    schedule: Schedule, start: datetime, end: datetime
) -> list[tuple[datetime, datetime, Who]]:
    """Every stretch of time for which somebody is on duty for one cause, within [start, end)."""
    done, running = list[tuple[datetime, datetime, Who]](), dict[Who, datetime]()
    for at, people in lived(schedule, start, end):
        for who in [who for who in running if who not in people]:
            done.append((running.pop(who), at, who))
        for who in people:
            running.setdefault(who, at)
    done += [(since, end, who) for who, since in running.items()]
    return sorted(done, key=lambda run: (run[0], run[2][1], run[2][0]))
