"""Writing in the war room: lines that are completed, fixes that know what they meet, updates."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Scheme, Someone, axe, overflow, someone
from tests.process import ServerProcess, served

THUMB = 44
"""CSS pixels of what is pressed on a phone."""
AT_MOST = 6
"""Suggestions over a phone's keyboard."""
LOOKS: tuple[tuple[tuple[int, int], Scheme], ...] = ((DESKTOP, "dark"), (PHONE, "light"))
BROUGHT_BY_WRITING = re.compile(r"/(writing|acting)[^/]*\.js")
"""What reads a line and completes it comes with this file."""
LONG = pytest.mark.timeout(480)
"""The page is looked at by axe a dozen times."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("writing") / "data") as running:
        for handle, name in (("mei", "Mei Tanaka"), ("samir", "Samir Haddad")):
            await running.call("POST", "/api/people", {"handle": handle, "name": name})
        yield running


@pytest.fixture(scope="module")
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def declared(server: ServerProcess, **fields: Any) -> str:  # noqa: ANN401 (any JSON value)
    told = {"title": "Card payments fail", "severity": 3, "commander": "ada"} | fields
    answer = await server.call("POST", "/api/incidents", told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def proposed(server: ServerProcess, incident: str, words: str, **fields: str) -> None:
    path = f"/api/incidents/{incident}/actions"
    answer = await server.call("POST", path, {"description": words, **fields})
    assert answer.status_code == 201, answer.text


async def changed(server: ServerProcess, incident: str, action: str, **fields: str) -> None:
    path = f"/api/incidents/{incident}/actions/{action}"
    answer = await server.call("PUT", path, fields)
    assert answer.status_code == 200, answer.text


async def incident_of(server: ServerProcess, incident: str) -> dict[str, Any]:
    whole: dict[str, Any] = (await server.call("GET", f"/api/incidents/{incident}")).json()
    return whole


def options(who: Someone) -> Locator:
    return who.page.locator("#say-list [role=option]")


async def more(who: Someone, action: str, words: str) -> None:
    """Choose `words` from the menu of a fix."""
    await who.page.get_by_role("button", name=f"More about {action}").click()
    await who.page.locator(f"#more-{action}").get_by_role("button", name=words).click()


async def everywhere(who: Someone) -> dict[str, Any]:
    """What axe finds in either theme and size, as colours do not change with the size; and what
    sticks out of a narrow window."""
    found: dict[str, Any] = {}
    for size, scheme in LOOKS:
        await who.look(size, scheme)
        found[f"{scheme}, {size[0]} px"] = await axe(who.page)
    await who.look(NARROW)
    found["too wide"] = await overflow(who.page)
    await who.look(DESKTOP)
    return {look: wrong for look, wrong in found.items() if wrong}


async def test_a_role_is_handed_over_by_keys_that_complete_the_line(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    keys = ada.page.keyboard

    await keys.press("n")
    await keys.type("/hando")
    await keys.press("Tab")
    await keys.type("i")
    await keys.press("Enter")
    await keys.type("@tan")
    await options(ada).get_by_text("Mei Tanaka").wait_for()
    await keys.press("Enter")
    assert await ada.page.input_value("#say") == "/handoff ic @mei "
    await keys.type("I am off at four")
    await keys.press("Enter")

    await ada.page.locator("#roles").get_by_text("Offered to").wait_for()
    offer = (await incident_of(server, incident))["roles"]["incident_commander"]["offer"]
    assert offer["to"] == "mei"
    assert await ada.page.input_value("#say") == ""


async def test_keys_for_the_list_of_words_wait_for_it_where_it_comes_late(
    browser: Browser, server: ServerProcess
) -> None:
    """The network is slow, and she is not: nothing of what she presses goes elsewhere."""
    incident = await declared(server)
    hasty = await someone(browser, server, "ada")
    pressed = asyncio.Event()

    async def late(route: Route) -> None:
        await pressed.wait()
        await route.continue_()

    await hasty.page.route(BROUGHT_BY_WRITING, late)
    await hasty.open_room(incident)
    keys = hasty.page.keyboard
    await keys.press("n")
    await keys.type("/hando")
    await keys.press("Tab")
    await keys.type("i")
    await keys.press("Tab")
    await keys.type("@TAN")
    await keys.press("Enter")
    assert await hasty.page.evaluate("document.activeElement.id") == "say"
    pressed.set()

    await expect(hasty.page.locator("#say")).to_have_value("/handoff ic @mei ")
    await hasty.context.close()


async def test_enter_posts_a_line_in_which_anything_may_stand_and_escape_keeps_the_list_away(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, affectedServices=["db/primary", "db/replica"])
    await ada.open_room(incident)
    keys = ada.page.keyboard

    await keys.press("n")
    await keys.type("/fix Restart it on db")
    await options(ada).first.wait_for()
    await keys.press("Escape")
    await options(ada).first.wait_for(state="detached")
    await keys.type("/p")
    assert await options(ada).count() == 0
    await keys.press("Backspace")
    await keys.press("Backspace")
    await keys.press("Enter")

    await ada.page.locator("#ACT-1").wait_for()
    assert (await incident_of(server, incident))["actions"][0]["target"] == "db"


async def test_a_list_on_a_phone_fits_over_the_keyboard_and_is_pressed_with_a_thumb(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    for number in range(8):
        await proposed(server, incident, f"Restart node {number}")
    await ada.open_room(incident)
    await ada.look(PHONE)

    await ada.page.fill("#say", "/start ")
    await options(ada).first.wait_for()
    boxes = [await row.bounding_box() for row in await options(ada).all()]
    await options(ada).nth(1).click()

    assert len(boxes) == AT_MOST
    assert min(box["height"] for box in boxes if box) >= THUMB
    assert await ada.page.input_value("#say") == "/start ACT-7 "
    await ada.page.fill("#say", "")
    await ada.look(DESKTOP)


async def test_a_wrong_line_keeps_every_letter_and_a_question_sends_nothing(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)

    await ada.say("/done ACT-7 errors are gone")
    await ada.page.get_by_text("Nothing is proposed yet.").wait_for()
    assert await ada.page.input_value("#say") == "/done ACT-7 errors are gone"
    before = (await incident_of(server, incident))["seq"]
    await ada.say("/status")
    await ada.page.locator(".answer").get_by_text("Ada", exact=True).wait_for()
    await ada.say("/oncall")
    await ada.page.locator(".answer").get_by_text("Incident commander", exact=True).wait_for()

    assert (await incident_of(server, incident))["seq"] == before


@LONG
async def test_what_is_shown_over_the_composer_is_accessible(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, affectedServices=["db/primary"])
    await proposed(server, incident, "Restart", target="db/primary")
    await changed(server, incident, "ACT-1", status="in-progress")
    await ada.open_room(incident)
    found: dict[str, Any] = {}

    for line in ("/", "ask @", "/fix Drain it on db", "/fix Drain it on db/primary "):
        await ada.page.fill("#say", line)
        await ada.page.locator(".suggest, .composer-mode").first.wait_for()
        found[line] = await everywhere(ada)
    for line in ("/status", "/help", "/oncall", "/postmortem"):
        await ada.say(line)
        await ada.page.locator(".answer").wait_for()
        found[line] = await everywhere(ada)
        await ada.page.get_by_role("button", name="Close the answer").click()
    await ada.page.fill("#say", "/nothing")
    await ada.page.press("#say", "Enter")
    found["wrong"] = await everywhere(ada)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    await ada.page.fill("#say", "")


async def test_what_runs_comes_before_what_is_not_begun_and_what_is_pressed_next_stands_out(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Drain it", target="db/replica")
    await proposed(server, incident, "Restart", target="queue/ledger")
    await proposed(server, incident, "Fail over", target="queue/ledger")
    await changed(server, incident, "ACT-2", status="in-progress")
    await changed(server, incident, "ACT-3", runAfter="ACT-2")
    await ada.open_room(incident)

    cards = ada.page.locator("#board .fix")
    await expect(cards).to_have_count(3)
    assert ["ACT-2", "ACT-1", "ACT-3"] == [
        await one.get_attribute("id") for one in await cards.all()
    ]
    await expect(ada.page.locator("#board .btn.primary")).to_have_text("Start ACT-1")


async def test_nobody_is_offered_a_role_by_one_press_who_is_neither_here_nor_on_call(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)

    await ada.page.locator("#role-incident_commander").get_by_role("button", name="Hand").click()
    dialog = ada.page.get_by_role("dialog")
    await dialog.locator("[type=submit]").first.click()
    await dialog.get_by_text("Choose somebody first.").wait_for()
    names = await dialog.locator(".picker li b").all_inner_texts()
    await dialog.locator("#f-person").fill("tan")
    await dialog.get_by_role("button", name="Offer to Mei Tanaka").wait_for()
    await ada.page.keyboard.press("Escape")

    assert names[-1] == "Administrator"


async def test_a_conflict_is_seen_before_anybody_presses_and_overridden_only_with_a_reason(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Roll back", target="web", region="eu", owner="mei")
    await changed(server, incident, "ACT-1", status="in-progress")
    await proposed(server, incident, "Restart the pods", target="web/pods")
    await proposed(server, incident, "Drain", target="web/pods", region="us")
    await ada.open_room(incident)
    card = ada.page.locator("#ACT-2")

    told = await card.locator(".conflict").inner_text()
    assert "ACT-1 is running on web in eu, by Mei Tanaka" in told.replace("\n", " ")
    assert await ada.page.locator("#ACT-3 .conflict").count() == 0
    assert await card.get_by_role("button", name="Run after ACT-1").count() == 1
    await card.get_by_role("button", name="Start now anyway").click()
    await ada.page.get_by_role("button", name="Start ACT-2 anyway").click()
    assert await ada.page.locator("dialog[open] textarea:invalid").count() == 1
    await ada.page.fill("#f-override", "Orders are lost each minute")
    await ada.page.get_by_role("button", name="Start ACT-2 anyway").click()

    await ada.page.locator("#ACT-2[data-state=running]").wait_for()
    await ada.sees("Orders are lost each minute")


async def test_a_fix_is_claimed_handed_on_edited_and_ended_with_a_word(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Restart the pods", target="shop")
    await proposed(server, incident, "Drain the edge")
    await ada.open_room(incident)
    board = ada.page.locator("#board")

    await board.get_by_role("button", name="I'll do it ACT-1").click()
    await board.locator("#ACT-1").get_by_text("yours").wait_for()
    await more(ada, "ACT-1", "Hand to somebody else")
    await ada.page.keyboard.type("samir")
    await ada.page.get_by_role("button", name="Hand ACT-1 to Samir Haddad").click()
    await board.locator("#ACT-1").get_by_text("Samir Haddad").wait_for()
    await more(ada, "ACT-1", "Edit")
    await ada.page.fill("#f-description", "Restart the pods one by one")
    await ada.page.fill("#f-estimate", "ages")
    await ada.page.get_by_role("button", name="Save").click()
    await ada.page.get_by_text("“ages” is no length of time").wait_for()
    assert await ada.page.input_value("#f-description") == "Restart the pods one by one"
    await ada.page.fill("#f-estimate", "1h30m")
    await ada.page.get_by_role("button", name="Save").click()
    await board.locator("#ACT-1").get_by_text("one by one").wait_for()
    await board.get_by_role("button", name="Start ACT-1").click()
    await board.locator("#ACT-1").get_by_text("of 1 h 30 m").wait_for()
    await more(ada, "ACT-1", "Done, with a word on it")
    await ada.page.fill("#f-reason", "verified, errors are gone")
    await ada.page.get_by_role("button", name="ACT-1 is done").click()
    await board.get_by_text("verified, errors are gone").wait_for()
    await more(ada, "ACT-2", "Abandon")
    await ada.page.fill("#f-reason", "not needed any more")
    await ada.page.get_by_role("button", name="Abandon ACT-2").click()
    await board.get_by_text("abandoned: not needed any more").wait_for()

    one, two = (await incident_of(server, incident))["actions"]
    assert (one["owner"], one["estimate"], one["status"]) == ("samir", "PT1H30M", "completed")
    assert [one["reason"], two["reason"]] == ["verified, errors are gone", "not needed any more"]


async def test_a_sheet_that_is_refused_says_why_and_keeps_the_words(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Restart the pods")
    await ada.open_room(incident)

    await more(ada, "ACT-1", "Edit")
    await ada.page.fill("#f-description", "Restart them slowly")
    await changed(server, incident, "ACT-1", status="abandoned")
    await ada.page.get_by_role("button", name="Save").click()
    await ada.page.locator("dialog[open]").get_by_text("ACT-1 is already abandoned").wait_for()

    assert await ada.page.input_value("#f-description") == "Restart them slowly"
    await ada.page.keyboard.press("Escape")


async def test_a_sheet_that_is_closed_keeps_what_was_filled_in_until_it_is_sent_or_cancelled(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Fail over", target="cache/one")
    await changed(server, incident, "ACT-1", status="in-progress")
    await ada.open_room(incident)
    page, open_ = ada.page, ada.page.locator("dialog[open]")
    propose = page.locator("#board").get_by_role("button", name="Propose")
    words, target = open_.get_by_label("What should be done"), open_.locator("#f-target")

    await propose.click()
    await words.fill("Restart the primary")
    await target.fill("cache/one")
    await open_.get_by_label("High").check()
    await page.keyboard.press("Escape")
    await open_.wait_for(state="detached")
    await propose.click()
    await page.keyboard.type(", slowly")
    assert await words.input_value() == "Restart the primary, slowly"
    assert await target.input_value() == "cache/one"
    assert await open_.get_by_label("High").is_checked()
    await open_.locator(".warn").wait_for()

    await words.focus()
    await page.keyboard.press("Control+Enter")
    await open_.wait_for(state="detached")
    sent = (await incident_of(server, incident))["actions"][1]
    assert (sent["description"], sent["risk"]) == ("Restart the primary, slowly", "high")
    await propose.click()
    assert await words.input_value() == ""
    assert await open_.get_by_label("Medium").is_checked()

    await words.fill("Something else")
    await open_.get_by_role("button", name="Cancel").click()
    await open_.wait_for(state="detached")
    await propose.click()
    assert await words.input_value() == ""
    await page.keyboard.press("Escape")


async def test_who_ends_it_is_told_what_is_left_and_may_end_it_all_the_same(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, severity=2)
    await proposed(server, incident, "Restart the pods")
    await proposed(server, incident, "Drain the edge")
    await changed(server, incident, "ACT-1", status="abandoned")
    update = {"audience": "leadership", "message": "We know of it.", "nextUpdateIn": "PT30M"}
    sent = await server.call("POST", f"/api/incidents/{incident}/updates", update)
    assert sent.is_success, sent.text
    await ada.open_room(incident)

    await ada.page.locator("#band").get_by_role("button", name="change the state").click()
    sheet = ada.page.locator("dialog[open]")
    left = sheet.get_by_role("status")
    await sheet.get_by_text("Identified", exact=True).click()
    assert (await left.inner_text()).strip() == ""
    await sheet.get_by_text("Resolved", exact=True).click()
    await expect(left).to_contain_text("Fixes still open: ACT-2 Drain the edge.")
    await expect(left).not_to_contain_text("ACT-1")
    promised = r"Leadership was promised an update at \d\d:\d\d, customers at \d\d:\d\d, "
    await expect(left).to_contain_text(re.compile(promised))
    await expect(left).to_contain_text("Never told of it: customers, support team.")
    await sheet.get_by_role("button", name="Change state").click()
    await sheet.wait_for(state="detached")

    assert (await incident_of(server, incident))["status"] == "resolved"


async def test_a_approves_the_fix_that_has_the_focus_and_an_approval_is_taken_back(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, severity=1)
    await proposed(server, incident, "Restart the pods")
    await proposed(server, incident, "Drain the edge")
    await ada.open_room(incident)
    board = ada.page.locator("#board")

    await board.get_by_role("button", name="More about ACT-2").focus()
    await ada.page.keyboard.press("a")
    await board.locator("#ACT-2[data-state=ready]").wait_for()
    assert await board.locator("#ACT-1[data-state=waiting]").count() == 1
    await more(ada, "ACT-2", "Withdraw the approval")

    await board.locator("#ACT-2[data-state=waiting]").wait_for()


async def test_an_update_survives_escape_and_a_reload_and_is_forgotten_once_it_was_sent(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    write = ada.page.locator("#comms").get_by_role("button", name="Write update to customers")

    await write.click()
    await ada.page.fill("#f-see", "Some payments fail.")
    await ada.page.fill("#f-doing", "We look for the cause.")
    await ada.page.keyboard.press("Escape")
    await ada.page.reload()
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()
    await write.click()
    assert await ada.page.input_value("#f-see") == "Some payments fail."
    await ada.page.get_by_text("Leadership", exact=True).last.click()
    assert await ada.page.input_value("#f-see") == ""
    await ada.page.get_by_role("button", name="Begin with the draft for customers").wait_for()
    await ada.page.locator("dialog[open]").get_by_text("Customers", exact=True).click()
    await ada.page.get_by_role("button", name="Post update").click()
    await ada.sees("We look for the cause.")

    await write.click()
    assert await ada.page.input_value("#f-see") == ""
    await ada.page.get_by_role("button", name="Begin with the last update").click()
    assert await ada.page.input_value("#f-doing") == "We look for the cause."
    await ada.page.fill("#f-doing", "We fail over to the replica.")
    changes = ada.page.locator("dialog[open] .diff")
    await changes.locator("ins").first.wait_for()
    removed = " ".join(await changes.locator("del").all_text_contents())
    added = " ".join(await changes.locator("ins").all_text_contents())
    assert "look for" in removed
    assert "replica" not in removed
    assert "added: " in added
    assert "replica" in added
    await ada.page.keyboard.press("Escape")
    posted = [
        entry["message"]
        for entry in (await incident_of(server, incident))["timeline"]
        if entry["kind"] == "update_posted"
    ]
    assert len(posted) == 1
    assert posted[0].startswith("Some payments fail.\n\nWe look for the cause.\n\nNext update by ")


async def test_the_promise_begins_with_what_the_severity_has_promised(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, severity=1)
    await ada.open_room(incident)
    promised = (await incident_of(server, incident))["policy"]["updateEvery"]["customers"]

    await ada.page.locator("#comms").get_by_role("button", name="Write update to customers").click()

    assert await ada.page.locator("[name=nextUpdateIn]:checked").input_value() == promised
    await ada.page.keyboard.press("Escape")


@LONG
async def test_every_sheet_for_writing_is_accessible_in_both_themes_and_sizes(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await proposed(server, incident, "Roll back", target="mail", estimate="PT10M")
    await changed(server, incident, "ACT-1", status="in-progress")
    await proposed(server, incident, "Restart the pods", target="mail/pods")
    path = f"/api/incidents/{incident}/updates"
    await server.call("POST", path, {"audience": "customers", "message": "Some payments fail."})
    await ada.open_room(incident)
    found: dict[str, Any] = {"cards": await everywhere(ada)}
    choices = (
        ("ACT-2", "Edit"),
        ("ACT-2", "Hand to somebody else"),
        ("ACT-1", "Done, with a word on it"),
        ("ACT-1", "Abandon"),
    )

    await ada.page.get_by_role("button", name="More about ACT-2").click()
    found["menu"] = await everywhere(ada)
    await ada.page.keyboard.press("Escape")
    for action, words in choices:
        await more(ada, action, words)
        found[words] = await everywhere(ada)
        await ada.page.keyboard.press("Escape")
        focused = ada.page.get_by_role("button", name=f"More about {action}")
        await expect(focused).to_be_focused()
    await ada.page.get_by_role("button", name="Start now anyway").click()
    found["anyway"] = await everywhere(ada)
    await ada.page.keyboard.press("Escape")
    await ada.page.locator("#board").get_by_role("button", name="Propose", exact=True).click()
    await ada.page.fill("#f-target", "mail")
    await ada.page.locator("dialog[open] .warn").wait_for()
    found["propose"] = await everywhere(ada)
    await ada.page.keyboard.press("Escape")
    await ada.page.locator("#comms").get_by_role("button", name="Write update to customers").click()
    await ada.page.fill("#f-see", "Most payments work.")
    await ada.page.locator("dialog[open] .diff").wait_for()
    found["update"] = await everywhere(ada)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    await ada.page.keyboard.press("Escape")
