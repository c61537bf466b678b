"""Frames are taken once a picture, and in a storm so rarely that a key is answered in between."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page

TOLD = """async () => {
  const { perPicture } = await import("/static/js/frames.js");
  const { effect, signal } = await import("/static/vendor/signals/signals-core.js");
  const [began, last] = [performance.now(), signal(-1)];
  window.told = { taken: [], drawn: [] };
  effect(() => last.value >= 0 && told.drawn.push([last.value, performance.now() - began]));
  window.come = perPicture((frame) => told.taken.push((last.value = frame)));
}"""
ARRIVING = """([every, count]) => {
  let next = 0;
  const timer = setInterval(() => (come(next++), next === count && clearInterval(timer)), every);
}"""
AT_ONCE = "(count) => { for (let next = 0; next < count; next += 1) come(next); }"
PICTURE = 17  # ms
PACE = 200  # ms


async def stopped(page: Page) -> None:
    """A page that hears of frames, where time goes on only as it is told."""
    await page.clock.install(time=0)
    await page.clock.pause_at(1_000)
    await page.evaluate(TOLD)


async def arrived(page: Page, every: int, count: int) -> dict[str, Any]:
    """What became of so many frames, one of which comes each so many ms, by a clock of our own."""
    await stopped(page)
    await page.evaluate(ARRIVING, [every, count])
    await page.clock.run_for(every * count + 1_000)
    told: dict[str, Any] = await page.evaluate("told")
    return told


async def test_each_frame_of_a_storm_is_taken_once_and_in_order(page: Page) -> None:
    told = await arrived(page, every=20, count=150)

    assert told["taken"] == list(range(150))
    assert told["drawn"][-1][0] == 149


async def test_a_storm_is_drawn_five_times_a_second(page: Page) -> None:
    told = await arrived(page, every=20, count=150)
    moments = [moment for _, moment in told["drawn"] if moment > 500]

    assert len(moments) > 10, "a storm is seen while it goes on"
    assert all(after - before >= PACE for before, after in pairwise(moments))
    assert max(after - before for before, after in pairwise(moments)) <= PACE + 2 * PICTURE


@pytest.mark.parametrize("every", [60, 100, 700])
async def test_what_comes_now_and_then_is_drawn_with_the_next_picture(
    page: Page, every: int
) -> None:
    told = await arrived(page, every=every, count=30)

    assert [frame for frame, _ in told["drawn"]] == list(range(30))
    assert all(moment - every * (frame + 1) <= PICTURE for frame, moment in told["drawn"])


async def test_after_a_storm_the_next_frame_is_drawn_at_once(page: Page) -> None:
    await arrived(page, every=20, count=100)
    await page.evaluate("come('next')")
    await page.clock.run_for(PICTURE)

    assert (await page.evaluate("told.taken"))[-1] == "next"


async def test_a_backlog_is_taken_picture_by_picture(page: Page) -> None:
    await stopped(page)
    await page.evaluate(AT_ONCE, 200)
    await page.clock.run_for(30 * PICTURE)

    assert await page.evaluate("told.taken") == list(range(200))
    assert len(await page.evaluate("told.drawn")) > 5
