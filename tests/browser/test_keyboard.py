"""An incident from its declaration to its post-mortem by two people who have only a keyboard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import Someone, someone
from tests.process import ServerProcess, served

pytestmark = pytest.mark.timeout(300)  # two people, one after the other, key by key
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at.matches("a, button, input, textarea, select, summary")) return "";
  const words = at.getAttribute("aria-label") ?? at.labels?.[0]?.textContent ?? at.textContent;
  return words.trim();
}"""
RINGED = """() => {
  const at = document.activeElement;
  const { top, bottom } = at.getBoundingClientRect();
  const within = Math.min(bottom, innerHeight) - Math.max(top, 0);
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const rings = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const seen = at !== document.body && at.matches(":focus-visible") && within > 0 && rings;
  return seen ? "" : at.outerHTML.slice(0, 200);
}"""
"""Nothing where the focus has a ring that can be seen; else what has it."""
FARTHEST = 80
"""Presses of Tab after which a button counts as out of reach."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("keyboard") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> Someone:
    return await someone(browser, server, "ada")


@pytest.fixture
async def mei(browser: Browser, server: ServerProcess) -> Someone:
    return await someone(browser, server, "mei")


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


async def sheet(page: Page) -> None:
    """Wait until one is open and has the focus."""
    await page.locator("dialog.sheet[open]:focus-within").wait_for()


async def sent(page: Page, words: str) -> None:
    """Press the button of the open sheet, which closes; the focus is somewhere to go on from."""
    await press(page, words)
    await page.locator("dialog[open]").wait_for(state="detached")
    await seen_focus(page)


async def seen_focus(page: Page) -> None:
    await tells(page, RINGED, "")


async def tells(page: Page, asked: str, wanted: str) -> None:
    """Wait until the page answers so: the focus moves on once what was done is drawn."""
    found = None
    with suppress(TimeoutError):
        async with asyncio.timeout(15):
            while (found := await page.evaluate(asked)) != wanted:
                await asyncio.sleep(0.1)
    assert found == wanted


async def do(page: Page, words: str) -> None:
    """By its name in the palette."""
    await page.keyboard.press("Control+k")
    await page.locator("dialog.palette[open] input:focus").wait_for()
    await page.keyboard.type(words)
    await page.locator("[role=option][aria-selected=true]").filter(has_text=words).wait_for()
    await page.keyboard.press("Enter")


async def move_to(page: Page, state: str, reason: str) -> None:
    """By the sheet of the state: arrows choose, Tab goes on to the reason."""
    await press(page, "change the state")
    await sheet(page)
    await page.keyboard.press("Space")
    while state not in await page.locator("dialog[open] :checked").first.input_value():
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type(reason)
    await sent(page, "Change state")
    assert "change the state" in await page.evaluate(FOCUSED)


async def choose(page: Page, words: str, value: str) -> None:
    """In the list of that name; arrows go through it, down first."""
    if words not in await page.evaluate(FOCUSED):
        await tab_to(page, words)
    for arrow in ["ArrowDown"] * 10 + ["ArrowUp"] * 10:
        if await page.evaluate("document.activeElement.value") == value:
            return
        await page.keyboard.press(arrow)
    raise AssertionError(f"{words} does not offer {value}")


async def declared(ada: Someone) -> None:
    page = ada.page
    await page.get_by_text("Connected", exact=True).wait_for()
    await page.keyboard.press("c")
    await page.keyboard.type("Card payments failing")
    await tab_to(page, "SEV3")
    await page.keyboard.press("ArrowUp")
    await press(page, "Declare incident")
    await page.wait_for_url("**/incidents/INC-1")
    await page.get_by_text("Connected", exact=True).wait_for()


async def opened_from_the_list(mei: Someone) -> None:
    await mei.page.get_by_role("link", name="Card payments failing").wait_for()
    await mei.page.keyboard.press("j")
    await mei.page.keyboard.press("Enter")
    await mei.page.wait_for_url("**/incidents/INC-1")
    await mei.page.get_by_text("Connected", exact=True).wait_for()


async def roles_given(ada: Someone) -> None:
    """One to oneself, another to somebody else."""
    page = ada.page
    await press(page, "Acknowledge")
    await ada.sees("acknowledged")
    await press(page, "Take it, Incident commander")
    await page.locator("#roles").get_by_text("Ada", exact=True).wait_for()
    await expect(page.locator("#role-incident_commander")).to_be_focused()
    await seen_focus(page)
    await page.keyboard.press("Shift+Tab")
    await tells(page, FOCUSED, "Assign")
    await page.keyboard.press("Enter")
    await sheet(page)
    await choose(page, "Role", "operations_lead")
    await tab_to(page, "To")
    await page.keyboard.type("mei")
    await sent(page, "Assign without asking")
    await page.locator("#role-operations_lead").get_by_text("Mei", exact=True).wait_for()
    await tells(page, FOCUSED, "Assign")


async def noted(ada: Someone) -> None:
    await ada.page.keyboard.press("n")
    await ada.page.keyboard.type("Replica lag is 4 s.")
    await ada.page.keyboard.press("Enter")
    await ada.sees("Replica lag is 4 s.")
    await seen_focus(ada.page)
    await ada.page.keyboard.press("Escape")
    await seen_focus(ada.page)


async def severity_raised(ada: Someone) -> None:
    """An arrow goes on from the severity that holds."""
    page = ada.page
    await do(page, "Change the severity")
    await sheet(page)
    assert "SEV2" in await page.evaluate(FOCUSED)
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Tab")
    await page.keyboard.type("1 in 9 payments fails")
    await sent(page, "Change severity")
    await ada.sees("1 in 9 payments fails")


async def fixed(ada: Someone, mei: Someone) -> None:
    """Ada proposes, Mei approves, Ada does it."""
    page = ada.page
    await page.keyboard.press("x")
    await sheet(page)
    await page.keyboard.type("Fail over")
    await sent(page, "Propose")
    await mei.page.locator("#ACT-1").wait_for()
    await mei.page.keyboard.press("a")
    await tells(mei.page, FOCUSED, "Approve ACT-1")
    await seen_focus(mei.page)
    await mei.page.keyboard.press("Enter")
    await ada.sees("ACT-1 approved")
    for step, told in (("Start", "ACT-1 started"), ("Done", "ACT-1 completed")):
        await press(page, f"{step} ACT-1")
        await ada.sees(told)
        await expect(page.locator("#ACT-1")).to_be_focused()
        await seen_focus(page)


async def customers_told(ada: Someone) -> None:
    await ada.page.keyboard.press("u")
    await sheet(ada.page)
    await ada.page.keyboard.type("We are on it.")
    await sent(ada.page, "Post update")
    await ada.sees("We are on it.")


async def command_handed_over(ada: Someone, mei: Someone) -> None:
    await ada.page.keyboard.press("h")
    await sheet(ada.page)
    await ada.page.keyboard.type("mei")
    await sent(ada.page, "Offer to Mei")
    offer = mei.page.locator("#offer-incident_commander")
    await offer.wait_for()
    await mei.page.keyboard.press("a")
    await tells(mei.page, FOCUSED, "Accept incident commander")
    await mei.page.keyboard.press("Enter")
    leads = ada.page.locator("#role-incident_commander")
    await leads.get_by_text("Mei", exact=True).wait_for()
    await offer.wait_for(state="detached")
    await seen_focus(mei.page)


async def draft_read(ada: Someone) -> str:
    """What the link to the draft of the post-mortem opens."""
    await tab_to(ada.page, "Post-mortem draft")
    async with ada.context.expect_page() as opened:
        await ada.page.keyboard.press("Enter")
    return await (await opened.value).inner_text("body")


async def test_an_incident_is_run_from_declaration_to_post_mortem_without_a_mouse(
    ada: Someone, mei: Someone
) -> None:
    await declared(ada)
    await opened_from_the_list(mei)
    await roles_given(ada)
    await noted(ada)
    await severity_raised(ada)
    await fixed(ada, mei)
    await customers_told(ada)
    await command_handed_over(ada, mei)
    for state, reason in (("mitigated", "Errors are gone"), ("resolved", "Redundant again")):
        await move_to(ada.page, state, reason)
        await ada.sees(reason)
    draft = await draft_read(ada)

    incident = (await ada.server.call("GET", "/api/incidents/INC-1")).json()
    assert (incident["severity"], incident["status"]) == (1, "resolved")
    assert (incident["commander"], incident["opsLead"]) == ("mei", "mei")
    fixes = [(one["status"], one["approvedBy"]) for one in incident["actions"]]
    assert fixes == [("completed", "mei")]
    assert draft.startswith("# INC-1")
    for words in ("Card payments failing", "Replica lag is 4 s.", "Fail over", "We are on it."):
        assert words in draft, words
    assert ada.faults + mei.faults == []
