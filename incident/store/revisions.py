"""One small document that tells whether policy, rotations or people have changed.

Reading it each second costs next to nothing. What changed, and to what, it does not know;
a count may be missed by whoever dies between a write and it, so that others look anyway, rarely.
"""

import logging
from typing import Literal

from incident.store.connection import Database
from incident.store.errors import StoreAway, reading, writing

Counted = Literal["policy", "rotations", "people"]
COUNTED: tuple[Counted, ...] = ("policy", "rotations", "people")

ONLY = "counts"
"""There is one document of counts."""
FILE = "policy file"
"""And one that tells which text the setting's policy file had when it was loaded."""

logger = logging.getLogger(__name__)


class Revisions:
    """Counts of writes. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._revisions = database.db["revisions"]

    async def counts(self) -> dict[Counted, int]:
        """How often each was written; the same numbers again: nothing has changed."""
        with reading():
            stored = await self._revisions.find_one({"_id": ONLY}) or {}
        return {counted: stored.get(counted, 0) for counted in COUNTED}

    async def count(self, counted: Counted) -> None:
        """Call it after a write. The write has happened, so this never fails."""
        try:
            with writing():
                await self._revisions.update_one({"_id": ONLY}, {"$inc": {counted: 1}}, upsert=True)
        except StoreAway as error:
            told = {"counted": counted, "error": str(error)}
            logger.warning("a change was not counted: others see it later", extra=told)

    async def loaded(self) -> str | None:
        """The digest of the policy file that was loaded last, by the setting that names one."""
        with reading():
            stored = await self._revisions.find_one({"_id": FILE})
        return stored["digest"] if stored else None

    async def note_loaded(self, digest: str) -> None:
        with writing():
            await self._revisions.update_one(
                {"_id": FILE}, {"$set": {"digest": digest}}, upsert=True
            )
