"""What is wrong with a file: where, what, and what would be right.

How a fault is found is not known here.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from incident.core.values import Value

FAULTS_LIMIT = 100
"""Faults that are told of one file; more would help nobody."""

About = Literal["people", "terms", "coverage"]
"""People who are unknown, what is written, times in which nobody is on call: in this order, as
the first is often the cause of the last.
"""

Path = tuple[str | int, ...]
"""The names and places that lead to something: `("escalation", 0, "page")`."""


class Place(NamedTuple):
    """Where something stands in the text, both counted from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class Fault(Value):
    """`path` is like `escalation[0].page`, empty for the file itself. An error keeps the file
    from being used, a warning does not. What a warning is `about` says where it is told.
    """

    line: int
    column: int
    path: str
    message: str
    severity: Literal["error", "warning"] = "error"
    about: About = "terms"


class Unloadable(Exception):
    """The file cannot be used; the text says where and why."""


def error(place: Place, path: Path, message: str) -> Fault:
    return Fault(line=place.line, column=place.column, path=shown(path), message=message)


def warning(place: Place, path: Path, message: str, about: About = "terms") -> Fault:
    told = {"severity": "warning", "about": about}
    return error(place, path, message).model_copy(update=told)


def line_of(file: object, fault: Fault) -> str:
    """As people and editors read it: the file, line and column first."""
    where = f"{fault.path}: " if fault.path else ""
    return f"{file}:{fault.line}:{fault.column}: {fault.severity}: {where}{fault.message}"


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
    """Errors, then warnings by what they are about, each as they stand in the file; each once,
    not too many.
    """
    placed = sorted(dict.fromkeys(faults), key=place_of)
    worst = [fault for fault in placed if fault.severity == "error"]
    others = [fault for fault in placed if fault.severity == "warning"]
    return (*worst[:FAULTS_LIMIT], *others[:FAULTS_LIMIT])


def place_of(fault: Fault) -> tuple[int, int, int]:
    return get_args(About).index(fault.about), fault.line, fault.column
