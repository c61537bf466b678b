"""Times as people write and read them in a zone whose clocks are put forward and back."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.js.conftest import opened


@pytest.fixture(scope="module")
async def berlin(browser: Browser) -> AsyncIterator[Page]:
    async for page in opened(browser, "Europe/Berlin"):
        yield page


@pytest.mark.parametrize(
    ("text", "now", "meant"),
    [
        ("23:30", "2026-03-29T02:00:00Z", "2026-03-28T22:30:00.000Z"),  # put forward that night
        ("23:30", "2026-10-25T02:00:00Z", "2026-10-24T21:30:00.000Z"),  # put back that night
        ("03:20", "2026-11-21T03:00:00Z", "2026-11-21T02:20:00.000Z"),
        ("17:20", "2026-11-21T03:00:00Z", "2026-11-20T16:20:00.000Z"),
        ("02:30", "2026-10-25T01:00:00Z", "2026-10-25T00:30:00.000Z"),  # only the first has been
        ("02:30", "2026-10-25T05:00:00Z", "2026-10-25T00:30:00.000Z"),
    ],
)
async def test_a_time_of_day_is_the_last_one_by_the_clock_on_the_wall(
    berlin: Page, text: str, now: str, meant: str
) -> None:
    found = await berlin.evaluate(
        """async ([text, now]) => {
          const { timeOf } = await import("/static/js/room/parse-time.js");
          return timeOf(text, "", Date.parse(now), "local").timestamp;
        }""",
        [text, now],
    )

    assert meant == found


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-01-31T18:00:00Z", "2026-01-31 18:00:00 UTC, 2026-01-31 19:00:00 CET"),
        ("2026-07-31T18:00:00Z", "2026-07-31 18:00:00 UTC, 2026-07-31 20:00:00 CEST"),
    ],
)
async def test_a_time_is_told_with_the_zone_that_held_then(
    berlin: Page, at: str, told: str
) -> None:
    shown = await berlin.evaluate(
        """async (at) => (await import("/static/js/time.js")).bothZones(at)""", at
    )

    assert told == shown
