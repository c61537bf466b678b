"""A file on its way in: kept whole, under the name that its bytes give it, or not at all.

Written piece by piece in the layout of GridFS: the driver's own writer holds 48 MB of it in
memory first. What may be uploaded, and how much of it, is not known here.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from incident.core.entry_events import Attachment
from incident.store.connection import Database
from incident.store.errors import StoreAway, writing

CHUNK = 255 * 1024
"""Bytes of a piece: what GridFS takes, a little less than a power of two."""
BUCKET = "files"
TRIES = 3
"""How often a file may go just as the same one comes."""


@dataclass(slots=True)
class Shelves:
    """The collections of GridFS, and the one of what is coming or going."""

    files: Any
    pieces: Any
    moving: Any

    @classmethod
    def of(cls, database: Database) -> "Shelves":
        db = database.db
        return cls(db[f"{BUCKET}.files"], db[f"{BUCKET}.chunks"], db[f"{BUCKET}.moving"])


@dataclass(slots=True)
class Upload:
    """One file, from its first byte on. Raises `StoreAway` when the database is out of reach."""

    shelves: Shelves
    incident: str
    key: ObjectId = field(default_factory=ObjectId)
    size: int = 0
    _pieces: int = 0
    _held: bytearray = field(default_factory=bytearray)
    _sum: Any = field(default_factory=hashlib.sha256)
    _settled: bool = False

    @property
    def id(self) -> str:
        """What its bytes are called, so that the same ones are the same file."""
        return str(self._sum.hexdigest())

    async def begin(self, size: int, now: datetime) -> None:
        """Leave a mark by which it is found again if nobody ends it. `size`: at most."""
        mark = {"_id": self.key, "incident": self.incident, "size": size, "at": now}
        with writing():
            await self.shelves.moving.insert_one(mark)

    async def write(self, content: bytes) -> None:
        self._sum.update(content)
        self.size += len(content)
        self._held += content
        while len(self._held) >= CHUNK:
            await self._put(CHUNK)

    async def _put(self, size: int) -> None:
        piece = {"files_id": self.key, "n": self._pieces, "data": bytes(self._held[:size])}
        with writing():
            await self.shelves.pieces.insert_one(piece)
        del self._held[:size]
        self._pieces += 1

    async def keep(self, about: Attachment, by: str, now: datetime) -> Attachment:
        """Be there from now on; the same file as it was called before, if it is there already."""
        if self._held:
            await self._put(len(self._held))
        await self._renew(now)
        for _ in range(TRIES):
            self._settled = True  # if the answer is lost, it may be there
            if await self._listed(about, by, now):
                await self._unmark()
                return about
            self._settled = False
            if earlier := await self._earlier(about.id, now):
                await self.discard()
                return earlier
        raise StoreAway("The same file was removed meanwhile. Nothing was changed; try again.")

    async def _renew(self, now: datetime) -> None:
        """Say that somebody is still at it; whoever clears up may have found that nobody was."""
        mark = {"_id": self.key, "going": {"$exists": False}}
        with writing():
            renewed = await self.shelves.moving.update_one(mark, {"$set": {"at": now}})
        if not renewed.matched_count:
            raise StoreAway("The upload took too long and was given up. Send it again.")

    async def _listed(self, about: Attachment, by: str, now: datetime) -> bool:
        """False where the same bytes are there already."""
        told = about.model_dump(exclude={"name", "size"})
        stored = {
            "_id": self.key,
            "filename": about.name,
            "length": about.size,
            "chunkSize": CHUNK,
            "uploadDate": now,
            "metadata": {**told, "incident": self.incident, "by": by, "wanted_at": now},
        }
        try:
            with writing():
                await self.shelves.files.insert_one(stored)
        except DuplicateKeyError:
            return False
        return True

    async def _earlier(self, name: str, now: datetime) -> Attachment | None:
        """The file that has these bytes, which somebody wants again."""
        where = {"metadata.incident": self.incident, "metadata.id": name}
        change = {"$set": {"metadata.wanted_at": now}}
        with writing():
            stored = await self.shelves.files.find_one_and_update(where, change)
        return about(stored) if stored else None

    async def discard(self) -> None:
        """Leave nothing behind; does nothing once it may be there."""
        if self._settled:
            return
        self._settled = True
        with writing():
            await self.shelves.pieces.delete_many({"files_id": self.key})
        await self._unmark()

    async def _unmark(self) -> None:
        with writing():
            await self.shelves.moving.delete_one({"_id": self.key})


def about(stored: dict[str, Any]) -> Attachment:
    """A stored file as entries name it."""
    told = {name: stored["metadata"][name] for name in ("id", "type", "width", "height")}
    return Attachment(name=stored["filename"], size=stored["length"], **told)
