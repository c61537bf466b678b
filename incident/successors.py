"""What waits for a fix starts when that one has ended, in the same incident or in another.

It starts at once in the process in which the other ended. What that misses (a crash right
there, an incident that is cancelled, a race) is found by looking at the lists from time to
time. Whether it may start is decided by the core, and on its target by the holds.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable

from incident.answers import Answer, Request
from incident.core.incident import Incident
from incident.core.pieces import Action
from incident.core.rejected import Rejected
from incident.core.values import FINAL
from incident.core.work_commands import ChangeAction, StartQueued
from incident.reservations import Contended, Reservations, Submit
from incident.store.errors import UNREADABLE, StoreAway
from incident.store.journal import Journal
from incident.store.lists import Lists

EVERY = 5.0
"""Seconds between two looks at the lists."""
LONGEST = 100
"""Fixes in a row, each waiting for the next, that are followed in search of a circle."""

logger = logging.getLogger(__name__)


class Successors:
    """Changes of fixes, and the starts that follow from them."""

    def __init__(
        self, journal: Journal, lists: Lists, submit: Submit, reservations: Reservations
    ) -> None:
        self._journal, self._lists = journal, lists
        self._submit, self._reservations = submit, reservations

    async def change(self, incident: str, command: ChangeAction, request: Request) -> Answer:
        """Do `command`; what waited for a fix that it ends has been told when this returns.

        Raises what `Desk.submit` raises.
        """
        if command.run_after:
            request = await self._queueing(incident, command, request)
        if command.status is None:
            return await self._submit(incident, request)
        answer = await self._reservations.change(incident, command, request)
        if command.status in {"completed", "abandoned"}:
            await self._ended(answer, command.action)
        return answer

    async def run(self) -> None:
        """Start now what was left waiting, and again from time to time, for ever."""
        while True:
            try:
                if told := await self.sweep():
                    logger.info("fixes waited too long", extra={"fixes": told})
            except StoreAway as error:
                logger.warning("waiting fixes not looked at", extra={"error": str(error)})
            await asyncio.sleep(EVERY)

    async def sweep(self) -> int:
        """Tell every fix that waits for nothing any more; returns how many it made a difference to.

        Any number of processes may do so at once.
        """
        queued = await self._lists.queued()
        over = await self._over(name for one in queued for name in one.behind)
        told = 0
        for one in queued:
            if one.status in FINAL or one.behind & over:
                told += await self._settled(one.incident)
        return told

    async def settle(self, incident: str) -> int:
        """Tell those fixes of `incident` that wait for nothing any more, in order."""
        newest = await self._journal.latest(incident)
        if newest is None:
            return 0
        waiting = {one.id: one.run_after for one in newest.state.actions if one.run_after}
        over = await self._over(whole(incident, after) for after in waiting.values())
        told = 0
        for action, after in waiting.items():
            if newest.state.status in FINAL or whole(incident, after) in over:
                told += await self._tell(incident, StartQueued(action=action, after=after))
        return told

    async def _tell(self, incident: str, start: StartQueued) -> int:
        """Start it, or have the log say why not; 0 when there is nothing to say yet."""
        try:
            answer = await self._reservations.change(incident, start, Request(start, None))
        except Contended:  # by a start that is under way, or died: the next sweep knows more
            return 0
        return int(bool(answer.events))

    async def _ended(self, answer: Answer, action: str) -> None:
        """Tell those that wait for `action`, which has ended: here, then in other incidents."""
        incident, state = answer.commit.incident, answer.commit.state
        if any(one.run_after == action for one in state.actions):
            await self._settled(incident)
        try:
            others = await self._lists.queued_behind(whole(incident, action))
        except StoreAway as error:
            logger.warning("nobody told that a fix ended", extra={"error": str(error)})
            return
        for other in others:
            if other != incident:
                await self._settled(other)

    async def _settled(self, incident: str) -> int:
        """As `settle`; what cannot be done now is left to the next sweep."""
        try:
            return await self.settle(incident)
        except StoreAway as error:
            told = {"incident": incident, "error": str(error)}
            logger.warning("waiting fixes not started", extra=told)
        except UNREADABLE:  # the others go on all the same
            logger.exception("waiting fixes not started", extra={"incident": incident})
        return 0

    async def _over(self, names: Iterable[str]) -> set[str]:
        """Those of `names`, such as `INC-3/ACT-4`, that nobody need wait for any more."""
        actions: defaultdict[str, set[str]] = defaultdict(set)
        for name in names:
            incident, _, action = name.partition("/")
            actions[incident].add(action)
        over: set[str] = set()
        for incident, wanted in actions.items():
            state = await self._readable(incident)
            over |= {f"{incident}/{one}" for one in wanted if state and is_over(state, one)}
        return over

    async def _readable(self, incident: str) -> Incident | None:
        """The newest state; None where it cannot be read, so that nothing starts on a guess."""
        try:
            newest = await self._journal.latest(incident)
        except UNREADABLE:
            logger.exception("waiting for an incident that cannot be read")
            return None
        return newest.state if newest else None

    async def _queueing(self, incident: str, command: ChangeAction, request: Request) -> Request:
        """The request, with what is waited for named as its own incident does.

        What lies in other incidents is looked at here, as the core knows only its own. Raises
        `Rejected`, unless this was done before under the same key.
        """
        assert command.run_after is not None
        after = command.run_after.removeprefix(f"{incident}/")
        try:
            await self._refuse_senseless(incident, command.action, after)
        except Rejected:
            if not request.key or not await self._journal.holding(incident, [request.id]):
                raise
        return request.reworded(command.model_copy(update={"run_after": after}))

    async def _refuse_senseless(self, incident: str, action: str, after: str) -> None:
        """Refuse to wait for what is not there, has ended, or itself waits for `action`."""
        name = whole(incident, after)
        for step in range(LONGEST):
            where, _, other = name.partition("/")
            newest = await self._journal.latest(where)
            found = newest.state.action(other) if newest else None
            if step == 0 and "/" in after:
                refuse_ended(name, newest.state if newest else None, found)
            if found is None or found.run_after is None:
                return
            name = whole(where, found.run_after)
            if name == whole(incident, action):
                raise Rejected("bad-queue", f"{after} waits for {action} itself.")


def refuse_ended(name: str, state: Incident | None, action: Action | None) -> None:
    """Refuse to wait for an action of another incident that is not there, or is over."""
    if state is None or action is None:
        raise Rejected("no-such-action", f"There is no action {name}.")
    if action.status in {"completed", "abandoned"}:
        raise Rejected("bad-transition", f"{name} is already {action.status}.")
    if state.status in FINAL:
        raise Rejected("bad-transition", f"{name} will not end: its incident is {state.status}.")


def is_over(state: Incident, action: str) -> bool:
    """Whether nobody need wait for `action`: it has ended, or its incident is over without it."""
    found = state.action(action)
    if found is None:
        return False
    return found.status in {"completed", "abandoned"} or state.status in FINAL


def whole(incident: str, name: str) -> str:
    """The whole name of what an action of `incident` waits for: `INC-7/ACT-4`."""
    return name if "/" in name else f"{incident}/{name}"
