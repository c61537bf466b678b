"""Follow an incident from any commit on: every later commit, once, in order.

Bells only say "look again"; the log has the truth. A commit that was made in this process
comes along with its bell, which saves the look when it is the very next one.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from incident.store.commit import Commit
from incident.store.journal import PAGE, Journal

HEARTBEAT = 5.0
"""Seconds after which a follower looks again although no bell rang."""
IN_HAND = 256
"""Commits that a bell carries at most."""

Listener = Callable[[str, Commit | None], None]


class Bell:
    """Rings for one follower. `look`: the log has to be asked, not only what is in hand."""

    def __init__(self) -> None:
        self.rang = asyncio.Event()
        self.look = True
        self.in_hand: deque[Commit] = deque(maxlen=IN_HAND)

    def ring(self, commit: Commit | None) -> None:
        if commit:
            self.in_hand.append(commit)
        else:
            self.look = True
        self.rang.set()


class Feed:
    """Where commits are heard of, and where followers wait for them."""

    def __init__(self, journal: Journal, heartbeat: float = HEARTBEAT) -> None:
        self._journal = journal
        self._heartbeat = heartbeat
        self._bells: dict[str, set[Bell]] = {}
        self._listeners: set[Listener] = set()

    def ring(self, incident: str, commit: Commit | None = None) -> None:
        """Say that `incident` moved; `commit` if it is in hand."""
        for bell in self._bells.get(incident, ()):
            bell.ring(commit)
        for listener in self._listeners:
            listener(incident, commit)

    def ring_all(self) -> None:
        """Say that anything may have moved."""
        for bells in self._bells.values():
            for bell in bells:
                bell.ring(None)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` at every ring; returns how to stop it. It must not raise or wait."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def follow(self, base: Commit) -> AsyncIterator[list[tuple[Commit, Commit]]]:
        """Each commit after `base` with the one before it, in batches, for ever.

        Raises `StoreAway` when the log cannot be read; begin again from the last one seen.
        """
        bell = Bell()
        bells = self._bells.setdefault(base.incident, set())
        bells.add(bell)
        try:
            while True:
                # Cleared before the look: what lands in between rings again.
                bell.rang.clear()
                batch = self._from_hand(bell, base)
                if bell.look and not batch:
                    bell.look = False
                    batch = await self._from_log(base)
                    bell.look |= len(batch) == PAGE
                if batch:
                    base = batch[-1][1]
                    yield batch
                elif not bell.look:
                    await self._wait(bell)
        finally:
            bells.discard(bell)
            if not bells and self._bells.get(base.incident) is bells:
                del self._bells[base.incident]

    def _from_hand(self, bell: Bell, base: Commit) -> list[tuple[Commit, Commit]]:
        """What the bell carries, as far as it joins on without a gap."""
        batch: list[tuple[Commit, Commit]] = []
        while bell.in_hand and bell.in_hand[0].seq <= base.seq + 1:
            commit = bell.in_hand.popleft()
            if commit.seq == base.seq + 1:
                batch.append((base, commit))
                base = commit
        if bell.in_hand:  # a gap: the log has what is missing
            bell.in_hand.clear()
            bell.look = True
        return batch

    async def _from_log(self, base: Commit) -> list[tuple[Commit, Commit]]:
        commits = await self._journal.since(base)
        return list(zip([base, *commits], commits, strict=False))

    async def _wait(self, bell: Bell) -> None:
        try:
            async with asyncio.timeout(self._heartbeat):
                await bell.rang.wait()
        except TimeoutError:
            bell.look = True
