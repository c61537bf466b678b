"""Files beside entries, by incident and by the digest of their bytes: each is there once.

In the layout of GridFS, so that its tools can read them. Which entry shows which file is in
the log; how a file comes in is told in `uploads`.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ASCENDING, IndexModel

from incident.core.entry_events import Attachment
from incident.store.connection import Database
from incident.store.errors import reading, writing
from incident.store.uploads import CHUNK, Shelves, Upload, about


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of an incident; its pieces are under `key`."""

    key: ObjectId
    incident: str
    about: Attachment


class Attachments:
    """Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._shelves = Shelves.of(database)
        self._files, self._pieces = self._shelves.files, self._shelves.pieces
        self._moving = self._shelves.moving

    async def prepare(self) -> None:
        once = [("metadata.incident", ASCENDING), ("metadata.id", ASCENDING)]
        place = [("files_id", ASCENDING), ("n", ASCENDING)]
        with writing():
            await self._files.create_indexes(
                [
                    IndexModel(once, name="once", unique=True),
                    IndexModel("metadata.wanted_at", name="wanted"),
                ]
            )
            await self._pieces.create_indexes([IndexModel(place, name="place", unique=True)])
            await self._moving.create_indexes(
                [IndexModel("incident", name="incident"), IndexModel("at", name="at")]
            )

    async def begin(self, incident: str, size: int, now: datetime) -> Upload:
        """A file of at most `size` bytes is coming, and counts from now on."""
        upload = Upload(self._shelves, incident)
        await upload.begin(size, now)
        return upload

    async def used(self, incident: str) -> int:
        """Bytes of an incident's files, and of those that may be on their way."""
        there = [
            {"$match": {"metadata.incident": incident}},
            {"$group": {"_id": None, "size": {"$sum": "$length"}}},
        ]
        coming = [
            {"$match": {"incident": incident}},
            {"$group": {"_id": None, "size": {"$sum": "$size"}}},
        ]
        with reading():
            # What arrives in between is counted twice, and never not at all.
            sizes = await self._moving.aggregate(coming).to_list(None)
            sizes += await self._files.aggregate(there).to_list(None)
        return sum(int(one["size"]) for one in sizes)

    async def find(self, incident: str, name: str) -> Stored | None:
        where = {"metadata.incident": incident, "metadata.id": name}
        with reading():
            found = await self._files.find_one(where)
        return stored(found) if found else None

    async def wanted(
        self, incident: str, names: Collection[str], now: datetime
    ) -> list[Attachment]:
        """Those of these files that are there; they stay, because an entry will show them."""
        where = {"metadata.incident": incident, "metadata.id": {"$in": sorted(set(names))}}
        with writing():
            await self._files.update_many(where, {"$set": {"metadata.wanted_at": now}})
        with reading():
            return [about(found) async for found in self._files.find(where)]

    async def pieces(self, file: Stored) -> AsyncIterator[bytes]:
        """Its bytes, one piece at a time; fewer than its size where it is not whole any more."""
        for number in range(-(-file.about.size // CHUNK)):
            with reading():
                piece = await self._pieces.find_one({"files_id": file.key, "n": number})
            if piece is None:
                return
            yield bytes(piece["data"])

    async def whole(self, incident: str) -> set[str]:
        """The files of an incident of which every byte is there."""
        where = {"metadata.incident": incident}
        with reading():
            files = [stored(found) async for found in self._files.find(where)]
            sizes = self._pieces.aggregate(
                [
                    {"$match": {"files_id": {"$in": [file.key for file in files]}}},
                    {"$group": {"_id": "$files_id", "size": {"$sum": {"$binarySize": "$data"}}}},
                ]
            )
            found = {one["_id"]: one["size"] async for one in sizes}
        return {file.about.id for file in files if found.get(file.key, 0) == file.about.size}

    async def delete(self, incident: str, names: Sequence[str], now: datetime) -> None:
        """Remove files for good. Once more, it ends what a crash has left half done."""
        named = {"$in": list(names)}
        where = {"metadata.incident": incident, "metadata.id": named}
        with reading():
            files = [stored(found) async for found in self._files.find(where)]
        for file in files:
            await self._mark(file, now)
        with writing():
            await self._files.delete_many({"_id": {"$in": [file.key for file in files]}})
        with reading():
            marks = self._moving.find({"incident": incident, "name": named})
            keys = [mark["_id"] async for mark in marks]
        await self._remove([*keys, *(file.key for file in files)])

    async def unwanted(self, before: datetime, limit: int) -> list[Stored]:
        """Files that nobody has asked for since `before`, those that waited longest first."""
        where = {"metadata.wanted_at": {"$lt": before}}
        found = self._files.find(where).sort("metadata.wanted_at", ASCENDING).limit(limit)
        with reading():
            return [stored(one) async for one in found]

    async def still_wanted(self, file: Stored, now: datetime) -> None:
        """An entry shows it."""
        with writing():
            await self._files.update_one({"_id": file.key}, {"$set": {"metadata.wanted_at": now}})

    async def forget(self, file: Stored, before: datetime, now: datetime) -> bool:
        """Remove a file, unless somebody has asked for it since `before`."""
        await self._mark(file, now)
        where = {"_id": file.key, "metadata.wanted_at": {"$lt": before}}
        with writing():
            removed = await self._files.delete_one(where)
        if removed.deleted_count:
            await self._remove([file.key])
        else:
            await self._unmark([file.key])
        return bool(removed.deleted_count)

    async def clear(self, before: datetime) -> int:
        """Remove what was left half there before that time; returns how many files' worth."""
        old = {"at": {"$lt": before}}
        with reading():
            marks = [mark["_id"] async for mark in self._moving.find(old)]
        cleared = 0
        for key in marks:
            with writing():
                mine = await self._moving.update_one({"_id": key, **old}, {"$set": {"going": True}})
            if not mine.matched_count:
                continue  # somebody is still at it
            with reading():
                there = await self._files.find_one({"_id": key}, {"_id": 1})
            await (self._unmark([key]) if there else self._remove([key]))
            cleared += not there
        return cleared

    async def _mark(self, file: Stored, now: datetime) -> None:
        """Say that it goes: whoever comes after a crash finds its pieces by that."""
        mark = {"incident": file.incident, "name": file.about.id, "size": 0, "at": now}
        with writing():
            await self._moving.update_one(
                {"_id": file.key}, {"$set": mark | {"going": True}}, upsert=True
            )

    async def _remove(self, keys: Sequence[ObjectId]) -> None:
        with writing():
            await self._pieces.delete_many({"files_id": {"$in": list(keys)}})
        await self._unmark(keys)

    async def _unmark(self, keys: Sequence[ObjectId]) -> None:
        with writing():
            await self._moving.delete_many({"_id": {"$in": list(keys)}})


def stored(found: dict[str, Any]) -> Stored:
    return Stored(found["_id"], found["metadata"]["incident"], about(found))
