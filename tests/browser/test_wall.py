"""A room for those who only look: across the room on a wallboard, and on paper with every entry."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.paper import words_of
from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import whole
from tests.process import TOKEN, ServerProcess, served

TELEVISION = (1920, 1080)
ENTRIES = 5_000
IMPORTED = 1_990
"""Near the most that one file may have."""
WRITERS = 16
SAYS_SO = "window.print = () => { document.body.dataset.printed = ''; }"
"""A window without a printer: it only says that it was asked to print."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("wall") / "data") as running:
        yield running


@pytest.fixture
async def stormy(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server with an incident of thousands of entries, INC-1."""
    command = ("import", "--data", str(tmp_path / "data"), str(storm(tmp_path)))
    importing = await asyncio.create_subprocess_exec(sys.executable, "-m", "incident", *command)
    assert await importing.wait() == 0
    async with served(tmp_path / "data") as running:
        await filled(running)
        yield running


async def filled(server: ServerProcess) -> None:
    """The rest of the entries, as people and machines write them."""
    numbers = iter(range(IMPORTED, ENTRIES + 1))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:

        async def write() -> None:
            for number in numbers:
                told = {"type": "alert", "message": f"Probe {number} of the storm."}
                answer = await client.post("/api/incidents/INC-1/timeline", json=told)
                assert answer.status_code == 201, answer.text

        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(write())


def storm(folder: Path) -> Path:
    """An incident of the past with thousands of entries; JSON is YAML, too."""
    lines = [
        {"at": f"2026-03-01T{8 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z", "type": "info",
         "who": "prober", "text": f"Probe {n} of the storm."}
        for n in range(IMPORTED)
    ]  # fmt: skip
    told = {
        "id": "storm", "title": "A storm of probes", "severity": 2, "services": ["checkout"],
        "regions": ["eu-west-1"], "roles": {"ic": "lead"}, "timeline": lines,
        "milestones": {"started": "2026-03-01T08:00:00Z", "resolved": "2026-03-01T10:00:00Z"},
    }  # fmt: skip
    path = folder / "storm.yaml"
    path.write_text(json.dumps(told))
    return path


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def running(server: ServerProcess) -> str:
    """A bad incident in which two fixes run and something was decided."""

    async def post(path: str, body: dict[str, Any], method: str = "POST") -> Any:  # noqa: ANN401 (JSON)
        answer = await server.call(method, path, body)
        assert answer.is_success, answer.text
        return answer.json()

    told = {
        "title": "Card payments fail",
        "severity": 1,
        "commander": "me",
        "description": "1 in 9.",
    }
    incident = str((await post("/api/incidents", told))["id"])
    room = f"/api/incidents/{incident}"
    await post(f"{room}/timeline", {"type": "decision", "message": "Fail over to eu-west-1b"})
    await post(
        f"{room}/updates", {"audience": "customers", "message": "We know.", "nextUpdateIn": "PT4M"}
    )
    for name in ("Roll back", "Drain the zone"):
        fix = (await post(f"{room}/actions", {"description": name}))["id"]
        await post(f"{room}/actions/{fix}", {"approved": True, "status": "in-progress"}, "PUT")
    return incident


def wall(who: Someone) -> Locator:
    return who.page.get_by_role("dialog", name="Wallboard")


async def test_w_fills_the_screen_with_what_a_room_needs_and_esc_goes_back(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await running(server)
    await ada.look(TELEVISION)
    await ada.open_room(incident)
    await whole(ada.page)
    await ada.page.keyboard.press("w")
    await wall(ada).wait_for()
    box = await wall(ada).bounding_box()
    said = " ".join((await wall(ada).inner_text()).split())
    size = (
        await wall(ada)
        .locator(".clock time")
        .first.evaluate("(one) => getComputedStyle(one).fontSize")
    )
    address = ada.page.url
    fits = await wall(ada).evaluate("(one) => one.scrollHeight <= one.clientHeight")
    await ada.page.keyboard.press("Escape")
    await wall(ada).wait_for(state="detached")

    assert box == {"x": 0, "y": 0, "width": TELEVISION[0], "height": TELEVISION[1]}
    for words in (
        "SEV 1", incident, "Card payments fail", "Investigating", "Elapsed", "Next update due",
        "Leads Administrator", "ACT-1 Roll back, running", "ACT-2 Drain the zone",
        "Fail over to eu-west-1b", "1 in 9.", "Connected",
    ):  # fmt: skip
        assert words in said
    assert (size, fits) == ("160px", True)
    assert address.endswith(f"/incidents/{incident}?wall")
    assert ada.page.url.endswith(f"/incidents/{incident}")


async def test_an_address_with_wall_opens_as_one_and_follows_the_incident_for_whoever_looks(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await running(server)
    person = {"handle": "vic", "name": "Vic", "role": "responder"}
    assert (await server.call("POST", "/api/people", person)).status_code == 201
    vic = await someone(browser, server, "vic")
    await vic.open(f"/incidents/{incident}?wall")
    await wall(vic).get_by_text("Connected", exact=True).wait_for()
    decision = {"type": "decision", "message": "Drain eu-west-1 instead"}
    await server.call("POST", f"/api/incidents/{incident}/timeline", decision)
    await wall(vic).get_by_text("Drain eu-west-1 instead").wait_for()
    mitigated = {"status": "mitigated", "reason": "Errors are gone"}
    await server.call("PUT", f"/api/incidents/{incident}/status", mitigated)
    await wall(vic).get_by_text("Mitigated").wait_for()
    await vic.page.keyboard.press("w")
    await wall(vic).wait_for(state="detached")

    assert vic.faults == []
    await vic.context.close()


async def test_a_wallboard_that_hears_nothing_says_that_it_may_be_wrong(
    browser: Browser, tmp_path: Path
) -> None:
    async with served(tmp_path / "data") as frozen:
        incident = await running(frozen)
        ada = await someone(browser, frozen, "ada")
        await ada.open(f"/incidents/{incident}?wall")
        await wall(ada).get_by_text("Connected", exact=True).wait_for()
        before = await wall(ada).get_by_text("Not live").is_visible()
        frozen.freeze()
        await wall(ada).get_by_text("Not live").wait_for(timeout=90_000)
        color = (
            await wall(ada)
            .locator(".clock time")
            .first.evaluate("(one) => getComputedStyle(one).textDecorationLine")
        )
        frozen.thaw()
        await wall(ada).get_by_text("Not live").wait_for(state="hidden")

        assert (before, color) == (False, "underline")
        await ada.context.close()


async def test_the_wallboard_is_accessible_in_both_themes_and_fits_every_window(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await running(server)
    await ada.open(f"/incidents/{incident}?wall")
    await wall(ada).get_by_text("Connected", exact=True).wait_for()
    found, wide = {}, {}
    for size in (DESKTOP, PHONE, NARROW):
        for scheme in ("dark", "light"):
            await ada.look(size, scheme)
            found[f"{scheme}, {size[0]} px"] = await axe(ada.page)
        wide[size] = await overflow(ada.page)
        wide[size] += await wall(ada).evaluate("(one) => one.scrollWidth - one.clientWidth")
    await ada.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    due = wall(ada).locator(".clock.due[data-level=soon]")
    seen = await due.evaluate("(one) => getComputedStyle(one).outlineStyle")

    assert {look: wrong for look, wrong in found.items() if wrong} == {}
    assert set(wide.values()) == {0}
    assert seen == "solid"


async def told(server: ServerProcess, number: int) -> dict[int, dict[str, Any]]:
    """The first entry and entry `number`, as the API tells them."""
    room = "/api/incidents/INC-1/timeline"
    first = (await server.call("GET", f"{room}?after=0&limit=1")).json()
    last = (await server.call("GET", f"{room}?before=9999999&limit=500")).json()
    return {one["number"]: one for one in (*first, *last) if one["number"] in {1, number}}


@pytest.mark.timeout(480)  # thousands of entries are written first, one by one
async def test_paper_has_every_entry_in_utc_with_its_id_and_says_which_incident_and_when(
    browser: Browser, stormy: ServerProcess
) -> None:
    ada = await someone(browser, stormy, "ada")
    cookies = await ada.context.storage_state()
    context = await browser.new_context(
        timezone_id="Asia/Tokyo", color_scheme="dark", storage_state=cookies
    )
    page = await context.new_page()
    await page.add_init_script(f"localStorage.setItem('zone', 'local'); {SAYS_SO}")
    await page.goto(f"{stormy.url}/incidents/INC-1", wait_until="domcontentloaded")
    await page.get_by_text("Connected", exact=True).first.wait_for()
    await whole(page)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("print the incident")
    await page.keyboard.press("Enter")
    await page.locator("body[data-printed]").wait_for(timeout=120_000)
    pages = words_of(await page.pdf(prefer_css_page_size=True))
    await page.locator("body:not([data-paper])").wait_for()
    after = await page.locator("#clock").inner_text()

    text = "\n".join(pages)
    bare = "".join(text.split())
    entries = await told(stormy, ENTRIES)
    first, last = entries[1], entries[ENTRIES]
    for entry in (first, last):
        assert f"{entry['timestamp'][11:19]}T{entry['number']}" in bare
        assert "".join(entry["message"].split()) in bare
    assert all("INC-1, printed 2" in one and " UTC" in one for one in pages)
    assert not any(word in text for word in ("Post\n", "Write update", "Jump to", "Show earlier"))
    assert "GMT+9" in after
    await expect(page.locator(".paper .ev")).to_have_count(0)
    await context.close()
    await ada.context.close()
