"""Shifts as iCalendar (RFC 5545): the same shifts, the same bytes.

All times are UTC, so that no calendar needs to know a zone. Whose shifts are shown, and to
whom, is settled elsewhere.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event

from incident.core.oncall.resolve import Shift, everybody, expand
from incident.core.oncall.schedule import Schedule
from incident.core.titles import role_title

MEDIA_TYPE = "text/calendar; charset=utf-8"
BACK, AHEAD = timedelta(days=60), timedelta(days=400)
REFRESH = timedelta(hours=1)
EVENTS = 10_000
"""Shifts of one feed; the first ones where there are more."""
KEPT = 64
"""Calendars that are kept in memory, as programs ask for them again and again."""
SPACE = uuid.UUID("6f0c9a52-8f0e-5d4b-9d3c-0d6a5a3f6b10")
"""Ours, for names of shifts that stay the same."""


def of_rotation(
    schedule: Schedule, people: frozenset[str], now: datetime, changed: datetime
) -> bytes:
    """The shifts of everybody. `changed`: when the rotation was changed last."""
    return rotation_on(schedule, people, day_of(now), changed)


def of_person(
    handle: str,
    schedules: Iterable[Schedule],
    people: frozenset[str],
    now: datetime,
    changed: datetime,
) -> bytes:
    """One person's shifts in all rotations."""
    mine = tuple(one for one in schedules if handle in everybody(one))
    return person_on(handle, mine, people, day_of(now), changed)


def day_of(now: datetime) -> datetime:
    """The calendar of a day is the same all day long, and is made once."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=KEPT)
def rotation_on(
    schedule: Schedule, people: frozenset[str], day: datetime, changed: datetime
) -> bytes:
    shifts = expand(schedule, day - BACK, day + AHEAD, people)
    return calendar(f"On call: {schedule.name}", [(one, schedule) for one in shifts], changed)


@lru_cache(maxsize=KEPT)
def person_on(
    handle: str,
    schedules: tuple[Schedule, ...],
    people: frozenset[str],
    day: datetime,
    changed: datetime,
) -> bytes:
    found = [
        (shift, schedule)
        for schedule in schedules
        for shift in expand(schedule, day - BACK, day + AHEAD, people)
        if shift.person == handle
    ]
    found.sort(key=lambda one: (one[0].since, one[1].name))
    return calendar(f"On call: {handle}", found, changed)


def calendar(name: str, shifts: Sequence[tuple[Shift, Schedule]], changed: datetime) -> bytes:
    told = Calendar()
    told.add("prodid", "-//Incident Command//On call//EN")
    told.add("version", "2.0")
    told.add("calscale", "GREGORIAN")
    told.add("method", "PUBLISH")
    told.add("name", name)
    told.add("x-wr-calname", name)
    told.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    told.add("x-published-ttl", "PT1H")
    for shift, schedule in shifts[:EVENTS]:
        told.add_component(event(shift, schedule, changed))
    return bytes(told.to_ical())


def event(shift: Shift, schedule: Schedule, changed: datetime) -> Event:
    """A shift; it leaves the person's time free, as being on call is no meeting."""
    told = Event()
    told.add("uid", f"{name_of(shift)}@incident-command")
    told.add("dtstamp", changed)
    told.add("dtstart", shift.since)
    if shift.until is not None:
        told.add("dtend", shift.until)
    what = role_title(schedule.role) if schedule.role else schedule.name
    told.add("summary", f"{shift.person} on call: {what}")
    told.add("description", readable(f"{schedule.name}: {shift.why}", shift.note))
    told.add("transp", "TRANSPARENT")
    return told


def readable(*sentences: str) -> str:
    """On one line, without what a calendar must not hold: somebody may have given a reason."""
    text = ". ".join(filter(None, sentences))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def name_of(shift: Shift) -> uuid.UUID:
    """The same for as long as this person begins this shift at this time."""
    told = [shift.schedule, shift.layer, shift.person, shift.since.isoformat()]
    return uuid.uuid5(SPACE, "\n".join(told))
