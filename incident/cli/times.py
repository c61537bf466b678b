"""A time as it is typed: with its offset, or by the clock on a wall.

A wall clock that shows a time twice, or never, is no time: the choices are told.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from incident.cli.ending import misused

WRITTEN = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
LOCALTIME = Path("/etc/localtime")


def moment(text: str, timezone: str | None) -> datetime:
    """The time that `text` says, in UTC; without an offset by the clocks of `timezone`.

    Without either, by those of this machine.
    """
    found = WRITTEN.fullmatch(text.strip())
    try:
        said = datetime.fromisoformat(text.strip().upper()) if found else None
        if said and said.tzinfo:
            return said.astimezone(UTC)
    except (ValueError, OverflowError):
        said = None
    if said is None:
        raise misused(
            f"{text!r} is not a time. Write one such as 2026-07-14T23:30Z, "
            "2026-07-14T16:30-07:00 or '2026-07-14 16:30'."
        )
    return on_the_wall(said, timezone or here())


def on_the_wall(wall: datetime, timezone: str) -> datetime:
    from incident.core.oncall.clockwork import zones
    from incident.core.oncall.moments import candidates

    if timezone not in zones():
        raise misused(f"{timezone!r} is not a time zone. Write one such as Europe/Berlin.")
    meant = candidates(wall, timezone)
    if meant.occurs != "once":
        raise misused(f"{meant.words}. Say which, with its Z.")
    return meant.moments[0]


def here() -> str:
    """The zone of this machine; UTC where it does not tell."""
    from incident.core.oncall.clockwork import zones

    told = os.environ.get("TZ", "").removeprefix(":")
    linked = str(LOCALTIME.resolve()).partition("/zoneinfo/")[2]
    return next((name for name in (told, linked) if name in zones()), "UTC")


def shown(at: datetime | None) -> str:
    """`2026-07-14 23:30 UTC`, with seconds only where there are some."""
    if at is None:
        return "-"
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC" if utc.second else f"{utc:%Y-%m-%d %H:%M} UTC"
