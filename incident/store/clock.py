"""The database's time, kept by this machine's monotonic clock between two looks.

All processes agree on it however wrong their own clocks are, and it does not jump when
somebody sets one of them. It does not correct the database's own clock.
"""

import time
from datetime import datetime, timedelta

from incident.core.values import in_utc_milliseconds
from incident.store.connection import Database

JITTER = timedelta(seconds=1)
"""By less than that the clock stands still rather than go back: answers take their time."""


class DatabaseClock:
    """Call it for now, in UTC and whole milliseconds; `sync` it now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen: datetime | None = None
        self._seen_at = 0.0
        self._told: datetime | None = None

    async def sync(self) -> datetime:
        """Look at the database's clock; raises `StoreAway`.

        What it said is taken for the moment of its answer, so that we are never ahead of it:
        nothing falls due early.
        """
        seen = await self._database.now()
        self._seen, self._seen_at = seen, time.monotonic()
        return self()

    def __call__(self) -> datetime:
        """Now. `sync` must have succeeded once."""
        assert self._seen is not None
        passed = timedelta(seconds=time.monotonic() - self._seen_at)
        now = in_utc_milliseconds(self._seen + passed)
        if self._told and timedelta(0) < self._told - now < JITTER:
            return self._told
        self._told = now
        return now
