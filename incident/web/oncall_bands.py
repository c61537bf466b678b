"""Rotations as bands in rows: one row a rotation and region, one band a shift.

Rotations that serve the same role stand together, as a hole is one only where none of them has
anybody. Who is on duty is for the core to say; colours and words of a page are its template's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from incident.core.oncall.coverage import holes
from incident.core.oncall.moments import instant, wall_of
from incident.core.oncall.resolve import Shift, expand
from incident.core.oncall.schedule import Schedule
from incident.core.phrases import span
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title
from incident.core.values import rfc3339
from incident.web.oncall_window import (
    DAY,
    HOUR,
    Window,
    city,
    local_stretch,
    percent,
    stretch_in_words,
)

LANE, MARGIN = 26, 5
"""Pixels: the height of a band with the space below it, and what is left above and below all."""
LANES = 4
"""People at once in a row; more are drawn over each other."""
SUNRISE, SUNSET = 7 * HOUR, 19 * HOUR
"""Daylight, by the clock on the wall."""
LETTER, EDGE, PER_CENT = 6.4, 14, 10.5
"""Pixels: of a letter, beside a name, and of a per cent of the narrowest chart."""


class Band(NamedTuple):
    """One shift. `label` is as much of the name as has room; `words` are all there is to say."""

    shift: Shift
    x: str
    width: str
    y: int
    label: str
    words: str
    state: str
    covers: str | None
    local: str


class Row(NamedTuple):
    """A rotation in one region; `daylight` are [x, width] pairs."""

    rotation: str
    region: str | None
    zone: str
    city: str
    height: int
    bands: list[Band]
    daylight: list[tuple[str, str]]


class HoleBand(NamedTuple):
    """A time in which nobody is on call."""

    x: str
    width: str
    text_x: str
    anchor: str
    label: str
    inside: bool
    words: str
    since: str
    until: str
    over: bool


class Group(NamedTuple):
    """The rotations that must have somebody between them."""

    role: str | None
    title: str
    rotations: list[str]
    rows: list[Row]
    holes: list[HoleBand]


def groups(around: Surroundings, window: Window, names: Mapping[str, str]) -> list[Group]:
    """Every rotation, by role as the policy lists them; those of no role last."""
    return [group(around, one, window, names) for one in together(around)]


def together(around: Surroundings) -> list[tuple[Schedule, ...]]:
    roster = around.roster
    served = [one.role for one in roster.schedules if one.role]
    roles = [role for role in dict.fromkeys([*around.policy.roles, *served]) if role in served]
    alone = [(one,) for one in roster.schedules if one.role is None]
    return [*[roster.of_role(role) for role in roles], *alone]


def group(
    around: Surroundings, schedules: Sequence[Schedule], window: Window, names: Mapping[str, str]
) -> Group:
    people, role = around.roster.people, schedules[0].role
    found = holes(schedules, window.start, window.end, people)
    return Group(
        role=role,
        title=role_title(role).capitalize() if role else schedules[0].name,
        rotations=[one.name for one in schedules],
        rows=[row for one in schedules for row in rows(one, window, people, names)],
        holes=hole_bands(found, window),
    )


def rows(
    schedule: Schedule, window: Window, people: frozenset[str], names: Mapping[str, str]
) -> Iterable[Row]:
    """A row for each region; what belongs to none is in a row of its own."""
    zones = zones_of(schedule)
    by_region: dict[str | None, list[Shift]] = {region: [] for region in zones}
    for shift in expand(schedule, window.start, window.end, people):
        by_region.setdefault(shift.region, []).append(shift)
    for region, shifts in by_region.items():
        zone = zones.get(region) or next(iter(zones.values()))
        yield row(schedule, region, zone, shifts, window, names)


def zones_of(schedule: Schedule) -> dict[str | None, str]:
    """The regions of a rotation, each with the zone of its clocks."""
    stations = [station for layer in schedule.layers for station in layer.stations]
    if stations:
        return {station.region: station.timezone for station in stations}
    return {schedule.region: schedule.layers[0].timezone}


def row(
    schedule: Schedule, region: str | None, zone: str, shifts: Sequence[Shift], window: Window,
    names: Mapping[str, str],
) -> Row:  # fmt: skip
    lanes = lanes_of(shifts)
    bands = [
        band(schedule, shift, lane, window, names)
        for shift, lane in zip(shifts, lanes, strict=True)
    ]
    height = (max(lanes, default=0) + 1) * LANE + 2 * MARGIN
    tint = daylight(zone, window)
    return Row(schedule.name, region, zone, city(zone), height, bands, tint)


def lanes_of(shifts: Sequence[Shift]) -> list[int]:
    """Shifts beside each other where they overlap: the first lane that is free."""
    free = list[datetime]()
    lanes = list[int]()
    for shift in shifts:
        until = shift.until or datetime.max.replace(tzinfo=shift.since.tzinfo)
        open_lane = next((n for n, end in enumerate(free) if end <= shift.since), len(free))
        if open_lane == len(free):
            free.append(until)
        free[open_lane] = until
        lanes.append(min(open_lane, LANES - 1))
    return lanes


def band(
    schedule: Schedule, shift: Shift, lane: int, window: Window, names: Mapping[str, str]
) -> Band:
    until = shift.until or window.end
    width = window.width(shift.since, until)
    covers = covered(schedule, shift)
    length = span(until - shift.since) if shift.note else ""
    name = names.get(shift.person, shift.person)
    who = f"{name} covers {names.get(covers, covers)}" if covers else name
    told = [who, schedule.name, stretch_in_words(shift.since, until, window.now)]
    return Band(
        shift=shift,
        x=window.x(shift.since),
        width=percent(width),
        y=MARGIN + lane * LANE,
        label=label(name, names.get(covers, covers) if covers else "", length, width),
        words=", ".join([*told, *([shift.note] if shift.note else [])]),
        state=state(shift.since, until, window.now),
        covers=covers,
        local=local_stretch(shift.since, until, window),
    )


def covered(schedule: Schedule, shift: Shift) -> str | None:
    """Whose shift it would be without the override."""
    exceptions = (o for o in schedule.overrides if o.id == shift.override and o.kind == "replace")
    return next((o.person for o in exceptions), None)


def label(name: str, covers: str, length: str, width: float) -> str:
    """The most that the band has room for: the name, the first name, the first letters."""
    words = name.split() or [name]
    first, letters = words[0], "".join(word[0] for word in words)[:2].upper()
    plain = [name, first, letters]
    whom = covers.partition(" ")[0]
    full = [f"{name} for {covers}", f"{first} for {whom}"] if covers else []
    marked = [f"{one} · {length}" for one in (*full, *plain)] if length else []
    room = width * PER_CENT - EDGE
    return next((one for one in (*marked, *full, *plain) if len(one) * LETTER <= room), "")


def state(since: datetime, until: datetime, now: datetime) -> str:
    if until <= now:
        return "over"
    return "now" if since <= now else "ahead"


def daylight(zone: str, window: Window) -> list[tuple[str, str]]:
    """Where it is day in a region."""
    here, found = ZoneInfo(zone), []
    day = wall_of(here, window.start).replace(hour=0, minute=0, second=0, microsecond=0) - DAY
    for step in range(window.days + 3):
        begins = instant(here, day + step * DAY + SUNRISE)
        ends = instant(here, day + step * DAY + SUNSET)
        if (width := window.width(begins, ends)) > 0:
            found.append((window.x(begins), percent(width)))
    return found


def hole_bands(found: Sequence[tuple[datetime, datetime]], window: Window) -> list[HoleBand]:
    """The holes, with words beside those that have room for them before the next one."""
    bands, taken = list[HoleBand](), 0.0
    limits = [*(window.place(since) for since, _ in found), 100.0]
    for place, (since, until) in enumerate(found, start=1):
        made, taken = hole_band(since, until, (taken, limits[place]), window)
        bands.append(made)
    return bands


def hole_band(
    since: datetime, until: datetime, room: tuple[float, float], window: Window
) -> tuple[HoleBand, float]:
    """The band, its words where there is room, and how far these take what there is."""
    start, end = window.place(since), window.place(until)
    words = f"No one {since:%H:%M}{ending_of(since, until)}"
    if wide(words) > end - start and end - start >= wide("No one"):
        words = "No one"
    inside = end - start >= wide(words)
    fits = inside or end + wide(words) <= room[1]
    left = not fits and start - wide(words) >= room[0]
    place = start if inside or left else end
    taken = max(end, place + wide(words)) if fits else end
    band = HoleBand(
        x=window.x(since),
        width=percent(window.width(since, until)),
        text_x=percent(place),
        anchor="end" if left else "start",
        label=words if fits or left else "",
        inside=inside,
        words=f"No one is on call, {stretch_in_words(since, until, window.now)}",
        since=rfc3339(since),
        until=rfc3339(until),
        over=until <= window.now,
    )
    return band, taken


def wide(words: str) -> float:
    """What words need of the narrowest chart, in per cent."""
    return (len(words) * LETTER + EDGE) / PER_CENT


def ending_of(since: datetime, until: datetime) -> str:
    """The end as it is said after the start, days only where it is not the same."""
    next_midnight = since.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    if until == next_midnight:
        return "-24:00"
    return f"-{until:%H:%M}" if until < next_midnight else f" to {until:%a %H:%M}"
