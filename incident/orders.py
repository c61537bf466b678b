"""The orders of the day in memory: the newest policy, the rotations, and who there is.

Every decision needs them at once, so they are kept and read again when a count says that they
moved. They are never older than two seconds or so; what a decision took from them stays in its
events, so that two processes which differ for a moment do no harm.
"""

import asyncio
import logging
from collections.abc import Iterable

from incident.core.oncall.roster import Roster
from incident.core.surroundings import Surroundings
from incident.store.directory import Directory
from incident.store.errors import StoreAway
from incident.store.policies import Policies
from incident.store.revisions import COUNTED, Counted, Revisions
from incident.store.rotations import Rotations

EVERY = 2.0
"""Seconds between two looks at the counts."""
ANYWAY = 15
"""Looks after which everything is read, whatever the counts say: one may have been missed."""

logger = logging.getLogger(__name__)


class Orders:
    """`prepare` first. Then `current()` is what holds, while `run` keeps it so."""

    def __init__(
        self, policies: Policies, rotations: Rotations, directory: Directory, revisions: Revisions
    ) -> None:
        self._policies = policies
        self._rotations = rotations
        self._directory = directory
        self._revisions = revisions
        self._current = Surroundings()
        self._counts: dict[Counted, int] = {}
        self._reading = asyncio.Lock()

    def current(self) -> Surroundings:
        """What to decide with. The same object until something changes."""
        return self._current

    async def prepare(self) -> None:
        """Read everything once; raises `StoreAway`."""
        await self.reload()

    async def refresh(self) -> None:
        """Read what has moved; call it after a write in this process. Raises `StoreAway`."""
        async with self._reading:
            counts = await self._revisions.counts()
            await self._read([one for one in COUNTED if counts[one] != self._counts.get(one)])
            self._counts = counts

    async def reload(self) -> None:
        """Read everything, whatever the counts say. Raises `StoreAway`."""
        self._counts = {}
        await self.refresh()

    async def run(self) -> None:
        """Keep up with what others write, for ever."""
        looks, away = 0, False
        while True:
            await asyncio.sleep(EVERY)
            looks += 1
            try:
                await (self.reload() if looks % ANYWAY == 0 else self.refresh())
            except StoreAway as error:
                if not away:
                    logger.warning("orders may be old", extra={"error": str(error)})
                away = True
            else:
                away = False

    async def _read(self, moved: Iterable[Counted]) -> None:
        """Take in what has moved, all of it or nothing."""
        there, after = self._current, dict[str, object]()
        roster: dict[str, object] = {}
        for counted in moved:
            match counted:
                case "policy":
                    newest = await self._policies.newest()
                    after |= {"policy": newest.policy, "revision": newest.revision}
                case "rotations":
                    every = await self._rotations.every()
                    roster["schedules"] = tuple(rotation.schedule for rotation in every)
                case "people":
                    everyone = await self._directory.everyone()
                    here = frozenset(one.handle for one in everyone if not one.disabled)
                    roster["people"] = here
        made = Roster(**{**dict(there.roster), **roster})
        changed = there.model_copy(update=after | {"roster": made})
        if changed != there:
            self._current = changed
