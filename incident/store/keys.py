"""Idempotency keys of writes that are no commands: adding a person, issuing a token.

Commands have their keys in the log. A key lives as long as the database.
"""

from pymongo.errors import DuplicateKeyError

from incident.store.connection import Database
from incident.store.errors import reading, writing


class Keys:
    """Raises `StoreAway` when the database is out of reach."""

    def __init__(self, database: Database) -> None:
        self._keys = database.db["keys"]

    async def claim(self, key: str, digest: str) -> str | None:
        """None when `key` is new; else the digest of what it was first used for."""
        try:
            with writing():
                await self._keys.insert_one({"_id": key, "digest": digest})
        except DuplicateKeyError:
            with reading():
                stored = await self._keys.find_one({"_id": key})
            return str(stored["digest"]) if stored else digest
        return None

    async def known(self, key: str) -> str | None:
        """The digest of what `key` was used for; None when it is new."""
        with reading():
            stored = await self._keys.find_one({"_id": key})
        return str(stored["digest"]) if stored else None

    async def release(self, key: str) -> None:
        """Forget a key whose write was refused."""
        with writing():
            await self._keys.delete_one({"_id": key})
