"""Every page in both themes, on a desk and on a phone: accessible, and no wider than its window."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.process import ServerProcess, served

ROOM = "/incidents/INC-1"
PAGES = ("/", ROOM, "/declare", "/people", "/docs", "/signin", "/welcome?token=none", "/nowhere")
LONG = {"/docs": pytest.mark.timeout(480)}
"""The reference has thousands of elements; axe looks at each, in every theme and size."""
TWICE_AS_LARGE = (720, 450)
"""A desk at 200 % zoom, in CSS pixels."""
SHEETS = {
    "severity": ("#band", "Change severity"),
    "state": ("#band", "change the state"),
    "update": ("#band", "Write update"),
    "assign": ("#roles", "Assign"),
    "hand over": ("#roles", "Hand over"),
    "affected": ("#scope", "Edit"),
    "propose": ("#board", "Propose"),
    "cause": ("#causes", "Add"),
    "page next": ("#ladder", "Page next level"),
    "page someone": ("#ladder", "Page someone"),
    "pause": ("#ladder", "Pause"),
    "snooze": ("#comms", "Snooze the update to customers"),
    "anyway": ("#board", "Start now anyway"),
}
"""The dialogs of the room: in which panel, by which button."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("pages") / "data") as running:
        await furnish(running)
        yield running


@pytest.fixture(scope="module")
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    await who.context.close()


async def test_the_fields_of_the_api_stand_below_each_other_on_a_phone(ada: Someone) -> None:
    await ada.look(PHONE)
    await ada.open("/docs")
    cells = ada.page.locator(".fields-table").first.locator("tbody tr").first.locator("th, td")
    boxes = [await cell.bounding_box() for cell in await cells.all()]
    tops = [box["y"] for box in boxes if box]

    assert len(tops) == 3
    assert tops == sorted(set(tops))
    assert all(box and box["width"] > 300 for box in boxes)
    assert await overflow(ada.page) == 0


async def test_a_policys_updates_stand_on_the_line_that_names_them_on_a_phone(
    ada: Someone,
) -> None:
    await ada.look(PHONE)
    await ada.open("/policy")
    cell = ada.page.locator(".terms tbody tr").first.locator("td[data-label=Updates]")
    beside = ada.page.locator(".terms tbody tr").first.locator("td[data-label='Resolved within']")
    heights = [
        box["height"] for box in [await cell.bounding_box(), await beside.bounding_box()] if box
    ]

    assert await cell.locator(".line").count() > 0
    assert heights[0] == heights[1]


async def furnish(server: ServerProcess) -> None:
    """An incident in every state that pages show."""

    async def post(path: str, body: dict[str, Any], method: str = "POST") -> None:
        answer = await server.call(method, path, body)
        assert answer.status_code in {200, 201}, answer.text

    room = "/api/incidents/INC-1"
    await post("/api/people", {"handle": "ada", "name": "Ada Okafor", "role": "admin"})
    await post("/api/people", {"handle": "mei", "name": "Mei Tanaka"})
    declared = {
        "title": "Card payments failing in Europe",
        "severity": 1,
        "affectedServices": ["payments-api", "ledger-db", "checkout-web"],
        "affectedRegions": ["eu-west-1"],
        "commander": "me",
        "commsLead": "mei",
    }
    await post("/api/incidents", declared)
    for severity in (2, 3, 4, 5):
        await post("/api/incidents", {"title": f"Of severity {severity}", "severity": severity})
    await post("/api/incidents/INC-5/status", {"status": "resolved"}, "PUT")
    await post(f"{room}/timeline", {"message": "Support has 212 tickets."})
    await post(f"{room}/timeline", {"type": "decision", "message": "Fail over."})
    await post(f"{room}/timeline", {"type": "alert", "message": "CheckoutErrorBurn firing"})
    await post(f"{room}/timeline/2/0", {"message": "Support has 214 tickets."}, "PATCH")
    await post(f"{room}/timeline/3/0", {"pinned": True}, "PATCH")
    for number in range(3):
        await post(f"{room}/timeline", {"type": "alert", "message": f"Firing, {number}"})
    promised = timedelta(minutes=4)
    update = {"audience": "customers", "message": "We are on it."}
    await post(f"{room}/updates", update | {"nextUpdateIn": f"PT{promised.seconds // 60}M"})
    fix = {"target": "checkout-web", "region": "eu-west-1", "risk": "low", "impact": "none"}
    for name in ("Roll back", "Restart two pods", "Drain", "Not this one"):
        await post(f"{room}/actions", fix | {"description": name})
    await post(f"{room}/actions/ACT-1", {"approved": True, "status": "in-progress"}, "PUT")
    await post(f"{room}/actions/ACT-2", {"approved": True}, "PUT")
    await post(f"{room}/actions/ACT-4", {"status": "abandoned"}, "PUT")
    await post(f"{room}/roles/incident_commander", {"assignee": "ada"}, "PUT")


async def everywhere(who: Someone) -> dict[str, Any]:
    """What axe finds on the page as it is, in both themes and sizes."""
    found = {}
    for size in (DESKTOP, PHONE):
        for scheme in ("dark", "light"):
            await who.look(size, scheme)
            found[f"{scheme}, {size[0]} px"] = await axe(who.page)
    return {look: wrong for look, wrong in found.items() if wrong}


@pytest.mark.parametrize(
    "path", [pytest.param(path, marks=LONG.get(path, ()), id=path) for path in PAGES]
)
async def test_axe_finds_nothing_on_a_page_in_either_theme_and_size(
    ada: Someone, path: str
) -> None:
    await ada.open(path)
    if path == ROOM:
        await ada.page.get_by_text("Connected", exact=True).first.wait_for()

    assert await everywhere(ada) == {}
    assert ada.faults == []


async def test_axe_finds_nothing_in_any_dialog_and_the_focus_returns_from_it(ada: Someone) -> None:
    await ada.look(DESKTOP)
    await ada.open_room("INC-1")
    await refused(ada)
    found, returned = {}, {}
    for name, (panel, words) in SHEETS.items():
        button = ada.page.locator(panel).get_by_role("button", name=words).first
        await button.focus()
        await ada.page.keyboard.press("Enter")
        await ada.page.locator("dialog[open]").wait_for()
        for scheme in ("dark", "light"):
            await ada.look(DESKTOP, scheme)
            found[f"{name}, {scheme}"] = await axe(ada.page)
        await ada.page.keyboard.press("Escape")
        await ada.page.locator("dialog[open]").wait_for(state="detached")
        returned[name] = await button.evaluate("(button) => button === document.activeElement")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert returned == dict.fromkeys(SHEETS, True)
    assert ada.faults == []


async def refused(who: Someone) -> None:
    """Wait for a fix that may not start, because another one has its target."""
    await who.page.locator("#ACT-2 .conflict").wait_for()


async def test_axe_finds_nothing_in_the_sheet_that_declares(ada: Someone) -> None:
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await ada.page.keyboard.press("c")
    await ada.page.locator("dialog[open] .more > summary").click()

    assert await everywhere(ada) == {}


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_scrolls_sideways_on_a_narrow_phone(ada: Someone, path: str) -> None:
    await ada.look(NARROW)
    await ada.open(path)

    assert await overflow(ada.page) == 0


async def test_a_page_made_twice_as_large_still_shows_the_log(ada: Someone) -> None:
    await ada.look(TWICE_AS_LARGE)
    await ada.open_room("INC-1")

    assert await overflow(ada.page) == 0
    for part, least in (("#log", 120), ("#say", 38), ("#tabs", 44), (".clocks", 38)):
        box = await ada.page.locator(part).bounding_box()
        assert box is not None
        assert box["height"] >= least, part
        assert box["y"] + box["height"] <= TWICE_AS_LARGE[1], part


async def test_paper_shows_every_entry_whole(ada: Someone) -> None:
    await ada.look(NARROW)
    await ada.open_room("INC-1")
    assert await ada.page.get_by_text("Firing, 1").count() == 0, "it is folded away"

    await ada.page.emulate_media(media="print")
    await ada.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    box = await ada.page.get_by_text("Firing, 1").bounding_box()
    await ada.page.emulate_media(media="screen")

    assert box is not None
    assert box["width"] > NARROW[0] / 3


async def test_the_first_paint_of_a_room_is_readable_without_any_script(
    browser: Browser, server: ServerProcess, ada: Someone
) -> None:
    signed_in = await ada.context.storage_state()
    plain = await browser.new_context(java_script_enabled=False, storage_state=signed_in)
    page = await plain.new_page()
    await page.goto(f"{server.url}/incidents/INC-1")
    text = await page.inner_text("body")
    await plain.close()

    for expected in ("Card payments failing in Europe", "Fail over.", "Mei Tanaka", "SEV"):
        assert expected in text
