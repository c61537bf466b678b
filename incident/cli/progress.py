"""Progress of work on many incidents: one line that is drawn over, where a person looks on.

In a pipe or a file it is silent.
"""

import sys
import time
from types import TracebackType
from typing import Self

EVERY = 0.1
"""Seconds between two drawings."""
CLEAR = "\r\x1b[K"


class Counter:
    """Counts incidents and commits; call `at` for each commit."""

    def __init__(self, verb: str) -> None:
        self.incidents = 0
        self.commits = 0
        self._verb = verb
        self._incident = ""
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            draw("")

    def at(self, incident: str, seq: int) -> None:
        """Commit `seq` of `incident` is done."""
        if incident != self._incident:
            self._incident = incident
            self.incidents += 1
        self.commits += 1
        if self._shown and time.monotonic() - self._drawn > EVERY:
            self._drawn = time.monotonic()
            draw(f"{self._verb} {incident}, commit {seq}")


def draw(line: str) -> None:
    sys.stderr.write(f"{CLEAR}{line}")
    sys.stderr.flush()
