"""Two people in one war room, and a server that dies under them."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import someone
from tests.process import ServerProcess, served


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("room") / "data") as running:
        yield running


async def declared(server: ServerProcess, title: str = "Card payments fail") -> str:
    answer = await server.call("POST", "/api/incidents", {"title": title, "severity": 1})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_an_entry_of_one_window_is_in_the_other_and_both_survive_a_killed_server(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    mei = await someone(browser, server, "mei", scheme="light")
    await ada.open_room(incident)
    await mei.open_room(incident)

    await ada.say("Replica lag is 4 s and falling.")
    await mei.sees("Replica lag is 4 s and falling.")
    await mei.say("/decide Fail over to eu-west-1b")
    await ada.sees("Fail over to eu-west-1b")

    await server.kill()
    for who in (ada, mei):
        await who.page.locator(
            ".link-state[data-state='wait'], .link-state[data-state='off']"
        ).first.wait_for()
    await server.start()
    for number in range(5):
        path = f"/api/incidents/{incident}/timeline"
        answer = await server.call("POST", path, {"message": f"After the restart, {number}"})
        assert answer.status_code == 201
    for who in (ada, mei):
        for number in range(5):
            await who.sees(f"After the restart, {number}")
        await who.page.get_by_text("Connected", exact=True).first.wait_for()
    await ada.say("Still here.")
    await mei.sees("Still here.")

    whole = (await server.call("GET", f"/api/incidents/{incident}")).json()
    numbers = [entry["number"] for entry in whole["timeline"]]
    assert numbers == list(range(1, len(numbers) + 1))
    for who in (ada, mei):
        shown = who.page.locator("#entries a.ref")
        await expect(shown).to_have_text([re.compile(rf"^\s*(Pinned )?T{n}\s*$") for n in numbers])
        assert who.faults == []


async def test_what_people_write_is_shown_as_text_and_never_runs(
    browser: Browser, server: ServerProcess
) -> None:
    hostile = "<img src=x onerror=alert(1)>\"'`{{7*7}}${1}</script><b>x"
    incident = await declared(server, hostile)
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)

    await ada.say(hostile)
    await ada.sees(hostile)
    await ada.say(f"/fix {hostile} on db/primary")
    await ada.page.locator("#board").get_by_text(hostile, exact=True).first.wait_for()
    await ada.open(f"/incidents/{incident}")
    await ada.sees(hostile)
    await ada.open("/")
    await ada.page.get_by_text(hostile, exact=True).first.wait_for()

    assert ada.faults == []
    assert await ada.page.locator("img").count() == 0


async def test_a_fix_goes_from_proposal_to_done_by_hand(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    mei = await someone(browser, server, "mei")
    await ada.open_room(incident)
    await mei.open_room(incident)
    await ada.page.locator("#roles").get_by_role("button", name="Take it").first.click()
    await mei.page.locator("#roles").get_by_text("Ada", exact=True).wait_for()
    await mei.say("/fix Restart the primary on db/primary in eu-west-1")
    board = ada.page.locator("#board")
    await board.get_by_role("button", name="Approve").click()
    await mei.page.locator("#board").get_by_role("button", name="Start").click()
    await board.get_by_role("button", name="Done").wait_for()
    done = mei.page.locator("#board").get_by_role("button", name="Done")
    await done.press("Enter")  # a second press of a finger so soon would do nothing
    await ada.sees("ACT-1 completed")

    actions = (await server.call("GET", f"/api/incidents/{incident}")).json()["actions"]
    assert [(a["status"], a["approvedBy"], a["owner"]) for a in actions] == [
        ("completed", "ada", "mei")
    ]
    assert ada.faults + mei.faults == []


async def test_presence_names_who_is_in_the_room(browser: Browser, server: ServerProcess) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    mei = await someone(browser, server, "mei")
    await ada.open_room(incident)
    await mei.open_room(incident)

    here = ada.page.locator("#here")
    await here.get_by_text("Mei", exact=True).wait_for()
    await mei.context.close()
    async with asyncio.timeout(30):
        await here.get_by_text("Mei", exact=True).wait_for(state="detached")
