"""What only trying tells about a database: that a majority takes a write, and that it is heard of.

It leaves nothing behind.
"""

import asyncio
import secrets

from incident.store.connection import Database
from incident.store.errors import reading, writing

PATIENCE = 10.0
"""Seconds after which a change that was not heard of counts as lost."""


async def writes(database: Database) -> float:
    """Seconds until a majority had a new document. Raises `StoreAway`."""
    probes, mark = database.db["probes"], secrets.token_hex(8)
    began = asyncio.get_running_loop().time()
    with writing():
        await probes.insert_one({"_id": mark})
        took = asyncio.get_running_loop().time() - began
        await probes.delete_one({"_id": mark})
    return took


async def hears(database: Database) -> float:
    """Seconds from a write until the change stream told of it.

    Raises `StoreAway`, or `TimeoutError` where it never did.
    """
    probes, mark = database.db["probes"], secrets.token_hex(8)
    mine = [{"$match": {"operationType": "insert", "documentKey._id": mark}}]
    with reading():
        async with probes.watch(mine, max_await_time_ms=500) as stream:
            await stream.try_next()  # opens it: what is written from here on is heard
            began = asyncio.get_running_loop().time()
            await probes.insert_one({"_id": mark})
            try:
                async with asyncio.timeout(PATIENCE):
                    await stream.next()
                return asyncio.get_running_loop().time() - began
            finally:
                await probes.delete_one({"_id": mark})
