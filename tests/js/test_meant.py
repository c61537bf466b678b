"""What is read in a line, as the composer says it before the line is posted."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.js.conftest import opened

READING = """async ([type, timestamp, now]) => {
  const time = await import("/static/js/time.js");
  const { preview } = await import("/static/js/room/meant.js");
  const { render } = await import("/static/vendor/lit/lit-html.js");
  time.now.value = Date.parse(now);
  const place = document.createElement("div");
  const sort = type ? "key decision" : "human";
  const command = { type: "add_timeline", entryType: type, timestamp };
  render(preview({ command, words: "the alarm", sort }), place);
  return place.textContent.replace(/\\s+/g, " ").trim();
}"""
NOW = "2026-11-22T00:10:00Z"


@pytest.fixture(scope="module")
async def utc(browser: Browser) -> AsyncIterator[Page]:
    async for page in opened(browser, "UTC"):
        yield page


@pytest.mark.parametrize(
    ("sort", "timestamp", "said"),
    [
        (None, None, ""),  # a note says itself
        (None, "2026-11-22T00:05:00.000Z", "Earlier, 00:05the alarm"),
        (None, "2026-11-21T23:50:07.000Z", "Earlier, Saturday 21 November 2026 23:50:07the alarm"),
        (
            "decision",
            "2026-11-21T23:50:00.000Z",
            "Decision, Saturday 21 November 2026 23:50the alarm",
        ),
        ("decision", None, "Decisionthe alarm"),
    ],
)
async def test_what_happened_earlier_is_read_with_its_time_and_a_day_that_is_not_today(
    utc: Page, sort: str | None, timestamp: str | None, said: str
) -> None:
    read = await utc.evaluate(READING, [sort, timestamp, NOW])

    assert said == read.replace("Saturday,", "Saturday")  # as browsers differ
