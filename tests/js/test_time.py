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


AGAINST_THE_TABLES = """async (timeZone) => {
  const { date, dayInWords, ofDay } = await import("/static/js/time.js");
  const day = { year: "numeric", month: "2-digit", day: "2-digit" };
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  const long = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const numbers = new Intl.DateTimeFormat("sv-SE", { ...day, ...clock, timeZone });
  const words = new Intl.DateTimeFormat("en-GB", { ...long, timeZone });
  const [began, step] = [Date.UTC(1995, 0, 1), 75 * 3_600_000 + 61_001];
  const moments = Array.from({ length: 5_000 }, (_, at) => began + at * step);
  const told = (at) => [`${date(at, "local")} ${ofDay(at, "local")}`, dayInWords(at, "local")];
  const meant = (at) => [numbers.format(at), words.format(at)];
  return moments.filter((at) => told(at).join() !== meant(at).join());
}"""


@pytest.mark.parametrize(
    "zone",
    ["Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Europe/London"],
)
async def test_days_and_times_are_those_of_the_tables_of_a_zone(
    browser: Browser, zone: str
) -> None:
    async for page in opened(browser, zone):
        assert await page.evaluate(AGAINST_THE_TABLES, zone) == []
