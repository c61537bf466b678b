"""An incident from its declaration to its end by somebody who has only a keyboard."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page

from tests.browser.people import Someone, someone
from tests.process import served

FOCUSED = """() => {
  const at = document.activeElement;
  if (!at.matches("a, button, input, textarea, select, summary")) return "";
  const words = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
  return words.trim();
}"""
FARTHEST = 80
"""Presses of Tab after which a button counts as out of reach."""


@pytest.fixture
async def ada(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Someone]:
    async with served(tmp_path_factory.mktemp("keyboard") / "data") as server:
        who = await someone(browser, server, "ada")
        yield who
        await who.context.close()


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called `words`."""
    passed = []
    for _ in range(FARTHEST):
        await page.keyboard.press("Tab")
        passed.append(await page.evaluate(FOCUSED))
        if words in passed[-1]:
            return
    raise AssertionError(f"{words} is out of reach: {passed}")


async def press(page: Page, words: str) -> None:
    await tab_to(page, words)
    await page.keyboard.press("Enter")


async def move_to(page: Page, state: str, reason: str) -> None:
    """By the sheet of the state: arrows choose, Tab goes on to the reason."""
    await press(page, "change the state")
    await page.locator("dialog[open]").wait_for()
    await page.keyboard.press("Space")
    while state not in await page.locator("dialog[open] :checked").first.input_value():
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type(reason)
    await press(page, "Change state")
    await page.locator("dialog[open]").wait_for(state="detached")


async def test_an_incident_is_run_from_declaration_to_resolution_without_a_mouse(
    ada: Someone,
) -> None:
    page = ada.page
    await page.get_by_text("Connected", exact=True).wait_for()
    await page.keyboard.press("c")
    await page.keyboard.type("Card payments failing")
    await tab_to(page, "SEV3")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await press(page, "Declare incident")
    await page.wait_for_url("**/incidents/INC-1")
    await page.get_by_text("Connected", exact=True).wait_for()

    await press(page, "Acknowledge")
    await ada.sees("acknowledged")
    await press(page, "Take it, Incident commander")
    await page.locator("#roles").get_by_text("Ada", exact=True).wait_for()
    assert await page.evaluate("document.activeElement.id") == "role-incident_commander"

    await page.keyboard.press("n")
    await page.keyboard.type("Replica lag is 4 s.")
    await page.keyboard.press("Enter")
    await ada.sees("Replica lag is 4 s.")
    await page.keyboard.press("Escape")

    await page.keyboard.press("x")
    await page.keyboard.type("Fail over")
    await press(page, "Propose")
    await page.locator("#ACT-1").wait_for()
    for step, told in (
        ("Approve", "ACT-1 approved"),
        ("Start", "ACT-1 started"),
        ("Done", "ACT-1 completed"),
    ):
        await press(page, f"{step} ACT-1")
        await ada.sees(told)
        assert await page.evaluate("document.activeElement.id") == "ACT-1"

    await page.keyboard.press("u")
    await page.keyboard.type("We are on it.")
    await press(page, "Post update")
    await ada.sees("We are on it.")
    await move_to(page, "mitigated", "Errors are gone")
    await ada.sees("Errors are gone")
    assert "change the state" in await page.evaluate(FOCUSED)
    await move_to(page, "resolved", "Redundant again")
    await ada.sees("Redundant again")

    incident = (await ada.server.call("GET", "/api/incidents/INC-1")).json()
    assert (incident["severity"], incident["status"]) == (1, "resolved")
    assert [action["status"] for action in incident["actions"]] == ["completed"]
    assert ada.faults == []
