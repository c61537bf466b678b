"""Who is on call at an instant, and why: the one answer that everything else is made of.

`expand` says the same of a window. What the policy does about it is not known here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from incident.core.oncall.moments import TICK
from incident.core.oncall.nobody import absence
from incident.core.oncall.schedule import Schedule
from incident.core.oncall.segments import (
    HORIZON,
    Board,
    Look,
    People,
    Segment,
    board_of,
    looking,
    stretch,
    vacant,
    within_reach,
)
from incident.core.oncall.shifts import Slot
from incident.core.oncall.watches import Duty, Upcoming, Watch
from incident.core.oncall.words import note_of, why

Shift = Duty
"""A duty as `expand` lists it."""
Extents = dict[tuple[Board, Slot], tuple[datetime, datetime]]
"""The duties that were found last in answering one question, so that none is sought again."""
STEPS = 1000
"""Changes of duty after which the search for another person is given up."""


def resolve(schedule: Schedule, at: datetime, known: People | None = None) -> Watch:
    """Who is on duty at `at`; with `known`, these people alone count."""
    board, at = board_of(schedule, known), within_reach(at)
    look = looking((board,))
    if vacant(look(at)):
        return absence(schedule.name, (board,), at)
    return watch(look, (board,), at, {})


def watch(look: Look, boards: Sequence[Board], at: datetime, found: Extents) -> Watch:
    """Those whom `look` finds on duty at `at`, which must be somebody, in these rotations."""
    now = look(at)
    since, until = stretch(look, at, lambda there: there.slots == now.slots)
    named = {board.schedule.name: board for board in boards}
    return Watch(
        people=tuple(duty_around(named[slot.schedule], slot, at, found) for slot in now.slots),
        next=relief(look, boards, now),
        since=since,
        until=until,
    )


def expand(
    schedule: Schedule, start: datetime, end: datetime, known: People | None = None
) -> tuple[Shift, ...]:
    """Every duty that touches [start, end), whole, in order of time.

    Those whose time holds an instant are exactly the people of `resolve` at that instant.
    """
    board, start, end = board_of(schedule, known), within_reach(start), within_reach(end)
    shifts, running, found = list[Shift](), dict[Slot, datetime](), Extents()
    for part in between(looking((board,)), start, end):
        for slot in [slot for slot in running if slot not in part.slots]:
            shifts.append(duty(board, slot, running.pop(slot), part.start))
        for slot in part.slots:
            if slot not in running:
                begun = part.start > start
                running[slot] = part.start if begun else extent(board, slot, start, found)[0]
    shifts += [duty_around(board, slot, end - TICK, found) for slot in running]
    return tuple(sorted(shifts, key=lambda shift: (shift.since, shift.layer, shift.person)))


def between(look: Look, start: datetime, end: datetime) -> Iterator[Segment]:
    """The segments that touch [start, end), in order."""
    while start < end:
        here = look(start)
        yield here
        start = here.end


def duty_around(board: Board, slot: Slot, at: datetime, found: Extents) -> Duty:
    """The whole of the duty that a slot has at `at`."""
    return duty(board, slot, *extent(board, slot, at, found))


def extent(board: Board, slot: Slot, at: datetime, found: Extents) -> tuple[datetime, datetime]:
    """From when until when, around `at`, a slot is on duty without a break; noted in `found`."""
    known = found.get((board, slot))
    if known is None or not known[0] <= at < known[1]:
        known = found[board, slot] = reckoned(board, slot, at)
    return known


def reckoned(board: Board, slot: Slot, at: datetime) -> tuple[datetime, datetime]:
    since, until = stretch(looking((board,)), at, lambda there: slot in there.slots)
    assert since is not None
    assert until is not None
    return since, until


def duty(board: Board, slot: Slot, since: datetime, until: datetime) -> Duty:
    return Duty(
        person=slot.person,
        schedule=board.schedule.name,
        layer=slot.layer,
        turn=slot.turn,
        since=since,
        until=until,
        region=slot.region,
        why=why(board, slot),
        override=slot.override,
        note=note_of(board, slot, since, until),
    )


def relief(look: Look, boards: Sequence[Board], now: Segment) -> Upcoming | None:
    """The first who comes on duty after `now` and is not on duty now."""
    present = {slot.person for slot in now.slots}
    if all(everybody(board.schedule) <= present for board in boards):
        return None
    for part in islice(between(look, now.end, now.end + HORIZON), STEPS):
        for slot in part.slots:
            if slot.person not in present:
                return Upcoming(person=slot.person, at=part.start, schedule=slot.schedule)
    return None


def everybody(schedule: Schedule) -> People:
    """All who could ever be on duty in it."""
    exceptions = ({o.person, o.with_person or o.person} for o in schedule.overrides)
    return schedule.people().union(*exceptions)
