"""Times, spans and lists in the words of a report: always UTC, never rounded away.

Nothing here escapes anything.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
UNITS = ((timedelta(days=1), "d"), (HOUR, "h"), (MINUTE, "min"), (timedelta(seconds=1), "s"))
DAYS_FROM = timedelta(days=2)
"""Up to here hours are counted through: 26 h says more than 1 d 2 h."""


def clock(moment: datetime) -> str:
    """`22:52`, or `22:52:30` where there are seconds."""
    at = moment.astimezone(UTC)
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


def day(moment: datetime) -> str:
    """`2018-10-21`."""
    return moment.astimezone(UTC).date().isoformat()


def date_and_clock(moment: datetime) -> str:
    """`2018-10-21 22:52 UTC`."""
    return f"{day(moment)} {clock(moment)} UTC"


def span(took: timedelta) -> str:
    """`17 h 32 min`; seconds only below an hour, days only from two on."""
    if took < timedelta(0):
        return f"{span(-took)} before"
    left, parts = timedelta(seconds=int(took.total_seconds())), list[str]()
    for unit, name in UNITS:
        if (name == "d" and took < DAYS_FROM) or (name == "s" and took >= HOUR):
            continue
        whole, left = divmod(left, unit)
        if whole:
            parts.append(f"{whole} {name}")
    return " ".join(parts) or "0 min"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = names or [""]
    return f"{', '.join(first)} and {last}" if first else last


def number(amount: float) -> str:
    """`5,000,000`; a fraction as it was given."""
    return f"{amount:,}"
