"""The tape under the band: the whole incident in one line, kept up by the socket."""

import asyncio
import re
from collections.abc import AsyncIterator
from re import Pattern

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import relayed
from tests.process import ServerProcess, served

PAST = re.compile(r"/replay")
"""What of the page's parts is needed only in the past."""
TALL = 44
"""CSS pixels that a thumb hits."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("tape") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def lived(server: ServerProcess) -> str:
    told = {"title": "Card payments fail", "severity": 2}
    incident = str((await server.call("POST", "/api/incidents", told)).json()["id"])
    path = f"/api/incidents/{incident}"
    await server.call("POST", f"{path}/timeline", {"message": "Fail over", "type": "decision"})
    await server.call("PATCH", path, {"severity": 1})
    return incident


async def drawn(page: Page, band: str) -> str:
    return await page.locator(f"#tape .t-{band}").get_attribute("d") or ""


async def test_the_tape_grows_by_the_socket_and_is_asked_for_once(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    asked: list[str] = []
    ada.page.on("request", lambda one: asked.append(one.url) if "/tape" in one.url else None)
    await ada.open_room(incident)
    await expect(ada.page.locator("#tape .phases li").last).to_contain_text("Investigating")
    await expect(ada.page.locator("#tape .sev-step")).to_contain_text("raised to SEV1")
    assert await drawn(ada.page, "key") != ""

    await server.call(
        "PUT", f"/api/incidents/{incident}/status", {"status": "active", "phase": "fixing"}
    )
    await server.call("PATCH", f"/api/incidents/{incident}", {"severity": 3})

    await expect(ada.page.locator("#tape .phases li").last).to_contain_text("Fixing")
    await expect(ada.page.locator("#tape .sev-step")).to_have_count(2)
    assert 1 == len([url for url in asked if "/tape?" in url])


async def test_the_tape_is_a_slider_that_speaks_and_leads_into_the_past_and_back_by_keys(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    await ada.open_room(incident)
    slider = ada.page.get_by_role("slider", name="Moment of the incident")
    await expect(slider).to_have_attribute("aria-valuetext", "Live, SEV1, Investigating")

    await slider.focus()
    await ada.page.keyboard.press("Home")

    await expect(ada.page.locator("body[data-replay]")).to_have_count(1)
    await expect(slider).to_be_focused()
    await expect(slider).to_have_attribute("aria-valuetext", re_of_moment())
    await ada.page.keyboard.press("ArrowRight")
    await ada.page.keyboard.press("End")
    await expect(ada.page.locator("body[data-replay]")).to_have_count(0)
    await expect(slider).to_have_attribute("aria-valuetext", "Live, SEV1, Investigating")


async def test_the_tape_is_dragged_into_the_past_and_over_its_end_back_to_live(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    await ada.open_room(incident)
    track = ada.page.locator("#tape .scrub")
    await track.wait_for()
    box = await track.bounding_box()
    assert box is not None
    early, right = box["x"] + 4, box["x"] + box["width"] - 2
    y = box["y"] + box["height"] / 2

    await ada.page.mouse.move(right, y)
    await ada.page.mouse.down()
    await ada.page.mouse.move(early, y, steps=4)
    await expect(ada.page.locator(".replay-bar")).to_be_visible()
    head = await ada.page.locator(".tape-head").bounding_box()
    await ada.page.mouse.move(right + 20, y, steps=4)
    await ada.page.mouse.up()

    assert head is not None
    assert abs(head["x"] - early) < 3
    await expect(ada.page.locator(".replay-bar")).to_have_count(0)


async def test_a_drag_is_kept_until_the_past_has_come_to_the_browser(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    comes = asyncio.Event()

    async def late(route: Route) -> None:
        await comes.wait()
        await route.continue_()

    await ada.page.route(PAST, late)
    await ada.open_room(incident)
    await ada.page.locator("#tape .scrub").wait_for()
    box = await ada.page.locator("#tape .scrub").bounding_box()
    assert box is not None
    await ada.page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 30)
    await ada.page.mouse.down()
    await ada.page.mouse.move(box["x"] + 4, box["y"] + 30, steps=4)
    await ada.page.mouse.up()
    await expect(ada.page.locator(".tape-head")).to_be_visible()
    before = await ada.page.locator(".replay-bar").count()
    comes.set()
    await expect(ada.page.locator(".replay-bar")).to_be_visible()

    head = await ada.page.locator(".tape-head").bounding_box()
    assert (head is not None, before) == (True, 0)
    assert head is not None
    assert abs(head["x"] - box["x"] - 4) < 3


async def test_a_past_that_cannot_come_is_said_and_the_page_stays_live(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    await ada.page.route(PAST, lambda route: route.abort())
    await ada.open_room(incident)
    slider = ada.page.get_by_role("slider", name="Moment of the incident")
    await slider.focus()
    await ada.page.keyboard.press("Home")
    await expect(ada.page.locator("#toasts")).to_contain_text("Try again when you are connected")
    await expect(ada.page.locator(".tape-head")).to_have_count(0)
    await ada.page.unroute(PAST)

    await ada.page.keyboard.press("Home")

    await expect(ada.page.locator(".replay-bar")).to_be_visible()


async def test_the_tape_keeps_its_place_when_the_connection_is_lost_or_the_past_is_entered(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await lived(server)
    async with relayed(server) as relay:
        ada = await someone(browser, relay.server, "ada")
        for size in (DESKTOP, PHONE):
            await ada.look(size)
            await ada.open_room(incident)
            track = ada.page.locator("#tape .scrub")
            await track.wait_for()
            live = await track.bounding_box()
            await ada.page.get_by_role("slider", name="Moment of the incident").press("Home")
            await expect(ada.page.locator(".live-pill.back")).to_be_visible()
            past = await track.bounding_box()
            await ada.page.keyboard.press("Escape")
            await relay.cut()
            await expect(ada.page.locator(".live-pill[data-off]")).to_contain_text("Behind")

            lost = await track.bounding_box()
            assert live is not None
            assert past is not None
            assert lost is not None
            assert {(one["x"], one["width"]) for one in (live, past, lost)} == {
                (live["x"], live["width"])
            }
            await relay.mend()


async def test_the_tape_is_there_for_a_thumb_and_for_forced_colours(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    await ada.open_room(incident)
    await ada.page.locator("#tape .scrub").wait_for()

    for size in (DESKTOP, PHONE, NARROW):
        await ada.look(size)
        assert await axe(ada.page) == []
        assert await overflow(ada.page) <= 0
    for part in (".tape-btn", ".scrub"):
        box = await ada.page.locator(f"#tape {part}").bounding_box()
        assert box is not None
        assert box["height"] >= TALL

    await ada.page.emulate_media(forced_colors="active")
    for band in ("key", "human", "machine"):
        stroke = await ada.page.locator(f"#tape .t-{band}").evaluate(
            "(path) => getComputedStyle(path).stroke"
        )
        ground = await ada.page.locator("#tape").evaluate(
            "(tape) => getComputedStyle(tape).backgroundColor"
        )
        assert stroke not in {"none", ground}


def re_of_moment() -> Pattern[str]:
    return re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, SEV\d, ")
