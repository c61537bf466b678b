"""The words of a rotation's definition: clocks, weekdays, zones, first days.

Each is kept as the short text that people write, so that it reads the same in a file, in
the database and in JSON. What instants they mean is not known here.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Literal, get_args
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Weekday, ...] = get_args(Weekday)
MIDNIGHT, END_OF_DAY = "00:00", "24:00"
MINUTES_OF_DAY = 24 * 60
NOT_ZONES = frozenset({"Factory", "localtime"})
"""Names that zone data holds, and that mean nothing or this machine."""

_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(:00)?", re.ASCII)
_STARTS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:00)?)?", re.ASCII)


def clock(written: object) -> str:
    """`9:00` as `09:00`. A number is what YAML makes of an unquoted 17:00: minutes."""
    if isinstance(written, int) and not isinstance(written, bool):
        written = f"{written // 60}:{written % 60:02}"
    found = _CLOCK.fullmatch(written) if isinstance(written, str) else None
    if not found:
        raise ValueError("must be a time of day such as 09:00")
    hour, minute = int(found["hour"]), int(found["minute"])
    if minute > 59 or hour * 60 + minute > MINUTES_OF_DAY:  # noqa: PLR2004 (of an hour)
        raise ValueError("must be a time of day from 00:00 to 24:00")
    return f"{hour:02}:{minute:02}"


def clock_within_a_day(text: str) -> str:
    """Refuse 24:00 where something happens at this time."""
    if text == END_OF_DAY:
        raise ValueError("must be before 24:00; midnight is 00:00")
    return text


def since_midnight(text: str) -> timedelta:
    """`09:30` as nine and a half hours."""
    return timedelta(hours=int(text[:2]), minutes=int(text[3:]))


def weekday(written: object) -> Weekday:
    """`Mon`, `monday` and `mon` are the same day."""
    word = written.strip().lower() if isinstance(written, str) else ""
    for day, name in zip(WEEK, DAYS, strict=True):
        if word in {day, name}:
            return day
    raise ValueError("must be a weekday such as Mon")


DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekdays(written: object) -> tuple[Weekday, ...]:
    """`mon-fri`, `[mon, wed]`, `fri-mon`: each once, in the order of the week."""
    parts = written.split(",") if isinstance(written, str) else written
    if not isinstance(parts, Iterable) or not (parts := tuple(parts)):
        raise ValueError("must be weekdays such as [mon, tue] or mon-fri")
    named = {day for part in parts for day in _span_of_days(part)}
    return tuple(day for day in WEEK if day in named)


def _span_of_days(part: object) -> tuple[Weekday, ...]:
    first, dash, last = part.partition("-") if isinstance(part, str) else ("", "", "")
    begin = WEEK.index(weekday(first))
    if not dash:
        return (WEEK[begin],)
    length = (WEEK.index(weekday(last)) - begin) % len(WEEK) + 1
    return tuple(WEEK[(begin + step) % len(WEEK)] for step in range(length))


def first_day(written: object) -> str:
    """`2026-01-05` or `2026-01-05T09:00`: a wall clock, so without an offset."""
    if isinstance(written, date):  # a datetime is one, too
        text = written.isoformat()
    else:
        text = written if isinstance(written, str) else ""
    if not _STARTS.fullmatch(text):
        raise ValueError(
            "must be a day or a local time of the rotation's zone: 2026-01-05 or 2026-01-05T09:00"
        )
    moment = datetime.fromisoformat(text)
    if not 1970 <= moment.year <= 2200:  # noqa: PLR2004 (years that a rotation may begin in)
        raise ValueError("must lie between the years 1970 and 2200")
    return text[:10] if len(text) == len("2026-01-05") else moment.isoformat("T", "minutes")


@cache
def zones() -> frozenset[str]:
    """Every zone there is, by its IANA name."""
    return frozenset(available_timezones() - NOT_ZONES)


def a_zone(name: str) -> str:
    if name not in zones():
        raise ValueError("must be a time zone such as Europe/Berlin")
    return name


Clock = Annotated[str, BeforeValidator(clock)]
ClockOfDay = Annotated[str, BeforeValidator(clock), AfterValidator(clock_within_a_day)]
Days = Annotated[tuple[Weekday, ...], BeforeValidator(weekdays)]
FirstDay = Annotated[str, BeforeValidator(first_day)]
Zone = Annotated[str, AfterValidator(a_zone)]
