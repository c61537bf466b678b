"""Rotations and the overrides of them: one document each, with a revision.

Whoever builds on an old revision is refused. Who is on call by them is for the core to say.
"""

from typing import Any

from pydantic import Field
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from incident.core.oncall.room import refusal, remembered
from incident.core.oncall.schedule import Override, Schedule
from incident.core.values import Moment, Name, Value
from incident.store.connection import Database
from incident.store.errors import StoreAway, reading, writing
from incident.store.revisions import Revisions

ATTEMPTS = 20
"""Races lost in a row before we say that the store is too busy."""
BUSY = "Too many change this rotation at once. Try again in a moment."
CANCELLED_LIMIT = 50
"""Cancelled overrides that a rotation remembers: enough to see who took what back lately."""
THERE = {"removed": False}
"""A rotation that was removed keeps its document, so that its revisions go on."""


class Cancelled(Value):
    """An override that `by` took back `at` this moment. Nobody is on call by it."""

    override: Override
    by: Name
    at: Moment


class Rotation(Value):
    """A rotation with its overrides, as `by` left it `at` this moment; and those that were
    cancelled lately, in that order.
    """

    revision: int = Field(ge=1)
    schedule: Schedule
    by: Name
    at: Moment
    cancelled: tuple[Cancelled, ...] = ()


class NoSuchRotation(Exception):
    """There is no rotation of this name."""


class NoSuchOverride(Exception):
    """The rotation has no override of this id, or none any more."""


class TooManyOverrides(Exception):
    """A rotation has room for so many and no more; says what to do."""


class RotationMoved(Exception):
    """Somebody else was first: `newest` is there now (0: none), not what was built on."""

    def __init__(self, name: str, newest: int) -> None:
        super().__init__(f"{name} has changed meanwhile: it is at revision {newest} now.")
        self.newest = newest


class Rotations:
    """Reads and writes rotations. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._rotations = database.db["rotations"]
        self._revisions = Revisions(database)

    async def prepare(self) -> None:
        """Nothing to make: every question is about `_id`, the name, or about all of them."""

    async def find(self, name: str) -> Rotation | None:
        with reading():
            stored = await self._rotations.find_one({"_id": name})
        return rotation_of(stored) if stored and not stored["removed"] else None

    async def every(self) -> list[Rotation]:
        """All rotations, by name."""
        with reading():
            found = self._rotations.find().sort("_id", 1)
            return [rotation_of(stored) async for stored in found if not stored["removed"]]

    async def put(
        self, schedule: Schedule, by: str, at: Moment, expect: int | None = None
    ) -> Rotation:
        """Make the definition what `schedule` says; the overrides stay as they are.

        Raises `RotationMoved` when `expect` is not the revision that is there (0: there is
        none); without it, whatever is there is replaced.
        """
        definition = schedule.model_dump(exclude={"name", "overrides"})
        change = {"schedule": definition, "by": by, "at": at, "removed": False}
        return rotation_of(await self._changed(schedule.name, change, expect))

    async def remove(self, name: str, by: str, at: Moment, expect: int | None = None) -> None:
        """Raises `NoSuchRotation`, and `RotationMoved` like `put`."""
        if await self.find(name) is None:
            raise NoSuchRotation(name)
        nothing: dict[str, Any] = {"overrides": [], "cancelled": []}
        await self._changed(name, {"by": by, "at": at, "removed": True, **nothing}, expect)

    async def add_override(self, name: str, override: Override) -> Rotation:
        """Add `override` behind the others; one that is there already stays as it is.

        Those that were over long ago are forgotten. Raises `NoSuchRotation` and
        `TooManyOverrides`.
        """
        left = {"by": override.created_by, "at": override.created_at}
        for _ in range(ATTEMPTS):
            there = await self.find(name)
            if there is None:
                raise NoSuchRotation(name)
            if any(one.id == override.id for one in there.schedule.overrides):
                return there
            kept = remembered(there.schedule.overrides, override.created_at)
            if told := refusal(kept, override):
                raise TooManyOverrides(told)
            after = [one.model_dump() for one in (*kept, override)]
            change = {"$set": left | {"overrides": after}}
            if found := await self._touched(name, {"revision": there.revision}, change):
                return found
        raise StoreAway(BUSY)

    async def cancel_override(self, name: str, id_: str, by: str, at: Moment) -> Rotation:
        """Take an override away, and remember who did. Raises `NoSuchRotation` and
        `NoSuchOverride`.
        """
        there = await self.find(name)
        if there is None:
            raise NoSuchRotation(name)
        found = next((one for one in there.schedule.overrides if one.id == id_), None)
        if found is None:
            raise NoSuchOverride(id_)
        told = Cancelled(override=found, by=by, at=at).model_dump()
        change = {
            "$pull": {"overrides": {"id": id_}},
            "$push": {"cancelled": {"$each": [told], "$slice": -CANCELLED_LIMIT}},
            "$set": {"by": by, "at": at},
        }
        after = await self._touched(name, {"overrides.id": id_}, change)
        if after is None:
            raise NoSuchOverride(id_)
        return after

    async def _changed(
        self, name: str, change: dict[str, Any], expect: int | None
    ) -> dict[str, Any]:
        """Compare and set; raises `RotationMoved`."""
        for _ in range(ATTEMPTS):
            with reading():
                before = await self._rotations.find_one(
                    {"_id": name}, {"revision": 1, "removed": 1}
                )
            newest = before["revision"] if before and not before["removed"] else 0
            if expect is not None and expect != newest:
                raise RotationMoved(name, newest)
            after = await self._written(name, before["revision"] if before else 0, change)
            if after is not None:
                await self._revisions.count("rotations")
                return after
        raise StoreAway(BUSY)

    async def _written(
        self, name: str, revision: int, change: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The document after the change; None when somebody else was first."""
        if revision == 0:
            return await self._inserted({"_id": name, "revision": 1, "overrides": [], **change})
        with writing():
            after: dict[str, Any] | None = await self._rotations.find_one_and_update(
                {"_id": name, "revision": revision},
                {"$set": change, "$inc": {"revision": 1}},
                return_document=ReturnDocument.AFTER,
            )
        return after

    async def _inserted(self, made: dict[str, Any]) -> dict[str, Any] | None:
        try:
            with writing():
                await self._rotations.insert_one(made)
        except DuplicateKeyError:
            return None
        return made

    async def _touched(
        self, name: str, where: dict[str, Any], change: dict[str, Any]
    ) -> Rotation | None:
        """The rotation after a change of its overrides; None when `where` is not so."""
        with writing():
            after: dict[str, Any] | None = await self._rotations.find_one_and_update(
                {"_id": name, **THERE, **where},
                change | {"$inc": {"revision": 1}},
                return_document=ReturnDocument.AFTER,
            )
        if after is None:
            return None
        await self._revisions.count("rotations")
        return rotation_of(after)


def rotation_of(stored: dict[str, Any]) -> Rotation:
    schedule = {"name": stored["_id"], **stored["schedule"], "overrides": stored["overrides"]}
    told = {field: stored[field] for field in ("revision", "by", "at")}
    cancelled = stored.get("cancelled", ())
    return Rotation.model_validate({"schedule": schedule, "cancelled": cancelled, **told})
