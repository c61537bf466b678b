"""Coming back to a room: what was missed, over the log, and how to be told of it at any time."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.process import ServerProcess, served


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("catch-up") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def declared(server: ServerProcess) -> str:
    told = {"title": "Card payments fail", "severity": 3}
    return str((await server.call("POST", "/api/incidents", told)).json()["id"])


async def goes_on(server: ServerProcess, incident: str, notes: int = 20) -> None:
    """Much happens: a decision, a severity, a fix, and notes."""
    path = f"/api/incidents/{incident}"
    decision = {"message": "Fail over to <b>eu-west-1b</b>", "type": "decision"}
    await server.call("POST", f"{path}/timeline", decision)
    await server.call("PATCH", path, {"severity": 1})
    await server.call("POST", f"{path}/actions", {"description": "Restart the ledger"})
    for number in range(notes):
        await server.call("POST", f"{path}/timeline", {"message": f"Note {number}"})


def strip(page: Page) -> Locator:
    return page.locator(".catch-up")


async def test_who_comes_back_after_much_happened_is_caught_up(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    await ada.page.locator(".catch-me").wait_for()
    await expect(strip(ada.page)).to_have_count(0)
    await ada.open("/")
    await goes_on(server, incident)

    await ada.open_room(incident)

    await expect(strip(ada.page)).to_contain_text("Since you looked")
    await expect(strip(ada.page)).to_contain_text("SEV1, was SEV3")
    await expect(strip(ada.page)).to_contain_text("Fail over to <b>eu-west-1b</b>")
    await expect(strip(ada.page)).to_contain_text("Restart the ledger")
    await strip(ada.page).get_by_role("link", name="T3").first.click()
    await expect(ada.page.locator("#T3")).to_be_in_viewport()
    await ada.page.locator("#log").focus()
    await ada.page.keyboard.press("Escape")
    await expect(strip(ada.page)).to_have_count(0)


async def test_who_was_away_for_a_moment_is_left_alone(ada: Someone, server: ServerProcess) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    await ada.page.locator(".catch-me").wait_for()
    await ada.open("/")
    await goes_on(server, incident, notes=2)

    await ada.open_room(incident)

    await ada.sees("Note 1")
    await ada.page.locator(".catch-me").wait_for()
    await expect(strip(ada.page)).to_have_count(0)


async def test_catch_me_up_can_be_asked_for_and_copied_by_keys_alone(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    await goes_on(server, incident, notes=1)
    await ada.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ada.open_room(incident)

    await ada.page.get_by_role("button", name="Catch me up").focus()
    await ada.page.keyboard.press("Enter")

    await expect(strip(ada.page).get_by_role("heading")).to_be_focused()
    await expect(strip(ada.page)).to_contain_text("Since it was declared")
    await ada.page.keyboard.press("Tab")
    await ada.page.keyboard.press("Enter")
    await expect(strip(ada.page).locator(".copy[data-done]")).to_have_count(1)
    text = await ada.page.evaluate("navigator.clipboard.readText()")
    assert text.startswith(f"{incident}: Card payments fail")
    assert "Severity 1, was 3." in text
    for size in (DESKTOP, PHONE, NARROW):
        await ada.look(size)
        assert await axe(ada.page) == []
        assert await overflow(ada.page) <= 0
    await ada.page.keyboard.press("Escape")
    await expect(strip(ada.page)).to_have_count(0)
