"""Secrets of calendar feeds: each opens one feed for reading and nothing else.

Only hashes are stored. Everybody has at most one secret for a feed; a new one ends the old.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pymongo import ASCENDING, IndexModel

from incident.store.connection import Database
from incident.store.credentials import digest
from incident.store.errors import reading, writing

Kind = Literal["rotation", "person"]


@dataclass(frozen=True, slots=True)
class Feed:
    """`name` is a rotation or a handle; `by` is who asked for the address."""

    kind: Kind
    name: str
    by: str


class Feeds:
    """Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._feeds = database.db["feeds"]

    async def prepare(self) -> None:
        by_secret = IndexModel([("secret", ASCENDING)], unique=True, name="secret")
        with writing():
            await self._feeds.create_indexes([by_secret])

    async def issue(self, feed: Feed, now: datetime) -> str:
        """A new secret for this feed, which is kept nowhere; the one before opens nothing more."""
        secret = secrets.token_urlsafe(32)
        told = {"kind": feed.kind, "name": feed.name, "by": feed.by}
        change = {"$set": {**told, "secret": digest(secret), "created_at": now}}
        with writing():
            await self._feeds.update_one({"_id": key(feed)}, change, upsert=True)
        return secret

    async def find(self, secret: str) -> Feed | None:
        """What this secret opens."""
        with reading():
            stored = await self._feeds.find_one({"secret": digest(secret)})
        return feed_of(stored) if stored else None

    async def revoke(self, feed: Feed) -> bool:
        """False when there was none."""
        with writing():
            return (await self._feeds.delete_one({"_id": key(feed)})).deleted_count == 1


def key(feed: Feed) -> str:
    return f"{feed.by} {feed.kind} {feed.name}"


def feed_of(stored: Mapping[str, Any]) -> Feed:
    return Feed(stored["kind"], stored["name"], stored["by"])
