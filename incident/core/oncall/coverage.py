"""The holes in a role's rotations over the next 400 days, and who never serves in them.

Holes that recur are one finding, so that a hole of an hour every day of a summer is read as
what it is. Nobody is told from here.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import PlainSerializer

from incident.core.oncall.moments import DAY, TICK
from incident.core.oncall.nobody import Hole, because, hole_of
from incident.core.oncall.patterns import grouped, pattern_of
from incident.core.oncall.resolve import between, expand
from incident.core.oncall.schedule import Schedule
from incident.core.oncall.segments import (
    Board,
    People,
    board_of,
    looking,
    stretch,
    vacant,
    within_reach,
)
from incident.core.values import Moment, Value, in_seconds_or_iso

FORECAST = 400
"""Days: a year, and what the notice to mend it takes."""

Span = Annotated[timedelta, PlainSerializer(in_seconds_or_iso)]


class Gap(Value):
    """Holes that recur: the first from `start` to `end`, the last, how many, and why.

    `pattern` and `why` are sentences without a full stop. `total` is the time of all of them.
    """

    role: str | None
    start: Moment
    end: Moment
    last_start: Moment
    last_end: Moment
    count: int
    total: Span
    pattern: str
    why: str


def gaps(
    schedules: Sequence[Schedule],
    start: datetime,
    days: int = FORECAST,
    known: People | None = None,
) -> tuple[Gap, ...]:
    """Every time in which none of these rotations, which serve one role, has anybody."""
    boards = tuple(board_of(schedule, known) for schedule in schedules)
    start = within_reach(start)
    role = schedules[0].role if schedules else None
    found = tuple(within(boards, start, within_reach(start + days * DAY)))
    return tuple(gap_of(role, boards, group) for group in grouped(found))


def holes(
    schedules: Sequence[Schedule], start: datetime, end: datetime, known: People | None = None
) -> tuple[tuple[datetime, datetime], ...]:
    """Every hole in [start, end), each by itself, cut to this window."""
    boards = tuple(board_of(schedule, known) for schedule in schedules)
    start, end = within_reach(start), within_reach(end)
    return tuple(
        (max(start, hole.start), min(end, hole.end))
        for hole in within(boards, start, end)
        if hole.start and hole.end
    )


def idle(
    schedule: Schedule, start: datetime, days: int = FORECAST, known: People | None = None
) -> tuple[str, ...]:
    """The members who never serve in the days to come."""
    start = within_reach(start)
    serving = {shift.person for shift in expand(schedule, start, start + days * DAY, known)}
    return tuple(sorted(schedule.people() - serving))


def within(boards: Sequence[Board], start: datetime, end: datetime) -> Iterator[Hole]:
    """The holes that touch [start, end), whole; cut to it where no end of them is in sight."""
    if not boards:
        yield Hole(start, end, (), ())
        return
    look, reached = looking(boards), start
    for part in between(look, start, end):
        if not part.slots and part.end > reached:
            since, until = stretch(look, part.end - TICK, vacant)
            hole = hole_of(boards, since, until)
            yield hole._replace(start=since or start, end=until or end)
            reached = until or end


def gap_of(role: str | None, boards: Sequence[Board], group: Sequence[Hole]) -> Gap:
    first, last = group[0], group[-1]
    assert first.start is not None
    return Gap.model_validate({
        "role": role,
        "start": first.start,
        "end": first.end,
        "last_start": last.start,
        "last_end": last.end,
        "count": len(group),
        "total": sum((h.end - h.start for h in group if h.start and h.end), timedelta()),
        "pattern": pattern_of(group),
        "why": because(first, boards, first.start),
    })  # fmt: skip
