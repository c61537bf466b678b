"""Who holds which target in which region, over all incidents: one document a root target.

Taking is compare-and-set on that document's revision, so that two never get overlapping
holds. Whether a hold's action still runs is for the log to say, not for this.
"""

from typing import Any

from pymongo.errors import DuplicateKeyError

from incident.core.action_events import Hold
from incident.core.targets import overlapping, root
from incident.store.connection import Database
from incident.store.errors import StoreAway, reading, writing

ATTEMPTS = 50
"""Races lost in a row before we say that the store is too busy."""


class Holds:
    """The holds of running actions. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._holds = database.db["holds"]

    async def overlapping(self, wanted: Hold) -> tuple[Hold, ...]:
        """The holds of other actions that `wanted` would overlap."""
        return others(wanted, (await self._read(root(wanted.target)))[1])

    async def take(self, wanted: Hold) -> tuple[Hold, ...]:
        """Take `wanted` if nothing overlaps it; returns what does, in which case nothing is taken.

        Taking what one has already succeeds.
        """
        for _ in range(ATTEMPTS):
            revision, held = await self._read(root(wanted.target))
            conflicts = others(wanted, held)
            if conflicts or await self._write(wanted, revision, held):
                return conflicts
        raise StoreAway("Too many want this target at once. Try again in a moment.")

    async def take_anyway(self, wanted: Hold) -> None:
        """Take `wanted` beside whatever overlaps it."""
        for _ in range(ATTEMPTS):
            if await self._write(wanted, *await self._read(root(wanted.target))):
                return
        raise StoreAway("Too many want this target at once. Try again in a moment.")

    async def has(self, hold: Hold) -> bool:
        """Whether this very hold is still there."""
        return hold in (await self._read(root(hold.target)))[1]

    async def free(self, target: str, incident: str, action: str) -> None:
        """Give a hold back; one that is not there is no error."""
        mine = {"incident": incident, "action": action}
        with writing():
            await self._holds.update_one(
                {"_id": root(target), "held": {"$elemMatch": mine}},
                {"$pull": {"held": mine}, "$inc": {"revision": 1}},
            )

    async def every(self) -> list[Hold]:
        """All holds of all targets."""
        with reading():
            return [
                Hold.model_validate(hold)
                async for stored in self._holds.find().hint("_id_")
                for hold in stored["held"]
            ]

    async def _read(self, name: str) -> tuple[int, list[Hold]]:
        with reading():
            stored = await self._holds.find_one({"_id": name})
        if stored is None:
            return 0, []
        return stored["revision"], [Hold.model_validate(hold) for hold in stored["held"]]

    async def _write(self, wanted: Hold, revision: int, held: list[Hold]) -> bool:
        """Compare and set; False when somebody else was first."""
        kept = [h for h in held if (h.incident, h.action) != (wanted.incident, wanted.action)]
        change: dict[str, Any] = {
            "revision": revision + 1,
            "held": [hold.model_dump() for hold in (*kept, wanted)],
        }
        where: dict[str, Any] = {"_id": root(wanted.target)}
        try:
            with writing():
                if revision == 0:
                    await self._holds.insert_one(where | change)
                    return True
                result = await self._holds.update_one(
                    where | {"revision": revision}, {"$set": change}
                )
        except DuplicateKeyError:
            return False
        return bool(result.modified_count)


def others(wanted: Hold, held: list[Hold]) -> tuple[Hold, ...]:
    return tuple(
        hold
        for hold in held
        if (hold.incident, hold.action) != (wanted.incident, wanted.action)
        and overlapping(hold.target, hold.region, wanted.target, wanted.region)
    )
