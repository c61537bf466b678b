"""Every page in both themes, on a desk and on a phone: accessible, and no wider than its window."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.people import DESKTOP, NARROW, PHONE, Scheme, axe, overflow, someone
from tests.process import ServerProcess, served

PAGES = ("/", "/declare", "/people", "/docs", "/signin", "/welcome?token=none", "/nowhere")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    """A server with an incident in every state that pages show."""
    folder: Path = tmp_path_factory.mktemp("pages")
    async with served(folder / "data") as running:
        await furnish(running)
        yield running


async def furnish(server: ServerProcess) -> None:
    async def post(path: str, body: dict[str, Any], method: str = "POST") -> None:
        answer = await server.call(method, path, body)
        assert answer.status_code in {200, 201}, answer.text

    room = "/api/incidents/INC-1"
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
    promised = timedelta(minutes=4)
    update = {"audience": "customers", "message": "We are on it."}
    await post(f"{room}/updates", update | {"nextUpdateIn": f"PT{promised.seconds // 60}M"})
    fix = {"target": "checkout-web", "region": "eu-west-1", "risk": "low", "impact": "none"}
    for name in ("Roll back", "Restart two pods", "Drain", "Not this one"):
        await post(f"{room}/actions", fix | {"description": name})
    await post(f"{room}/actions/ACT-1", {"approved": True, "status": "in-progress"}, "PUT")
    await post(f"{room}/actions/ACT-2", {"approved": True}, "PUT")
    await post(f"{room}/actions/ACT-4", {"status": "abandoned"}, "PUT")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_axe_finds_nothing_on_any_page(
    browser: Browser, server: ServerProcess, scheme: Scheme, size: tuple[int, int]
) -> None:
    ada = await someone(browser, server, "ada", scheme=scheme, size=size)
    found = {}
    for path in PAGES:
        await ada.open(path)
        found[path] = await axe(ada.page)
    await ada.open_room("INC-1")
    found["room"] = await axe(ada.page)
    await ada.context.close()

    assert {path: [] for path in (*PAGES, "room")} == found
    assert ada.faults == []


async def test_no_page_scrolls_sideways_on_a_narrow_phone(
    browser: Browser, server: ServerProcess
) -> None:
    ada = await someone(browser, server, "ada", size=NARROW)
    wide = {}
    for path in (*PAGES, "/incidents/INC-1"):
        await ada.open(path)
        wide[path] = await overflow(ada.page)
    await ada.context.close()

    assert dict.fromkeys((*PAGES, "/incidents/INC-1"), 0) == wide


async def test_the_first_paint_of_a_room_is_readable_without_any_script(
    browser: Browser, server: ServerProcess
) -> None:
    ada = await someone(browser, server, "ada")
    signed_in = await ada.context.storage_state()
    plain = await browser.new_context(java_script_enabled=False, storage_state=signed_in)
    page = await plain.new_page()
    await page.goto(f"{server.url}/incidents/INC-1")
    text = await page.inner_text("body")
    await plain.close()
    await ada.context.close()

    for expected in ("Card payments failing in Europe", "Fail over.", "Mei Tanaka", "SEV"):
        assert expected in text
