"""Long work in short turns: whoever does it lets others go on in between.

It knows no priorities; what is waited for otherwise is nobody's turn.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

TURN = 0.005
"""Seconds: a commit of an alert storm takes longer to read than this, most take a tenth of it."""


class Turns:
    """One for each long work, from its beginning on."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since = clock()

    async def taken(self) -> None:
        """To be called after each small piece of the work."""
        if self._clock() - self._since >= TURN:
            await asyncio.sleep(0)
            self._since = self._clock()
