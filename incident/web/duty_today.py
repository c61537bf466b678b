"""Who is on call today, as thin bands of 24 hours, and what that asks of one person.

The same bands as on the page of rotations, made smaller; nothing can be changed on them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from incident.core.oncall.resolve import everybody, resolve
from incident.core.surroundings import Surroundings
from incident.core.values import rfc3339
from incident.web.oncall_bands import Band, Group, Row, groups
from incident.web.oncall_window import HOUR, Tick, Window, city, moment, ticks

BEHIND = 2 * HOUR
"""How much of the band lies behind now: who it was, and that it has just changed."""
TICKS = 3
"""Hours between two that are written over the bands."""
MOST = 8
"""Rows on the page; the others are a link away."""


class Duty(NamedTuple):
    """A rotation in which somebody is on call; `until` is empty where no end is known."""

    rotation: str
    until: str
    until_at: str


class Line(NamedTuple):
    """One row: a rotation in a region. `now` says who is on call, `gap` whether nobody is.

    `ahead` is from when nobody will be; told once for rotations that stand together.
    """

    group: Group
    row: Row
    now: list[tuple[str, str]]
    gap: bool
    ahead: str


class Today(NamedTuple):
    """`again_at` is when somebody else begins: then the page is worth asking for again."""

    window: Window
    ticks: list[Tick]
    now_x: str
    lines: list[Line]
    hidden: int
    city: str
    again_at: str


def today(
    around: Surroundings, now: datetime, zone: str, names: Mapping[str, str]
) -> Today | None:  # fmt: skip
    """The bands; None where there is no rotation."""
    if not around.roster.schedules:
        return None
    start = now.replace(minute=0, second=0, microsecond=0) - BEHIND
    window = Window(start, 1, now, zone)
    found = groups(around, window, names)
    columns = ticks(window)
    lines = [line(group, row, window, names) for group in found for row in group.rows]
    return Today(
        window=window,
        ticks=columns[::TICKS],
        now_x=window.x(now),
        lines=lines[:MOST],
        hidden=len(lines) - len(lines[:MOST]),
        city=city(zone) if any(tick.local != tick.utc for tick in columns) else "",
        again_at=rfc3339(next_change(found, now)),
    )


def line(group: Group, row: Row, window: Window, names: Mapping[str, str]) -> Line:
    now = window.now
    here = [band for band in row.bands if band.state == "now"]
    gap = any(hole.since <= rfc3339(now) < hole.until for hole in group.holes)
    told = [on_duty(band, now, names) for band in here]
    first = row == group.rows[0]
    return Line(group, row, told, gap, ahead(group, window) if first and not gap else "")


def ahead(group: Group, window: Window) -> str:
    """From when nobody is on call, where that comes within the window."""
    coming = [hole.since for hole in group.holes if hole.since > rfc3339(window.now)]
    return coming[0][11:16] if coming else ""


def on_duty(band: Band, now: datetime, names: Mapping[str, str]) -> tuple[str, str]:
    """The name, and until when; empty where no end is known."""
    person, until = band.shift.person, band.shift.until
    return names.get(person, person), moment(until, now, "UTC") if until else ""


def next_change(found: list[Group], now: datetime) -> datetime:
    """When the first of the shifts begins or ends, at most a day from now."""
    shifts = [band.shift for group in found for row in group.rows for band in row.bands]
    edges = [edge for shift in shifts for edge in (shift.since, shift.until) if edge]
    return min([edge for edge in edges if edge > now], default=now + 24 * HOUR)


def duties_of(handle: str, around: Surroundings, now: datetime, zone: str) -> list[Duty]:
    """In which rotations somebody is on call at this moment."""
    known = around.roster.people
    own = [one for one in around.roster.schedules if handle in everybody(one)]
    watches = [resolve(one, now, known) for one in own]
    mine = [duty for watch in watches for duty in watch.people if duty.person == handle]
    return [
        Duty(
            rotation=duty.schedule,
            until=moment(duty.until, now, zone) if duty.until else "",
            until_at=rfc3339(duty.until) if duty.until else "",
        )
        for duty in mine
    ]
