"""What is wrong with a file: where, what, and what would be right.

How a fault is found is not known here.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from incident.core.values import Value

FAULTS_LIMIT = 100
"""Faults that are told of one file; more would help nobody."""

Path = tuple[str | int, ...]
"""The names and places that lead to something: `("escalation", 0, "page")`."""


class Place(NamedTuple):
    """Where something stands in the text, both counted from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class Fault(Value):
    """`path` is like `escalation[0].page`, empty for the file itself. An error keeps the file
    from being used, a warning does not.
    """

    line: int
    column: int
    path: str
    message: str
    severity: Literal["error", "warning"] = "error"


class Unloadable(Exception):
    """The file cannot be used; the text says where and why."""


def error(place: Place, path: Path, message: str) -> Fault:
    return Fault(line=place.line, column=place.column, path=shown(path), message=message)


def warning(place: Place, path: Path, message: str) -> Fault:
    return error(place, path, message).model_copy(update={"severity": "warning"})


def shown(path: Path) -> str:
    """`escalation[0].page`; names come from a file, so they are cut."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step[:80]}" if text else step[:80]
    return text


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """As they stand in the file, each once, not too many."""
    once = dict.fromkeys(faults)
    placed = sorted(once, key=lambda fault: (fault.line, fault.column))
    worst = [fault for fault in placed if fault.severity == "error"][:FAULTS_LIMIT]
    others = [fault for fault in placed if fault.severity == "warning"][:FAULTS_LIMIT]
    return tuple(sorted(worst + others, key=lambda fault: (fault.line, fault.column)))
