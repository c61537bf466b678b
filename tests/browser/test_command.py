"""Command in two real windows: handing over, answering the ladder, and what a page may not cost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.process import TOKEN, ServerProcess, served

POLICY = """
severities:
  1: {name: Critical, respond_within: 5m, resolve_within: 1h, update_every: 30m}
  2: {name: High, respond_within: 12s, resolve_within: 4h, update_every: 1h}
  3: {name: Medium, respond_within: 1h, resolve_within: 24h}
  4: {name: Low, respond_within: 4h, resolve_within: 7d}
  5: {name: Notice}
escalation:
  - {level: 1, page: {people: [mei]}, respond_within: 5m, escalate_after: 15m}
  - {level: 2, page: {people: [tomas]}, respond_within: 15m, escalate_after: 30m}
roles:
  incident_commander: {description: Decides}
  database_lead: {description: Knows the ledger}
"""
COMMANDER = "#role-incident_commander"
OFFER = "#offer-incident_commander"
COUNT_PRESSES = """() => {
  window.presses = 0;
  addEventListener("click", (event) => event.target.closest("button, a") && window.presses++, true);
}"""
RECORD_NOTIFICATIONS = """
  window.raised = [];
  window.Notification = class {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, { tag }) { window.raised.push([title, tag]); }
    close() {}
  };
"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("command") / "data") as running:
        for handle in ("ada", "mei", "tomas"):
            person = {"handle": handle, "name": handle.title(), "role": "admin"}
            made = await running.call("POST", "/api/people", person)
            assert made.status_code == 201, made.text
        await put_into_force(running, POLICY)
        yield running


async def put_into_force(server: ServerProcess, policy: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/yaml"}
    async with httpx2.AsyncClient(timeout=30) as client:
        url = f"{server.url}/api/policy"
        answer = await client.put(url, content=policy, headers=headers)
    assert answer.is_success, answer.text


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    async for who in at_a_desk(browser, server, "ada"):
        yield who


@pytest.fixture
async def mei(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    async for who in at_a_desk(browser, server, "mei"):
        yield who


async def at_a_desk(browser: Browser, server: ServerProcess, handle: str) -> AsyncIterator[Someone]:
    who = await someone(browser, server, handle)
    yield who
    await who.context.close()
    assert who.faults == []


async def declared(server: ServerProcess, **fields: Any) -> str:  # noqa: ANN401 (fields of a body)
    body = {"title": "Card payments fail", "severity": 1, **fields}
    answer = await server.call("POST", "/api/incidents", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def incident_of(server: ServerProcess, incident: str) -> dict[str, Any]:
    whole: dict[str, Any] = (await server.call("GET", f"/api/incidents/{incident}")).json()
    return whole


async def holds(who: Someone, name: str) -> None:
    """Wait until the window shows `name` as the incident commander."""
    await who.page.locator(f"{COMMANDER} .role-who").get_by_text(name, exact=True).wait_for()


async def seen_beside(who: Someone, other: str) -> None:
    await who.page.locator("#here").get_by_text(other, exact=True).wait_for()


async def test_offer_brief_and_accept_take_three_presses_and_the_old_holder_sees_it(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, commander="ada")
    room = f"/api/incidents/{incident}"
    decision = {"type": "decision", "message": "Fail over to eu-west-1b"}
    update = {"audience": "customers", "message": "We know the cause."}
    await server.call("POST", f"{room}/acknowledge")
    await server.call("POST", f"{room}/timeline", decision)
    await server.call("POST", f"{room}/updates", update)
    await server.call("POST", f"{room}/hypotheses", {"description": "The pool is too small"})
    await server.call("POST", f"{room}/actions", {"description": "Drain the zone"})
    await mei.open_room(incident)
    await ada.open_room(incident)
    await seen_beside(ada, "Mei")
    for who in (ada, mei):
        await who.page.evaluate(COUNT_PRESSES)

    await ada.page.locator(COMMANDER).get_by_role("button", name="Hand over").click()
    await ada.page.get_by_role("button", name="Offer to Mei").click()
    brief = mei.page.locator(f"{OFFER} .brief")
    for told in (
        "SEV1 Investigating",
        "Fail over to eu-west-1b",
        "ACT-1 waits",
        "H1 open",
        "Customers: due in",
        "We know the cause.",
    ):
        await brief.get_by_text(told).first.wait_for()
    await ada.page.locator(COMMANDER).get_by_text("Offered to Mei").wait_for()
    await holds(mei, "Ada")
    await mei.page.locator(OFFER).get_by_role("button", name="Accept").click()
    await holds(ada, "Mei")
    await holds(mei, "Mei")

    presses = [await who.page.evaluate("window.presses") for who in (ada, mei)]
    assert presses == [2, 1]
    assert (await incident_of(server, incident))["commander"] == "mei"
    assert await mei.page.locator(OFFER).count() == 0
    await ada.sees(", accepted")


async def test_a_handoff_needs_no_mouse(server: ServerProcess, ada: Someone, mei: Someone) -> None:
    incident = await declared(server, commander="ada")
    await server.call("POST", f"/api/incidents/{incident}/acknowledge")
    await mei.open_room(incident)
    await ada.open_room(incident)

    await ada.page.keyboard.press("h")
    await ada.page.keyboard.type("mei")
    await ada.page.keyboard.press("Enter")
    await mei.page.locator(OFFER).wait_for()
    await mei.page.keyboard.press("a")
    await expect(mei.page.locator(OFFER).get_by_role("button", name="Accept")).to_be_focused()
    await mei.page.keyboard.press("Enter")

    await holds(ada, "Mei")


async def test_a_declined_offer_leaves_the_holder_and_says_why(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, commander="ada")
    await mei.open_room(incident)
    await ada.open_room(incident)

    await ada.say("/handoff ic @mei I am off at four")
    offer = mei.page.locator(OFFER)
    await offer.get_by_text("I am off at four").wait_for()
    await offer.get_by_role("button", name="Decline").click()
    await mei.page.keyboard.type("I am on a train")
    await mei.page.keyboard.press("Enter")
    await ada.sees("I am on a train")
    await ada.page.locator(f"{COMMANDER} .role-note").wait_for(state="detached")

    await holds(mei, "Ada")
    assert (await incident_of(server, incident))["commander"] == "ada"


async def test_an_offer_can_be_taken_back_before_it_is_answered(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, commander="ada")
    await mei.open_room(incident)
    await ada.open_room(incident)
    await ada.say("/handoff ic @mei")
    await mei.page.locator(OFFER).wait_for()

    await ada.page.locator(COMMANDER).get_by_role("button", name="Withdraw").click()

    await mei.page.locator(OFFER).wait_for(state="detached")
    await holds(mei, "Ada")


async def test_a_role_that_the_policy_adds_is_taken_like_any_other(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    await mei.open_room(incident)

    await ada.page.locator("#role-database_lead").get_by_role("button", name="Take it").click()

    card = mei.page.locator("#role-database_lead")
    await card.get_by_text("Ada", exact=True).wait_for()
    await card.get_by_text("Database lead", exact=True).wait_for()


async def test_whoever_is_paged_answers_with_one_press_and_the_ladder_stops(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    await mei.open_room(incident)
    await ada.page.locator("#ladder [data-s=ringing]").get_by_text("Mei", exact=True).wait_for()
    assert await ada.page.locator("#yours button").count() == 0

    await mei.page.locator("#yours").get_by_role("button", name="Acknowledge").click()

    rung = ada.page.locator("#ladder [data-s=acked]")
    await rung.get_by_text("answered in").wait_for()
    await mei.page.locator("#yours .yours-item").wait_for(state="detached")
    ladder = (await incident_of(server, incident))["escalation"]
    assert (ladder["acknowledgedBy"], ladder["climbAt"]) == ("mei", None)


async def test_an_acknowledgement_that_led_nowhere_is_asked_about_and_a_role_answers(
    server: ServerProcess, mei: Someone
) -> None:
    incident = await declared(server, severity=2)
    await mei.open_room(incident)
    await mei.page.keyboard.press("a")
    await mei.page.keyboard.press("Enter")

    await mei.page.locator("#yours").get_by_text("Still on it?").wait_for()
    await mei.page.locator("#yours").get_by_role("button", name="Take incident commander").click()
    await mei.page.locator("#yours .yours-item").wait_for(state="detached")

    ladder = (await incident_of(server, incident))["escalation"]
    assert (ladder["acknowledgedBy"], ladder["asked"], ladder["proveBy"]) == ("mei", False, None)


async def test_what_is_typed_before_a_sheet_has_come_is_written_in_it(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    gate = asyncio.Event()

    async def late(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    await ada.page.route("**/joined/acting.js", late)
    await ada.open_room(incident)
    await ada.page.locator("#ladder").get_by_role("button", name="Page next level").click()
    await ada.page.keyboard.type("no answerr")
    await ada.page.keyboard.press("Backspace")
    await ada.page.keyboard.type(" by phone")
    opened = await ada.page.locator("dialog[open]").count()
    gate.set()
    await ada.page.keyboard.press("Enter")

    await ada.sees("no answer by phone")
    assert opened == 0


async def test_the_ladder_is_climbed_paused_and_resumed_by_hand(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await ada.open_room(incident)
    ladder = ada.page.locator("#ladder")

    await ladder.get_by_role("button", name="Page next level").click()
    await ada.page.keyboard.type("no answer by phone either")
    await ada.page.keyboard.press("Enter")
    await ladder.locator("[data-s=ringing]").get_by_text("Tomas", exact=True).wait_for()
    await ladder.locator("[data-s=silent]").get_by_text("Mei", exact=True).wait_for()
    await ada.sees("no answer by phone either")
    await ada.say("/pause 15m the vendor looks")
    await ladder.get_by_text("Paused until").wait_for()
    await ladder.get_by_role("button", name="Resume").click()
    await ladder.get_by_text("Paused until").wait_for(state="detached")
    await ada.say("/resume")
    await ada.page.get_by_text("Paging is not paused, so there is nothing to resume.").wait_for()

    assert (await incident_of(server, incident))["escalation"]["level"] == 2


async def test_a_person_paged_by_name_sees_it_and_the_page_of_all_incidents_shows_pages_too(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    first = await declared(server, title="Search is slow")
    await mei.open("/")
    strip = mei.page.locator("#yours")
    line = strip.locator(".yours-item").filter(has_text=f"You are paged for {first} ")
    await line.get_by_role("button", name="Acknowledge").click()
    await line.wait_for(state="detached")
    await ada.open_room(first)
    await mei.open_room(first)

    await ada.say("/page @mei the index is gone")

    await mei.page.locator("#yours").get_by_text("the index is gone").wait_for()
    assert (await incident_of(server, first))["escalation"]["acknowledgedBy"] == "mei"


async def test_a_page_is_notified_once_over_two_tabs_and_only_to_whom_it_names(
    browser: Browser, server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, severity=5)
    other = await mei.context.new_page()
    for page in (mei.page, other, ada.page):
        await page.add_init_script(RECORD_NOTIFICATIONS)
    await ada.open_room(incident)
    await mei.open_room(incident)
    await other.goto(f"{server.url}/")
    await other.get_by_text("Connected", exact=True).wait_for()

    await ada.say("/sev 1 it is worse")
    await mei.page.locator("#yours").get_by_role("button", name="Acknowledge").wait_for()
    await other.locator("#yours").get_by_text(f"You are paged for {incident}").wait_for()

    told: list[list[str]] = []
    async with asyncio.timeout(30):  # which tab is first is settled a moment later
        while not told:
            await asyncio.sleep(0.1)
            told = [one for page in (mei.page, other) for one in await page.evaluate("raised")]

    assert [tag for _, tag in told] == [f"{incident} page 1"]
    assert told[0][0].startswith(f"You are paged: {incident} SEV1")
    assert await ada.page.evaluate("raised") == []


async def test_a_busy_target_offers_to_run_afterwards_and_it_starts_by_itself(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, severity=3, commander="ada")
    await ada.open_room(incident)
    await mei.open_room(incident)
    place = "db/primary in eu-west-1"
    await mei.say_each(f"/fix Roll back on {place}", f"/fix Restart on {place}")
    board = mei.page.locator("#board")
    await board.locator("#ACT-1").get_by_role("button", name="Start").click()

    await board.locator("#ACT-2 .conflict").wait_for()
    await board.get_by_role("button", name="Run after ACT-1").click()
    await ada.page.locator("#ACT-2 summary").get_by_text("after ACT-1").wait_for()
    await board.locator("#ACT-1").get_by_role("button", name="Done").click()

    await ada.page.locator("#ACT-2[data-state=running]").wait_for()


async def test_an_update_is_put_off_in_the_open(server: ServerProcess, ada: Someone) -> None:
    incident = await declared(server)
    await ada.open_room(incident)

    await ada.page.get_by_role("button", name="Snooze the update to support").click()
    await ada.page.keyboard.type("they sleep")
    await ada.page.keyboard.press("Enter")

    await ada.page.locator("#comms").get_by_text("snoozed").wait_for()
    await ada.sees("they sleep")


ROWS = """() => [...document.querySelectorAll("#entries .ev")].map((row) =>
  [row.id, row.className, row.querySelector(".c").textContent.replace(/\\s+/g, " ").trim()])"""


async def test_the_first_paint_tells_the_timeline_and_the_roles_as_the_live_page_does(
    browser: Browser, server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, commander="ada")
    room = f"/api/incidents/{incident}"
    for path, body in (
        ("roles/incident_commander/handoff", {"to": "mei", "brief": "ask tomas"}),
        ("escalate", {"reason": "mei is asleep"}),
        ("escalate", {"people": ["tomas"], "reason": "the index is gone"}),
        ("pause-escalation", {"for": "PT15M", "reason": "the vendor looks"}),
        ("hypotheses", {"description": "The pool is too small"}),
        ("actions", {"description": "Drain: the zone", "owner": "mei"}),
        ("updates/support/snooze", {"for": "PT15M"}),
    ):
        answer = await server.call("POST", f"{room}/{path}", body)
        assert answer.is_success, (path, answer.text)
    storage = await ada.context.storage_state()
    plain = await browser.new_context(java_script_enabled=False, storage_state=storage)
    page = await plain.new_page()
    await page.goto(f"{server.url}/incidents/{incident}")
    await ada.open_room(incident)

    painted = [await at.evaluate(ROWS) for at in (page, ada.page)]
    names = [
        await at.locator("#roles :is(.role-name, .role-who)").all_inner_texts()
        for at in (page, ada.page)
    ]
    await plain.close()
    assert painted[0] == painted[1]
    assert names[0] == names[1]
    assert len(painted[0]) > 8


async def everywhere(page: Page, who: Someone) -> dict[str, Any]:
    """What axe finds, and by how much the page is too wide, in both themes and all sizes."""
    found: dict[str, Any] = {}
    for size in (DESKTOP, PHONE, NARROW):
        for scheme in ("dark", "light"):
            await who.look(size, "dark" if scheme == "dark" else "light")
            look = f"{scheme}, {size[0]} px"
            found[look] = [
                *await axe(page),
                *([too_wide] if (too_wide := await overflow(page)) else []),
            ]
    return {look: wrong for look, wrong in found.items() if wrong}


async def test_pages_offers_and_the_ladder_are_accessible_and_fit_on_a_phone(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, commander="ada")
    await server.call(
        "POST", f"/api/incidents/{incident}/hypotheses", {"description": "The pool is too small"}
    )
    await ada.open_room(incident)
    await mei.open_room(incident)
    await ada.say("/handoff ic @mei")
    await mei.page.locator(f"{OFFER} .brief dt").first.wait_for()

    found = {"paged and offered": await everywhere(mei.page, mei)}
    found["offering"] = await everywhere(ada.page, ada)
    await mei.look(PHONE)
    for tab in ("Paging", "Comms", "People"):
        await mei.page.locator("#tabs").get_by_role("button", name=tab).click()
        found[tab] = await everywhere(mei.page, mei)
    await mei.open("/")
    await mei.page.locator("#yours").get_by_text("You are offered").first.wait_for()
    found["list"] = await everywhere(mei.page, mei)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}


async def test_a_policy_that_changed_since_is_offered_and_applied_by_a_press(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await put_into_force(server, POLICY.replace("escalate_after: 15m", "escalate_after: 20m"))
    await ada.open_room(incident)
    ladder = ada.page.locator("#ladder")

    await ladder.get_by_role("button", name="Apply").click()
    await ada.page.get_by_role("button", name="Apply the policy").click()
    await ada.sees("The policy as it is now holds")

    await ladder.locator(".policy-line").wait_for(state="detached")
    assert (await incident_of(server, incident))["policy"]["revision"] == 2
