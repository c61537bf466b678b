"""What the palette finds in a room by the words that people have for it, and by a slip of them."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import Someone, someone
from tests.browser.test_palette import chosen, jump, palette
from tests.process import ServerProcess, served


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("offers") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def declared(server: ServerProcess, status: str | None = None) -> str:
    body = {"title": "Card payments fail", "severity": 2}
    path = str((await server.call("POST", "/api/incidents", body)).headers["Location"])
    if status:
        moved = await server.call("PUT", f"{path}/status", {"status": status})
        assert moved.status_code == 200, moved.text
    return path.rsplit("/", 1)[-1]


async def first_for(who: Someone, words: str) -> str:
    await jump(who, words)
    found = await chosen(who) if await palette(who).get_by_role("option").count() else ""
    await who.page.keyboard.press("Escape")
    return found


async def test_the_state_the_severity_and_the_page_are_found_by_what_people_call_them(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open_room(await declared(server, "active"))
    found = {
        words: await first_for(ada, words)
        for words in (
            "mitigated", "resolve", "close", "fixed", "status", "sev",
            "ack", "acknowledge", "utc", "local", "zone",
        )
    }  # fmt: skip

    assert found == {
        "mitigated": "Change the state: mitigated",
        "resolve": "Change the state: resolved",
        "close": "Change the state: resolved",
        "fixed": "Change the state: resolved",
        "status": "Change the state",
        "sev": "Change the severity",
        "ack": "Acknowledge",
        "acknowledge": "Acknowledge",
        "utc": "Times in UTC or in your zone",
        "local": "Times in UTC or in your zone",
        "zone": "Times in UTC or in your zone",
    }


async def test_only_what_may_be_next_is_offered_and_its_sheet_opens_with_it_chosen(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open_room(await declared(server, "mitigated"))
    options = await jump(ada, "change the state")
    offered = await options.locator("bdi").all_inner_texts()
    await ada.page.keyboard.press("Escape")
    await jump(ada, "resolve")
    await ada.page.keyboard.press("Enter")
    sheet = ada.page.get_by_role("dialog", name="Change the state")

    await expect(sheet.get_by_role("radio", name="Resolved")).to_be_checked()
    assert "Change the state: mitigated" not in offered
    assert {"Change the state", "Change the state: resolved"} <= set(offered)


async def test_a_slip_in_a_word_of_four_letters_still_finds_after_what_is_meant(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open_room(await declared(server))
    found = {
        words: await first_for(ada, words)
        for words in ("udpate", "sevrity", "summry", "wallbord", "nto")
    }

    assert found["udpate"] == "Write an update"
    assert found["sevrity"] == "Change the severity"
    assert found["summry"] == "Edit the summary"
    assert found["wallbord"].startswith("Wallboard")
    assert found["nto"] == ""


async def test_the_first_offer_is_to_write_also_while_an_entry_is_pointed_at(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open_room(await declared(server))
    await ada.page.locator("#entries .ref").first.focus()
    options = await jump(ada)
    cite = options.filter(has_text="Cite the entry")
    first = await chosen(ada)
    await ada.page.keyboard.type("cite")
    await cite.wait_for()

    assert first == "Write a note"


@pytest.mark.parametrize("where", ["room", "list"])
async def test_where_the_browsers_zone_is_utc_that_is_said(
    server: ServerProcess, ada: Someone, where: str
) -> None:
    page = await ada.context.new_cdp_session(ada.page)
    await page.send("Emulation.setTimezoneOverride", {"timezoneId": "UTC"})
    if where == "room":
        await ada.open_room(await declared(server))
    else:
        await ada.open("/")
        await ada.page.get_by_text("Connected", exact=True).wait_for()
    await ada.page.evaluate("document.activeElement.blur()")
    said = ada.page.get_by_role("alert").filter(has_text="Your browser's zone is UTC.")
    await ada.page.keyboard.press("z")
    await said.wait_for()


async def test_somebody_whose_handle_is_misspelt_is_asked_for_and_nobody_is_paged(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open_room(await declared(server))
    await ada.say("/page dda")
    await ada.page.get_by_role("alert").filter(has_text="Do you mean /page @ada?").wait_for()
    await expect(ada.page.locator("#say")).to_have_value("/page dda")
