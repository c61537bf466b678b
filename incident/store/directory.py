"""People: who they are, by handle. Small documents with a revision.

How somebody proves to be one of them is not known here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints, model_validator
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from incident.core.values import Handle, Moment, Name, Value
from incident.store.connection import Database
from incident.store.errors import reading, writing
from incident.store.revisions import Revisions


def a_zone(name: str) -> str:
    """An IANA time zone, such as Europe/Berlin."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be an IANA time zone such as Europe/Berlin") from error
    return name


Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[^@\s\x00-\x20<>\",;]+@[^@\s\x00-\x20<>\",;]+$"),
]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(a_zone)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9](?:[0-9 ().-]{1,28})[0-9]$")]
"""As people write numbers; only the webhook tells it, to whoever is to call."""
WallClock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""`HH:MM`, in the time zone of whoever it belongs to."""


class Notify(Value):
    """The ways in which a person wants to hear of things."""

    email: bool = True
    webhook: bool = True
    browser: bool = True


class Quiet(Value):
    """From `from_` until before `to`, every day, only what is urgent; over midnight if need be."""

    from_: WallClock
    to: WallClock

    @model_validator(mode="after")
    def some_of_the_day(self) -> Self:
        if self.from_ == self.to:
            raise ValueError("quiet hours must end at another time than they begin")
        return self


class Person(Value):
    handle: Handle
    name: Name
    email: Email | None = None
    phone: Phone | None = None
    role: Literal["responder", "admin"] = "responder"
    region: Name | None = None
    timezone: Zone = "UTC"
    notify: Notify = Notify()
    quiet: Quiet | None = None
    disabled: bool = False
    created_at: Moment
    last_seen: Moment | None = None


class Taken(Exception):
    """The handle already belongs to somebody."""


class Directory:
    """Reads and writes people. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._people = database.db["people"]
        self._revisions = Revisions(database)

    async def prepare(self) -> None:
        with writing():
            await self._people.create_indexes([IndexModel([("role", ASCENDING)], name="role")])

    async def add(self, person: Person) -> None:
        """Raises `Taken` when the handle is somebody's."""
        stored = {"_id": person.handle, **person.model_dump(exclude={"handle"})}
        try:
            with writing():
                await self._people.insert_one(stored)
        except DuplicateKeyError as error:
            raise Taken(person.handle) from error
        await self._revisions.count("people")

    async def change(self, handle: str, changes: dict[str, Any]) -> Person | None:
        """Set fields of a person; None when there is no such person."""
        with writing():
            await self._people.update_one({"_id": handle}, {"$set": changes})
        await self._revisions.count("people")
        return await self.find(handle)

    async def find(self, handle: str) -> Person | None:
        with reading():
            stored = await self._people.find_one({"_id": handle})
        return person_of(stored) if stored else None

    async def everyone(self) -> list[Person]:
        """All people, by handle."""
        with reading():
            found = self._people.find().sort("_id", 1)
            return [person_of(stored) async for stored in found]

    async def has_admin(self) -> bool:
        """Whether anybody but the bootstrap person is an admin yet."""
        where = {"role": "admin", "_id": {"$ne": "admin"}}
        with reading():
            return await self._people.find_one(where, {"_id": 1}) is not None

    async def seen(self, handle: str, now: datetime) -> None:
        with writing():
            await self._people.update_one({"_id": handle}, {"$set": {"last_seen": now}})


def person_of(stored: dict[str, Any]) -> Person:
    fields = {name: value for name, value in stored.items() if name != "_id"}
    return Person.model_validate({"handle": stored["_id"], **fields})
