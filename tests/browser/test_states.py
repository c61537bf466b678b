"""Every page, state and sheet: axe, forced colours, reduced motion, a narrow phone, 200 % zoom.

Each is reached once, on one server and in one browser, the way its picture is taken; what other
tests of this folder show axe already is not shown to it again.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page

from bench.pictures.cast import World
from bench.pictures.moved import Empty, Moved, moved
from bench.pictures.story import live_through
from bench.pictures.windows import Studio, Window
from bench.screenshots import STATES
from tests.browser.looks import ENLARGED, NARROW, cramped, forced, motion
from tests.browser.people import axe

pytestmark = pytest.mark.timeout(300)  # the story that all of them share takes its time
LONG_AGO = timedelta(minutes=25)
"""When all of the story happens: promises are late by now, and a level has rung in vain."""
PATIENCE = 20_000
"""Milliseconds for whatever is waited for."""

AXE_KNOWS = (
    "list-open", "declare-empty", "declare-more", "oncall-week", "oncall-cover", "policy-fault",
    "people-all", "docs-top", "signin-how", "welcome-used", "error-404", "keys-room",
    "palette-typed", "log-search", "log-picture_open", "catch_up-back", "replay-paused",
    "composer-commands", "composer-status", "sheet-severity", "sheet-state", "sheet-update",
    "sheet-assign", "sheet-hand_over", "sheet-affected", "sheet-propose", "sheet-cause",
    "sheet-page_next", "sheet-page_someone", "sheet-pause", "sheet-snooze", "sheet-start_anyway",
    "oncall-gap", "wall-late",
)  # fmt: skip
"""States that are shown to axe by tests of their own."""
AXE_NEW = (
    "list-yours", "people-edit", "people-link", "you-all", "welcome-back", "error-403",
    "oncall-calendar", "declare-alike",
    "room-storm", "room-paged", "room-offered", "room-ringing", "room-resolved", "room-fix_menu",
    "room-health_menu", "room-edit_title", "sheet-judge", "sheet-apply_policy", "sheet-edit_fix",
    "sheet-hand_fix", "sheet-finish_fix", "sheet-abandon_fix", "sheet-correct", "sheet-remove",
    "sheet-cite", "sheet-decline", "sheet-refused",
)  # fmt: skip
IN_ORDER = sorted(AXE_KNOWS + AXE_NEW, key=lambda name: (STATES[name].who, name.split("-")[0]))
"""Whoever looks goes on looking at the same page."""
TABS = ("Timeline", "Fixes", "Paging", "Comms", "People")


class AtOnce(Moved):
    """All of the story at one moment, some time ago; then it is now."""

    async def until(self, ago: timedelta) -> None:
        if not ago:
            await super().until(ago)


@pytest.fixture(scope="module")
async def window(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Window]:
    folder = tmp_path_factory.mktemp("states")
    async with moved(folder, LONG_AGO) as long_ago:
        world = World(AtOnce(long_ago.server, long_ago.file, long_ago.behind))
        await live_through(world)
        window = Window(Studio(world, Empty("", ""), browser, folder, patience=PATIENCE), "desk")
        for who in {STATES[name].who for name in IN_ORDER}:
            await window.sit(who)  # they stay until all are through
        yield window


async def shown_to_axe(page: Page) -> list[str]:
    """In both themes; in the second it looks at contrasts alone."""
    found = [str(one) for one in await axe(page)]
    await page.emulate_media(color_scheme="light")
    contrast = "axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['violations']})"
    in_light = (await page.evaluate(contrast))["violations"]
    await page.emulate_media(color_scheme="dark")
    return found + [f"in light: {node['html']}" for one in in_light for node in one["nodes"]]


@pytest.mark.parametrize("name", IN_ORDER)
async def test_nothing_is_lost_to_axe_to_forced_colours_to_motion_or_at_the_edge_of_a_window(
    window: Window, name: str
) -> None:
    one = STATES[name]
    await window.sit(one.who)
    await one.reach(window)
    page = window.page
    faults = {
        "axe": await shown_to_axe(page) if name in AXE_NEW else [],
        "motion": await motion(page),
        "forced colours": await forced(page),
        "360 px": await cramped(page, NARROW),
        "200 % zoom": await cramped(page, ENLARGED),
    }

    assert listed(faults) == ""


def listed(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{look}: {one}" for look, wrong in faults.items() for one in wrong)


@pytest.mark.parametrize("size", [NARROW, ENLARGED])
@pytest.mark.parametrize("room", ["storm", "ringing", "naughty"])
async def test_no_tab_of_the_room_scrolls_sideways(
    window: Window, room: str, size: tuple[int, int]
) -> None:
    await window.sit("lea")
    await window.whole_room(room)
    await window.page.set_viewport_size({"width": size[0], "height": size[1]})
    faults = {}
    for tab in TABS:
        await window.page.locator("#tabs").get_by_role("button", name=tab).click()
        faults[tab] = await cramped(window.page, size)
    await window.page.locator("#tabs").get_by_role("button", name="Timeline").click()

    assert listed(faults) == ""


FAULTY = """<!doctype html><html lang="en"><style>
  @keyframes turn { to { rotate: 1turn } }
  i { display: block; animation: turn 2s infinite } a { outline: none }
  button[aria-pressed=true] { background: #fed } input { appearance: none }
  label:has(:checked) { box-shadow: 0 0 3px red }
</style><i>turning</i><a href="#">no ring</a><button aria-pressed="true">pressed</button>
<label><input type="radio" checked>chosen</label><b class="badge">worst</b>
<p style="inline-size: 2000px">wide</p>"""


async def test_what_is_wrong_is_found(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.set_content(FAULTY)
    found = {
        "motion": await motion(page),
        "forced": await forced(page),
        "cramped": await cramped(page, NARROW),
    }
    await page.close()

    assert found["motion"] == ["i (turning)"]
    assert found["forced"] == [
        "aria-pressed is not shown: button (pressed)",
        "not shown as chosen: label (chosen)",
        "severity is not told: b.badge (worst)",
        "no ring: a (no ring)",
    ]
    assert "the page is 2008 px wide" in found["cramped"]
