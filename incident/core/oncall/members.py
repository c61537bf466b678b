"""Which member has a turn: the next in line at each turn that somebody serves.

A turn that no working hour falls into is nobody's, so nobody is passed over by it. The
number of turns served is counted by the week, and then mended where the clocks leap.
"""

from datetime import UTC
from functools import lru_cache
from itertools import accumulate

from incident.core.oncall.moments import changes
from incident.core.oncall.turns import WEEKLY, Plan, handed_over, plan_of, turn_at
from incident.core.oncall.working import spell

BLOCK = 256
"""Turns that are counted together where they do not repeat by the week."""


@lru_cache(maxsize=16384)
def member(plan: Plan, turn: int) -> str:
    """Who has this turn."""
    line = plan.layer.members
    if plan.layer.advance == "calendar":
        return line[turn % len(line)]
    return line[served_before(plan, turn) % len(line)]


def served(plan: Plan, turn: int) -> bool:
    """Whether any working hour falls into this turn."""
    start, end = handed_over(plan, turn), handed_over(plan, turn + 1)
    if start >= end:
        return False
    around = spell(plan, start)
    return around.working or around.end < end


def served_before(plan: Plan, turn: int) -> int:
    """How many turns before this one somebody served."""
    if turn <= 0:
        return 0
    if plan.elapsed:
        return turn if plan.layer.hours is None else by_blocks(plan, turn)
    sums = week_of(plan)
    weeks, rest = divmod(turn - 1, len(sums) - 1)
    by_the_week = weeks * sums[-1] + sums[rest]
    return served(plan, 0) + by_the_week - leapt_over_before(plan, turn)


def by_blocks(plan: Plan, turn: int) -> int:
    blocks, rest = divmod(turn, BLOCK)
    whole = sum(served_in_block(plan, block) for block in range(blocks))
    return whole + sum(served(plan, blocks * BLOCK + step) for step in range(rest))


@lru_cache(maxsize=16384)
def served_in_block(plan: Plan, block: int) -> int:
    return sum(served(plan, block * BLOCK + step) for step in range(BLOCK))


@lru_cache(maxsize=1024)
def week_of(plan: Plan) -> tuple[int, ...]:
    """How many of the first n turns after turn 0 are served, if the clocks never change.

    It repeats after the last. A month has every weekday, so that all of its turns are served.
    """
    turns = 1 if plan.step is None else WEEKLY // plan.step
    steady = unchanging(plan)
    flags = (plan.step is None or served(steady, turn) for turn in range(1, turns + 1))
    return tuple(accumulate(flags, initial=0))


@lru_cache(maxsize=1024)
def unchanging(plan: Plan) -> Plan:
    """The same turns and hours where the clocks never change."""
    return plan_of(plan.layer.model_copy(update={"timezone": "UTC"}))


def leapt_over_before(plan: Plan, turn: int) -> int:
    years = range(plan.begins.year, handed_over(plan, turn).year + 1)
    return sum(1 for year in years for found in leapt_over(plan, year) if found < turn)


@lru_cache(maxsize=16384)
def leapt_over(plan: Plan, year: int) -> tuple[int, ...]:
    """The turns, after turn 0, all of whose working hours the clocks leap over in a year."""
    steady, found = unchanging(plan), set[int]()
    for change in changes(plan.layer.timezone, year):
        low, high = (max(wall.replace(tzinfo=UTC), steady.begins) for wall in change.gap)
        if low < high:
            found |= set(range(turn_at(steady, low), turn_at(steady, high) + 1))
    return tuple(turn for turn in sorted(found) if turn > 0 and steady_only(plan, steady, turn))


def steady_only(plan: Plan, steady: Plan, turn: int) -> bool:
    """Whether a turn would be served if the clocks did not change, and is not."""
    return not served(plan, turn) and (plan.step is None or served(steady, turn))
