"""Every rotation and everybody who may be called: whom a role, a region or a rotation means now.

Nobody who is disabled or unknown is ever on duty. Which level pages whom is not known here.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from incident.core.oncall.nobody import absence
from incident.core.oncall.resolve import Extents, extent, resolve, watch
from incident.core.oncall.schedule import Schedule
from incident.core.oncall.segments import (
    Board,
    Segment,
    board_of,
    segment,
    union,
    vacant,
    within_reach,
)
from incident.core.oncall.watches import Duty, Upcoming, Watch
from incident.core.titles import role_title
from incident.core.values import Value

__all__ = ["Duty", "Roster", "Upcoming", "Watch"]


class Roster(Value):
    """`people` are the handles that exist and are not disabled."""

    schedules: tuple[Schedule, ...] = ()
    people: frozenset[str] = frozenset()

    def knows(self, handle: str) -> bool:
        return handle in self.people

    def on_call(self, role: str, regions: Sequence[str], at: datetime) -> Watch:
        """Who answers for a role: the people of one rotation.

        Of those with somebody on duty, one of `regions` comes first, and then the one whose
        shift began last.
        """
        schedules = self.of_role(role)
        if not schedules:
            return Watch(reason=f"no rotation serves the role {role_title(role)}")
        boards, at = (
            tuple(board_of(schedule, self.people) for schedule in schedules),
            within_reach(at),
        )
        found = Extents()
        look = partial(chosen, boards, tuple(regions), found)
        if vacant(look(at)):
            return absence(role_title(role), boards, at)
        return watch(look, boards, at, found)

    def of_rotation(self, name: str, at: datetime) -> Watch:
        """Who is on duty in the rotation of this name."""
        for schedule in self.schedules:
            if schedule.name == name:
                return resolve(schedule, at, self.people)
        return Watch(reason=f"there is no rotation {name}")

    def of_role(self, role: str) -> tuple[Schedule, ...]:
        """The rotations that serve a role."""
        return tuple(schedule for schedule in self.schedules if schedule.role == role)


def chosen(
    boards: tuple[Board, ...], regions: Sequence[str], found: Extents, at: datetime
) -> Segment:
    """The people of the one rotation that answers at `at`, for as long as it is certain."""
    parts = [(board, segment(board, at)) for board in boards]
    present = [(board, part) for board, part in parts if part.slots]
    first = max(present, key=lambda one: rank(one[0], one[1], regions, found, at), default=None)
    around = union([part for _, part in parts])
    return around._replace(slots=first[1].slots if first else ())


def rank(
    board: Board, part: Segment, regions: Sequence[str], found: Extents, at: datetime
) -> tuple[bool, datetime]:
    """Whether somebody is of one of these regions, and when the last of them began."""
    places = [slot.region for slot in part.slots if slot.region is not None]
    here = any(akin(place, region) for place in places for region in regions)
    return here, max(extent(board, slot, at, found)[0] for slot in part.slots)


def akin(place: str, region: str) -> bool:
    """`eu-central` and `eu-central-1` are; `eu-west` and `eu-west2` are not."""
    ours, theirs = place.casefold().split("-"), region.casefold().split("-")
    shorter = min(len(ours), len(theirs))
    return ours[:shorter] == theirs[:shorter]
