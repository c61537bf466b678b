"""Bad days: each says what happened and what to do, and nothing that was written is lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.people import NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import Relay, relayed, whole
from tests.process import ServerProcess, served


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("bad-days") / "data") as running:
        yield running


@pytest.fixture
async def relay(server: ServerProcess) -> AsyncIterator[Relay]:
    async with relayed(server) as network:
        yield network


async def declared(server: ServerProcess) -> str:
    answer = await server.call(
        "POST", "/api/incidents", {"title": "Card payments fail", "severity": 3}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def told(server: ServerProcess, incident: str) -> dict[str, Any]:
    whole: dict[str, Any] = (await server.call("GET", f"/api/incidents/{incident}")).json()
    return whole


async def lose(who: Someone, relay: Relay) -> None:
    await whole(who.page)
    await relay.cut()
    await who.page.locator(".link-state:not([data-state='live'])").first.wait_for()


async def come_back(who: Someone, relay: Relay) -> None:
    await relay.mend()
    await who.page.get_by_text("Connected", exact=True).first.wait_for()


async def kept(page: Page) -> list[str]:
    names: list[str] = await page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('out:'))"
    )
    return names


async def sign_out_elsewhere(who: Someone) -> None:
    """In another window of the same browser."""
    page = await who.context.new_page()
    await page.goto(f"{who.server.url}/oncall")
    await page.get_by_role("button", name="your account").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/signin")
    await page.close()


async def sign_in(who: Someone, handle: str) -> None:
    link = await who.server.call("POST", f"/api/people/{handle}/link")
    _, _, token = link.json()["url"].partition("/welcome")
    await who.page.goto(f"{who.server.url}/welcome{token}", wait_until="domcontentloaded")
    await who.page.get_by_role("button", name="Sign in as").click()


async def think_of_a_cause(page: Page) -> None:
    """Fill in a sheet and press its button."""
    await page.locator("#causes").get_by_role("button", name="Add").click()
    sheet = page.get_by_role("dialog")
    await sheet.locator("textarea, input").first.fill("The pool is small")
    await sheet.locator("[type=submit]").first.click()


async def test_a_sheet_without_a_network_closes_and_its_words_are_sent_later(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.open_room(incident)
    await lose(ada, relay)

    await think_of_a_cause(ada.page)
    await ada.page.get_by_role("dialog").wait_for(state="detached")
    await ada.page.locator("#toasts").get_by_text("Kept in this browser.").wait_for()
    await ada.page.locator("#outbox").get_by_text("1 change kept").wait_for()
    await come_back(ada, relay)
    await ada.page.locator("#causes").get_by_text("The pool is small").wait_for()
    await (
        ada.page.locator("#toasts").get_by_text("Kept in").wait_for(state="detached", timeout=5_000)
    )

    causes = (await told(server, incident))["hypotheses"]
    assert [one["description"] for one in causes] == ["The pool is small"]
    assert await kept(ada.page) == []


async def test_what_is_discarded_or_cancelled_without_a_network_is_never_sent(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.open_room(incident)
    await lose(ada, relay)

    await ada.say_each("Not this one.", "This one.")
    outbox = ada.page.locator("#outbox")
    await outbox.get_by_role("button", name="Show").click()
    row = outbox.get_by_role("listitem").filter(has_text="Not this one.")
    await row.get_by_role("button", name="Discard").click()
    await row.wait_for(state="detached")
    await come_back(ada, relay)
    await ada.page.locator("#entries a.ref").last.wait_for()
    await ada.sees("This one.")
    await ada.page.locator(".ev.pending").first.wait_for(state="detached")

    messages = [e["message"] for e in (await told(server, incident))["timeline"]]
    assert "This one." in messages
    assert "Not this one." not in messages


async def test_who_closes_a_sheet_before_it_was_answered_takes_it_back(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.open_room(incident)
    await whole(ada.page)
    relay.silence()

    await think_of_a_cause(ada.page)
    await ada.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    await ada.page.locator("#toasts").get_by_text("It was on its way already.").wait_for()

    assert await kept(ada.page) == []


async def test_a_refusal_on_return_stays_with_what_to_do_about_it(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.open_room(incident)
    await ada.say("/fix Restart it on db/primary")
    board = ada.page.locator("#board")
    await board.get_by_role("button", name="Start").click()
    await board.get_by_role("button", name="Done").wait_for()
    await lose(ada, relay)

    await board.get_by_role("button", name="Done").click()
    await ada.page.locator("#outbox").get_by_text("1 change kept").wait_for()
    path = f"/api/incidents/{incident}/actions/ACT-1"
    assert (await server.call("PUT", path, {"status": "abandoned"})).status_code == 200
    await come_back(ada, relay)
    refused = ada.page.locator("#outbox li[data-state='refused']")
    await refused.get_by_text("ACT-1 is abandoned; it cannot become completed.").wait_for()
    assert await axe(ada.page) == []
    for size in (PHONE, NARROW):
        await ada.look(size, "light")
        assert await overflow(ada.page) == 0
    assert await axe(ada.page) == []
    await ada.open_room(incident)
    await refused.get_by_role("button", name="Try again").click()
    await refused.get_by_text("cannot become completed").wait_for()
    await refused.get_by_role("button", name="Discard").click()
    await refused.wait_for(state="detached")

    assert await kept(ada.page) == []
    assert ada.faults == []


async def test_who_is_signed_out_is_led_back_and_what_they_wrote_is_sent(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "lea")
    await ada.open_room(incident)

    await sign_out_elsewhere(ada)
    banner = ada.page.locator("#banner")
    await banner.get_by_text("Signed out.").wait_for()
    await ada.say("Written while signed out.")
    await ada.page.locator("#outbox").get_by_text("Sign in again as Lea to send it.").wait_for()
    assert await axe(ada.page) == []
    await banner.get_by_role("link", name="Sign in").click()
    await ada.page.get_by_text(f"/incidents/{incident}").wait_for()
    await sign_in(ada, "lea")
    await ada.page.wait_for_url(f"**/incidents/{incident}")
    await ada.page.locator("#outbox .outbox").wait_for(state="detached")
    await ada.sees("Written while signed out.")
    await ada.page.locator(".ev.pending").first.wait_for(state="detached")

    last = (await told(server, incident))["timeline"][-1]
    assert (last["message"], last["author"]) == ("Written while signed out.", "lea")
    assert await kept(ada.page) == []


async def test_what_somebody_else_wrote_here_is_shown_and_never_sent(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "sam")
    await someone(browser, relay.server, "ivo")
    await ada.open_room(incident)
    await sign_out_elsewhere(ada)
    await ada.page.locator("#banner").get_by_text("Signed out.").wait_for()
    await ada.say("A note of Sam.")

    await sign_in(ada, "ivo")
    await ada.open_room(incident)
    outbox = ada.page.locator("#outbox")
    await outbox.get_by_text("Written by Sam, who is signed out.").wait_for()
    await ada.say("A note of Ivo.")
    await ada.sees("A note of Ivo.")
    await ada.page.locator(".ev.pending").first.wait_for(state="detached")

    messages = [e["message"] for e in (await told(server, incident))["timeline"]]
    assert "A note of Ivo." in messages
    assert "A note of Sam." not in messages
    assert len(await kept(ada.page)) == 1
    await outbox.get_by_role("button", name="Discard").click()
    await outbox.locator("li").wait_for(state="detached")
    assert await kept(ada.page) == []


async def test_a_tab_that_comes_back_under_another_name_says_so(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    who = await someone(browser, relay.server, "kim")
    other = await someone(browser, relay.server, "noa")
    await who.open_room(incident)
    await lose(who, relay)
    await who.say("A note of Kim.")

    await who.context.add_cookies(await other.context.cookies())  # type: ignore[arg-type]  # the same, read and written
    await come_back(who, relay)
    await who.page.locator("#toasts").get_by_text("You are signed in as Noa now").wait_for()
    await who.page.locator("#outbox").get_by_text("Written by Kim").wait_for()

    assert len(await kept(who.page)) == 1


async def test_a_role_that_is_lost_while_a_sheet_is_open_is_said_and_changes_what_is_offered(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    await server.call(
        "POST", f"/api/incidents/{incident}/timeline", {"message": "The key is hunter2."}
    )
    uma = await someone(browser, server, "uma")
    await uma.open_room(incident)
    await uma.page.get_by_text("The key is hunter2.").first.hover()
    await uma.page.get_by_role("button", name="Remove the text of").click()
    dialog = uma.page.get_by_role("dialog")

    changed = await server.call("PATCH", "/api/people/uma", {"role": "responder"})
    assert changed.status_code == 200, changed.text
    await uma.page.locator("#toasts").get_by_text("you are a responder").wait_for()
    await dialog.locator("[type=submit]").click()
    await dialog.get_by_role("alert").wait_for()
    refusal = await dialog.get_by_role("alert").inner_text()
    await dialog.get_by_role("button", name="Cancel").click()
    await uma.page.get_by_text("The key is hunter2.").first.hover()

    assert "Only an admin" in refusal
    await uma.page.get_by_role("button", name="Correct").first.wait_for()
    assert await uma.page.get_by_role("button", name="Remove the text of").count() == 0


async def test_two_tabs_of_one_person_keep_their_own_words(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)
    second = await ada.context.new_page()
    await second.goto(f"{server.url}/incidents/{incident}")
    await second.get_by_text("Connected", exact=True).first.wait_for()

    await ada.page.fill("#say", "The first tab.")
    await second.fill("#say", "The second tab.")
    await ada.page.reload()
    await second.reload()
    for page, words in ((ada.page, "The first tab."), (second, "The second tab.")):
        await page.get_by_text("Connected", exact=True).first.wait_for()
        await expect(page.locator("#say")).to_have_value(words)
    await second.close()
    third = await ada.context.new_page()
    await third.goto(f"{server.url}/incidents/{incident}")
    await third.get_by_text("Connected", exact=True).first.wait_for()

    await expect(third.locator("#say")).to_have_value("The second tab.")
    assert await ada.page.input_value("#say") == "The first tab."


async def test_a_server_that_is_away_for_long_says_since_when_and_what_still_works(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.page.clock.install()
    await ada.open_room(incident)

    await lose(ada, relay)
    await ada.page.clock.fast_forward("01:00:00")
    outbox = ada.page.locator("#outbox")
    await outbox.get_by_text("No answer from the server since").wait_for()
    assert await axe(ada.page) == []
    for size in (PHONE, NARROW):
        await ada.look(size, "light")
        assert await overflow(ada.page) == 0
    assert await axe(ada.page) == []
    await outbox.get_by_text("Reading works.").wait_for()
    assert await ada.page.locator("body").get_attribute("data-stale") is not None
    await come_back(ada, relay)
    await outbox.locator(".outbox").wait_for(state="detached")

    assert ada.faults == []


async def test_a_browser_that_keeps_nothing_says_so_and_asks_before_it_is_left(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
    )
    await ada.open_room(incident)
    await lose(ada, relay)

    await ada.say("Held by this tab alone.")
    await ada.page.locator("#outbox").get_by_text("1 note kept in this tab.").wait_for()
    await ada.page.locator("#outbox").get_by_text("Do not close it.").wait_for()
    async with ada.page.expect_event("dialog") as asked:
        await ada.page.close(run_before_unload=True)

    dialog = await asked.value
    assert dialog.type == "beforeunload"


async def test_a_note_can_be_withdrawn_for_a_while_and_a_state_put_back(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)
    toasts = ada.page.locator("#toasts")

    await ada.say("Sent too early.")
    await ada.page.locator("#entries").get_by_role("button", name="Undo").click()
    assert await toasts.locator(".toast").count() == 0
    await ada.page.locator("#entries del").get_by_text("Sent too early.").wait_for()
    await ada.say("/state mitigated traffic moved")
    await toasts.get_by_text("State is Mitigated now.").wait_for()
    await toasts.get_by_role("button", name="Undo").click()
    await ada.page.locator(".band .state").get_by_text("Investigating").wait_for()

    whole = await told(server, incident)
    (note,) = [e for e in whole["timeline"] if e["kind"] == "noted"]
    assert note["amended"]["message"] == "Withdrawn"
    assert whole["status"] == "active"
