"""The files of `static/` in memory, as they are and compressed, and one name for exactly these.

Files that change on disk are read again when asked to look. Who may have them, and how long a
browser keeps them, is not known here.
"""

import gzip
import hashlib
import mimetypes
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from incident.web import remarks

Stamp = tuple[int, int]
"""When a file was changed, and how long it is: another stamp is another file."""

WORTH_PACKING = ("text/", "image/svg+xml", "application/json", "application/manifest+json")
"""Fonts are packed already."""
TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
"""Not left to what the machine believes of them."""


@dataclass(frozen=True)
class File:
    """One file as it is sent: its bytes, what they are, and what they are called."""

    content: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes | None:
        """The same with gzip; None where that makes it no shorter."""
        if not self.media_type.startswith(WORTH_PACKING):
            return None
        smaller = packed(self.content)
        return smaller if len(smaller) < len(self.content) else None

    @cached_property
    def tag(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:16]


class Shelf:
    """All files below `folder` by their path in it; `release` changes whenever one of them does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[str, Stamp] = {}
        self.files: dict[str, File] = {}
        self.release = ""
        self.look_again()

    def look_again(self) -> bool:
        """Read what has changed on disk since the last look; whether there was anything."""
        stamps = dict(stamped(self._folder))
        if stamps == self._stamps:
            return False
        try:
            self.files = {
                path: self.files[path] if self._stamps.get(path) == stamp else self._read(path)
                for path, stamp in sorted(stamps.items())
            }
        except FileNotFoundError:  # an editor replaces it just now: the next look sees it
            return False
        self._stamps = stamps
        self.release = named(self.files)
        for file in self.files.values():
            _ = file.packed  # now, and not while somebody waits for it
        return True

    def _read(self, path: str) -> File:
        content = (self._folder / path).read_bytes()
        return File(remarks.without(path, content), media_type(path))


def stamped(folder: Path) -> Iterator[tuple[str, Stamp]]:
    """Every file below `folder` with its stamp: a millisecond's work for a few hundred."""
    waiting = [("", folder.as_posix())]
    while waiting:
        before, place = waiting.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                path = before + entry.name
                if entry.is_dir():
                    waiting.append((f"{path}/", entry.path))
                elif entry.is_file():
                    with suppress(FileNotFoundError):  # as editors do it: written, then renamed
                        found = entry.stat()
                        yield path, (found.st_mtime_ns, found.st_size)


def media_type(path: str) -> str:
    return TYPES.get(Path(path).suffix) or mimetypes.guess_type(path)[0] or "text/plain"


def named(files: dict[str, File]) -> str:
    """A name for exactly these files."""
    return digest(part for path, file in files.items() for part in (path.encode(), file.content))


def digest(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()[:12]


@lru_cache(maxsize=1024)
def packed(content: bytes) -> bytes:
    """`content` with gzip, as small as it gets, the same bytes each time; remembered, as tests
    open many shelves on the same files.
    """
    return gzip.compress(content, 9, mtime=0)
