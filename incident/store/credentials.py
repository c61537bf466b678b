"""What proves who somebody is: sessions, API tokens, one-time links. Only hashes are stored.

The secrets have 256 random bits, so a plain SHA-256 protects them; what they allow is
decided elsewhere.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from incident.store.connection import Database
from incident.store.errors import reading, writing

SESSION_IDLE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(minutes=30)
SEEN_EVERY = timedelta(minutes=5)
"""How often the last use of a session or token is written down."""
TOKEN_PREFIX = "ict_"  # noqa: S105 (marks our tokens for secret scanners; not a secret)


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as it is listed: everything but its secret."""

    id: str
    handle: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    last_used: datetime | None


class Credentials:
    """Issues and checks credentials. Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._sessions = database.db["sessions"]
        self._tokens = database.db["tokens"]
        self._links = database.db["links"]

    async def prepare(self) -> None:
        swept = IndexModel("expires_at", expireAfterSeconds=0, name="swept")
        by_person = IndexModel([("handle", ASCENDING)], name="person")
        with writing():
            await self._sessions.create_indexes([swept, by_person])
            await self._links.create_indexes([swept])
            await self._tokens.create_indexes([by_person])

    async def open_session(self, handle: str, now: datetime) -> str:
        """A new session for `handle`; returns its secret, which is kept nowhere."""
        secret = secrets.token_urlsafe(32)
        session = {
            "_id": digest(secret),
            "handle": handle,
            "created_at": now,
            "last_used": now,
            "expires_at": now + SESSION_LIFE,
        }
        with writing():
            await self._sessions.insert_one(session)
        return secret

    async def session(self, secret: str, now: datetime) -> str | None:
        """The handle whose session this is; None when it is unknown, idle too long or over."""
        where = {"_id": digest(secret), "expires_at": {"$gt": now}}
        with reading():
            stored = await self._sessions.find_one(where)
        if stored is None or now - stored["last_used"] > SESSION_IDLE:
            return None
        if now - stored["last_used"] > SEEN_EVERY:
            with writing():
                await self._sessions.update_one(where, {"$set": {"last_used": now}})
        return str(stored["handle"])

    async def close_session(self, secret: str) -> None:
        with writing():
            await self._sessions.delete_one({"_id": digest(secret)})

    async def close_sessions(self, handle: str) -> None:
        """End every session of a person."""
        with writing():
            await self._sessions.delete_many({"handle": handle})

    async def issue_token(
        self, handle: str, label: str, now: datetime, life: timedelta | None = None
    ) -> tuple[Token, str]:
        """A new API token for `handle` and its whole text, which is shown once."""
        text = f"{TOKEN_PREFIX}{secrets.token_urlsafe(32)}"
        return await self.adopt_token(text, handle, label, now, life), text

    async def adopt_token(
        self, text: str, handle: str, label: str, now: datetime, life: timedelta | None = None
    ) -> Token:
        """Accept `text` as an API token of `handle` from now on; again changes nothing."""
        token = {
            "id": secrets.token_hex(4),
            "handle": handle,
            "label": label,
            "created_at": now,
            "expires_at": now + life if life else None,
            "last_used": None,
        }
        where = {"_id": digest(text)}
        with writing():
            await self._tokens.update_one(where, {"$setOnInsert": token}, upsert=True)
        with reading():
            stored = await self._tokens.find_one(where)
        assert stored is not None
        return token_of(stored)

    async def token(self, text: str, now: datetime) -> str | None:
        """The handle whose token this is; None when it is unknown or over."""
        where = {"_id": digest(text)}
        with reading():
            stored = await self._tokens.find_one(where)
        if stored is None or (stored["expires_at"] and stored["expires_at"] <= now):
            return None
        if stored["last_used"] is None or now - stored["last_used"] > SEEN_EVERY:
            with writing():
                await self._tokens.update_one(where, {"$set": {"last_used": now}})
        return str(stored["handle"])

    async def tokens(self) -> list[Token]:
        """Every token, the newest first."""
        with reading():
            found = [token_of(stored) async for stored in self._tokens.find().hint("_id_")]
        return sorted(found, key=lambda token: token.created_at, reverse=True)

    async def revoke_token(self, token: str) -> bool:
        """Forget a token by its id; False when there is none."""
        for known in await self.tokens():
            if known.id == token:
                with writing():
                    await self._tokens.delete_many({"handle": known.handle, "id": token})
                return True
        return False

    async def issue_link(self, handle: str | None, now: datetime) -> tuple[str, datetime]:
        """A one-time sign-in secret for `handle` (None: for the first admin), and its end."""
        secret = secrets.token_urlsafe(32)
        expires = now + LINK_LIFE
        link = {"_id": digest(secret), "handle": handle, "expires_at": expires}
        with writing():
            await self._links.insert_one(link)
        return secret, expires

    async def link(self, secret: str, now: datetime) -> Mapping[str, Any] | None:
        """What a one-time secret is for (`handle`), without using it up; None when it is over."""
        with reading():
            return await self._links.find_one({"_id": digest(secret), "expires_at": {"$gt": now}})

    async def use_link(self, secret: str, now: datetime) -> bool:
        """Use a one-time secret up; True for exactly one caller."""
        where = {"_id": digest(secret), "expires_at": {"$gt": now}}
        with writing():
            return (await self._links.delete_one(where)).deleted_count == 1


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def token_of(stored: Mapping[str, Any]) -> Token:
    names = ("id", "handle", "label", "created_at", "expires_at", "last_used")
    return Token(*(stored[name] for name in names))
