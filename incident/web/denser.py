"""Brotli of the files: a seventh shorter than gzip, and a second's work, done behind the answers.

It begins with the first file that somebody asks for. Until a file's turn has come there is gzip;
nobody waits for it, and a process that is never asked never does it.
"""

import threading
from collections.abc import Iterable
from functools import lru_cache

import brotli

from incident.web.shelf import WORTH_PACKING, File


class Denser:
    """`files` once more, as short as they get; largest last, as that takes longest."""

    def __init__(self, files: Iterable[File]) -> None:
        self._waiting = sorted(
            (file for file in files if file.media_type.startswith(WORTH_PACKING)),
            key=lambda file: len(file.content),
        )
        self._made: dict[str, bytes] = {}
        self._begun = threading.Event()

    def begin(self) -> None:
        """Once, on a thread that ends with its work, or with the process."""
        if not self._begun.is_set():
            self._begun.set()
            threading.Thread(target=self.make, name="brotli", daemon=True).start()

    def make(self) -> None:
        for file in self._waiting:
            smaller = packed(file.content)
            if len(smaller) < len(file.packed or file.content):
                self._made[file.tag] = smaller

    def of(self, file: File) -> bytes | None:
        """Its bytes in Brotli; None where they are not made, or no shorter than others."""
        return self._made.get(file.tag)


@lru_cache(maxsize=256)
def packed(content: bytes) -> bytes:
    """`content` at the highest quality; remembered as for gzip."""
    smaller: bytes = brotli.compress(content, quality=11)
    return smaller
