"""A server for each test, and one that tests share where they store nothing of their own."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from incident.store.connection import Database, connect
from tests.world import World, world_on


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    async with world_on(database) as opened:
        yield opened


@pytest.fixture(scope="module")
async def shared(mongo_uri: str) -> AsyncIterator[World]:
    """One world for a whole module: for tests that look only at what they made themselves."""
    name = f"test_{uuid4().hex}"
    database = await connect(mongo_uri.replace("/incident?", f"/{name}?"))
    async with world_on(database) as opened:
        yield opened
    await database.client.drop_database(name)
    await database.close()
