"""What is known in the room: how services do, what speaks for a cause, and who is at what."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.process import ServerProcess, served

SERVICES = ["payments-api", "ledger-db", "checkout-web"]
REGIONS = ["us-east-1", "eu-west-1", "ap-southeast-1"]


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("facts") / "data") as running:
        yield running


async def declared(server: ServerProcess, **fields: object) -> str:
    told = {"title": "Card payments fail", "severity": 2}
    told |= {"affectedServices": SERVICES, "affectedRegions": REGIONS}
    answer = await server.call("POST", "/api/incidents", told | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def cell(who: Someone, service: str, region: str) -> str:
    row = who.page.locator(".matrix tbody tr").filter(has=who.page.get_by_text(service))
    words = await row.locator("td").all_inner_texts()
    heads = await who.page.locator(".matrix thead th").all_inner_texts()
    return words[[head.strip() for head in heads].index(region) - 1].strip().split()[-1]


async def says(who: Someone, place: str, word: str) -> None:
    await who.page.get_by_role("button", name=re.compile(rf"^{re.escape(place)} is ")).click()
    await who.page.locator("#say-health").get_by_role("button", name=word).click()


async def test_a_word_said_in_one_window_is_in_the_other_and_in_the_log(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada, mei = await someone(browser, server, "ada"), await someone(browser, server, "mei")
    for who in (ada, mei):
        await who.open_room(incident)

    await says(ada, "payments-api in eu-west-1", "down")
    await says(ada, "ledger-db in eu-west-1", "slow")
    await mei.sees("ledger-db in eu-west-1 is slow")

    for who in (ada, mei):
        grid = who.page.locator(".matrix")
        await expect(grid.locator("td[data-h=down]")).to_have_count(1)
        await expect(grid.locator("td[data-h=slow]")).to_have_count(1)
        assert await cell(who, "payments-api", "eu-west-1") == "down"
        assert await cell(who, "ledger-db", "eu-west-1") == "slow"
        assert await cell(who, "checkout-web", "us-east-1") == "ok"
    await says(mei, "payments-api in eu-west-1", "ok")
    await ada.sees("payments-api in eu-west-1 is well again")
    await expect(ada.page.locator("td[data-h=down]")).to_have_count(0)
    assert [ada.faults, mei.faults] == [[], []]


async def test_a_word_is_said_with_the_keyboard_alone(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)

    await ada.page.get_by_role("button", name="payments-api in us-east-1 is ok").focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.keyboard.press("Tab")
    await ada.page.keyboard.press("Enter")
    await ada.sees("payments-api in us-east-1 is down")

    changed = ada.page.get_by_role("button", name="payments-api in us-east-1 is down")
    await expect(changed).to_be_focused()


async def test_the_first_paint_says_the_same_words(browser: Browser, server: ServerProcess) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}"
    await server.call("PATCH", path, {"health": {"ledger-db": {"us-east-1": "down"}}})
    await server.call("POST", f"{path}/hypotheses", {"description": "The deploy"})
    await server.call("PUT", f"{path}/hypotheses/H1", {"entries": [1], "against": [2]})
    verdict = {"verdict": "eliminated", "reason": "It was earlier"}
    await server.call("PUT", f"{path}/hypotheses/H1", verdict)
    context = await browser.new_context(java_script_enabled=False)
    ada = await someone(browser, server, "ada")
    await context.add_cookies(await ada.context.cookies())  # type: ignore[arg-type]  # what one context gives, another takes
    still = await context.new_page()
    await still.goto(f"{server.url}/incidents/{incident}")
    await ada.open_room(incident)

    first = [text.split() for text in await still.locator(".matrix tr").all_inner_texts()]
    shown = ada.page.locator(".matrix tr")
    await expect(shown).to_have_count(len(first))
    seen = [re.sub(r"\S+ in \S+ is\s", "", text).split() for text in await shown.all_inner_texts()]

    for rows in ("#entries .ev .c > p", "#causes li p"):
        drawn = [" ".join(text.split()) for text in await still.locator(rows).all_inner_texts()]
        await expect(ada.page.locator(rows)).to_have_text(drawn, use_inner_text=True)
    assert first == seen
    assert first[2] == ["ledger-db", "down", "ok", "ok"]
    await context.close()


async def test_names_of_any_length_and_number_keep_the_page_in_its_width(
    browser: Browser, server: ServerProcess
) -> None:
    long = ["x" * 100, "\u202egnp.exe", "<b>bold</b>", "__proto__"]
    incident = await declared(
        server, affectedServices=long, affectedRegions=[f"region-{n}" for n in range(12)]
    )
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)
    await says(ada, "__proto__ in region-0", "slow")
    await ada.sees("__proto__ in region-0 is slow")

    assert await cell(ada, "__proto__", "region-0") == "slow"
    for size in (DESKTOP, PHONE, NARROW):
        await ada.look(size)
        if size != DESKTOP:
            await ada.page.locator("#tabs").get_by_role("button", name="People").click()
        assert await overflow(ada.page) == 0
    assert ada.faults == []


async def test_without_regions_a_service_is_down_everywhere(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server, affectedRegions=[])
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)

    await says(ada, "ledger-db", "down")

    await ada.sees("ledger-db is down")
    assert await cell(ada, "ledger-db", "Everywhere") == "down"


async def test_entries_are_cited_for_and_against_a_cause_and_lead_to_the_entry(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}"
    for message in ("Deployed at 03:00", "Errors began at 02:50"):
        await server.call("POST", f"{path}/timeline", {"message": message})
    await server.call("POST", f"{path}/hypotheses", {"description": "The deploy of 03:00"})
    notes = [
        e for e in (await server.call("GET", f"{path}/timeline")).json() if e["kind"] == "noted"
    ]
    deploy, errors = (entry["number"] for entry in notes)
    ada = await someone(browser, server, "ada")
    await ada.open_room(incident)

    for number, side in ((deploy, "Speaks for it"), (errors, "Speaks against it")):
        await ada.page.locator(f"#T{number}").hover()
        await ada.page.get_by_role("button", name=f"T{number} speaks for or against").click()
        await ada.page.get_by_role("button", name=side).click()
        await ada.sees(f"T{number} speaks {side.split()[1]} H1")
    cause = ada.page.locator("#H1")
    await expect(cause.locator("[data-side=for] .cite")).to_have_text(f"T{deploy}")
    await expect(cause.locator("[data-side=against] .cite")).to_have_text(f"T{errors}")

    await ada.look(PHONE)
    await ada.page.locator("#tabs").get_by_role("button", name="People").click()
    await cause.locator("[data-side=against] .cite").click()
    await expect(ada.page.locator(f"#T{errors}")).to_be_in_viewport()
    await ada.look(DESKTOP)
    await cause.get_by_role("button", name="Judge").click()
    await ada.page.get_by_text("Ruled out", exact=True).click()
    await ada.page.fill("#f-reason", "It was earlier")
    await ada.page.get_by_role("button", name="Save").click()
    await expect(cause).to_contain_text("ruled out: It was earlier")
    one = (await server.call("GET", path)).json()["hypotheses"][0]
    assert (one["verdict"], one["for"], one["against"]) == ("eliminated", [deploy], [errors])
    assert ada.faults == []


async def test_everybody_sees_who_is_at_which_fix_and_who_types(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}"
    await server.call("POST", f"{path}/actions", {"description": "Restart the proxies"})
    await server.call("POST", f"{path}/hypotheses", {"description": "The deploy"})
    ada, mei = await someone(browser, server, "ada"), await someone(browser, server, "mei")
    for who in (ada, mei):
        await who.open_room(incident)
    row = ada.page.locator(".presence li").filter(has_text="Mei")

    await mei.page.locator("#ACT-1").click()
    await expect(row).to_contain_text("on ACT-1")
    await mei.page.locator("#H1 p").first.click()
    await expect(row).to_contain_text("on H1")
    await mei.page.locator("#comms tr").first.click()
    await expect(row).to_contain_text("at the customers' update")
    await mei.page.fill("#say", "I think")
    await expect(row).to_contain_text("typing")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_facts_have_no_fault_of_accessibility(
    browser: Browser,
    server: ServerProcess,
    scheme: str,
    size: tuple[int, int],
) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}"
    words = {"payments-api": {"eu-west-1": "down"}, "ledger-db": {"eu-west-1": "slow"}}
    await server.call("PATCH", path, {"health": words})
    await server.call("POST", f"{path}/hypotheses", {"description": "The deploy"})
    await server.call("PUT", f"{path}/hypotheses/H1", {"entries": [1], "against": [2]})
    ada = await someone(browser, server, "ada")
    await ada.look(size, "light" if scheme == "light" else "dark")
    await ada.open_room(incident)
    if size == PHONE:
        await ada.page.locator("#tabs").get_by_role("button", name="People").click()
    await expect(ada.page.locator(".matrix")).to_be_visible()

    plain = await axe(ada.page)
    await ada.page.get_by_role("button", name="payments-api in eu-west-1 is down").click()
    opened = await axe(ada.page)

    assert (plain, opened) == ([], [])
