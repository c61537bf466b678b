"""Ctrl+K on every page: what is listed, what the keyboard does, and what works without a server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import whole
from tests.browser.test_pages import furnish
from tests.process import ServerProcess, served

ROOM = "/incidents/INC-1"
PAGES = ("/", ROOM, "/oncall", "/policy", "/people", "/docs", "/you", "/declare")


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("palette") / "data") as running:
        await furnish(running)
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


def palette(who: Someone) -> Locator:
    return who.page.locator("dialog.palette")


async def jump(who: Someone, words: str = "") -> Locator:
    """Open the palette by its keys and write; returns the options that are listed."""
    await who.page.keyboard.press("Control+k")
    field = palette(who).get_by_role("combobox")
    await field.wait_for()
    await who.page.keyboard.type(words)
    await palette(who).get_by_role("status").get_by_text("found").wait_for(state="attached")
    return palette(who).get_by_role("option")


async def chosen(who: Someone) -> str:
    """The words of the option that Enter would take, as a screen reader is led to it."""
    named = await palette(who).get_by_role("combobox").get_attribute("aria-activedescendant")
    option = palette(who).locator("[role=option][aria-selected=true]")
    assert await option.get_attribute("id") == named
    return str(await option.locator("bdi").inner_text())


async def test_what_can_be_done_here_stands_before_incidents_people_and_pages(
    ada: Someone,
) -> None:
    await ada.open_room("INC-1")
    await ada.page.locator("#say").focus()
    await jump(ada)
    at_once = (
        await palette(ada)
        .get_by_role("group")
        .evaluate_all("(groups) => groups.map((one) => one.getAttribute('aria-label'))")
    )
    first = await chosen(ada)
    await ada.page.keyboard.type("p")
    await palette(ada).get_by_role("group", name="Incidents").wait_for()
    await ada.page.keyboard.press("Backspace")
    await ada.page.keyboard.type("mei")
    await palette(ada).get_by_role("group", name="People").get_by_text("Mei Tanaka").wait_for()

    assert at_once == ["Do", "Open incidents", "Pages"]
    assert first == "Write a note"


async def test_arrows_choose_enter_does_it_and_esc_gives_the_focus_back(ada: Someone) -> None:
    await ada.open_room("INC-1")
    say = ada.page.locator("#say")
    await say.focus()
    options = await jump(ada)
    await options.filter(has_text="INC-").first.wait_for()
    passed = [await chosen(ada)]
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"):
        await ada.page.keyboard.press(key)
        passed.append(await chosen(ada))
    await ada.page.keyboard.press("Escape")
    await expect(say).to_be_focused()
    await jump(ada, "prop fix")
    await ada.page.keyboard.press("Enter")
    await ada.page.get_by_role("dialog", name="Propose a fix").wait_for()

    assert passed[0] == passed[4]
    assert passed[1] == passed[3]
    assert len(set(passed)) == 4


async def test_an_id_that_is_typed_leads_straight_there(ada: Someone) -> None:
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await jump(ada, "inc-1")
    await ada.page.keyboard.press("Enter")
    await ada.page.wait_for_url(f"**{ROOM}")
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()
    await jump(ada, "t2")
    await ada.page.keyboard.press("Enter")
    await ada.page.wait_for_url("**#T2")
    await expect(ada.page.locator("#T2")).to_be_in_viewport()
    await ada.look(PHONE)
    await jump(ada, "act-2")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.locator("#ACT-2")).to_be_focused()
    await expect(ada.page.locator("#ACT-2")).to_be_in_viewport()


async def test_a_person_is_paged_in_a_room_and_found_by_their_roles_elsewhere(
    ada: Someone,
) -> None:
    await ada.open_room("INC-1")
    await jump(ada, "tanaka")
    await palette(ada).get_by_role("option", name="Page Mei Tanaka").click()
    await expect(ada.page.locator("#say")).to_have_value("/page mei ")
    await ada.page.locator("#say").fill("")
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await jump(ada, "tanaka")
    await palette(ada).get_by_role("option", name="Mei Tanaka").click()
    await ada.page.wait_for_url("**/?role=mei")
    rows = await ada.page.locator(".row .mono[data-f=id]").all_inner_texts()

    assert rows == ["INC-1"]


async def test_without_the_server_it_still_does_what_can_be_done_here(ada: Someone) -> None:
    await ada.open_room("INC-1")
    await whole(ada.page)
    await ada.context.set_offline(True)
    await jump(ada, "note")
    await palette(ada).get_by_text("The server cannot be reached").wait_for()
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.locator("#say")).to_be_focused()
    await ada.page.locator("#say").evaluate("(element) => element.blur()")
    await ada.page.keyboard.press("?")
    await ada.page.get_by_role("dialog", name="Keys").wait_for()
    await ada.context.set_offline(False)


async def test_every_page_lists_its_keys_and_lets_single_ones_be_switched_off(
    ada: Someone,
) -> None:
    told = {}
    for path in PAGES:
        told[path] = await keys_of(ada, path)
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await ada.page.keyboard.press("?")
    keys = ada.page.get_by_role("dialog", name="Keys")
    await keys.get_by_label("Single keys").uncheck()
    await ada.page.keyboard.press("Escape")
    await ada.page.keyboard.press("c")
    opened = await ada.page.locator("dialog[open]").count()
    await jump(ada, "keys")
    await ada.page.keyboard.press("Enter")
    await keys.get_by_label("Single keys").check()
    await ada.page.keyboard.press("Escape")
    await ada.page.keyboard.press("c")
    await ada.page.locator("#declare[open]").wait_for()

    assert all({"?", "t"} <= found for found in told.values())
    assert {"n", "d", "x", "u", "h", "p", "a", "c", "w", "f p", "g i", "Ctrl Enter"} <= told[ROOM]
    assert opened == 0


DOUBLE_TAP = """() => {
  const [one, other] = ["a", "b"].map(() => document.createElement("button"));
  document.body.append(one, other);
  let pressed = 0;
  other.addEventListener("click", () => (pressed += 1));
  for (const button of [one, other])
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: 9, detail: 1 }));
  return pressed;
}"""


async def test_on_every_page_a_double_tap_does_not_press_what_moved_under_the_finger(
    ada: Someone,
) -> None:
    pressed = {}
    for path in PAGES:
        await ada.open(path)
        await ada.page.wait_for_load_state("load")
        pressed[path] = await ada.page.evaluate(DOUBLE_TAP)

    assert pressed == dict.fromkeys(PAGES, 0)


async def keys_of(who: Someone, path: str) -> set[str]:
    """What the sheet of keys of a page lists."""
    await who.open(path)
    if path == ROOM:
        await who.page.get_by_text("Connected", exact=True).first.wait_for()
        await whole(who.page)
    await who.page.evaluate("document.activeElement.blur()")
    await who.page.keyboard.press("?")
    keys = who.page.get_by_role("dialog", name="Keys")
    await keys.wait_for()
    found = await keys.locator("dt").all_inner_texts()
    await who.page.keyboard.press("Escape")
    return {" ".join(one.split()) for one in found}


async def test_the_palette_and_the_keys_are_accessible_and_fit_a_narrow_phone(
    ada: Someone,
) -> None:
    await ada.open_room("INC-1")
    found: dict[str, Any] = {}
    wide = {}
    for name in ("palette", "keys"):
        if name == "palette":
            await jump(ada, "p")
        else:
            await jump(ada, "all keys")
            await ada.page.keyboard.press("Enter")
            await ada.page.get_by_role("dialog", name="Keys").wait_for()
        for size in (DESKTOP, PHONE, NARROW):
            for scheme in ("dark", "light"):
                await ada.look(size, scheme)
                found[f"{name}, {scheme}, {size[0]} px"] = await axe(ada.page)
            wide[f"{name}, {size[0]} px"] = await overflow(ada.page)
        await ada.page.keyboard.press("Escape")
        await ada.look(DESKTOP)

    assert {look: wrong for look, wrong in found.items() if wrong} == {}
    assert set(wide.values()) == {0}


async def test_a_phone_has_a_button_for_it_that_a_thumb_can_press(ada: Someone) -> None:
    for path in ("/", ROOM):
        await ada.look(NARROW)
        await ada.open(path)
        await ada.page.get_by_text("Connected", exact=True).first.wait_for()
        button = ada.page.get_by_role("button", name="Jump to, or do something")
        reach = await button.evaluate(
            "(one) => [-21, 21].every((by) => { const box = one.getBoundingClientRect();"
            " const x = box.x + box.width / 2 + by, y = box.y + box.height / 2;"
            " return one.contains(document.elementFromPoint(x, y)); })"
        )
        await button.click()
        await palette(ada).get_by_role("combobox").wait_for()
        wide = await overflow(ada.page)

        assert (reach, wide) == (True, 0)


async def test_what_is_chosen_is_seen_without_colours_and_nothing_moves_for_those_who_ask(
    ada: Someone,
) -> None:
    await ada.open_room("INC-1")
    await ada.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    await jump(ada, "p")
    option = palette(ada).locator("[aria-selected=true]")
    style = await option.evaluate("(one) => getComputedStyle(one).outlineStyle")
    moves = await palette(ada).evaluate("(one) => getComputedStyle(one).animationDuration")

    assert style == "solid"
    assert moves in {"0s", "0.001s"}


async def test_what_is_open_stands_in_the_order_of_the_list_and_shows_what_cannot_be_seen(
    server: ServerProcess, ada: Someone
) -> None:
    hostile = "Half \u202eof Asia"
    worst = (await server.call("POST", "/api/incidents", {"title": hostile, "severity": 1})).json()
    for number in range(7):
        newer = {"title": f"Nothing much {number}", "severity": 5}
        await server.call("POST", "/api/incidents", newer)
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await jump(ada)
    options = palette(ada).get_by_role("group", name="Open incidents").get_by_role("option")
    await options.filter(has_text=worst["id"]).wait_for()
    words = await options.locator(".palette-before").all_inner_texts()
    rows = await ada.page.locator("[data-rows=open] .row .mono[data-f=id]").all_inner_texts()

    assert words == rows[:6]
    assert "[U+202E]of Asia" in await options.filter(has_text=worst["id"]).inner_text()


async def test_letters_that_are_typed_before_the_palette_has_come_are_in_it(ada: Someone) -> None:
    gate = asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        if "what to do" in await answer.text():  # in whichever file it travels
            await gate.wait()
        await route.fulfill(response=answer)

    await ada.page.route("**/*.js", late)
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    await ada.page.keyboard.press("Control+k")
    await ada.page.keyboard.type("dex")
    await ada.page.keyboard.press("Backspace")
    await ada.page.keyboard.type("clare")
    opened = await ada.page.locator("dialog[open]").count()
    gate.set()
    field = palette(ada).get_by_role("combobox")
    await field.wait_for()
    written = await field.input_value()
    await ada.page.unroute_all(behavior="ignoreErrors")

    assert (opened, written) == (0, "declare")


@pytest.mark.parametrize("path", ["/", ROOM, "/you"])
async def test_where_neither_the_palette_nor_the_help_can_come_that_is_said(
    ada: Someone, path: str
) -> None:
    async def none(route: Route) -> None:
        answer = await route.fetch()
        text = await answer.text()
        if (
            "Incident, person, page, or what to do" in text
            or "works either way, also while" in text
        ):
            await route.abort()
        else:
            await route.fulfill(response=answer)

    await ada.page.route("**/*.js", none)
    await ada.open(path)
    await ada.page.wait_for_load_state("networkidle")
    said = ada.page.get_by_role("alert").filter(has_text="has not come to the browser yet")
    await ada.page.keyboard.press("Control+k")
    await said.wait_for()
    found = await axe(ada.page)
    await ada.page.locator("#away").evaluate("(place) => place.remove()")
    await ada.page.evaluate("document.activeElement.blur()")
    await ada.page.keyboard.press("?")
    await said.wait_for()
    wide = await overflow(ada.page)
    await ada.page.unroute_all(behavior="ignoreErrors")

    assert ([], 0) == (found, wide)


async def test_what_was_found_for_other_letters_is_not_taken_for_these(ada: Someone) -> None:
    gate = asyncio.Event()

    async def late(route: Route) -> None:
        if "q=" in route.request.url:
            await gate.wait()
        await route.continue_()

    await ada.page.route("**/api/incidents?*", late)
    await ada.open_room("INC-1")
    options = await jump(ada)
    await options.filter(has_text="INC-").first.wait_for()
    await ada.page.keyboard.type("zzzz")
    left = await options.count()
    said = await palette(ada).locator(".palette-none").inner_text()
    gate.set()
    await palette(ada).get_by_text("Nothing is called that.").wait_for()

    assert (left, said) == (0, "Looking")
