"""What a visit fetches: nothing twice, and what is needed to act not before somebody is there."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Route, expect

from bench.weight import listening
from tests.browser.people import Someone, someone
from tests.browser.relay import rests
from tests.process import ServerProcess, served

ACTING = re.compile(r"/joined/acting\.js$")
PALETTE = re.compile(r"/joined/palette\.js$")
RESTING = re.compile(r"/joined/resting\.js$")
WRITING = re.compile(r"/joined/writing\.js$")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("visits")
    async with served(folder) as running:
        await running.call("POST", "/api/incidents", {"title": "Checkout is down", "severity": 2})
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    await who.context.close()

    assert who.faults == []


@pytest.mark.parametrize("path", ["/", "/incidents/INC-1", "/oncall"])
async def test_a_later_visit_fetches_the_document_and_what_is_new(ada: Someone, path: str) -> None:
    await ada.open(path)
    await rests(ada.page)
    again = await ada.context.new_page()
    visit = await listening(again)
    await again.goto(ada.server.url + path)
    await rests(again)

    assert {visit.kinds[one] for one in visit.fetched()} <= {"Document", "Fetch"}
    assert "Document" in visit.kinds.values()


async def test_who_only_looks_is_spared_what_is_needed_to_act(ada: Someone) -> None:
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    await ada.open_room("INC-1")
    await rests(ada.page)

    assert [url for url in asked if RESTING.search(url)] != [], "what a page at rest brings"
    assert [url for url in asked if ACTING.search(url) or PALETTE.search(url)] == []


async def test_after_the_first_touch_a_sheet_opens_also_without_a_network(ada: Someone) -> None:
    await ada.open_room("INC-1")
    await ada.page.mouse.move(20, 20)
    await rests(ada.page, "acting")
    await ada.context.set_offline(True)
    await ada.page.locator("#board").get_by_role("button", name="Propose").click()
    await ada.page.get_by_role("dialog", name="Propose a fix").wait_for()
    await ada.context.set_offline(False)


async def test_the_first_key_on_a_page_opens_a_sheet_and_the_next_ones_are_written_in_it(
    ada: Someone,
) -> None:
    held: list[Route] = []
    await ada.context.route(ACTING, lambda route: held.append(route))  # noqa: PLW0108 (a bound builtin is refused)
    await ada.open_room("INC-1")
    async with ada.page.expect_request(ACTING):
        await ada.page.locator("#causes").get_by_role("button", name="Add").focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.type("A full disk")
    for route in held:
        await route.continue_()
    sheet = ada.page.get_by_role("dialog", name="Add a possible cause")

    await expect(sheet.get_by_label("What may be the cause")).to_have_value("A full disk")


async def test_a_line_that_is_sent_before_it_can_be_read_is_sent_once_it_can(ada: Someone) -> None:
    held: list[Route] = []
    await ada.context.route(WRITING, lambda route: held.append(route))  # noqa: PLW0108 (a bound builtin is refused)
    await ada.open_room("INC-1")
    await ada.say("Seen from the phone.")
    await expect(ada.page.locator("#say")).to_have_value("Seen from the phone.")
    await ada.page.press("#say", "Enter")
    for route in held:
        await route.continue_()
    await ada.sees("Seen from the phone.")

    await expect(ada.page.locator("#say")).to_have_value("")
    assert await ada.page.locator("#entries").get_by_text("Seen from the phone.").count() == 1


async def test_a_line_that_cannot_be_read_for_want_of_a_network_is_kept(ada: Someone) -> None:
    await ada.context.route(WRITING, lambda route: route.abort())
    await ada.open_room("INC-1")
    await ada.say("Rolled back 4711.")

    await ada.page.get_by_role("alert").get_by_text("Your words are kept").wait_for()
    await expect(ada.page.locator("#say")).to_have_value("Rolled back 4711.")
