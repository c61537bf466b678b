"""Fixes as people and processes deal with them: boards, starts, and what must never come of it.

Also processes that stop in the middle of a start, or have something come between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from incident.answers import Answer
from incident.core import work_commands as work
from incident.core.rejected import Rejected
from incident.core.targets import overlapping
from incident.store.commit import Commit
from incident.store.connection import Database
from incident.store.holds import Claim, Holds
from incident.store.journal import Journal
from tests.parts.offices import Clock, Office, office


def change(
    action: str, status: str | None = "in-progress", by: str = "cy", **fields: object
) -> work.ChangeAction:
    told = {"by": by, "action": action, "status": status}
    return work.ChangeAction.model_validate(told | fields)


async def start(at: Office, incident: str, action: str, **fields: str) -> Answer:
    told = {"by": "cy", "action": action, "status": "in-progress"}
    return await at.desk.submit(incident, work.ChangeAction.model_validate(told | fields))


async def code(doing: Awaitable[Answer]) -> str:
    """The code of the refusal; empty when it was accepted."""
    try:
        await doing
    except Rejected as refusal:
        return refusal.code
    return ""


async def board(
    at: Office, target: str, region: str | None = None, **fields: object
) -> tuple[str, str]:
    """An incident with a fix on its board."""
    incident = await at.declares(**fields)
    return incident, await at.proposes(incident, target, region)


async def running(at: Office) -> list[tuple[str, str, str, str | None]]:
    """Every fix in progress on a target: incident, action, target, region."""
    found: list[tuple[str, str, str, str | None]] = []
    async for incident, _ in at.journal.newest_seqs():
        found += [
            (incident, action.id, action.target, action.region)
            for action in (await at.newest(incident)).state.actions
            if action.status == "in-progress" and action.target
        ]
    return found


async def collisions(at: Office) -> list[str]:
    """What must never be: overlapping fixes in progress, or one that holds nothing."""
    fixes = await running(at)
    held = {(hold.incident, hold.action) for hold in await at.holds.every()}
    overridden = await overrides(at)
    wrong = [f"{fix[0]} {fix[1]} holds nothing" for fix in fixes if fix[:2] not in held]
    for number, one in enumerate(fixes):
        wrong += [
            f"{one[:3]} beside {other[:3]}"
            for other in fixes[number + 1 :]
            if overlapping(*one[2:], *other[2:]) and not overridden & {one[:2], other[:2]}
        ]
    return wrong


async def overrides(at: Office) -> set[tuple[str, str]]:
    """Fixes that were started in spite of others."""
    found = set()
    async for incident, _ in at.journal.newest_seqs():
        async for commit in at.journal.history(incident):
            for event in commit.events:
                if event.kind == "conflict_overridden":
                    found.add((incident, event.action))
    return found


async def told(at: Office, incident: str) -> list[str]:
    """The kinds of all events of an incident."""
    return [e.kind async for commit in at.journal.history(incident) for e in commit.events]


class Halting(Holds):
    """Stops after taking a hold, as a process does that freezes there, or dies."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.gate, self.taken = asyncio.Event(), asyncio.Event()

    async def take(self, wanted: Claim) -> tuple[Claim, ...]:
        conflicts = await super().take(wanted)
        self.taken.set()
        await self.gate.wait()
        return conflicts


class Interrupted(Journal):
    """Does `before` once, in front of the next commit of an incident."""

    before: Callable[[], Awaitable[object]] | None = None

    async def append(self, commit: Commit) -> None:
        if (before := self.before) is not None:
            self.before = None
            await before()
        await super().append(commit)


class Stuck:
    def __init__(self, holds: Halting, task: asyncio.Task[Answer]) -> None:
        self._holds, self._task = holds, task

    def goes_on(self) -> asyncio.Task[Answer]:
        self._holds.gate.set()
        return self._task

    async def dies(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def halted(database: Database, clock: Clock, incident: str, action: str) -> Stuck:
    """A process that has taken the hold for a start, and does nothing more until it is let."""
    return await halted_while(database, clock, lambda slow: start(slow, incident, action))


async def halted_while(
    database: Database, clock: Clock, doing: Callable[[Office], Coroutine[Any, Any, Answer]]
) -> Stuck:
    """A process that stops at the first hold that it takes while it does this."""
    holds = Halting(database)
    slow = await office(database, "slow", clock, holds=holds)
    task = asyncio.create_task(doing(slow))
    await holds.taken.wait()
    return Stuck(holds, task)
