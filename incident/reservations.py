"""Starting a fix takes its target's hold first, over all incidents; ending one gives it back.

So do starts that the server makes by itself. A hold whose start never came (a crash in
between) is found by whoever needs the target: the log says whether its action runs. Taking
such a hold back writes into the log of its incident, so that a start that was only slow is
decided again and finds its hold gone.
"""

import asyncio
import os
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from incident.answers import Answer, HoldLost, Moved, Request
from incident.core.action_events import ActionStarted, Hold
from incident.core.decide import decide
from incident.core.pieces import Action
from incident.core.queueing import runner
from incident.core.rejected import Rejected
from incident.core.targets import ANYWHERE
from incident.core.work_commands import ChangeAction, ClearReservation, StartQueued
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.store.holds import Claim, Holds
from incident.store.journal import Journal

GRACE = timedelta(seconds=30)
"""How long a start may be under way before its hold counts as left behind."""
ATTEMPTS = 8
"""How often a start begins again after losing its hold."""
LONGEST_WAIT = 0.05
"""Seconds before it does, so that two attempts to start the same thing part."""

CONTENDED = "Others keep taking this target. Nothing was changed; try again."

Submit = Callable[[str, Request], Awaitable[Answer]]
Change = ChangeAction | StartQueued


class Contended(StoreAway):
    """The target was wanted by too many at once; nothing was changed."""


class Reservations:
    """Changes of an action's status, with the hold of its target kept in step."""

    def __init__(
        self, journal: Journal, holds: Holds, submit: Submit, clock: Callable[[], datetime]
    ) -> None:
        self._journal, self._holds, self._clock = journal, holds, clock
        self._submit = submit
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def change(self, incident: str, command: Change, request: Request) -> Answer:
        """Do `command`, which changes a status; raises what `Desk.submit` raises."""
        if isinstance(command, StartQueued) or command.status == "in-progress":
            # One after the other here, only so that they do not take the hold from each other.
            turn = self._turns.setdefault((incident, command.action), asyncio.Lock())
            async with turn:
                return await self._start(incident, command, request)
        answer = await self._submit(incident, request)
        action = answer.commit.state.action(command.action)
        if action and action.target and action.status in {"completed", "abandoned"}:
            with suppress(StoreAway):  # a hold that stays is an orphan: who needs it sweeps it
                await self._holds.free(action.target, incident, action.id)
        return answer

    async def _start(self, incident: str, command: Change, request: Request) -> Answer:
        for _ in range(ATTEMPTS):
            wanted = await self._wanted(incident, command)
            try:
                if wanted is None:
                    return await self._submit(incident, request)
                return await self._started(incident, wanted, request)
            except HoldLost:
                await asyncio.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311 (jitter)
        raise Contended(CONTENDED)

    async def _wanted(self, incident: str, command: Change) -> Claim | None:
        """The hold that a start needs; None where `decide` alone settles it."""
        newest = await self._journal.latest(incident)
        action = newest.state.action(command.action) if newest else None
        if newest is None or action is None or action.target is None:
            return None
        if not would_start(newest, command, self._clock()):
            return None
        return Claim(
            incident=incident,
            action=action.id,
            holder=holder(action, command),
            since=self._clock(),
            target=action.target,
            region=action.region or ANYWHERE,
            claim=os.urandom(8).hex(),
        )

    async def _started(self, incident: str, wanted: Claim, request: Request) -> Answer:
        try:
            answer = await self._submit(incident, await self._reserved(incident, wanted, request))
        except (Rejected, Moved):
            await self._drop(wanted)
            raise
        if not runs(answer.commit, wanted):  # what waited goes on waiting, or no longer may
            await self._drop(wanted)
        return answer

    async def _drop(self, wanted: Claim) -> None:
        with suppress(StoreAway):
            await self._holds.drop(wanted)

    async def _reserved(self, incident: str, wanted: Claim, request: Request) -> Request:
        """Take the hold; what stands in the way goes into the command, for `decide` to judge."""
        command = request.command
        assert isinstance(command, Change)
        in_the_way = await self._take(wanted)
        newest = await self._journal.latest(incident) if in_the_way else None
        # What runs in this incident `decide` sees by itself.
        conflicts = tuple(
            seen_from(incident, claim)
            for claim in in_the_way
            if claim.incident != incident or not runs(newest, claim)
        )
        attempt = request.reworded(command.model_copy(update={"conflicts": conflicts}))
        if isinstance(command, StartQueued):
            await self._all_run(in_the_way)
        elif in_the_way and command.override is not None:
            assert isinstance(attempt.command, ChangeAction)
            if newest and would_start(newest, attempt.command, self._clock()):
                await self._holds.take_anyway(wanted)
                in_the_way = ()
        if not in_the_way:
            attempt.held = lambda: self._holds.has(wanted)
        return attempt

    async def _all_run(self, in_the_way: tuple[Claim, ...]) -> None:
        """Nothing waits for a start that may never come; raises `HoldLost` to look again soon."""
        for claim in in_the_way:
            if not runs(await self._journal.latest(claim.incident), claim):
                raise HoldLost

    async def _take(self, wanted: Claim) -> tuple[Claim, ...]:
        """Take the hold, sweeping away what was left behind; returns what really runs."""
        for _ in range(ATTEMPTS):
            conflicts = await self._holds.take(wanted)
            left_behind = [other for other in conflicts if await self._swept(other)]
            if not left_behind:
                return conflicts
        raise Contended(CONTENDED)

    async def _swept(self, other: Claim) -> bool:
        """Whether `other` was an orphan, which is gone now."""
        action = acted_on(await self._journal.latest(other.incident), other)
        if action is None or action.status in {"completed", "abandoned"}:
            await self._holds.free(other.target, other.incident, other.action)
            return True
        if action.status == "in-progress" or self._clock() - other.since < GRACE:
            return False
        # A start that comes now finds its claim gone; one that looked before loses the race
        # for the log, or wins it. Only then does the target become free.
        condemned = await self._holds.take_over(other, os.urandom(8).hex())
        if condemned is None:
            return True
        clear = ClearReservation(by="system", action=other.action)
        try:
            await self._submit(other.incident, Request(clear, None))
        except Rejected:
            return False  # it has started meanwhile
        await self._holds.drop(condemned)
        return True


def holder(action: Action, command: Change) -> str:
    """Who will be on the target."""
    if isinstance(command, StartQueued):
        return runner(action)
    return command.owner or action.owner or command.by


def seen_from(incident: str, claim: Claim) -> Hold:
    """A claim as `incident` is told of it: its own are named by no incident."""
    if claim.incident == incident:
        return claim.hold.model_copy(update={"incident": ""})
    return claim.hold


def acted_on(newest: Commit | None, hold: Hold) -> Action | None:
    """The action that a hold is for."""
    return newest.state.action(hold.action) if newest else None


def runs(newest: Commit | None, hold: Hold) -> bool:
    """Whether the action that a hold is for is in progress."""
    action = acted_on(newest, hold)
    return action is not None and action.status == "in-progress"


def would_start(newest: Commit, command: Change, now: datetime) -> bool:
    """Whether `decide` would let it start now, as far as this incident goes."""
    try:
        events = decide(newest.state, command, now)
    except Rejected:
        return False
    return any(isinstance(event, ActionStarted) for event in events)
