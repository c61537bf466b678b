"""Durations as people write them: `5m`, `1h30m`, `7d`, and ISO 8601 as the API has them.

How long one may be is settled by the value it is for.
"""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from incident.core.values import LONGEST, iso_duration

PLAIN = re.compile(
    r"(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m(?:in)?)?(?:(\d{1,6})s)?", re.ASCII
)
ISO = re.compile(
    r"P(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)
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
    found = PLAIN.fullmatch(text) or ISO.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError("must be a duration such as 15m, 1h30m or 7d")
    parts = {unit: int(count) for unit, count in zip(UNITS, found.groups(), strict=True) if count}
    return timedelta(**parts)


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


Span = Annotated[timedelta, BeforeValidator(span_of), Field(gt=timedelta(0), le=LONGEST)]
"""A duration in a file."""
