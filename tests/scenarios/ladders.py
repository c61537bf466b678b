"""A ladder of four people, and processes that climb it by a clock that is moved.

A process here is an office with alarms: a desk, a memory and a turn of its own. Deadlines are
found by the database, so what is to fall due lies in its past: clocks start there.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incident.alarms import Alarms
from incident.core import events as ev
from incident.core.policy import Level
from incident.core.surroundings import Surroundings
from incident.store.clock import DatabaseClock
from incident.store.connection import Database
from incident.store.journal import Journal
from tests.builders import MINUTE, around, called, policy, rung
from tests.parts.offices import Clock, Office, office, real_time
from tests.parts.receivers import Mailbox

PEOPLE = ("ana", "bo", "cy", "dee")
"""One on each level, in this order."""
RUNGS: tuple[Level, ...] = (
    rung(5, 15, people=("ana",)),
    rung(10, 20, people=("bo",)),
    rung(30, 60, people=("cy",)),
    rung(60, 120, people=("dee",)),
)
AROUND = around(people=(*PEOPLE, "mei", "zoe"), policy=policy(*RUNGS), revision=1)
LONG_AGO = timedelta(hours=18)
"""Where clocks start; far enough for every test to fall due before now."""
SECOND = timedelta(seconds=1)
REPEATED = "You may have got this before"
LIMIT = 60.0
"""Seconds that anything may take; far above what it does."""


class Hands(DatabaseClock):
    """A database's clock that shows what it is set to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def sync(self) -> datetime:
        return self()

    def __call__(self) -> datetime:
        return self._clock()


@dataclass(frozen=True, slots=True)
class Process:
    """One of several on a database."""

    office: Office
    alarms: Alarms

    async def declares(self, **fields: object) -> str:
        """An incident that nothing but the ladder has clocks on; its first level is paged."""
        return await self.office.declares(**{"severity": 3} | fields)

    async def looks(self) -> int:
        """Fire what is due; how many commits that made."""
        return await self.alarms.sweep()

    async def log(self, incident: str) -> list[ev.Event]:
        return [event async for c in self.office.journal.history(incident) for event in c.events]

    async def pages(self, incident: str) -> list[ev.Paged]:
        return [event for event in await self.log(incident) if isinstance(event, ev.Paged)]

    async def climbed(self, incident: str) -> list[tuple[int, tuple[str, ...]]]:
        """Who was paged on which level, in order."""
        return [(page.level, called(page)) for page in await self.pages(incident)]

    async def due(self, incident: str) -> datetime:
        """When the next level is."""
        climb_at = (await self.office.newest(incident)).state.ladder.climb_at
        assert climb_at is not None
        return climb_at


def past() -> Clock:
    """A clock that stands still some hours ago."""
    return Clock(real_time() - LONG_AGO)


async def process(
    database: Database,
    name: str,
    clock: Clock,
    surroundings: Surroundings = AROUND,
    journal: Journal | None = None,
) -> Process:
    """A process, as it is after its start: it remembers nothing."""
    at = await office(database, name, clock, journal=journal, around=surroundings)
    alarms = Alarms(at.desk, at.deadlines, Hands(clock), name)
    at.feed.listen(alarms.heard)
    return Process(at, alarms)


async def until(true: Callable[[], Awaitable[Any]], what: str) -> None:
    """Return when it is so."""
    try:
        async with asyncio.timeout(LIMIT):
            while not await true():
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"waited in vain: {what}") from None


def letters_to(person: str, *boxes: Mailbox, incident: str = "") -> list[tuple[str, bool]]:
    """What a person got, by Message-ID, and whether it says that it may be a repetition."""
    address = f"{person}@example.com"
    return [
        (str(letter["Message-ID"]), REPEATED in letter.get_content())
        for box in boxes
        for letter in box.letters
        if letter["To"] == address and incident in {"", letter["X-Incident-ID"]}
    ]


def doubled(letters: Sequence[tuple[str, bool]]) -> list[str]:
    """Letters that came more than once without saying so."""
    unmarked = Counter(name for name, repeated in letters if not repeated)
    return [name for name, count in unmarked.items() if count > 1]


class Gated(Journal):
    """A journal whose next commit waits at a gate: the process is frozen before its write."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    def freeze(self) -> None:
        self.reached.clear()
        self.gate.clear()

    async def append(self, commit: Any) -> None:  # noqa: ANN401 (passed on)
        self.reached.set()
        await self.gate.wait()
        await super().append(commit)


@asynccontextmanager
async def frozen(journal: Gated) -> AsyncIterator[None]:
    """Whatever the block begins to write stays unwritten until the block ends."""
    journal.freeze()
    try:
        yield
    finally:
        journal.gate.set()


def minutes(count: float) -> timedelta:
    return count * MINUTE
