"""Every rotation and everybody who may be called: whom a role, a region or a rotation means now.

Nobody who is disabled or unknown is ever on duty. Which level pages whom is not known here.
"""

from collections.abc import Sequence
from datetime import datetime

from incident.core.oncall.resolve import resolve
from incident.core.oncall.schedule import Schedule
from incident.core.oncall.watches import Duty, Upcoming, Watch
from incident.core.values import Value

__all__ = ["Duty", "Roster", "Upcoming", "Watch"]


class Roster(Value):
    """`people` are the handles that exist and are not disabled."""

    schedules: tuple[Schedule, ...] = ()
    people: frozenset[str] = frozenset()

    def knows(self, handle: str) -> bool:
        return handle in self.people

    def on_call(self, role: str, regions: Sequence[str], at: datetime) -> Watch:
        """Who answers for a role: one rotation's people, those of `regions` first."""
        for schedule in self.of_role(role):
            return resolve(schedule, at, self.people)
        return Watch(reason=f"no rotation serves the role {role}")

    def of_rotation(self, name: str, at: datetime) -> Watch:
        """Who is on duty in the rotation of this name."""
        for schedule in self.schedules:
            if schedule.name == name:
                return resolve(schedule, at, self.people)
        return Watch(reason=f"there is no rotation {name}")

    def of_role(self, role: str) -> tuple[Schedule, ...]:
        """The rotations that serve a role."""
        return tuple(schedule for schedule in self.schedules if schedule.role == role)
