"""What the list of incidents says of who is waited for, live, and whom a declaration will page."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, WebSocketRoute, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import whole
from tests.process import TOKEN, ServerProcess, served

POLICY = """
severities:
  1: {name: Critical, respond_within: 5m, resolve_within: 1h, update_every: 30m}
  2: {name: High, respond_within: 5m, resolve_within: 4h}
  3: {name: Medium, respond_within: 12s, resolve_within: 24h}
  4: {name: Low, respond_within: 4h}
  5: {name: Notice}
escalation:
  - {level: 1, page: {people: [mei]}, respond_within: 5m, escalate_after: 15m}
roles:
  incident_commander: {description: Decides}
"""
LONG_AGO = "2026-01-01T00:00:00.000Z"


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("list") / "data") as running:
        for handle in ("ada", "mei"):
            person = {"handle": handle, "name": handle.title(), "role": "admin"}
            made = await running.call("POST", "/api/people", person)
            assert made.status_code == 201, made.text
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/yaml"}
        async with httpx2.AsyncClient(timeout=30) as client:
            url = f"{running.url}/api/policy"
            answer = await client.put(url, content=POLICY, headers=headers)
        assert answer.is_success, answer.text
        yield running


@pytest.fixture
async def mei(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "mei")
    yield who
    await who.context.close()
    assert who.faults == []


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    await who.context.close()
    assert who.faults == []


async def declared(server: ServerProcess, **fields: Any) -> str:  # noqa: ANN401 (fields of a body)
    answer = await server.call("POST", "/api/incidents", {"title": "Card payments fail", **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def watching(who: Someone) -> Locator:
    """The strip of what waits for them, on the list, live."""
    await who.open("/")
    await who.page.get_by_text("Connected", exact=True).wait_for()
    return who.page.locator("#yours .yours-item")


async def everywhere(who: Someone) -> dict[str, Any]:
    """What axe finds on the page as it is, in both themes and sizes."""
    found = {}
    for size in (DESKTOP, PHONE):
        for scheme in ("dark", "light"):
            await who.look(size, scheme)
            found[f"{scheme}, {size[0]} px"] = await axe(who.page)
    return {look: wrong for look, wrong in found.items() if wrong}


async def test_whoever_is_paged_by_name_sees_it_on_the_list_until_they_enter_something(
    server: ServerProcess, mei: Someone
) -> None:
    incident = await declared(server, severity=5)
    lines = await watching(mei)
    assert await lines.filter(has_text=f"{incident} ").count() == 0

    reason = {"people": ["mei"], "reason": "You know the index"}
    await server.call("POST", f"/api/incidents/{incident}/escalate", reason)
    line = lines.filter(has_text=f"paged you for {incident}")
    await line.wait_for()
    found = await everywhere(mei)
    await mei.page.reload()
    await line.wait_for()
    await mei.look(DESKTOP)
    await line.get_by_role("link", name="Open").click()
    await mei.page.get_by_text("Connected", exact=True).first.wait_for()
    await mei.say("Looking at it")
    await mei.sees("Looking at it")
    lines = await watching(mei)

    assert found == {}
    assert await lines.filter(has_text=f"for {incident}").count() == 0


async def test_whoever_is_asked_whether_they_are_still_on_it_answers_on_the_list(
    server: ServerProcess, mei: Someone
) -> None:
    lines = await watching(mei)
    incident = await declared(server, severity=3)
    line = lines.filter(has_text=f"{incident}")
    await line.get_by_role("button", name="Acknowledge").click()
    question = lines.filter(has_text=f"Still on {incident}?")
    await question.get_by_text("The ladder goes on in 0:").wait_for()
    found = await axe(mei.page)
    await question.get_by_role("button", name="I am on it").click()
    await question.wait_for(state="detached")

    ladder = (await server.call("GET", f"/api/incidents/{incident}")).json()["escalation"]
    assert found == []
    assert (ladder["acknowledgedBy"], ladder["asked"]) == ("mei", False)


async def test_a_row_says_for_how_long_nobody_commands_and_the_page_is_answered_by_a_press(
    server: ServerProcess, mei: Someone
) -> None:
    incident = await declared(server, severity=1)

    def as_if_long(route: WebSocketRoute) -> None:
        beyond = route.connect_to_server()
        beyond.on_message(lambda text: route.send(leaderless(str(text), incident)))

    await mei.page.route_web_socket("**/ws", as_if_long)
    lines = await watching(mei)
    row = mei.page.locator(f".row[data-id={incident}]")
    await mei.page.locator(f".row[data-id={incident}][data-lead=missing]").wait_for()
    await row.get_by_text("No commander").wait_for()
    found, wide = await everywhere(mei), {}
    for size in (NARROW, DESKTOP):
        await mei.look(size)
        wide[size] = await overflow(mei.page)
    since = await row.locator("[data-f=missingSince]").text_content()
    line = lines.filter(has_text=f"Nobody commands {incident}")
    asked = await lines.filter(has_text=f"{incident}").count()
    await line.get_by_role("button", name="Take command").click()
    await line.wait_for(state="detached")

    told = (await server.call("GET", f"/api/incidents/{incident}")).json()
    assert (found, wide) == ({}, {NARROW: 0, DESKTOP: 0})
    assert asked == 1  # of the page by the ladder, and of command
    assert told["escalation"]["acknowledgedBy"] == "mei"
    assert since is not None
    assert " d " in since
    assert told["commander"] == "mei"
    await expect(row).to_have_attribute("data-lead", "")


def leaderless(text: str, incident: str) -> str:
    """What the lobby says, as if nobody had commanded `incident` for long."""
    message = json.loads(text)
    for row in message.get("incidents", [message.get("incident") or {}]):
        if row.get("id") == incident and not row["commander"]:
            row["noCommanderSince"] = LONG_AGO
            row["calls"] = [{"person": "mei", "by": "system"}]
    return json.dumps(message)


async def test_the_declare_sheet_says_whom_it_will_page_before_the_button(
    server: ServerProcess, ada: Someone
) -> None:
    for path in ("/declare", "/"):
        await ada.look(DESKTOP)
        await ada.open(path)
        if path == "/":
            await ada.page.get_by_text("Connected", exact=True).wait_for()
            await ada.page.keyboard.press("c")
        told = ada.page.locator("[data-declare] [data-whom]")
        await told.get_by_text("Pages Mei (named by the policy) now.").wait_for()
        await ada.page.locator(".choice", has_text="Notice").click()
        await told.get_by_text("Pages nobody: severity 5 waits for no answer.").wait_for()

        assert await everywhere(ada) == {}
    assert (await server.call("GET", "/api/incidents?q=whom")).json() == []


async def test_only_whoever_may_approve_a_fix_can_press_approve_and_others_hear_why(
    server: ServerProcess, ada: Someone, mei: Someone
) -> None:
    incident = await declared(server, severity=1)
    room = f"/api/incidents/{incident}"
    await ada.open_room(incident)
    await mei.open_room(incident)
    await ada.say("/fix Restart the primary on db/primary")
    mine = ada.page.locator("#ACT-1").get_by_role("button", name="Approve")
    theirs = mei.page.locator("#ACT-1").get_by_role("button", name="Approve")
    why = {"ada": [await described(mine)], "mei": [await described(theirs)]}
    await server.call("PUT", f"{room}/roles/incident_commander", {"assignee": "ada"})
    await mei.page.locator("#ACT-1").get_by_text("Needs approval by Ada").wait_for()
    await ada.page.locator("#ACT-1").get_by_text("Needs approval by you").wait_for()
    why["ada"].append(await described(mine))
    why["mei"].append(await described(theirs))
    await server.call("PUT", f"{room}/roles/operations_lead", {"assignee": "mei"})
    await ada.page.locator("#ACT-1").get_by_text("Needs approval by Mei").wait_for()
    await mei.page.locator("#ACT-1").get_by_text("Needs approval by you").wait_for()
    why["ada"].append(await described(mine))
    why["mei"].append(await described(theirs))
    found = await everywhere(ada)
    await theirs.click()
    await mei.page.locator("#ACT-1").get_by_text("Approved by you").wait_for()

    nobody = "Nobody leads yet: take incident command first."
    assert why == {
        "ada": [nobody, "", "You proposed it yourself: Mei decides."],
        "mei": [nobody, "Only Ada can approve this.", ""],
    }
    assert found == {}


async def described(button: Locator) -> str:
    """Why the button does nothing; empty where it can be pressed."""
    await button.wait_for()
    words: str = await button.evaluate(
        "(one) => one.ariaDisabled === 'true'"
        " ? document.getElementById(one.getAttribute('aria-describedby')).textContent : ''"
    )
    return words


async def test_a_filtered_list_gains_what_matches_and_loses_what_does_not_any_more(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.open("/?sev=1&service=tape-store")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    other = await declared(server, severity=2, affectedServices=["tape-store"])
    wanted = await declared(server, severity=1, affectedServices=["tape-store"])
    row = ada.page.locator(f".row[data-id={wanted}]")
    await row.wait_for()
    listed = await ada.page.locator("[data-rows=open] .row").count()
    change = {"severity": 2, "reason": "Not so bad"}
    await server.call("PATCH", f"/api/incidents/{wanted}", change)
    await row.wait_for(state="detached")
    await ada.page.get_by_text("No open incident matches these filters.").wait_for()

    assert listed == 1
    assert await ada.page.locator(f".row[data-id={other}]").count() == 0


async def test_a_row_shows_the_summary_and_the_tab_how_many_are_open_and_how_bad(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, severity=1)
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    summary = {"description": "1 in 9 checkouts fails."}
    await server.call("PATCH", f"/api/incidents/{incident}", summary)
    await ada.page.locator(f".row[data-id={incident}]").get_by_text("1 in 9").wait_for()
    title = await ada.page.title()
    icon = await ada.page.locator("link[rel=icon]").get_attribute("href")

    assert "open, SEV1 · Incident Command" in title
    assert icon is not None
    assert "d93a26" in icon


async def test_a_phone_folds_the_filters_and_wraps_them_within_its_width(
    server: ServerProcess, ada: Someone
) -> None:
    await ada.look(NARROW)
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    levels = ada.page.locator(".levels label")
    folded = await levels.first.is_hidden()
    await ada.page.get_by_role("button", name="Filters").click()
    boxes = [await level.bounding_box() for level in await levels.all()]
    found, wide = await everywhere(ada), await overflow(ada.page)
    await ada.look(NARROW)
    for level in ("1", "2"):
        await levels.filter(has_text=level).click()
    await ada.page.get_by_label("State").select_option("open")
    await ada.page.get_by_role("button", name="Filter", exact=True).click()
    await ada.page.wait_for_url("**/?sev=1,2&state=open")

    assert (folded, found, wide) == (True, {}, 0)
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= NARROW[0] for box in boxes)
    assert all(box and box["height"] >= 44 for box in boxes)


async def test_a_phone_shows_what_waits_in_a_line_each_and_the_open_incidents_below_it(
    server: ServerProcess, mei: Someone
) -> None:
    hostile = "Payment \u202e<img src=x> " + "verylongword" * 12
    paged = [await declared(server, severity=1, title=hostile) for _ in range(3)]
    lines = await watching(mei)
    await lines.filter(has_text=paged[-1]).wait_for()
    await mei.look(PHONE)
    boxes = []
    for incident in paged:
        line = lines.filter(has_text=f"for {incident}")
        boxes.append(await line.bounding_box())
        words = await line.locator("p").bounding_box()
        answer = await line.get_by_role("button", name="Acknowledge").bounding_box()
        assert words
        assert answer
        assert words["x"] + words["width"] <= answer["x"]
        assert answer["height"] >= 44
    filled = [
        await one.evaluate("(button) => getComputedStyle(button).backgroundColor")
        for one in await mei.page.locator("#yours").get_by_role("button").all()
        if "Acknowledge" in await one.inner_text()
    ]
    told = await lines.filter(has_text=f"for {paged[0]}").locator("p").inner_text()
    wide = await overflow(mei.page)
    below = await mei.page.locator("[data-rows=open] .row").first.bounding_box()
    for incident in paged:
        await server.call("PUT", f"/api/incidents/{incident}/status", {"status": "cancelled"})

    assert [box["height"] for box in boxes if box and box["height"] >= 72] == []
    assert below
    assert below["y"] < PHONE[1]
    assert len(set(filled[1:])) == 1
    assert filled[0] != filled[1]
    assert "Payment [U+202E]<img src=x>" in told
    assert wide == 0


async def test_a_list_of_what_ended_says_nothing_of_what_is_open(
    server: ServerProcess, ada: Someone
) -> None:
    title = "Certificates of the old shop"
    incident = await declared(server, severity=4, title=title)
    await ada.open("/?state=ended&q=certificates")
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    nothing = ada.page.get_by_text("No ended incident matches these filters.")
    await nothing.wait_for()
    await server.call("PUT", f"/api/incidents/{incident}/status", {"status": "resolved"})
    await ada.page.reload()
    await ada.page.get_by_text("Connected", exact=True).wait_for()
    rows = await ada.page.locator("[data-rows] .row .mono[data-f=id]").all_inner_texts()

    assert rows == [incident]
    assert await nothing.is_hidden()
    assert await ada.page.get_by_role("heading", name="Open", exact=True).count() == 0
    assert await ada.page.get_by_role("link", name="Declare incident").is_visible()


async def test_the_list_says_what_this_browser_still_keeps_and_leads_to_the_room(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server, severity=5)
    await ada.open_room(incident)
    await whole(ada.page)
    await ada.context.set_offline(True)
    await ada.say("Written in the tunnel")
    await ada.page.locator(".ev.pending").first.wait_for()
    kept = await ada.page.evaluate("() => ({ ...localStorage })")
    await ada.context.set_offline(False)
    await ada.sees("Written in the tunnel")
    await ada.page.locator(".ev.pending").first.wait_for(state="detached")
    # As if the tab had been closed in the tunnel: what it kept is there, and the network is back.
    await ada.open("/")
    await ada.page.evaluate("(kept) => Object.assign(localStorage, kept)", kept)
    await ada.page.reload()
    line = ada.page.locator("#kept .yours-item")
    await line.get_by_text(f"1 note for {incident} is kept in this browser").wait_for()
    await line.get_by_role("link", name="open the room to send it").wait_for()
    old = {"incident": incident, "handle": "ada", "n": 1, "ref": "old", "state": "waiting"}
    old |= {"at": "2026-01-01T00:00:00.000Z", "command": {"type": "acknowledge"}}
    await ada.page.evaluate(
        "(old) => localStorage.setItem(`out:${old.incident}:ada:1`, JSON.stringify(old))", old
    )
    await ada.page.reload()
    await line.get_by_role("link", name="asks first about changes older than").wait_for()
    other = await declared(server, severity=5)
    await ada.open_room(other)
    strip = ada.page.locator(".outbox").get_by_text(f"2 kept for {incident}")
    await strip.filter(has_text="once you are asked about what is old").wait_for()
    await ada.open("/")
    await ada.page.evaluate("(id) => localStorage.removeItem(`out:${id}:ada:1`)", incident)
    await ada.page.reload()
    found = await everywhere(ada)
    await ada.look(DESKTOP)
    await line.get_by_role("link", name="Open", exact=False).last.click()
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()
    await ada.sees("Written in the tunnel")
    await ada.page.locator(".outbox").wait_for(state="detached")
    said = await ada.page.locator("#entries").get_by_text("Written in the tunnel").count()
    await ada.open("/")
    await ada.page.get_by_text("Connected", exact=True).wait_for()

    assert found == {}
    assert said == 1
    assert await line.count() == 0
