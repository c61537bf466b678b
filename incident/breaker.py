"""A circuit breaker: after failures in a row nobody tries for a while, then one does.

Its state is there to be shown. It does not know what is tried, and calls nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

OPENS_AFTER = 5
"""Failures in a row."""
PAUSE = timedelta(seconds=30)
"""How long it stays open before one attempt may probe, and how long that has to answer."""


@dataclass(frozen=True, slots=True)
class BreakerState:
    """`closed`: all goes through. `open`: nothing does. `half-open`: one attempt is under way."""

    name: Literal["closed", "open", "half-open"]
    since: datetime
    last_error: str | None = None


class Breaker:
    """One for each thing that may be out of order."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._failures = 0
        self._probe_at: datetime | None = None
        self.state = BreakerState("closed", clock())

    @property
    def retry_at(self) -> datetime | None:
        """When the next attempt may be made; None when any time will do."""
        return None if self.ready() else self._probe_at

    def ready(self) -> bool:
        """Whether an attempt may be made now; also where the clock stepped back meanwhile."""
        if self._probe_at is None:
            return True
        left = self._probe_at - self._clock()
        return not timedelta(0) < left <= PAUSE

    def admits(self) -> bool:
        """Whether to make an attempt now; of many that ask an open one, one may."""
        if not self.ready():
            return False
        if self._probe_at is not None:
            # A probe that never tells how it went is followed by another.
            self._probe_at = self._clock() + PAUSE
            self._become("half-open", self.state.last_error)
        return True

    def worked(self) -> None:
        self._failures = 0
        self._probe_at = None
        self._become("closed", None)

    def failed(self, why: str) -> None:
        self._failures += 1
        if self._failures >= OPENS_AFTER:
            self._probe_at = self._clock() + PAUSE
            self._become("open", why)
        else:
            self.state = BreakerState(self.state.name, self.state.since, why)

    def _become(self, name: Literal["closed", "open", "half-open"], why: str | None) -> None:
        since = self.state.since if self.state.name == name else self._clock()
        self.state = BreakerState(name, since, why)
