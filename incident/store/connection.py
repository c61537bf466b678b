"""A connection whose acknowledgements mean something: majority, journalled, on a replica set.

It knows no collection and asks no question of its own; those live beside their indexes.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import ConfigurationError, InvalidName, OperationFailure

from incident.store.errors import Standalone, StoreAway, TooOld, Unusable, reading

DEFAULT_NAME = "incident"
GOODBYE_LIMIT = 1.0  # seconds; a server that is away would be waited for like any other
OLDEST_WIRE = 9  # MongoDB 4.4, the oldest that the driver speaks to

# What the promises rest on; an address cannot weaken it.
PROMISES: dict[str, Any] = {
    "w": "majority",
    "journal": True,
    "readConcernLevel": "majority",
    "readPreference": "primary",
    "retryWrites": True,
    "retryReads": True,
}
# What an address may say otherwise. Measured: with these a frozen primary is left after 4 s,
# with the driver's own after 26 s. Elections of more than 8 s need a longer server selection.
HABITS: dict[str, Any] = {
    "serverSelectionTimeoutMS": 8000,
    "connectTimeoutMS": 2000,
    "heartbeatFrequencyMS": 1000,
    "socketTimeoutMS": 10000,
    "wtimeoutMS": 5000,
    "maxPoolSize": 50,
    "appName": "incident",
}

logger = logging.getLogger(__name__)


class Database:
    """One open connection. Make it in the event loop that uses it, and `close` it there."""

    def __init__(self, client: AsyncIOMotorClient[dict[str, Any]], name: str) -> None:
        self.client = client
        self.db: AsyncIOMotorDatabase[dict[str, Any]] = client[name]

    async def now(self) -> datetime:
        """Return the primary's time, the clock of `$$NOW`: milliseconds, aware, UTC.

        From `hello`, because before 5.1 no pipeline could run without a collection.
        """
        with reading():
            hello = await self.db.command("hello", codec_options=self.db.codec_options)
        now: datetime = hello["localTime"]
        return now

    async def ping(self) -> None:
        """Return when the primary answers; raises `StoreAway` when it does not."""
        with reading():
            await self.db.command("ping")

    async def version(self) -> str:
        """Return the version of the server, for people."""
        with reading():
            return str((await self.db.command("buildInfo"))["version"])

    async def close(self) -> None:
        """Close every connection; in a thread, because the driver says goodbye to the server."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with pymongo.timeout(GOODBYE_LIMIT):
            self.client.close()


async def connect(uri: str) -> Database:
    """Open the database that `uri` names, or refuse one that cannot keep our promises.

    Raises `Unusable` with what helps, or `StoreAway` where nobody answers.
    """
    try:
        database = Database(AsyncIOMotorClient(uri, **settings(uri)), name_in(uri))
    except (ConfigurationError, InvalidName, ValueError) as error:
        # The driver quotes what it cannot read, which may be part of a password.
        what = "it cannot be read" if "@" in uri else str(error)
        raise Unusable(f"INCIDENT_MONGODB_URI is wrong: {what}.") from None
    try:
        await check(database)
    except BaseException:
        await database.close()
        raise
    return database


def settings(uri: str) -> dict[str, Any]:
    """Return what the client is told beyond its address."""
    said = {key.lower() for key, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    overruled = [key for key in PROMISES if key.lower() in said]
    if overruled:
        logger.info("options of the address that are set by the server: %s", overruled)
    habits = {key: value for key, value in HABITS.items() if key.lower() not in said}
    return {**habits, **PROMISES, "tz_aware": True, "tzinfo": UTC}


def name_in(uri: str) -> str:
    """Return the name of the database, ours where the address has none."""
    return unquote(urlsplit(uri).path.lstrip("/")) or DEFAULT_NAME


async def check(database: Database) -> None:
    """Meet the server once, and refuse what it cannot be used as."""
    try:
        with reading():
            hello = await database.client.admin.command("hello")
    except ConfigurationError as error:
        raise TooOld(f"This MongoDB cannot be used: {error}") from error
    except OperationFailure as error:
        said = (error.details or {}).get("errmsg", error)
        raise Unusable(f"MongoDB refuses the connection: {said}") from error
    except StoreAway as away:
        why = str(away.__cause__).partition(", Timeout:")[0]
        raise StoreAway(f"MongoDB does not answer: {why}") from away
    refuse_unfit(hello)


def refuse_unfit(hello: dict[str, Any]) -> None:
    """Refuse what is too old or alone.

    A mongod alone acknowledges majority writes too, where they promise nothing.
    """
    if hello["maxWireVersion"] < OLDEST_WIRE:
        raise TooOld("This MongoDB is too old. Use 4.4 or newer.")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise Standalone(
            "This mongod is not part of a replica set, so it cannot keep what it acknowledges. "
            "Start it with --replSet rs0, run rs.initiate() in mongosh once, "
            "and add ?replicaSet=rs0 to INCIDENT_MONGODB_URI."
        )
