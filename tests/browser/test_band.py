"""The band: what it says to somebody who was just woken, and what is edited where it stands."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import PHONE, Someone, axe, overflow, someone
from tests.browser.test_pages import furnish
from tests.process import ServerProcess, served

NEXT = "Next: ACT-1 Roll back, running"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("band") / "data") as running:
        await furnish(running)
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def test_a_phone_says_what_how_bad_who_leads_and_what_next_without_a_scroll_or_a_press(
    ada: Someone,
) -> None:
    await ada.look(PHONE)
    await ada.open("/incidents/INC-1")
    before = " ".join((await ada.page.locator("#band").inner_text()).split())
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()
    band = ada.page.locator("#band")
    for words in ("Card payments failing in Europe", "Investigating", "Ada Okafor leads"):
        await expect(band.get_by_text(words).first).to_be_in_viewport(ratio=1)
    await expect(band.locator(".sev-num")).to_be_in_viewport(ratio=1)
    await expect(band.locator(".band-next")).to_be_in_viewport(ratio=1)
    after = " ".join((await band.locator(".band-next").inner_text()).split())
    title = await ada.page.title()

    assert NEXT in before
    assert after.startswith(NEXT)
    assert "SEV1 Investigating · INC-1" in title
    assert await overflow(ada.page) == 0


async def test_the_summary_and_the_title_are_edited_where_they_stand_by_keyboard(
    ada: Someone,
) -> None:
    await ada.open_room("INC-2")
    page = ada.page

    async def does(words: str) -> None:
        await page.keyboard.press("Control+k")
        await page.get_by_role("combobox", name="Jump to").wait_for()
        await page.keyboard.type(words)
        await page.keyboard.press("Enter")

    await does("edit the summary")
    field = page.get_by_role("textbox", name="Summary")
    await expect(field).to_be_focused()
    found = await axe(page)
    await page.keyboard.type("About 1 in 9 checkouts fails.")
    await page.keyboard.press("Enter")
    summary = page.locator(".band-sum")
    await expect(summary).to_contain_text("About 1 in 9 checkouts fails.")
    await expect(summary).to_be_focused()
    await does("edit the title")
    await expect(page.get_by_role("textbox", name="Title", exact=True)).to_be_focused()
    await page.keyboard.type("Never mind")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Of severity 2")).to_be_visible()

    told = (await ada.server.call("GET", "/api/incidents/INC-2")).json()
    assert found == []
    assert told["title"] == "Of severity 2"
    assert told["description"] == "About 1 in 9 checkouts fails."


async def test_a_link_to_a_fix_shows_its_card_also_on_a_phone(ada: Someone) -> None:
    await ada.look(PHONE)
    await ada.open("/incidents/INC-1#ACT-3")
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()

    await expect(ada.page.locator("#ACT-3")).to_be_in_viewport()
    await expect(ada.page.locator("body")).to_have_attribute("data-tab", "fixes")
