"""Starting a fix takes its target's hold first, over all incidents; ending one gives it back.

A hold whose start never came (a crash in between) is found by whoever needs the target:
the log says whether its action runs. Taking such a hold back writes into the log of its
incident, so that a start that was only slow is decided again and finds its hold gone.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from incident.answers import Answer, HoldLost, Moved, Request
from incident.core.action_events import Hold
from incident.core.commands import ChangeAction, ClearReservation
from incident.core.decide import decide
from incident.core.rejected import Rejected
from incident.core.targets import ANYWHERE
from incident.store.commit import Commit
from incident.store.errors import StoreAway
from incident.store.holds import Holds
from incident.store.journal import Journal

GRACE = timedelta(seconds=30)
"""How long a start may be under way before its hold counts as left behind."""
ATTEMPTS = 5
"""How often a start begins again after losing its hold."""

Submit = Callable[[str, Request], Awaitable[Answer]]


class Reservations:
    """Changes of an action's status, with the hold of its target kept in step."""

    def __init__(
        self, journal: Journal, holds: Holds, submit: Submit, clock: Callable[[], datetime]
    ) -> None:
        self._journal, self._holds, self._clock = journal, holds, clock
        self._submit = submit

    async def change(self, incident: str, command: ChangeAction, request: Request) -> Answer:
        """Do `command`, which changes a status; raises what `Desk.submit` raises."""
        if command.status == "in-progress":
            return await self._start(incident, command, request)
        answer = await self._submit(incident, request)
        action = answer.commit.state.action(command.action)
        if action and action.target and action.status in {"completed", "abandoned"}:
            await self._free(action.target, incident, action.id)
        return answer

    async def _start(self, incident: str, command: ChangeAction, request: Request) -> Answer:
        for _ in range(ATTEMPTS):
            hold = await self._wanted(incident, command)
            if hold is None:
                return await self._submit(incident, request)
            attempt = replace_command(request, command, ())
            try:
                await self._reserve(incident, hold, attempt)
                return await self._submit(incident, attempt)
            except HoldLost:
                continue
            except (Rejected, Moved):
                await self._free_unless_running(hold)
                raise
        raise StoreAway("Others keep taking this target. Nothing was changed; try again.")

    async def _wanted(self, incident: str, command: ChangeAction) -> Hold | None:
        """The hold that a start needs; None where `decide` alone settles it."""
        newest = await self._journal.latest(incident)
        action = newest.state.action(command.action) if newest else None
        if newest is None or action is None or action.target is None:
            return None
        if action.status != "proposed" or refused(newest, command, self._clock()):
            return None
        return Hold(
            incident=incident,
            action=action.id,
            holder=command.owner or action.owner or command.by,
            since=self._clock(),
            target=action.target,
            region=action.region or ANYWHERE,
        )

    async def _reserve(self, incident: str, hold: Hold, attempt: Request) -> None:
        """Take the hold; what stands in the way goes into the command, for `decide` to judge."""
        conflicts = await self._take(hold)
        command = attempt.command
        assert isinstance(command, ChangeAction)
        elsewhere = tuple(other for other in conflicts if other.incident != incident)
        attempt.command = command.model_copy(update={"conflicts": elsewhere})
        if conflicts and command.override is not None:
            newest = await self._journal.latest(incident)
            if newest and not refused(newest, attempt.command, self._clock()):
                await self._holds.take_anyway(hold)
                conflicts = ()
        if not conflicts:
            attempt.recheck = lambda: self._holds.has(hold)

    async def _take(self, hold: Hold) -> tuple[Hold, ...]:
        """Take the hold, sweeping away what was left behind; returns what really runs."""
        for _ in range(ATTEMPTS):
            conflicts = await self._holds.take(hold)
            left_behind = [other for other in conflicts if await self._swept(other)]
            if not left_behind:
                return conflicts
        raise StoreAway("Others keep taking this target. Nothing was changed; try again.")

    async def _swept(self, other: Hold) -> bool:
        """Whether `other` was an orphan, which is gone now."""
        newest = await self._journal.latest(other.incident)
        action = newest.state.action(other.action) if newest else None
        if action is not None and action.status == "in-progress":
            return False
        if action is not None and action.status == "proposed":
            if self._clock() - other.since < GRACE:
                return False
            clear = ClearReservation(by="system", action=other.action)
            try:
                await self._submit(other.incident, Request(clear, None))
            except Rejected:
                return False  # it has started meanwhile
        await self._holds.free(other.target, other.incident, other.action)
        return True

    async def _free_unless_running(self, hold: Hold) -> None:
        newest = await self._journal.latest(hold.incident)
        action = newest.state.action(hold.action) if newest else None
        if action is None or action.status != "in-progress":
            await self._free(hold.target, hold.incident, hold.action)

    async def _free(self, target: str, incident: str, action: str) -> None:
        """Give the hold back; one that stays is an orphan, and the next who needs it sweeps it."""
        try:
            await self._holds.free(target, incident, action)
        except StoreAway:
            return


def replace_command(
    request: Request, command: ChangeAction, conflicts: tuple[Hold, ...]
) -> Request:
    """The same request, so the same id, with its own copy of the command."""
    fresh = replace(request, command=command.model_copy(update={"conflicts": conflicts}))
    fresh.id, fresh.digest = request.id, request.digest
    return fresh


def refused(newest: Commit, command: ChangeAction, now: datetime) -> bool:
    """Whether `decide` would refuse already now."""
    try:
        decide(newest.state, command, now)
    except Rejected:
        return True
    return False
