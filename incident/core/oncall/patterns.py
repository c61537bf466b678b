"""Holes that recur at the same time of day, between the same two shifts, put together.

Finds no holes.
"""

from collections.abc import Hashable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from incident.core.oncall.clockwork import WEEK
from incident.core.oncall.moments import DAY, wall_of
from incident.core.oncall.nobody import Edge, Hole, clock_of
from incident.core.oncall.words import days_in_words, label

APART = timedelta(days=32)
"""What recurs only after longer than this is another finding."""


def grouped(holes: Sequence[Hole]) -> list[list[Hole]]:
    """The holes by what they have in common, in order of their first."""
    groups = list[list[Hole]]()
    open_groups = dict[Hashable, list[Hole]]()
    for hole in holes:
        key = likeness(hole)
        group = open_groups.get(key)
        if group is None or walls(hole)[0] - walls(group[-1])[0] > APART:
            group = open_groups[key] = []
            groups.append(group)
        group.append(hole)
    return groups


def likeness(hole: Hole) -> Hashable:
    """The same for holes at the same time of day, as long, and between the same shifts."""
    start, end = walls(hole)
    return start.time(), end - start, zone_of(hole), sides(hole.before), sides(hole.after)


def sides(edges: Sequence[Edge]) -> frozenset[tuple[str, str | None]]:
    return frozenset((label(edge.board, edge.slot), edge.slot.region) for edge in edges)


def zone_of(hole: Hole) -> str:
    """The zone of both sides where it is the same, so that summer does not split a pattern."""
    zones = {edge.zone for edge in (*hole.before, *hole.after)}
    return zones.pop() if len(zones) == 1 else "UTC"


def walls(hole: Hole) -> tuple[datetime, datetime]:
    assert hole.start is not None
    assert hole.end is not None
    zone = ZoneInfo(zone_of(hole))
    return wall_of(zone, hole.start), wall_of(zone, hole.end)


def pattern_of(group: Sequence[Hole]) -> str:
    """`every day 23:00-24:00 UTC from 2026-03-08 to 2026-10-31, 238 times`."""
    start, end = walls(group[0])
    zone = zone_of(group[0])
    if len(group) == 1:
        return f"once, from {day_and_clock(start)} to {day_and_clock(end)} {zone}"
    begun = [walls(hole)[0].date() for hole in group]
    hours = f"{clock_of(start)}{until(start, end)} {zone}"
    return f"{days_of(begun)} {hours} from {begun[0]} to {begun[-1]}, {len(group)} times"


def until(start: datetime, end: datetime) -> str:
    """`-24:00`, `-09:00 the next day`, ` to Mon 09:00`: the end as it is said after the start."""
    midnight = datetime.combine(start.date() + DAY, time())
    if end < midnight:
        return f"-{clock_of(end)}"
    if end == midnight:
        return "-24:00"
    if end < midnight + DAY:
        return f"-{clock_of(end)} the next day"
    return f" to {WEEK[end.weekday()].capitalize()} {clock_of(end)}"


def days_of(begun: Sequence[date]) -> str:
    """`every day`, `every Mon-Fri`; `on some days` where they follow no week."""
    weekdays = {day.weekday() for day in begun}
    between = (begun[0] + step * DAY for step in range((begun[-1] - begun[0]).days + 1))
    if sum(day.weekday() in weekdays for day in between) != len(begun):
        return "on some days,"
    named = days_in_words(tuple(WEEK[place] for place in sorted(weekdays)))
    return named if named == "every day" else f"every {named}"


def day_and_clock(wall: datetime) -> str:
    return f"{wall.date()} {clock_of(wall)}"
