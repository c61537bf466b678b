"""A part of the tree as a value, and every fault of it with its place.

It knows forms and places. What a policy as a whole must be is checked by the reader.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from incident.core.oncall.clockwork import zones
from incident.policy_file import words
from incident.policy_file.faults import Fault, Path, error
from incident.policy_file.form import FIELDS
from incident.policy_file.tree import Tree

T = TypeVar("T")


class Parts:
    """The parts of one tree; `faults` grows while they are read."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.faults: list[Fault] = list(tree.faults)

    def wrong(self, path: Path, message: str) -> None:
        """The value at `path` is wrong."""
        if not self.tree.is_broken(path):
            self.faults.append(error(self.tree.place(path), path, message))

    def misnamed(self, path: Path, message: str) -> None:
        """The name of what stands at `path` is wrong."""
        if not self.tree.is_broken(path):
            self.faults.append(error(self.tree.name(path), path, message))

    def fields(self, told: object, path: Path) -> dict[str, Any]:
        """`told` as names and values; nothing at all is no fault."""
        if isinstance(told, dict):
            return told
        if told is not None:
            self.wrong(path, words.FORMS["dict_type"])
        return {}

    def items(self, told: object, path: Path) -> list[Any]:
        if isinstance(told, list):
            return told
        if told is not None:
            self.wrong(path, "must be a list: begin each item with a dash")
        return []

    def named(self, kind: Any, path: Path) -> bool:  # noqa: ANN401 (a type with constraints)
        """Whether the name of what stands at `path` is a name of this kind."""
        try:
            TypeAdapter(kind).validate_python(path[-1])
        except ValidationError as refused:
            self.misnamed(path, words.sentence(refused.errors()[0], ()))
            return False
        return True

    def value(self, kind: type[T], told: object, path: Path) -> T | None:
        """`told` as a value of this kind; None when there are faults in it."""
        fields = tuple(getattr(kind, "model_fields", ()))
        return self.made(lambda: TypeAdapter(kind).validate_python(told or {}), path, fields)

    def made(self, make: Callable[[], T], path: Path, fields: tuple[str, ...]) -> T | None:
        """What `make` makes of what stands at `path`; None when there are faults in it."""
        try:
            return make()
        except ValidationError as refused:
            faults = refused.errors(include_url=False)
            for fault in faults:
                if not follows(fault, faults):
                    self._refused(fault, path, fields)
        return None

    def _refused(self, fault: ErrorDetails, path: Path, fields: tuple[str, ...]) -> None:
        """Add one fault of what stands at `path`."""
        loc = fault["loc"]
        where = self._within(path, loc)
        inside = [step for step in loc[:-1] if step in FIELDS]
        known = FIELDS[str(inside[-1])] if inside else fields
        told = words.sentence(fault, known)
        if loc[-1:] == ("[key]",):
            self.misnamed(where[:-1], words.unknown(str(where[-2]), known))
        elif fault["type"] == "extra_forbidden" or (
            isinstance(self.tree.said(where), dict) and fault["type"] == "value_error"
        ):
            self.misnamed(where, told)
        elif fault["type"] == "missing":
            self.misnamed(where[:-1], told)
        elif where[-1:] == ("timezone",):
            self.wrong(where, told + meant(fault["input"]))
        else:
            self.wrong(where, told)

    def _within(self, path: Path, loc: tuple[int | str, ...]) -> Path:
        """Where `loc` of the part at `path` stands.

        A single layer is written without `layers`, and what all layers share beside them.
        """
        where, beside = (*path, *loc), (*path, *loc[2:])
        if where in self.tree.values or loc[:1] != ("layers",) or len(loc) == 1:
            return where
        single = (*path, "layers") not in self.tree.values
        shared = len(loc) > len(("layers", 0)) and beside in self.tree.values
        return beside if single or shared else where


def follows(fault: ErrorDetails, faults: list[ErrorDetails]) -> bool:
    """Whether a list is too short only because of what is wrong with its items."""
    loc = fault["loc"]
    return fault["type"] == "too_short" and any(
        other["loc"][: len(loc)] == loc and other is not fault for other in faults
    )


def meant(zone: object) -> str:
    """The zone that was probably meant."""
    cities = {name.rpartition("/")[2]: name for name in sorted(zones())}
    text = str(zone)
    found = words.nearest(text, zones()) or words.nearest(text.rpartition("/")[2], cities)
    return f"; do you mean {cities.get(found, found)}?" if found else ""
