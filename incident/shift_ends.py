"""Roles whose holder's shift ends otherwise by now: every process says so when it sees new orders.

Which shift ends when is decided by the core, and nothing ends here. That several say the same is
harmless: the second is decided on a state in which it is so already. Nor do several that see
different ones correct each other for ever: each speaks once for each change that it sees, so the
last word has who sees the newest. One whose row is not written yet, or lost with its server,
follows when its old end falls due.
"""

import asyncio
import logging
from collections.abc import Callable

from incident.core.commands import FollowRotations
from incident.core.incident import Incident
from incident.core.oncall.roster import Roster
from incident.core.surroundings import Surroundings
from incident.desk import Desk
from incident.store.errors import StoreAway
from incident.store.journal import Journal
from incident.store.lists import Lists

EVERY = 1.0
"""Seconds between two looks whether the rotations or the people are others."""
TOGETHER = 100
"""Incidents that are read in one question."""

logger = logging.getLogger(__name__)


class ShiftEnds:
    """`run` it in every process. `around` gives who is on call."""

    def __init__(
        self, desk: Desk, journal: Journal, lists: Lists, around: Callable[[], Surroundings]
    ) -> None:
        self._desk, self._journal, self._lists = desk, journal, lists
        self._around = around
        self._followed: Roster | None = None

    async def run(self) -> None:
        """Follow what is in force at the start, and every change, for ever."""
        while True:
            try:
                await self.look()
            except StoreAway as error:
                logger.warning("shifts not looked at", extra={"error": str(error)})
            await asyncio.sleep(EVERY)

    async def look(self) -> int:
        """Follow the rotations if they are others than the last time; returns how many commits.

        Raises `StoreAway`; then the next look begins anew.
        """
        roster = self._around().roster
        if roster == self._followed:
            return 0
        told = await self._follow()
        self._followed = roster
        return told

    async def _follow(self) -> int:
        told, incidents = 0, await self._lists.led()
        for first in range(0, len(incidents), TOGETHER):
            for commit in await self._journal.latest_of(incidents[first : first + TOGETHER]):
                if has_a_shift(commit.state):
                    answer = await self._desk.submit(commit.incident, FollowRotations())
                    told += bool(answer.events)
        return told


def has_a_shift(incident: Incident) -> bool:
    """Whether the holder of a role is prompted when their shift ends."""
    return any(role.shift_ends for role in incident.roles.values())
