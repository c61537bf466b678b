"""An empty page that can import the browser's modules as they are served, from no server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "http://room.test"


async def from_disk(route: Route) -> None:
    """Answer with the file of `static/` that the address names, or with an empty page."""
    path = route.request.url.removeprefix(f"{ORIGIN}/static/")
    if path.startswith(ORIGIN):
        await route.fulfill(content_type="text/html", body="<!doctype html><title>room</title>")
    else:
        body = (STATIC / path).read_text()
        await route.fulfill(content_type="text/javascript; charset=utf-8", body=body)


@pytest.fixture(scope="module")
async def modules(browser: Browser) -> AsyncIterator[Page]:
    """For modules that keep nothing: one page for all tests of a file."""
    async for page in opened(browser):
        yield page


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """For modules that keep something: a page of one's own."""
    async for page in opened(browser):
        yield page


async def opened(browser: Browser, zone: str = "Asia/Tokyo") -> AsyncIterator[Page]:
    context = await browser.new_context(timezone_id=zone)
    await context.route("**/*", from_disk)
    page = await context.new_page()
    await page.goto(ORIGIN)
    yield page
    await context.close()
