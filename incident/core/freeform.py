"""Free structure from outside, such as the numbers of an impact, made safe to store as JSON.

Names become camelCase and times text; what a database, a browser or a reader could choke
on is refused. Nothing here knows what the names mean.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count
from typing import Any

from incident.core.values import TEXT_LIMIT, in_utc_milliseconds, rfc3339, without_nul

VALUES_LIMIT = 1_000
"""Values in one structure, counted as they are met: aliases in a file can make few look many."""
DEPTH_LIMIT = 5
EXACT = 2**53
"""Whole numbers beyond this lose digits in a browser."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,49}")
_WORD_START = re.compile(r"[_-]+([A-Za-z0-9])")


def freeform(value: object) -> Any:  # noqa: ANN401 (any JSON value)
    """`value` as JSON; raises ValueError naming what cannot be stored."""
    return _plain(value, DEPTH_LIMIT, count(1))


def camel(name: object) -> str:
    """`downtime_minutes` as JSON names it: downtimeMinutes."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(f"{str(name)[:50]!r} is no name: use letters, digits and _")
    return _WORD_START.sub(lambda found: found[1].upper(), name)


def _plain(value: object, depth: int, met: Iterator[int]) -> Any:  # noqa: ANN401 (any JSON value)
    if next(met) > VALUES_LIMIT:
        raise ValueError(f"holds more than {VALUES_LIMIT} values")
    if isinstance(value, (dict, list, tuple)) and depth == 0:
        raise ValueError(f"is nested deeper than {DEPTH_LIMIT} levels")
    match value:
        case None | bool():
            return value
        case int() | float():
            return _number(value)
        case str():
            return _text(value)
        case datetime():
            return rfc3339(in_utc_milliseconds(value))
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(one, depth - 1, met) for one in value]
        case dict():
            members = {camel(name): _plain(one, depth - 1, met) for name, one in value.items()}
            if len(members) < len(value):
                raise ValueError("holds the same name twice, written differently")
            return members
        case _:
            raise ValueError(f"cannot hold a {type(value).__name__}")


def _number(number: float) -> float:
    if not abs(number) <= EXACT:  # so put, it refuses what is not a number, too
        raise ValueError("holds a number that is too large")
    return number


def _text(text: str) -> str:
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"holds a text of more than {TEXT_LIMIT:,} characters")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("holds half a character (a lone surrogate)")
    return without_nul(text)
