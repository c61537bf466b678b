"""One incident's commands, decided one after the other and committed together.

The newest state is kept as a guess: a stale guess costs a retry, and nobody is refused on
one. A command that is refused is refused alone.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from incident.answers import Answer, HoldLost, KeyReused, Moved, Request
from incident.core.decide import decide
from incident.core.incident import Incident, fold
from incident.core.rejected import Rejected
from incident.store.batches import SeqTaken
from incident.store.commit import Accepted, Commit
from incident.store.errors import StoreAway
from incident.store.journal import Journal

BATCH = 256
"""Commands in one commit at most."""
EVENTS = 2_000
"""Events in one commit, after which the next command waits for the next one."""
RACES = 60
"""Races lost in a row before a command is given up as if the store were away."""
PATIENT_RACES = 3
"""Races lost before waiting a little, so that others get through."""
LONGEST_WAIT = 0.05
"""Seconds."""


class Outlet(Protocol):
    """Where a lane's commits go when they are safe."""

    def heard(self, commit: Commit) -> None: ...

    async def list(self, commit: Commit) -> None: ...


@dataclass(slots=True)
class Waiting:
    """A request, and where its answer goes."""

    request: Request
    answer: asyncio.Future[Answer]

    def refuse(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def give(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


@dataclass(slots=True)
class Draft:
    """What a batch comes to on a state, before it is committed."""

    state: Incident
    accepted: list[tuple[Waiting, Accepted]] = field(default_factory=list)
    refused: list[tuple[Waiting, Exception | None]] = field(default_factory=list)
    """None: the command changes nothing."""

    @property
    def events(self) -> int:
        return sum(len(command.events) for _, command in self.accepted)


class Lane:
    """Commands for one incident, in order of arrival."""

    def __init__(
        self,
        incident: str,
        journal: Journal,
        clock: Callable[[], datetime],
        origin: str,
        outlet: Outlet,
    ) -> None:
        self._incident, self._journal, self._outlet = incident, journal, outlet
        self._clock, self._origin = clock, origin
        self._newest: Commit | None = None
        self._waiting: list[Waiting] = []
        self._run: asyncio.Task[None] | None = None
        self._answering: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        return self._run is None and not self._answering

    async def idle(self) -> None:
        """Return when nothing is under way."""
        while not self.is_idle:
            await asyncio.gather(*([self._run] if self._run else []), *self._answering)

    def forget(self) -> None:
        self._newest = None

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
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._settle(batch)
        finally:
            self._run = None

    async def _settle(self, batch: list[Waiting]) -> None:
        """Answer a whole batch, whatever happens to it."""
        try:
            await self._commit(batch)
        except Exception as error:  # noqa: BLE001 (whatever it was belongs to those who wait)
            self.forget()
            for waiting in batch:
                waiting.refuse(error)

    async def _commit(self, batch: list[Waiting]) -> None:
        for races in range(RACES):
            guess = self._newest
            base = guess or await self._journal.latest(self._incident)
            draft = self._draft(base, batch)
            if draft.refused and guess and await self._outdated(guess):
                continue
            self._newest = base
            await self._refuse(base, draft.refused)
            if not draft.accepted:
                return
            assert base is not None
            try:
                commit = await self._append(base, draft)
            except SeqTaken:
                batch = await self._after_a_lost_race(draft, races)
                continue
            self._newest = commit
            self._answer(commit, draft.accepted)
            return
        raise StoreAway("Too many are writing here at once. Nothing was changed; try again.")

    def _draft(self, base: Commit | None, batch: Sequence[Waiting]) -> Draft:
        """Decide each command on what those before it lead to."""
        now = self._clock()
        draft = Draft(base.state if base else Incident())
        seen: dict[str, Waiting] = {}
        for waiting in batch:
            if waiting.answer.done():
                continue
            request = waiting.request
            if (twin := seen.setdefault(request.id, waiting)) is not waiting:
                follow(waiting, twin)
                continue
            try:
                if request.expect is not None and (draft.accepted or base is None):
                    raise Moved((base.seq if base else 0) + 1)  # noqa: TRY301 (one way to refuse)
                if request.expect is not None and base and request.expect != base.seq:
                    raise Moved(base.seq)  # noqa: TRY301 (one way to refuse)
                events = tuple(decide(draft.state, request.command, request.now or now))
            except (Rejected, Moved) as refusal:
                draft.refused.append((waiting, refusal))
                continue
            if not events:
                draft.refused.append((waiting, None))
                continue
            draft.state = fold(events, draft.state)
            by = request.command.by
            draft.accepted.append((waiting, Accepted(request.id, by, request.digest, events)))
        return draft

    async def _outdated(self, guess: Commit) -> bool:
        """Whether the guess is not the newest state; then it is forgotten."""
        newest = await self._journal.latest(self._incident)
        if newest is not None and newest.seq == guess.seq:
            return False
        self._newest = newest
        return True

    async def _refuse(
        self, base: Commit | None, refused: list[tuple[Waiting, Exception | None]]
    ) -> None:
        """Refuse, unless the command's key is in the log: then it gets its first answer."""
        await self._repeat([waiting for waiting, _ in refused])
        for waiting, refusal in refused:
            if refusal is not None:
                waiting.refuse(refusal)
            elif base is not None:
                waiting.give(Answer(base, 0, ()))

    async def _repeat(self, waiting: Sequence[Waiting]) -> None:
        """Answer those whose key is in the log already."""
        keyed = {one.request.id: one for one in waiting if one.request.key}
        if not keyed:
            return
        for commit in await self._journal.holding(self._incident, keyed):
            for command in commit.commands:
                if (one := keyed.get(command.id)) is None:
                    continue
                if command.digest == one.request.digest:
                    index = commit.position(command.id)
                    one.give(Answer(commit, index, command.events, repeated=True))
                else:
                    one.refuse(KeyReused())

    async def _append(self, base: Commit, draft: Draft) -> Commit:
        wake_at = draft.state.wake_at
        commit = Commit(
            incident=self._incident,
            seq=base.seq + 1,
            at=self._clock(),
            origin=self._origin,
            commands=tuple(accepted for _, accepted in draft.accepted),
            first=base.state.entries + 1,
            state=draft.state,
            wake_at=wake_at if wake_at != base.state.wake_at else None,
        )
        await self._journal.append(commit)
        return commit

    async def _after_a_lost_race(self, draft: Draft, races: int) -> list[Waiting]:
        """Who is still to be decided, on the newer state."""
        self.forget()
        rest = [waiting for waiting, _ in draft.accepted]
        await self._repeat(rest)
        for waiting in rest:
            if not waiting.answer.done() and not await waiting.request.recheck():
                waiting.refuse(HoldLost())
        if races >= PATIENT_RACES:
            await asyncio.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311 (jitter)
        return [waiting for waiting in rest if not waiting.answer.done()]

    def _answer(self, commit: Commit, accepted: list[tuple[Waiting, Accepted]]) -> None:
        """The commit is safe: say so, and write the row before those who asked look at it."""
        self._outlet.heard(commit)
        # Ends by itself with the write of the row; `idle` waits for it.
        task = asyncio.create_task(self._list_and_answer(commit, accepted))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _list_and_answer(
        self, commit: Commit, accepted: list[tuple[Waiting, Accepted]]
    ) -> None:
        try:
            await self._outlet.list(commit)
        finally:
            index = 0
            for waiting, command in accepted:
                waiting.give(Answer(commit, index, command.events))
                index += len(command.events)


def follow(waiting: Waiting, twin: Waiting) -> None:
    """The same key twice at once: one answer for both, if both ask for the same."""
    if waiting.request.digest != twin.request.digest:
        waiting.refuse(KeyReused())
        return
    twin.answer.add_done_callback(lambda answered: copy(answered, waiting))


def copy(answered: asyncio.Future[Answer], waiting: Waiting) -> None:
    if answered.cancelled():
        waiting.answer.cancel()
    elif error := answered.exception():
        waiting.refuse(error if isinstance(error, Exception) else RuntimeError(str(error)))
    else:
        waiting.give(answered.result())
