"""Durations as people write them: `5m`, `1h30m`, `7d`, and ISO 8601 as the API has them.

Nobody keeps a promise of less than a second, so a file can hold none; what was stored before
stays as it is.
"""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from incident.core.values import LONGEST, iso_duration

PLAIN = re.compile(
    r"(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,6})s)?", re.ASCII
)
ISO = re.compile(
    r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)
FINER = re.compile(r"P?T?[0-9hmHM]{0,20}(?:\.[0-9]{1,9}[sS]|[0-9]ms)", re.ASCII)
"""Fractions of a second, which nobody means."""
SHORTEST = timedelta(seconds=1)
UNITS = ("weeks", "days", "hours", "minutes", "seconds")
LETTERS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def span_of(text: object) -> timedelta:
    """The duration that `text` says; raises ValueError."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str):
        raise ValueError("must be a duration such as 15m, 1h30m or 7d")  # noqa: TRY004 (pydantic reads it)
    if re.fullmatch(r"[0-9.]{1,20}", text):
        raise ValueError(f"must have a unit: write {text}m for minutes or {text}h for hours")
    if FINER.fullmatch(text):
        raise ValueError(f"must be in whole seconds, at least {written(SHORTEST)}")
    found = PLAIN.fullmatch(text) or ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError("must be a duration such as 15m, 1h30m or 7d")
    parts = {unit: int(count) for unit, count in zip(UNITS, found.groups(), strict=True) if count}
    return timedelta(**parts)


def that_can_be_kept(duration: timedelta) -> timedelta:
    """Refuse what is too short or too long for a promise."""
    if duration < SHORTEST:
        raise ValueError(f"must be at least {written(SHORTEST)}")
    if duration > LONGEST:
        raise ValueError(f"must be at most {written(LONGEST)}")
    return duration


def written(duration: timedelta) -> str:
    """`1h30m`; what is not in whole seconds as ISO 8601."""
    seconds, rest = divmod(duration, timedelta(seconds=1))
    if rest or seconds <= 0:
        return iso_duration(duration)
    text = ""
    for letter, size in LETTERS if seconds >= 7 * 86400 or not seconds % 86400 else LETTERS[1:]:
        count, seconds = divmod(seconds, size)
        text += f"{count}{letter}" if count else ""
    return text


Span = Annotated[timedelta, BeforeValidator(span_of), AfterValidator(that_can_be_kept)]
"""A duration in a file."""
