"""A rotation cut where anything could change: layers by priority, then overrides in order.

This is the one place that says who is on duty. Shifts and sentences are made elsewhere.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from incident.core.oncall.moments import EARLIEST, LATEST, TICK
from incident.core.oncall.schedule import Override, Schedule
from incident.core.oncall.shifts import Slot, phase
from incident.core.oncall.turns import Plan, plan_of
from incident.core.oncall.working import EVER
from incident.core.values import in_utc_milliseconds

HORIZON = timedelta(days=400)
"""What lies further away than this is not in sight."""

People = frozenset[str]


@dataclass(frozen=True, eq=False)
class Board:
    """A rotation made ready; `known` are the people who count, None for everybody.

    `plans` are the layers by priority, without those that could never have one of them.
    `edges` are the moments at which an override begins or ends.
    """

    schedule: Schedule
    known: People | None
    plans: tuple[Plan, ...]
    overrides: tuple[Override, ...]
    edges: tuple[datetime, ...]


class Segment(NamedTuple):
    """A time, half open, in which the same slots are on duty throughout."""

    start: datetime
    end: datetime
    slots: tuple[Slot, ...]


Look = Callable[[datetime], Segment]
"""Finds the segment that an instant lies in."""


@lru_cache(maxsize=1024)
def board_of(schedule: Schedule, known: People | None) -> Board:
    layers = sorted(schedule.layers, key=lambda layer: -layer.priority)
    overrides = sorted(schedule.overrides, key=lambda override: override.created_at)
    if known is not None and not any(o.with_person in known for o in overrides):
        layers = [layer for layer in layers if layer.people() & known]
    plans = tuple(plan_of(layer) for layer in layers)
    edges = {edge for override in overrides for edge in (override.start, override.end)}
    return Board(schedule, known, plans, tuple(overrides), tuple(sorted(edges)))


@lru_cache(maxsize=16384)
def segment(board: Board, at: datetime) -> Segment:
    """Who is on duty at `at`, and around it for as long as it is certain."""
    if at < EARLIEST:
        return Segment(EVER[0], EARLIEST, ())
    if at >= LATEST:
        return Segment(LATEST, EVER[1], ())
    place = bisect_right(board.edges, at)
    exceptions = in_force(board, place)
    start = max(EARLIEST, board.edges[place - 1] if place else EARLIEST)
    end = min(LATEST, board.edges[place] if place < len(board.edges) else LATEST)
    for plan in board.plans:
        here = phase(board.schedule, plan, at)
        start, end = max(start, here.start), min(end, here.end)
        if here.slot is not None and (slots := changed(board, exceptions, here.slot)):
            return Segment(start, end, slots)
    return Segment(start, end, changed(board, exceptions, None))


def in_force_at(board: Board, at: datetime) -> tuple[Override, ...]:
    """The overrides that hold at an instant, in order of creation."""
    return in_force(board, bisect_right(board.edges, at))


@lru_cache(maxsize=16384)
def in_force(board: Board, place: int) -> tuple[Override, ...]:
    """The overrides between the edge before `place` and that edge, in order of creation."""
    if place in {0, len(board.edges)}:
        return ()
    start = board.edges[place - 1]
    return tuple(o for o in board.overrides if o.start <= start < o.end)


def changed(board: Board, exceptions: tuple[Override, ...], slot: Slot | None) -> tuple[Slot, ...]:
    """A layer's slot after every override, without the people who do not count."""
    slots: tuple[Slot, ...] = () if slot is None else (slot,)
    for exception in exceptions:
        slots = after(exception, slots, board.schedule)
    known = board.known
    return slots if known is None else tuple(slot for slot in slots if slot.person in known)


def after(exception: Override, slots: tuple[Slot, ...], schedule: Schedule) -> tuple[Slot, ...]:
    """The slots with one override applied; nobody is ever on duty twice."""
    present = {slot.person for slot in slots}
    match exception.kind:
        case "add" if exception.person not in present:
            name, region = schedule.name, schedule.region
            return (*slots, Slot(exception.person, name, "", 0, region, exception.id))
        case "remove":
            return tuple(slot for slot in slots if slot.person != exception.person)
        case "replace" if exception.with_person in present:
            return tuple(slot for slot in slots if slot.person != exception.person)
        case "replace":
            return tuple(covered(slot, exception) for slot in slots)
        case _:
            return slots


def covered(slot: Slot, exception: Override) -> Slot:
    if slot.person != exception.person or exception.with_person is None:
        return slot
    return slot._replace(
        person=exception.with_person,
        override=exception.id,
        covers=slot.covers or slot.person,
    )


def within_reach(at: datetime) -> datetime:
    """`at`, or the nearest instant of which the same is true and that may be reckoned with."""
    return max(EARLIEST - TICK, min(in_utc_milliseconds(at), LATEST))


def looking(boards: Sequence[Board]) -> Look:
    """Several rotations as if they were one: whoever is on duty in any of them."""
    if len(boards) == 1:
        return lambda at: segment(boards[0], at)
    return lambda at: union([segment(board, at) for board in boards])


def union(parts: Sequence[Segment]) -> Segment:
    return Segment(
        max(part.start for part in parts),
        min(part.end for part in parts),
        tuple(slot for part in parts for slot in part.slots),
    )


def stretch(
    look: Look, at: datetime, same: Callable[[Segment], bool]
) -> tuple[datetime | None, datetime | None]:
    """How far around `at` every segment is the same; None where no end of it is in sight."""
    first = last = look(at)
    while first.start > at - HORIZON and same(before := look(first.start - TICK)):
        first = before
    while last.end < at + HORIZON and same(following := look(last.end)):
        last = following
    return (
        first.start if first.start > at - HORIZON else None,
        last.end if last.end < at + HORIZON else None,
    )


def vacant(part: Segment) -> bool:
    return not part.slots
