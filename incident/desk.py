"""Where commands are taken, and answered when their commit is safe.

One lane an incident: whatever arrives while a commit is on its way becomes the next one.
The desk decides nothing; it asks `decide` again whenever somebody else was first.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from incident import shapes
from incident.answers import Answer, KeyReused, Request
from incident.core.commands import Command, Declare, Import
from incident.core.decide import decide
from incident.core.events import Event
from incident.core.incident import Incident, fold
from incident.core.owed import owed
from incident.core.surroundings import Surroundings
from incident.core.work_commands import ChangeAction, StartQueued
from incident.feed import Feed
from incident.lane import Lane
from incident.reservations import Reservations
from incident.store.batches import SeqTaken
from incident.store.commit import Accepted, Commit
from incident.store.errors import StoreAway
from incident.store.holds import Holds
from incident.store.journal import Journal
from incident.store.lists import Lists
from incident.successors import Successors

LANES = 4_000
"""Incidents whose newest state is kept in memory."""
NUMBERS = 100
"""Numbers in a row that may turn out to be taken (after a restore) before we give up."""

logger = logging.getLogger(__name__)


class Desk:
    """Takes commands for all incidents of this process.

    `clock` gives now in UTC, `around` the policy that holds now and who is on call.
    """

    def __init__(
        self,
        journal: Journal,
        holds: Holds,
        lists: Lists,
        feed: Feed,
        clock: Callable[[], datetime],
        around: Callable[[], Surroundings],
        origin: str,
    ) -> None:
        self._journal, self._lists, self._feed = journal, lists, feed
        self._clock, self._around, self._origin = clock, around, origin
        self._lanes: OrderedDict[str, Lane] = OrderedDict()
        self._taken = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._reservations = Reservations(journal, holds, self._submit, clock)
        self.successors = Successors(journal, lists, self._submit, self._reservations)

    async def declare(self, command: Declare | Import, *, key: str | None = None) -> Answer:
        """A new incident. The same `key` of the same person finds the first one again.

        Raises `Rejected`, `KeyReused`, `StoreAway` or `OutcomeUnknown`.
        """
        self._begin()
        try:
            return await self._declare(Request(command, key), command, key)
        finally:
            self._end()

    async def _declare(
        self, request: Request, command: Declare | Import, key: str | None
    ) -> Answer:
        scoped = f"{command.by}:{key}" if key else None
        if scoped and (known := await self._journal.declaration(scoped)):
            return declared_before(known, request)
        now = self._clock()
        events = tuple(decide(Incident(), command, now, self._around()))
        for _ in range(NUMBERS):
            commit = await self._first(request, events, now, scoped)
            try:
                await self._journal.append(commit)
            except SeqTaken:
                if scoped and (known := await self._journal.declaration(scoped)):
                    return declared_before(known, request)
                continue  # a number that a restored log has used already
            self.heard(commit)
            await self.list([commit])
            return Answer(commit, 0, events)
        raise StoreAway("No free number was found. Nothing was changed; try again.")

    async def _first(
        self, request: Request, events: tuple[Event, ...], now: datetime, key: str | None
    ) -> Commit:
        """The first commit of a new incident, not stored yet."""
        state = fold(events)
        return Commit(
            incident=f"INC-{await self._journal.next_number()}",
            seq=1,
            at=now,
            origin=self._origin,
            commands=(Accepted(request.id, request.command.by, request.digest, events),),
            first=1,
            state=state,
            wake_at=state.wake_at,
            declaration=key,
            deliver=owed(events, state) if isinstance(request.command, Declare) else (),
        )

    async def submit(
        self,
        incident: str,
        command: Command,
        *,
        key: str | None = None,
        expect: int | None = None,
        now: datetime | None = None,
    ) -> Answer:
        """Do `command` on `incident`; returns when a majority of the database has it.

        `key`: the same key again returns the first answer. `expect`: only if this is still
        the newest `seq`. `now`: the time to decide by, for deadlines.
        Raises `Rejected`, `KeyReused`, `Moved`, `StoreAway` or `OutcomeUnknown`.
        """
        request = Request(command, key, expect=expect, now=now)
        self._begin()
        try:
            match command:
                case ChangeAction():
                    return await self.successors.change(incident, command, request)
                case StartQueued():
                    return await self._reservations.change(incident, command, request)
                case _:
                    return await self._submit(incident, request)
        finally:
            self._end()

    async def latest(self, incident: str) -> Commit | None:
        """The newest commit, from the log."""
        return await self._journal.latest(incident)

    async def recall(self, incidents: Collection[str]) -> dict[str, Commit]:
        """The newest commits of incidents of which each will soon have a command.

        Read together, and kept as what we guess. Those that cannot be read are left out.
        """
        newest = {commit.incident: commit for commit in await self._journal.latest_of(incidents)}
        for incident, commit in newest.items():
            self._lane(incident).expect(commit)
        return newest

    def forget(self, incident: str) -> None:
        """Somebody else moved this incident: what we remember of it is only a guess now."""
        if lane := self._lanes.get(incident):
            lane.forget()

    def heard(self, commit: Commit) -> None:
        """Tell everybody in this process about a commit that is safe."""
        logger.info(
            "commit",
            extra={
                "incident": commit.incident,
                "seq": commit.seq,
                "kinds": [event.kind for event in commit.events],
                "by": sorted({command.by for command in commit.commands}),
            },
        )
        self._feed.ring(commit.incident, commit)

    async def list(self, commits: Sequence[Commit]) -> None:
        """Write the row that lists show after `commits` of one incident, in their order.

        One that fails is made again later.
        """
        newest = commits[-1]
        row: dict[str, Any] = {}
        for commit in commits:  # the older ones for what the newest does not tell
            row |= shapes.summary(commit)
        try:
            await self._lists.write(newest, row)
        except StoreAway:
            logger.warning("row not written", extra={"incident": newest.incident})

    async def close(self) -> None:
        """Wait until every command that was taken is answered."""
        await self._quiet.wait()
        for lane in list(self._lanes.values()):
            await lane.idle()

    def _begin(self) -> None:
        """A command has been taken and is not answered yet."""
        self._taken += 1
        self._quiet.clear()

    def _end(self) -> None:
        self._taken -= 1
        if not self._taken:
            self._quiet.set()

    async def _submit(self, incident: str, request: Request) -> Answer:
        return await self._lane(incident).submit(request)

    def _lane(self, incident: str) -> Lane:
        lane = self._lanes.get(incident)
        if lane is None:
            lane = self._lanes[incident] = Lane(
                incident, self._journal, self._clock, self._around, self._origin, self
            )
            self._make_room()
        self._lanes.move_to_end(incident)
        return lane

    def _make_room(self) -> None:
        for incident, lane in list(islice(self._lanes.items(), max(0, len(self._lanes) - LANES))):
            if lane.is_idle:
                del self._lanes[incident]


def declared_before(known: Commit, request: Request) -> Answer:
    """The first answer to a declaration that came again."""
    first = known.commands[0]
    if not first.came_of(request.digest):
        raise KeyReused
    return Answer(known, 0, first.events, repeated=True)
