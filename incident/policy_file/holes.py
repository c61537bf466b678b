"""Times of the coming year in which nobody is on call for a role: warnings, with their dates.

A hole often lies between rotations that are each as they should be, so a role's rotations are
looked at together. Where there are too many to look at in a few seconds, that is said.
"""

from collections.abc import Iterator
from datetime import date, datetime

from incident.core.oncall.coverage import FORECAST, gaps, idle
from incident.core.oncall.schedule import UNCOUNTED, WALL_CLOCK_HOURS, Layer, Schedule
from incident.policy_file.doubts import Doubts
from incident.policy_file.faults import Fault, Path, warning

WORDS = 400
"""Characters of a reason."""
PATIENCE = 3_000_000
"""Layers looked at for one file, over all instants at which something changes: a few seconds.
Ten rotations with working hours take a fiftieth of it."""
COUNTING = 10
"""Looks that counting one turn is worth."""
Group = tuple[Schedule, ...]


def holes(doubts: Doubts, now: datetime) -> Iterator[Fault]:
    """Every hole, told once: at the first rotation of the file that serves the role."""
    left = PATIENCE
    for together in by_role(doubts):
        left -= effort(together, now)
        if left >= 0:
            yield from of_role(doubts, together, now)
        else:
            told = "its holes were not looked for: too many rotations change too often"
            yield at(doubts, together[0], told)


def of_role(doubts: Doubts, together: Group, now: datetime) -> Iterator[Fault]:
    role = f"the role {together[0].role}" if together[0].role else together[0].name
    known = doubts.present() if doubts.known else None
    for gap in gaps(together, now, known=known):
        told = f"nobody is on call for {role} {gap.pattern}: {cut(gap.why)}"
        yield at(doubts, together[0], told)
    for schedule in together:
        if schedule in doubts.file.schedules and (unused := idle(schedule, now)):
            told = f"in the next {FORECAST} days no turn falls to {', '.join(unused)}"
            yield at(doubts, schedule, told)


def at(doubts: Doubts, schedule: Schedule, message: str) -> Fault:
    """A warning about a rotation, where it stands: the short form below its role."""
    short: Path = ("roles", schedule.name, "rotation")
    path = short if short in doubts.tree.values else ("rotations", schedule.name)
    return warning(doubts.tree.name(path), path, message, "coverage")


def by_role(doubts: Doubts) -> Iterator[Group]:
    """The rotations that serve a role together, those of the file first; those without a role
    each by itself.
    """
    groups: dict[str, list[Schedule]] = {}
    for schedule in doubts.schedules.values():
        groups.setdefault(schedule.role or f"rotation {schedule.name}", []).append(schedule)
    mine = {schedule.name for schedule in doubts.file.schedules}
    for group in groups.values():
        ordered = sorted(group, key=lambda schedule: schedule.name not in mine)
        if ordered[0].name in mine:
            yield tuple(ordered)


def effort(together: Group, now: datetime) -> int:
    """How often something changes, times what has to be looked at each time."""
    layers = [layer for schedule in together for layer in schedule.layers]
    looks = sum(map(changes, layers)) * FORECAST * len(layers)
    return int(looks + COUNTING * sum(counted(layer, now) for layer in layers))


def counted(layer: Layer, now: datetime) -> float:
    """How many turns since its start are looked at, where they repeat by no week."""
    hours = layer.handoff.hours if layer.handoff else None
    if hours is None or hours in WALL_CLOCK_HOURS or layer.hours is None:
        return 0
    began = date.fromisoformat((layer.starts or UNCOUNTED)[:10])
    return max(0, (now.date() - began).days + FORECAST) * 24 / hours


def changes(layer: Layer) -> float:
    """About how often a day a layer changes."""
    hours = 2 if layer.hours else 0
    if layer.stations:
        return len(layer.stations)
    if layer.handoff and layer.handoff.hours:
        return hours + 24 / layer.handoff.hours
    return hours + 1


def cut(text: str) -> str:
    """Where many rotations end at once, the first few say enough."""
    return text if len(text) <= WORDS else f"{text[:WORDS].rpartition(',')[0]}, ..."
