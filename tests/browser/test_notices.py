"""The browser tells people what waits for them, once, and asks only after they have acted."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.people import someone
from tests.browser.test_command import RECORD_NOTIFICATIONS
from tests.process import ServerProcess, served


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("notices") / "data") as running:
        yield running


async def declared(server: ServerProcess) -> str:
    told = {"title": "Card payments fail", "severity": 2}
    answer = await server.call("POST", "/api/incidents", told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_who_leads_is_told_once_of_a_fix_to_approve_and_of_an_update_that_falls_due(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    mei = await someone(browser, server, "mei")
    other = await ada.context.new_page()
    for page in (ada.page, other, mei.page):
        await page.add_init_script(RECORD_NOTIFICATIONS)
    await mei.open_room(incident)
    await ada.open_room(incident)
    await other.goto(f"{server.url}/incidents/{incident}", wait_until="domcontentloaded")
    await other.get_by_text("Connected", exact=True).first.wait_for()
    await ada.page.locator("#role-incident_commander").get_by_role("button", name="Take it").click()
    for page in (ada.page, other, mei.page):
        await page.locator("#role-incident_commander").get_by_text("Ada", exact=True).wait_for()

    path = f"/api/incidents/{incident}"
    fix = {"description": "Restart the primary", "target": "db/primary"}
    assert (await server.call("POST", f"{path}/actions", fix)).status_code == 201
    update = {"audience": "customers", "message": "We know of it.", "nextUpdateIn": "PT4M"}
    sent = await server.call("POST", f"{path}/updates", update)
    assert sent.is_success, sent.text
    for page in (ada.page, other, mei.page):
        await page.locator("#entries").get_by_text("We know of it.").wait_for()
    tags: list[str] = []
    async with asyncio.timeout(30):
        while len(tags) < 2:
            await asyncio.sleep(0.1)
            tags = [tag for page in (ada.page, other) for _, tag in await page.evaluate("raised")]

    assert sorted(tags) == [f"{incident} approve ACT-1", f"{incident} due customers"]
    assert await mei.page.evaluate("raised") == []


async def test_nobody_is_asked_for_permission_before_they_have_acted(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    await ada.page.add_init_script(
        """window.asked = 0;
        window.Notification = class {
          static permission = "default";
          static requestPermission = async () => { window.asked += 1; return "granted"; };
        };"""
    )
    await ada.open_room(incident)
    before = await ada.page.get_by_role("button", name="Notify me in this browser").count()

    await ada.page.locator("#role-scribe").get_by_role("button", name="Take it").click()
    invitation = ada.page.get_by_role("button", name="Notify me in this browser").first
    await invitation.wait_for()
    unasked = await ada.page.evaluate("asked")
    await invitation.click()
    await invitation.wait_for(state="detached")

    assert (before, unasked) == (0, 0)
    assert await ada.page.evaluate("asked") == 1
