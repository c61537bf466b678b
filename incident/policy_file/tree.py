"""YAML as plain values that know where they stand, and every fault of their form.

All scalars stay text as they are written: `09:00` is no number here, and `no` is no falsehood.
Aliases and tags are refused, depth and size are limited, so that no file costs more than it is
long. What a policy may say is not known here.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from incident.policy_file.faults import TOP, Fault, Path, Place, error
from incident.policy_file.syntax import advice

SIZE_LIMIT = 256 * 1024
"""Bytes of a file."""
DEPTH_LIMIT = 50
"""Levels of nesting; a policy needs about seven."""

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that stand for nothing."""
UNPRINTABLE: re.Pattern[str] = yaml.reader.Reader.NON_PRINTABLE
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Tree:
    """What a file says. `values` and `names` tell where each value and its name begin;
    about what is `broken` nothing more should be said.
    """

    content: object = None
    values: dict[Path, Place] = field(default_factory=dict)
    names: dict[Path, Place] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    whole: bool = True
    """False when reading stopped before the end."""

    def place(self, path: Path) -> Place:
        """Where the value at `path` begins, or else what it would be part of."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, TOP)

    def name(self, path: Path) -> Place:
        """Where the name of the value at `path` begins; without one, the value itself."""
        while path and path not in self.names and path not in self.values:
            path = path[:-1]
        return self.names.get(path) or self.place(path)

    def said(self, path: Path) -> object:
        """The value at `path`, where there is one."""
        found: Any = self.content
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def below(self, path: Path) -> Iterator[Path]:
        """Everything that stands at or below `path`, in the order of the file."""
        if path in self.values:
            yield path
        match self.said(path):
            case dict() as fields:
                steps: Iterable[str | int] = list(fields)
            case list() as items:
                steps = range(len(items))
            case _:
                return
        for step in steps:
            yield from self.below((*path, step))

    def is_broken(self, path: Path) -> bool:
        return any(path[:length] in self.broken for length in range(len(path) + 1))


class Stopped(Exception):
    """Nothing after this place can be understood."""

    def __init__(self, place: Place, path: Path, message: str) -> None:
        super().__init__(message)
        self.fault = error(place, path, message)


@dataclass(slots=True)
class Open:
    """A list or mapping whose end has not come. `key`: its value comes next; `dropped`: its
    name was given before, so that nothing of it is kept.
    """

    path: Path
    content: dict[str, object] | list[object]
    key: str | None = None
    dropped: bool = False


def parse(text: str) -> Tree:
    """What `text` says, as far as it can be understood."""
    growing = Growing()
    try:
        refuse_unreadable(text)
        for event in yaml.parse(text, Loader=LOADER):
            growing.take(event)
    except Stopped as stopped:
        growing.stop(stopped.fault)
    except yaml.YAMLError as refused:
        place, sentence = advice(refused)
        growing.stop(error(place, (), sentence))
    return growing.tree


def refuse_unreadable(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise Stopped(TOP, (), f"the file must not be larger than {SIZE_LIMIT // 1024} KiB")
    if found := UNPRINTABLE.search(text):
        before = text[: found.start()]
        place = Place(before.count("\n") + 1, found.start() - before.rfind("\n"))
        code = f"U+{ord(found.group()):04X}"
        raise Stopped(place, (), f"the character {code} cannot stand in YAML: take it out")


class Growing:
    """A tree, one event of the parser after the other."""

    def __init__(self) -> None:
        self.tree = Tree()
        self._open: list[Open] = []
        self._documents = 0

    def stop(self, fault: Fault) -> None:
        self.tree.faults.append(fault)
        self.tree.whole = False

    def take(self, event: Any) -> None:  # noqa: ANN401 (the parser's events are untyped)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise Stopped(place(event), (), "must be the only document: take out this ---")
            case yaml.CollectionEndEvent():
                self._open.pop()
            case yaml.ScalarEvent() if self._names_something():
                self._name(event)
            case yaml.NodeEvent() if self._names_something():
                raise Stopped(place(event), self._open[-1].path, "a name must be one plain word")
            case yaml.NodeEvent():
                self._value(event)
            case _:
                pass

    def _names_something(self) -> bool:
        """Whether a name is to come, not a value."""
        return (
            bool(self._open)
            and isinstance(self._open[-1].content, dict)
            and (self._open[-1].key is None)
        )

    def _name(self, event: Any) -> None:  # noqa: ANN401 (likewise)
        around = self._open[-1]
        around.key = str(event.value)
        path = (*around.path, around.key)
        if path not in self.tree.names:
            self.tree.names[path] = place(event)
        elif not around.dropped:
            line = self.tree.names[path].line
            told = f"`{around.key[:80]}` stands on line {line} already: keep one of the two"
            self.tree.faults.append(error(place(event), path, told))

    def _value(self, event: Any) -> None:  # noqa: ANN401 (likewise)
        path, dropped = self._next_path()
        if not dropped:
            self.tree.values[path] = place(event)
        self._refuse_marks(event, path)
        content = content_of(event)
        self._attach(content, dropped)
        if isinstance(content, dict | list):
            if len(self._open) == DEPTH_LIMIT:
                raise Stopped(place(event), path, f"must not be nested deeper than {DEPTH_LIMIT}")
            self._open.append(Open(path, content, dropped=dropped))

    def _next_path(self) -> tuple[Path, bool]:
        """The path of the value that comes now, and whether it is dropped."""
        if not self._open:
            return (), False
        around = self._open[-1]
        if isinstance(around.content, list):
            return (*around.path, len(around.content)), around.dropped
        assert around.key is not None
        return (*around.path, around.key), around.dropped or around.key in around.content

    def _refuse_marks(self, event: Any, path: Path) -> None:  # noqa: ANN401 (likewise)
        if isinstance(event, yaml.AliasEvent):
            told = f"the alias *{str(event.anchor)[:80]} cannot be used here: write it out"
        elif event.tag is not None:
            told = f"the tag {event.tag[:80]} cannot be used here: take it out"
        else:
            return
        self.tree.faults.append(error(place(event), path, told))
        self.tree.broken.add(path)

    def _attach(self, content: object, dropped: bool) -> None:  # noqa: FBT001 (of this value)
        if not self._open:
            self.tree.content = content
            return
        around = self._open[-1]
        if isinstance(around.content, list):
            around.content.append(content)
            return
        assert around.key is not None
        if not dropped:
            around.content[around.key] = content
        around.key = None


def place(event: Any) -> Place:  # noqa: ANN401 (likewise)
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def content_of(event: Any) -> dict[str, object] | list[object] | str | None:  # noqa: ANN401 (likewise)
    match event:
        case yaml.MappingStartEvent():
            return {}
        case yaml.SequenceStartEvent():
            return []
        case yaml.ScalarEvent():
            text = str(event.value)
            return None if event.style in {None, ""} and text in NOTHING else text
        case _:
            return None
