"""Whoever is connected is let in, may still be there, or is shown out within two seconds.

One question to the database each second covers every connection of this process. What people
say on their connections is not known here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from incident.access import Visitor
from incident.runtime import Runtime
from incident.store.credentials import SEEN_EVERY
from incident.store.errors import StoreAway
from incident.store.standing import Register

LOOK = 1.0
"""Seconds between two looks at who may still be here."""
BY_PERSON = 20
"""Connections of one person's browsers: more windows than anybody looks at."""
IN_ALL = 5_000
"""Connections of one process; each costs it about 40 KiB."""
FAREWELL = 1.0
"""Seconds that showing people out may take before the next look."""

logger = logging.getLogger(__name__)


@dataclass(eq=False, frozen=True, slots=True)
class Seat:
    """One connection: whose it is, and how it ends when that is no longer true."""

    who: Visitor
    show_out: Callable[[], Awaitable[None]]
    """They are signed out."""
    start_over: Callable[[], None]
    """They may do other things than before: let them come in again."""


class Doors:
    """The connections of this process; `len` says how many."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._register = Register(runtime.database)
        self._seats: set[Seat] = set()
        self._by_person: Counter[str] = Counter()
        self._touched = runtime.clock()

    def __len__(self) -> int:
        return len(self._seats)

    def full(self, who: Visitor) -> str | None:
        """Why there is no room for another connection of theirs; None when there is.

        A program's token stands for many, so only browsers are counted by person.
        """
        if len(self._seats) >= IN_ALL:
            return "Too many are connected here."
        if who.way == "session" and self._by_person[who.handle] >= BY_PERSON:
            return f"You have {BY_PERSON} windows open. Close one."
        return None

    @contextmanager
    def seated(self, seat: Seat) -> Iterator[None]:
        """For as long as the block lasts, look after this connection."""
        self._seats.add(seat)
        counted = seat.who.handle if seat.who.way == "session" else None
        if counted:
            self._by_person[counted] += 1
        try:
            yield
        finally:
            self._seats.discard(seat)
            if counted:
                self._by_person -= Counter([counted])  # which also forgets the zeros

    async def run(self) -> None:
        """Look after everybody, for ever."""
        while True:
            await asyncio.sleep(LOOK)
            try:
                await self.look()
            except StoreAway as error:
                logger.warning("nobody looked at the doors", extra={"error": str(error)})

    async def look(self) -> None:
        """Show out whoever is signed out or disabled by now; raises `StoreAway`."""
        seats = list(self._seats)
        if not seats:
            return
        proofs = {seat.who.proof for seat in seats}
        now = self._runtime.clock()
        standing = await self._register.standing(proofs, {seat.who.handle for seat in seats}, now)
        leaving: list[Seat] = []
        for seat in seats:
            role = standing.roles.get(seat.who.handle)
            if role is None or seat.who.proof not in standing.credentials:
                leaving.append(seat)
            elif role != seat.who.authority:
                seat.start_over()
        await self._show_out(leaving)
        if now - self._touched > SEEN_EVERY:
            self._touched = now
            await self._register.touch(standing.credentials, now)

    async def _show_out(self, leaving: list[Seat]) -> None:
        self._seats.difference_update(leaving)
        try:
            async with asyncio.timeout(FAREWELL):
                await asyncio.gather(*(seat.show_out() for seat in leaving))
        except TimeoutError:
            logger.warning("some did not hear that they are signed out")
