"""Which modules travel together: a page asks for a few files in place of a hundred.

Browsers fetch six files at a time, so far from the server a hundred small ones cost seconds, and
each is compressed by itself. A module belongs to the first chunk that reaches it, wherever it is
used; what no chunk reaches stays a file of its own.
"""

import posixpath
from collections.abc import Mapping
from functools import lru_cache
from graphlib import TopologicalSorter

from incident.web import joining, modules
from incident.web.shelf import File

CHUNKS: dict[str, tuple[str, ...]] = {
    "base": (
        "palette.js", "posting.js", "ledger.js", "time.js", "unseen.js", "nearly.js",
        "room/icon.js", "oncall/sending.js",
        "../vendor/lit/directives/live.js", "../vendor/lit/directives/repeat.js",
    ),
    "room": ("room/start.js", "room/main.js"),
    "declare": ("declare.js",),
    "list": ("list.js",),
    "oncall": ("oncall/main.js",),
    "palette": ("palette/dialog.js", "palette/help.js"),
    "resting": (
        "room/watching.js", "room/tape.js", "room/search.js", "room/attach.js",
        "room/catch-up.js", "room/wall-offer.js", "room/print.js",
    ),
    "writing": ("room/writing.js",),
    "acting": (
        "room/band-sheets.js", "room/fix-sheets.js", "room/update-sheet.js",
        "room/ladder-sheets.js", "room/cause-sheets.js", "room/affected-sheet.js",
        "room/entry-sheets.js", "room/snooze-sheet.js", "room/policy-sheet.js",
        "room/offering.js", "room/brief.js", "room/wall.js",
    ),
    "forms": ("people.js", "you.js", "policy.js"),
}  # fmt: skip
"""Name of each chunk and the modules, beside `js/`, that bring all others of it, in order. The
first is part of every page with scripts. The room itself brings `resting` and `writing` when it
rests, and `acting` when somebody touches it, as any page then brings `palette`.
"""
BOTH = ("live", ("list", "room"))
"""The chunk of what these two need both, so that the way from the one to the other is short."""


class Chunks:
    """The chunks of one set of files; an entry that is missing in `files` is left out."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = files
        self._places: dict[str, str] = {}
        reached = {name: self._reached(entries) for name, entries in CHUNKS.items()}
        first, *others = reached
        both, (one, other) = BOTH
        reached[both] = [path for path in reached[one] if path in reached[other]]
        for name in (first, both, *others):
            for path in reached[name]:
                self._places.setdefault(path, f"joined/{name}.js")

    def joined(self) -> dict[str, File]:
        """The chunks, and what stands at the addresses of the modules that went into them."""
        self._refuse_circles()
        members: dict[str, dict[str, joining.Module]] = {}
        for path, place in self._places.items():
            members.setdefault(place, {})[path] = self._read(path)
        made = {
            path: joining.stub(path, members[place][path], place)
            for path, place in self._places.items()
        }
        for place, inside in members.items():
            text = joining.chunk(place, self._base, inside, self._others(place, inside))
            sources = {path: self._files[path].content.decode() for path in inside}
            made[f"{place}.map"] = joining.mapped(text, sources)
            made[place] = f"{text}//# sourceMappingURL={posixpath.basename(place)}.map\n"
        return {path: file(path, text) for path, text in made.items()}

    def of(self, paths: list[str]) -> list[str]:
        """The files in which the modules at `paths` come, each once."""
        return list(dict.fromkeys(self._places.get(path, path) for path in paths))

    def _reached(self, entries: tuple[str, ...]) -> list[str]:
        paths = [posixpath.normpath(f"js/{entry}") for entry in entries]
        starts = [path for path in paths if path in self._files]
        return [*starts, *modules.needed(self._files, starts)]

    def _refuse_circles(self) -> None:
        """None of two that need each other could be made first: graphlib.CycleError names them."""
        needs = {path: self._imports(path) for path in self._places}
        TopologicalSorter(needs).prepare()

    def _imports(self, path: str) -> tuple[str, ...]:
        return modules.imports(self._files[path].content.decode(), path)

    @property
    def _base(self) -> str:
        return f"joined/{next(iter(CHUNKS))}.js"

    def _read(self, path: str) -> joining.Module:
        return joining.read(path, self._files[path].content.decode(), self._places)

    def _others(self, own: str, inside: Mapping[str, joining.Module]) -> list[str]:
        imported = [self._places[target] for path in inside for target in self._imports(path)]
        return [place for place in dict.fromkeys(imported) if place != own]


@lru_cache(maxsize=1024)
def file(path: str, text: str) -> File:
    return File(text.encode(), "application/json" if path.endswith(".map") else "text/javascript")
