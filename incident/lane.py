"""One incident's commands, decided one after the other and committed together.

The newest state is kept as a guess: a stale guess costs a retry, and nobody is refused on
one. A command that is refused is refused alone.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from incident.answers import Answer, HoldLost, KeyReused, Request
from incident.core.owed import owed
from incident.core.surroundings import Surroundings
from incident.drafting import Draft, Refused, Waiting, drafted
from incident.store.batches import SeqTaken
from incident.store.commit import Accepted, Commit
from incident.store.errors import StoreAway
from incident.store.journal import Journal

BATCH = 256
"""Commands in one commit at most."""
LETTERS = 1_000_000
"""Characters of commands in one commit, after which the next command waits for the next one:
a document of the database holds 16 MB, and one character is up to four bytes."""
RACES = 60
"""Races lost in a row before a command is given up as if the store were away."""
PATIENT_RACES = 3
"""Races lost before waiting a little, so that others get through."""
LONGEST_WAIT = 0.05
"""Seconds."""


class Outlet(Protocol):
    """Where a lane's commits go when they are safe."""

    def heard(self, commit: Commit) -> None: ...

    async def list(self, commits: Sequence[Commit]) -> None: ...


class Lane:
    """Commands for one incident, in order of arrival."""

    def __init__(
        self,
        incident: str,
        journal: Journal,
        clock: Callable[[], datetime],
        around: Callable[[], Surroundings],
        origin: str,
        outlet: Outlet,
    ) -> None:
        self._incident, self._journal, self._outlet = incident, journal, outlet
        self._clock, self._around, self._origin = clock, around, origin
        self._newest: Commit | None = None
        self._waiting: list[Waiting] = []
        self._run: asyncio.Task[None] | None = None
        self._unlisted: list[tuple[Commit, list[tuple[Waiting, Accepted]]]] = []
        self._listing: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        return self._run is None and self._listing is None

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while under_way := [task for task in (self._run, self._listing) if task]:
            await asyncio.wait(under_way)

    def forget(self) -> None:
        self._newest = None

    def expect(self, newest: Commit) -> None:
        """`newest` was read just now: the guess that the next command is decided on."""
        if self._run is None and (self._newest is None or self._newest.seq < newest.seq):
            self._newest = newest

    async def submit(self, request: Request) -> Answer:
        """Raises `Rejected`, `KeyReused`, `Moved`, `HoldLost`, `StoreAway`, `OutcomeUnknown`."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(request, answer))
        if self._run is None:
            # Ends by itself when nothing waits any more; `idle` waits for it.
            self._run = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._settle(self._next_batch())
        finally:
            self._run = None

    def _next_batch(self) -> list[Waiting]:
        """Who goes into the next commit: one at least, all if they fit."""
        letters = count = 0
        for waiting in self._waiting[:BATCH]:
            letters += waiting.request.size
            if count and letters > LETTERS:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _settle(self, batch: list[Waiting]) -> None:
        """Answer a whole batch, whatever happens to it."""
        try:
            await self._commit(batch)
        except Exception as error:  # noqa: BLE001 (whatever it was belongs to those who wait)
            self.forget()
            for waiting in batch:
                waiting.refuse(error)

    async def _commit(self, batch: list[Waiting]) -> None:
        base, fresh = self._newest, False
        for races in range(RACES):
            if base is None:
                base, fresh = await self._journal.latest(self._incident), True
            # After the state was read and before it is built on: docs/decisions/0003.
            await self._check_holds(batch)
            draft = drafted(base, batch, self._clock(), self._around())
            if draft.refused and not fresh:
                base = None  # nobody is refused on a guess
                continue
            self._newest = base
            await self._refuse(base, draft.refused)
            if not draft.accepted:
                return
            assert base is not None
            try:
                commit = await self._append(base, draft)
            except SeqTaken:
                base, fresh = None, False
                await self._lose_a_race(batch, races)
                continue
            self._newest = commit
            self._tell(commit, draft.accepted)
            await self._refuse(commit, draft.doubtful)
            return
        raise StoreAway("Too many are writing here at once. Nothing was changed; try again.")

    async def _check_holds(self, batch: Sequence[Waiting]) -> None:
        """Refuse starts whose hold somebody has taken back."""
        for waiting in batch:
            held = waiting.request.held
            if held is not None and not waiting.done and not await held():
                waiting.refuse(HoldLost())

    async def _refuse(self, newest: Commit | None, refused: Sequence[Refused]) -> None:
        """Refuse, unless the command's key is in the log: then it gets its first answer."""
        await self._repeat([waiting for waiting, _ in refused])
        for waiting, refusal in refused:
            if refusal is not None:
                waiting.refuse(refusal)
            elif newest is not None:
                waiting.give(Answer(newest, 0, ()))

    async def _repeat(self, batch: Sequence[Waiting]) -> None:
        """Answer those whose key is in the log already."""
        # Of those under the same key the first: the others wait for its answer.
        keyed = {o.request.id: o for o in reversed(batch) if o.request.key and not o.done}
        if not keyed:
            return
        for commit in await self._journal.holding(self._incident, keyed):
            for command in commit.commands:
                if (one := keyed.get(command.id)) is None:
                    continue
                if command.came_of(one.request.digest):
                    index = commit.position(command.id)
                    one.give(Answer(commit, index, command.events, repeated=True))
                else:
                    one.refuse(KeyReused())

    async def _append(self, base: Commit, draft: Draft) -> Commit:
        wake_at = draft.state.wake_at
        events = [event for _, accepted in draft.accepted for event in accepted.events]
        commit = Commit(
            incident=self._incident,
            seq=base.seq + 1,
            at=self._clock(),
            origin=self._origin,
            commands=tuple(accepted for _, accepted in draft.accepted),
            first=base.state.entries + 1,
            state=draft.state,
            wake_at=wake_at if wake_at != base.state.wake_at else None,
            deliver=owed(events, draft.state),
        )
        await self._journal.append(commit)
        return commit

    async def _lose_a_race(self, batch: Sequence[Waiting], races: int) -> None:
        """Somebody else was first, or a key is in the log: who has an answer by now gets it."""
        self.forget()
        await self._repeat(batch)
        if races >= PATIENT_RACES:
            await asyncio.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311 (jitter)

    def _tell(self, commit: Commit, accepted: list[tuple[Waiting, Accepted]]) -> None:
        """The commit is safe: say so, and write the row before those who asked look at it."""
        self._outlet.heard(commit)
        self._unlisted.append((commit, accepted))
        if self._listing is None:
            # Ends by itself when every commit is in the row; `idle` waits for it.
            self._listing = asyncio.create_task(self._list())

    async def _list(self) -> None:
        """Write one row for all commits that wait for one, then answer those who asked."""
        try:
            while self._unlisted:
                listed, self._unlisted = self._unlisted, []
                try:
                    await self._outlet.list([commit for commit, _ in listed])
                finally:
                    for commit, accepted in listed:
                        answer(commit, accepted)
        finally:
            self._listing = None
            for commit, accepted in self._unlisted:
                answer(commit, accepted)


def answer(commit: Commit, accepted: Sequence[tuple[Waiting, Accepted]]) -> None:
    """Tell everybody whose command is in `commit`: it is safe, whatever became of the row."""
    index = 0
    for waiting, command in accepted:
        waiting.give(Answer(commit, index, command.events))
        index += len(command.events)
