"""Why nobody is on call: whose shift ended, whose begins, and what the clocks did between them.

A hole is found elsewhere; here it is put into words.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from incident.core.oncall.moments import TICK, Change, changes_within, wall_of
from incident.core.oncall.segments import (
    HORIZON,
    Board,
    board_of,
    in_force_at,
    looking,
    segment,
    stretch,
    vacant,
)
from incident.core.oncall.shifts import Slot
from incident.core.oncall.watches import Upcoming, Watch
from incident.core.oncall.words import day_of, direction, label, named, zone_of
from incident.core.phrases import date_and_clock, listed, span

A_YEAR = timedelta(days=370)


class Edge(NamedTuple):
    """Somebody's duty ends, or begins, at `at`."""

    board: Board
    slot: Slot
    at: datetime

    @property
    def zone(self) -> str:
        return zone_of(self.board, self.slot)

    @property
    def place(self) -> str:
        return self.slot.region or label(self.board, self.slot)


class Hole(NamedTuple):
    """A time, half open, in which nobody is on duty; None where no end of it is in sight."""

    start: datetime | None
    end: datetime | None
    before: tuple[Edge, ...]
    after: tuple[Edge, ...]


def absence(subject: str, boards: Sequence[Board], at: datetime) -> Watch:
    """The watch of nobody, for a rotation or a role with this name."""
    since, until = stretch(looking(boards), at, vacant)
    hole = hole_of(boards, since, until)
    comers = [Upcoming(person=e.slot.person, at=e.at, schedule=e.board.schedule.name)
              for e in hole.after]  # fmt: skip
    return Watch(
        reason=f"nobody is on call for {subject}{times(hole)}: {because(hole, boards, at)}",
        next=comers[0] if comers else None,
        since=since,
        until=until,
    )


def hole_of(boards: Sequence[Board], since: datetime | None, until: datetime | None) -> Hole:
    """The hole between two instants, with who leaves and who comes."""
    before = () if since is None else edges(boards, since - TICK, since)
    return Hole(since, until, before, () if until is None else edges(boards, until, until))


def edges(boards: Sequence[Board], seen_at: datetime, at: datetime) -> tuple[Edge, ...]:
    return tuple(Edge(b, slot, at) for b in boards for slot in segment(b, seen_at).slots)


def times(hole: Hole) -> str:
    """` since ... until ... (1 h)`."""
    since = f" since {date_and_clock(hole.start)}" if hole.start else ""
    until = f" until {date_and_clock(hole.end)}" if hole.end else ""
    took = f" ({span(hole.end - hole.start)})" if hole.start and hole.end else ""
    return f"{since}{until}{took}"


def because(hole: Hole, boards: Sequence[Board], at: datetime) -> str:
    """Why there is this hole, seen at an instant within it."""
    parts = [*absent(boards, at), *meeting(hole)]
    cause = clocks(hole)
    return f"{listed(parts)}, {cause}" if cause else listed(parts)


def meeting(hole: Hole) -> Iterator[str]:
    """Who leaves, and who comes."""
    if hole.before:
        yield listed([told(edge, "ends") for edge in hole.before])
    else:
        yield "nobody was before"
    if hole.after:
        yield listed([told(edge, "begins") for edge in hole.after])
    else:
        yield f"nobody comes within {HORIZON.days} days"


def told(edge: Edge, verb: str) -> str:
    """`us-west (mara) ends at 16:00 America/Los_Angeles`."""
    wall = wall_of(ZoneInfo(edge.zone), edge.at)
    return f"{edge.place} ({edge.slot.person}) {verb} at {clock_of(wall)} {edge.zone}"


def clock_of(wall: datetime) -> str:
    return wall.strftime("%H:%M:%S" if wall.second else "%H:%M")


def absent(boards: Sequence[Board], at: datetime) -> Iterator[str]:
    """Who would be on duty, if nobody had been removed or disabled."""
    for board in boards:
        everybody = board_of(board.schedule, None)
        for slot in segment(everybody, at).slots:
            yield f"{slot.person} of {label(board, slot)} is disabled or unknown"
        removals = {o.person: o for o in in_force_at(board, at) if o.kind == "remove"}
        usual = board_of(board.schedule.model_copy(update={"overrides": ()}), None)
        for slot in segment(usual, at).slots:
            if slot.person in removals:
                yield f"{slot.person} is taken off by {named(removals[slot.person])}"


def clocks(hole: Hole) -> str:
    """The change of clocks without which the two sides would meet; empty if it is not that."""
    for change, zone in suspects(hole):
        again = changes_within(zone, change.at, change.at + A_YEAR)
        until = f", until they go {direction(again[0])} on {day_of(again[0])}" if again else ""
        return f"as the clocks of {zone} go {direction(change)} on {day_of(change)}{until}"
    return ""


def suspects(hole: Hole) -> Iterator[tuple[Change, str]]:
    """The last change before the hole on each side of it that opened it."""
    if hole.start is None or hole.end is None:
        return
    zones = {edge.zone for edge in (*hole.before, *hole.after)}
    if len(zones) == 1:
        return
    for side, sign in ((hole.before, 1), (hole.after, -1)):
        for zone in dict.fromkeys(edge.zone for edge in side):
            past = changes_within(zone, hole.start - A_YEAR, hole.start + TICK)
            opened = sign * (past[-1].after - past[-1].before) if past else timedelta()
            if opened >= hole.end - hole.start:
                yield past[-1], zone
