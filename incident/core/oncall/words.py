"""Why somebody is on duty, and what the clocks do to a shift, in words.

Decides nothing.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from incident.core.oncall.clockwork import WEEK
from incident.core.oncall.moments import TICK, Change, changes_within, wall_of
from incident.core.oncall.schedule import Hours, Override
from incident.core.oncall.segments import Board
from incident.core.oncall.shifts import Slot
from incident.core.oncall.turns import Plan
from incident.core.phrases import listed, span


def why(board: Board, slot: Slot) -> str:
    """One sentence without a full stop."""
    exception = next((o for o in board.overrides if o.id == slot.override), None)
    if exception is None:
        return of_turn(board, slot)
    if slot.covers is None:
        return f"added by {exception.created_by} (override {exception.id}{reason(exception)})"
    return f"covers for {slot.covers} ({named(exception)}): {of_turn(board, slot)}"


def named(exception: Override) -> str:
    """With who made it: anybody may, also for others."""
    return f"override {exception.id} by {exception.created_by}{reason(exception)}"


def reason(exception: Override) -> str:
    return f": {exception.reason.strip()}" if exception.reason.strip() else ""


def of_turn(board: Board, slot: Slot) -> str:
    plan = plan_of_slot(board, slot)
    if plan is None:
        return f"has a place in {board.schedule.name}"
    if plan.layer.stations:
        zone = zone_of(board, slot)
        return f"it was {plan.handoff.at} last in {slot.region} ({zone})"
    hours = f", working {in_words(plan.layer.hours)}" if plan.layer.hours else ""
    rhythm = f"{plan.handoff} {plan.layer.timezone}"
    return f"turn {slot.turn} of {label(board, slot)}, {rhythm}{hours}"


def in_words(hours: Hours) -> str:
    """`Mon-Fri 09:00-17:00`."""
    return f"{days_in_words(hours.days)} {hours.from_}-{hours.to}"


def days_in_words(days: tuple[str, ...]) -> str:
    """`every day`, `Mon-Fri` where more than two follow each other, `Mon, Wed`."""
    places = [WEEK.index(day) for day in WEEK if day in days]
    if len(places) == len(WEEK):
        return "every day"
    names = [day.capitalize() for day in WEEK if day in days]
    if len(places) > 2 and places[-1] - places[0] == len(places) - 1:  # noqa: PLR2004 (a span)
        return f"{names[0]}-{names[-1]}"
    return ", ".join(names)


def label(board: Board, slot: Slot) -> str:
    """The rotation, and the layer where there are several."""
    name = board.schedule.name
    return f"{name}/{slot.layer}" if slot.layer and len(board.schedule.layers) > 1 else name


def plan_of_slot(board: Board, slot: Slot) -> Plan | None:
    return next((plan for plan in board.plans if plan.layer.name == slot.layer), None)


def zone_of(board: Board, slot: Slot) -> str:
    """The zone by whose clocks the slot begins and ends."""
    plan = plan_of_slot(board, slot)
    if plan is None:
        return "UTC"
    stations = (s.timezone for s in plan.layer.stations if s.region == slot.region)
    return next(stations, plan.layer.timezone)


def note_of(board: Board, slot: Slot, since: datetime, until: datetime) -> str:
    """What a change of the clocks does to a shift; empty where it does nothing."""
    timezone = zone_of(board, slot)
    turned = changes_within(timezone, since, until + TICK)
    zone = ZoneInfo(timezone)
    shown, took = wall_of(zone, until) - wall_of(zone, since), until - since
    if not turned or shown == took:
        return ""
    return f"this shift is {span(took)}, not {span(shown)}: {listed([turns(c) for c in turned])}"


def turns(change: Change) -> str:
    """`the clocks go back on 2026-10-25`, the day by these clocks."""
    return f"the clocks go {direction(change)} on {day_of(change)}"


def direction(change: Change) -> str:
    return "forward" if change.forward else "back"


def day_of(change: Change) -> date:
    """The day that a change falls on by the clocks before it."""
    return change.gap[0].date()
