"""Windows that a test opened are closed when it ends: an open room ticks and draws for ever."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser


@pytest.fixture(autouse=True)
async def _windows(browser: Browser) -> AsyncIterator[None]:
    """Close the contexts that came since; those of a whole module's fixture stay."""
    before = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in before:
            await context.close()
