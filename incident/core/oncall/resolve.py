"""Who is on call at an instant, and why: the one answer that everything else is made of.

`expand` says the same of a window. What the policy does about it is not known here.
"""

from datetime import datetime

from incident.core.oncall.schedule import Schedule
from incident.core.oncall.watches import Duty, Watch

People = frozenset[str]
Shift = Duty


def resolve(schedule: Schedule, at: datetime, known: People | None = None) -> Watch:
    """Who is on duty at `at`; with `known`, of these people alone."""
    return Watch(reason=f"{schedule.name} is not resolved yet")


def expand(
    schedule: Schedule, start: datetime, end: datetime, known: People | None = None
) -> tuple[Shift, ...]:
    """Every duty that touches [start, end), whole, in order of time."""
    return ()
