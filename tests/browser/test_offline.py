"""Nothing that was written is lost: without a network, without the tab, without the browser."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.people import Someone, someone
from tests.browser.relay import Relay, relayed, rests, whole
from tests.process import ServerProcess, served
from tests.scenarios.wrong_clocks import off_by

WRITTEN = ["Traffic is down by half.", "The replica took over.", "Checkout answers again."]
passed: dict[str, timedelta] = {}
"""By how much the clock of a server was put ahead."""
OF_OTHERS = ["Mei is looking at the proxy.", "The proxy is fine."]


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("offline") / "data") as running:
        yield running


@pytest.fixture
async def relay(server: ServerProcess) -> AsyncIterator[Relay]:
    async with relayed(server) as network:
        yield network


async def declared(server: ServerProcess, severity: int = 3) -> str:
    answer = await server.call(
        "POST", "/api/incidents", {"title": "Card payments fail", "severity": severity}
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def told(server: ServerProcess, incident: str) -> dict[str, Any]:
    whole: dict[str, Any] = (await server.call("GET", f"/api/incidents/{incident}")).json()
    return whole


async def with_a_running_fix(who: Someone, incident: str) -> None:
    await who.open_room(incident)
    await who.say("/fix Restart it on db/primary")
    await who.page.locator("#board").get_by_role("button", name="Start").click()
    await who.page.locator("#board").get_by_role("button", name="Done").wait_for()


async def lose(who: Someone, relay: Relay) -> None:
    await whole(who.page)
    await relay.cut()
    await who.page.locator(".link-state:not([data-state='live'])").first.wait_for()


async def five_minutes_pass(server: ServerProcess) -> None:
    await time_passes(server, timedelta(minutes=5))


async def time_passes(server: ServerProcess, length: timedelta) -> None:
    """For the server, which also starts again meanwhile: its clock is ahead from here on."""
    ahead = length + passed.get(server.url, timedelta(0))
    passed[server.url] = ahead
    await server.kill()
    server.will_have(**off_by(ahead))
    await server.start()


async def others_write(server: ServerProcess, incident: str) -> None:
    for message in OF_OTHERS:
        path = f"/api/incidents/{incident}/timeline"
        assert (await server.call("POST", path, {"message": message})).status_code == 201


def notes(whole: dict[str, Any]) -> list[tuple[str, bool]]:
    wanted = {*WRITTEN, *OF_OTHERS}
    return [(e["message"], e["late"]) for e in whole["timeline"] if e["message"] in wanted]


async def write_offline(who: Someone, relay: Relay) -> None:
    """Three entries and the end of a fix."""
    await lose(who, relay)
    await who.say_each(*WRITTEN)
    await who.page.locator("#board").get_by_role("button", name="Done").click()
    await who.page.locator("#outbox").get_by_text("3 notes and 1 change kept").wait_for()


async def everything_is_there_once(server: ServerProcess, incident: str, page: Page) -> None:
    await page.locator("#outbox .outbox").wait_for(state="detached")
    await page.locator("#entries").get_by_text(WRITTEN[-1]).first.wait_for()
    await page.locator(".ev.pending").first.wait_for(state="detached")
    whole = await told(server, incident)

    assert notes(whole) == [*((m, False) for m in OF_OTHERS), *((m, True) for m in WRITTEN)]
    (done,) = [e for e in whole["timeline"] if e["kind"] == "action_completed"]
    assert done["late"]
    assert whole["actions"][0]["status"] == "completed"
    shown = page.locator("#entries a.ref")
    await expect(shown).to_have_text([f"T{e['number']}" for e in whole["timeline"]])
    await expect(page.locator("#entries .late-mark")).to_have_count(len(WRITTEN) + 1)
    assert (
        await page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('out:'))") == []
    )


async def test_what_is_written_without_a_network_is_there_once_in_order_and_marked_as_late(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await with_a_running_fix(ada, incident)

    await write_offline(ada, relay)
    await five_minutes_pass(server)
    await others_write(server, incident)
    await relay.mend()
    await ada.page.locator("#outbox").get_by_role("button", name="Try now").click()

    await everything_is_there_once(server, incident, ada.page)
    assert ada.faults == []


async def test_a_change_that_is_old_by_now_is_sent_at_a_word_only_and_a_note_by_itself(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await with_a_running_fix(ada, incident)
    outbox = ada.page.locator("#outbox")

    await lose(ada, relay)
    await ada.say(WRITTEN[0])
    await ada.page.locator("#board").get_by_role("button", name="Done").click()
    await outbox.get_by_text("1 note and 1 change kept").wait_for()
    await time_passes(server, timedelta(minutes=31))
    await relay.mend()
    await outbox.get_by_role("button", name="Try now").click()

    await outbox.get_by_text("Is it still meant?").wait_for()
    await ada.page.locator(".ev.pending").first.wait_for(state="detached")
    whole = await told(server, incident)
    assert notes(whole) == [(WRITTEN[0], True)]
    assert whole["actions"][0]["status"] == "in-progress"

    await ada.page.reload(wait_until="domcontentloaded")
    await outbox.get_by_role("button", name="Send it").click()
    await outbox.locator(".outbox").wait_for(state="detached")
    assert (await told(server, incident))["actions"][0]["status"] == "completed"


async def test_a_page_that_nobody_touched_before_the_network_went_keeps_what_is_written(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await ada.open_room(incident)
    await rests(ada.page)

    await relay.cut()
    await ada.page.locator(".link-state:not([data-state='live'])").first.wait_for()
    await ada.say("/decide Fail over to the replica")
    await ada.page.locator("#outbox").get_by_text("1 note kept in this browser").wait_for()
    await relay.mend()
    await ada.page.locator("#outbox").get_by_role("button", name="Try now").click()

    await ada.page.locator("#outbox .outbox").wait_for(state="detached")
    whole = await told(server, incident)
    assert ["Fail over to the replica"] == [
        one["message"] for one in whole["timeline"] if one["type"] == "decision"
    ]


async def test_a_closed_tab_loses_nothing(
    browser: Browser, server: ServerProcess, relay: Relay
) -> None:
    incident = await declared(server)
    ada = await someone(browser, relay.server, "ada")
    await with_a_running_fix(ada, incident)

    await write_offline(ada, relay)
    await ada.page.close()
    await five_minutes_pass(server)
    await others_write(server, incident)
    await relay.mend()
    page = await ada.context.new_page()
    await page.goto(f"{ada.server.url}/incidents/{incident}")

    await everything_is_there_once(server, incident, page)


async def test_a_closed_browser_loses_nothing(
    browser: Browser, server: ServerProcess, relay: Relay, chromium: str, tmp_path: Path
) -> None:
    incident = await declared(server)
    known = await someone(browser, relay.server, "ada")
    before = await at_home(browser, chromium, tmp_path)
    await before.add_cookies((await known.context.storage_state())["cookies"])  # type: ignore[arg-type]  # the same, read and written
    ada = Someone("ada", relay.server, before, before.pages[0])
    await with_a_running_fix(ada, incident)

    await write_offline(ada, relay)
    await before.close()
    await five_minutes_pass(server)
    await others_write(server, incident)
    await relay.mend()
    after = await at_home(browser, chromium, tmp_path)
    page = after.pages[0]
    await page.goto(f"{ada.server.url}/incidents/{incident}")

    await everything_is_there_once(server, incident, page)
    await after.close()


async def at_home(browser: Browser, chromium: str, folder: Path) -> BrowserContext:
    """A browser that keeps on disk what pages keep."""
    return await browser.browser_type.launch_persistent_context(
        folder, executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
    )
