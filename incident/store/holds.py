"""Who holds which target in which region, over all incidents: one document a root target.

Taking is compare-and-set on that document's revision, so that two never get overlapping
holds. Whether a hold's action still runs is for the log to say, not for this.
"""

from collections.abc import Callable
from typing import Any

from pymongo.errors import DuplicateKeyError

from incident.core.action_events import Hold
from incident.core.targets import overlapping, root
from incident.store.connection import Database
from incident.store.errors import StoreAway, reading, writing

ATTEMPTS = 50
"""Races lost in a row before we say that the store is too busy."""


class Claim(Hold):
    """A hold as one attempt to start took it: `claim` tells it from every other attempt's.

    `shared`: it took the place of another attempt's for the same action, which may be about
    to count on it.
    """

    claim: str = ""
    shared: bool = False

    @property
    def hold(self) -> Hold:
        """What others are told of it."""
        return Hold.model_validate(self.model_dump(exclude={"claim", "shared"}))

    def is_for(self, other: Hold) -> bool:
        """Whether both are for the same action."""
        return (self.incident, self.action) == (other.incident, other.action)


class Holds:
    """The holds of running actions. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._holds = database.db["holds"]

    async def take(self, wanted: Claim) -> tuple[Claim, ...]:
        """Take `wanted` if nothing overlaps it; returns what does, in which case nothing is taken.

        It takes the place of another attempt's claim for the same action.
        """
        conflicts: tuple[Claim, ...] = ()

        def taken(held: list[Claim]) -> list[Claim] | None:
            nonlocal conflicts
            conflicts = others(wanted, held)
            return None if conflicts else beside(wanted, held)

        await self._changed(wanted.target, taken)
        return conflicts

    async def take_anyway(self, wanted: Claim) -> None:
        """Take `wanted` beside whatever overlaps it."""
        await self._changed(wanted.target, lambda held: beside(wanted, held))

    async def take_over(self, claim: Claim, name: str) -> Claim | None:
        """Turn `claim` into one called `name`, which stays in the way but is nobody's to use.

        None when it is not there any more.
        """
        condemned = claim.model_copy(update={"claim": name, "shared": False})

        def renamed(held: list[Claim]) -> list[Claim] | None:
            kept = [other for other in held if other != claim]
            return [*kept, condemned] if len(kept) < len(held) else None

        return condemned if await self._changed(claim.target, renamed) else None

    async def has(self, claim: Claim) -> bool:
        """Whether this very claim is still there."""
        held = (await self._read(root(claim.target)))[1]
        return any(other.claim == claim.claim and other.is_for(claim) for other in held)

    async def free(self, target: str, incident: str, action: str) -> None:
        """Give back whatever an action that has ended holds; nothing is no error."""
        await self._pull(target, {"incident": incident, "action": action})

    async def drop(self, claim: Claim) -> None:
        """Give this very claim back, unless another attempt may count on it."""
        this = {"incident": claim.incident, "action": claim.action, "claim": claim.claim}
        await self._pull(claim.target, this | {"shared": False})

    async def every(self) -> list[Claim]:
        """All holds of all targets."""
        with reading():
            return [
                Claim.model_validate(hold)
                async for stored in self._holds.find().hint("_id_")
                for hold in stored["held"]
            ]

    async def _pull(self, target: str, these: dict[str, Any]) -> None:
        with writing():
            await self._holds.update_one(
                {"_id": root(target), "held": {"$elemMatch": these}},
                {"$pull": {"held": these}, "$inc": {"revision": 1}},
            )

    async def _changed(
        self, target: str, change: Callable[[list[Claim]], list[Claim] | None]
    ) -> bool:
        """Compare and set what is held until nobody else was first; False: None came back."""
        name = root(target)
        for _ in range(ATTEMPTS):
            revision, held = await self._read(name)
            after = change(held)
            if after is None:
                return False
            if await self._write(name, revision, after):
                return True
        raise StoreAway("Too many want this target at once. Try again in a moment.")

    async def _read(self, name: str) -> tuple[int, list[Claim]]:
        with reading():
            stored = await self._holds.find_one({"_id": name})
        if stored is None:
            return 0, []
        return stored["revision"], [Claim.model_validate(hold) for hold in stored["held"]]

    async def _write(self, name: str, revision: int, held: list[Claim]) -> bool:
        """Compare and set; False when somebody else was first."""
        change = {"revision": revision + 1, "held": [claim.model_dump() for claim in held]}
        try:
            with writing():
                if revision == 0:
                    await self._holds.insert_one({"_id": name, **change})
                    return True
                result = await self._holds.update_one(
                    {"_id": name, "revision": revision}, {"$set": change}
                )
        except DuplicateKeyError:
            return False
        return bool(result.modified_count)


def others(wanted: Claim, held: list[Claim]) -> tuple[Claim, ...]:
    """Claims for other actions that `wanted` would overlap."""
    return tuple(
        claim
        for claim in held
        if not claim.is_for(wanted)
        and overlapping(claim.target, claim.region, wanted.target, wanted.region)
    )


def beside(wanted: Claim, held: list[Claim]) -> list[Claim]:
    """What is held once `wanted` is, in the place of an earlier claim for its action."""
    kept = [claim for claim in held if not claim.is_for(wanted)]
    shared = len(kept) < len(held)
    return [*kept, wanted.model_copy(update={"shared": shared})]
