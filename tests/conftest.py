"""One real MongoDB and one real browser a test process; nothing is faked that can be had.

A missing browser fails the tests that need it, and never skips them.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, async_playwright

from incident.store.connection import Database, connect
from incident.store.embedded import embedded

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
async def mongo_uri() -> AsyncIterator[str]:
    """Run an embedded MongoDB for the whole session, one for each worker."""
    with tempfile.TemporaryDirectory(prefix="incident-tests-") as folder:
        async with embedded(Path(folder)) as uri:
            yield uri


@pytest.fixture
async def database_uri(mongo_uri: str) -> AsyncIterator[str]:
    """Name a database that nobody else uses; it is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    yield mongo_uri.replace("/incident?", f"/{name}?")
    cleaner = await connect(mongo_uri)
    await cleaner.client.drop_database(name)
    await cleaner.close()


@pytest.fixture
async def database(database_uri: str) -> AsyncIterator[Database]:
    """Connect to a fresh database."""
    opened = await connect(database_uri)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Find the browser: $CHROMIUM, else one on the PATH."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM_NAMES)), None
    )
    if found is None:
        pytest.fail("No Chromium. Run: apt-get install chromium, or name one in CHROMIUM.")
    return found


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Run one browser for the whole session; every test opens contexts of its own."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_FLAGS)
        )
        yield running
        await running.close()
