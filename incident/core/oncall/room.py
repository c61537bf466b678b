"""How many overrides a rotation has room for: few at a time, so that it is answered at once.

Whom they put on duty is not known here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from incident.core.oncall.schedule import OVERRIDES_LIMIT, Override
from incident.core.phrases import date_and_clock

AT_ONCE = 20
"""Overrides of a rotation that are in force at any one instant."""
TO_COME = 200
"""Overrides of a rotation that are not over."""
REMEMBERED = timedelta(days=60)
"""How long those that are over are kept: as far back as calendars go."""


def remembered(overrides: Sequence[Override], now: datetime) -> tuple[Override, ...]:
    """Without those that were over so long ago that nobody looks for them."""
    return tuple(one for one in overrides if one.end > now - REMEMBERED)


def refusal(overrides: Sequence[Override], new: Override) -> str:
    """Why there is no room for another, and what to do about it; empty where there is."""
    if len(overrides) >= OVERRIDES_LIMIT:
        return (
            f"This rotation keeps {OVERRIDES_LIMIT} overrides and no more. "
            "Cancel some of them, those that are over first."
        )
    now = new.created_at
    if new.end > now and sum(one.end > now for one in overrides) >= TO_COME:
        return (
            f"{TO_COME} overrides of this rotation are not over yet, and it takes no more. "
            "Cancel some of them, or change the rotation instead."
        )
    if (full := crowded(overrides, new)) is not None:
        return (
            f"{AT_ONCE} overrides of this rotation are in force at {date_and_clock(full)}, and "
            "it takes no more at a time. Cancel one of them, or choose another time."
        )
    return ""


def crowded(overrides: Sequence[Override], new: Override) -> datetime | None:
    """The first instant of `new` at which as many are in force as there may be."""
    beside = [one for one in overrides if one.start < new.end and one.end > new.start]
    steps = [(max(one.start, new.start), 1) for one in beside]
    steps += [(one.end, -1) for one in beside]
    running = 0
    for at, step in sorted(steps):
        running += step
        if running >= AT_ONCE:
            return at
    return None
