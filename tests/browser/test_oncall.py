"""On call and the policy in a real window: covered by keyboard, faults one press away, axe."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.process import TOKEN, ServerProcess, served

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/follow-the-sun.yaml"
NAMES = {
    "ada.okafor": "Ada Okafor", "tom.reyes": "Tom Reyes", "jonas.weber": "Jonas Weber",
    "sofia.lind": "Sofia Lind", "mei.tan": "Mei Tan", "arjun.rao": "Arjun Rao",
}  # fmt: skip
SUMMER = "/oncall?from=2027-07-09&days=7"
JONAS = "Jonas Weber, operations-berlin, Fri 9 Jul 2027 07:00-15:00 UTC"
PAGES = ("/oncall", SUMMER, "/oncall?days=28", "/policy", "/policy?revision=0", "/you")
TWICE = "2027-10-31T02:30"
"""A time that comes twice in Berlin."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("oncall") / "data") as running:
        for handle, name in NAMES.items():
            person = {"handle": handle, "name": name, "timezone": "Europe/Berlin"}
            role = "admin" if handle == "jonas.weber" else "responder"
            made = await running.call("POST", "/api/people", person | {"role": role})
            assert made.status_code == 201, made.text
        await put_into_force(running, EXAMPLE.read_text())
        yield running


async def put_into_force(server: ServerProcess, policy: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/yaml"}
    async with httpx2.AsyncClient(timeout=60) as client:
        answer = await client.put(f"{server.url}/api/policy", content=policy, headers=headers)
    assert answer.is_success, answer.text


@pytest.fixture(scope="module")
async def jonas(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "jonas.weber")
    yield who
    await who.context.close()


async def everywhere(who: Someone) -> dict[str, Any]:
    """What axe finds on the page as it is, in both themes and sizes."""
    found = {}
    for size in (DESKTOP, PHONE):
        for scheme in ("dark", "light"):
            await who.look(size, scheme)
            found[f"{scheme}, {size[0]} px"] = await axe(who.page)
    return {look: wrong for look, wrong in found.items() if wrong}


async def focused(who: Someone) -> str:
    text: str = await who.page.evaluate("document.activeElement.textContent")
    return text


async def tab_to(who: Someone, wanted: Locator, presses: int = 30) -> None:
    """Press Tab until `wanted` has the focus."""
    for _ in range(presses):
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
        await who.page.keyboard.press("Tab")
    raise AssertionError("the Tab key never came there")


@pytest.mark.parametrize("path", PAGES)
async def test_axe_finds_nothing_and_no_page_scrolls_sideways(jonas: Someone, path: str) -> None:
    await jonas.open(path)
    found = await everywhere(jonas)
    await jonas.look(NARROW)

    assert found == {}
    assert await overflow(jonas.page) == 0
    assert jonas.faults == []


async def test_a_shift_is_covered_with_the_keyboard_alone(
    jonas: Someone, server: ServerProcess
) -> None:
    await jonas.look(DESKTOP)
    await jonas.open(SUMMER)
    page = jonas.page
    await tab_to(jonas, page.locator('[data-rota] g[tabindex="0"]'))
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowLeft")
    assert (await focused(jonas)).startswith(JONAS)
    await page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    await expect(dialog.get_by_role("heading", name="Cover me")).to_be_visible()
    assert await everywhere(jonas) == {}
    await jonas.look(DESKTOP)
    await page.keyboard.type("Mei")
    await tab_to(jonas, page.locator("[name=reason]"))
    await page.keyboard.type("School play")
    await page.keyboard.press("Enter")
    told = page.locator("[data-told]")
    await told.get_by_text("Mei Tan covers Jonas Weber in operations-berlin.").wait_for()

    (made,) = (await server.call("GET", "/api/rotations/operations-berlin")).json()["overrides"]
    assert ("jonas.weber", "mei.tan", "School play") == (
        made["person"], made["with"], made["reason"],
    )  # fmt: skip
    assert made["start"] == "2027-07-09T07:00:00.000Z"
    assert made["end"] == "2027-07-09T15:00:00.000Z"

    band = page.locator("g.band", has_text="Mei Tan covers Jonas Weber").first
    await band.click()
    await page.get_by_role("button", name="Cancel this override").click()
    await page.get_by_role("button", name="Cancel the override", exact=True).click()
    await told.get_by_text("The override in operations-berlin is cancelled.").wait_for()
    after = (await server.call("GET", "/api/rotations/operations-berlin")).json()
    assert after["overrides"] == []
    assert jonas.faults == []


async def test_a_gap_is_filled_from_the_gap_itself(jonas: Someone, server: ServerProcess) -> None:
    await jonas.look(DESKTOP)
    await jonas.open(SUMMER)
    page = jonas.page
    before = await page.locator("g.gap").count()
    await page.locator("g.gap").first.click()
    await page.select_option("#c-rotation", "operations-singapore")
    await page.get_by_role("button", name="Add me").click()
    await page.locator("[data-told]").get_by_text("is added").wait_for()
    await expect(page.locator("g.gap")).to_have_count(before - 1)

    found = (await server.call("GET", "/api/rotations/operations-singapore")).json()
    (made,) = found["overrides"]
    await server.call("DELETE", f"/api/rotations/operations-singapore/overrides/{made['id']}")
    assert (made["kind"], made["person"]) == ("add", "jonas.weber")
    assert made["start"] == "2027-07-09T23:00:00.000Z"
    assert made["end"] == "2027-07-10T00:00:00.000Z"


async def test_an_override_that_somebody_else_makes_appears_without_losing_the_place(
    jonas: Someone, server: ServerProcess
) -> None:
    await jonas.look(DESKTOP)
    await jonas.open(SUMMER)
    page, rotation = jonas.page, "/api/rotations/operations-berlin"
    band = page.locator("g.band", has_text=JONAS).first
    told = page.locator(".findings .why", has_text="Two are better")
    await band.focus()
    body = {"kind": "add", "person": "sofia.lind", "reason": "Two are better"}
    body |= {"start": "2027-07-09T06:00:00Z", "end": "2027-07-09T07:00:00Z"}
    made = (await server.call("POST", f"{rotation}/overrides", body)).json()
    await page.evaluate("window.dispatchEvent(new Event('focus'))")
    await told.wait_for()
    kept = await focused(jonas)
    found = await axe(page)

    await page.keyboard.press("Enter")
    await page.fill("#c-reason", "School play")
    await server.call("DELETE", f"{rotation}/overrides/{made['id']}")
    await page.evaluate("window.dispatchEvent(new Event('focus'))")
    still = await told.count()
    written = await page.input_value("#c-reason")
    await page.keyboard.press("Escape")
    await told.wait_for(state="detached")

    assert JONAS in kept
    assert (still, written, found) == (1, "School play", [])
    assert JONAS in await focused(jonas)
    assert await page.evaluate("document.activeElement.getAttribute('tabindex')") == "0"
    assert jonas.faults == []


async def test_a_page_that_cannot_be_brought_up_to_date_says_so(jonas: Someone) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/oncall")
    told = jonas.page.locator("[data-behind]")
    await jonas.page.route("**/oncall", lambda route: route.abort())
    await jonas.page.evaluate("window.dispatchEvent(new Event('focus'))")
    await told.get_by_text("could not be brought up to date").wait_for()
    found = await everywhere(jonas)
    await jonas.page.unroute("**/oncall")
    await jonas.page.evaluate("window.dispatchEvent(new Event('focus'))")
    await jonas.page.locator("[data-behind]:empty").wait_for(state="attached")

    assert found == {}
    assert jonas.faults == []


async def test_a_time_that_comes_twice_is_asked_about(jonas: Someone) -> None:
    await jonas.look(DESKTOP)
    await jonas.open(SUMMER)
    page = jonas.page
    await page.locator("g.band", has_text=JONAS).first.click()
    await page.fill("#c-start", TWICE)
    await page.locator('[data-which="start"]').wait_for()
    offered = await page.locator("[name=start-which] option").all_inner_texts()
    await page.select_option("[name=start-which]", index=1)

    assert offered == ["2027-10-31 00:30 UTC", "2027-10-31 01:30 UTC"]
    await expect(page.locator("#c-start-utc")).to_have_text("2027-10-31 01:30 UTC")


async def test_a_calendar_has_an_address_that_opens_it(
    jonas: Someone, server: ServerProcess
) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/oncall")
    page = jonas.page
    await page.get_by_role("button", name="Calendar of operations-berlin").click()
    await page.get_by_role("button", name="Make an address").click()
    await page.locator("[data-address]").wait_for()
    path = (await page.input_value("[data-address] input")).removeprefix(server.url)
    async with httpx2.AsyncClient() as client:
        calendar = await client.get(f"{server.url}/ical/{path.rpartition('/')[2]}")

    assert calendar.text.startswith("BEGIN:VCALENDAR")
    assert await everywhere(jonas) == {}


async def test_a_fault_of_the_policy_is_one_press_away(jonas: Someone) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/policy")
    page = jonas.page
    lines = ["escalation:", "  - {level: 1, page: {role: nobody_lead},",
             "     respond_within: 5m, escalate_after: 1m}"]  # fmt: skip
    text = "\n".join(lines)
    await page.fill("#policy-text", text)
    await page.get_by_role("button", name="Check").click()
    fault = page.get_by_role("button", name="must not be shorter")
    await fault.focus()
    found = await everywhere(jonas)
    await page.keyboard.press("Enter")
    at = await page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]")
    await page.get_by_role("button", name="Back to what holds").click()

    assert found == {}
    assert at == ["policy-text", text.index("1m}")]
    assert jonas.faults == []


async def test_whoever_saves_second_keeps_their_text_and_learns_who_was_first(
    jonas: Someone, server: ServerProcess
) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/policy")
    page = jonas.page
    mine = "severities:\n  1: {name: Mine, respond_within: 5m}\n"
    await page.fill("#policy-text", mine)
    await put_into_force(server, mine.replace("Mine", "Theirs"))
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("was first: revision 1 holds").wait_for()
    kept = await page.input_value("#policy-text")
    await page.reload()
    after_reload = await page.input_value("#policy-text")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Replace revision 1 with mine").click()
    await page.locator("[data-told]").get_by_text("Revision 2 holds").wait_for()

    assert (kept, after_reload) == (mine, mine)
    await expect(page.locator(".terms").get_by_text("Mine")).to_be_visible()


async def test_the_bands_are_readable_without_any_script(
    browser: Browser, server: ServerProcess, jonas: Someone
) -> None:
    signed_in = await jonas.context.storage_state()
    plain = await browser.new_context(java_script_enabled=False, storage_state=signed_in)
    page = await plain.new_page()
    await page.goto(f"{server.url}{SUMMER}")
    text = await page.locator("[data-rota]").text_content() or ""
    await plain.close()

    for expected in (JONAS, "No one 23:00-24:00", "Berlin", "operations-singapore"):
        assert expected in text


async def test_quiet_hours_are_kept(jonas: Someone, server: ServerProcess) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/you")
    page = jonas.page
    await page.get_by_label("Wait until they are over").check()
    await page.get_by_label("Notifications of an open page").uncheck()
    await page.fill("#y-from", "23:30")
    await page.get_by_role("button", name="Save").click()
    await page.locator("[data-told]").get_by_text("Saved.").wait_for()

    told = (await server.call("GET", "/api/people/jonas.weber")).json()
    assert told["quiet"] == {"from": "23:30", "to": "07:00"}
    assert told["notify"] == {"email": True, "webhook": True, "browser": False}
    assert await page.input_value("#y-from") == "23:30"


async def test_an_admin_edits_a_person_and_sees_why_something_is_refused(
    jonas: Someone, server: ServerProcess
) -> None:
    await jonas.look(DESKTOP)
    await jonas.open("/people")
    page = jonas.page
    await page.get_by_role("button", name="Edit Arjun Rao").click()
    found = await everywhere(jonas)
    await page.fill("#e-phone", "+65 555 010 2302")
    await page.fill("#e-timezone", "Nowhere/Land")
    await page.get_by_role("button", name="Save").click()
    await page.locator("#e-timezone[aria-invalid=true]").wait_for()
    await page.fill("#e-timezone", "Asia/Singapore")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("+65 555 010 2302").wait_for()

    told = (await server.call("GET", "/api/people/arjun.rao")).json()
    assert found == {}
    assert (told["phone"], told["timezone"]) == ("+65 555 010 2302", "Asia/Singapore")
    assert told["name"] == "Arjun Rao"
