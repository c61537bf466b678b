"""What the room says at a glance: one question is asked once, and no two of its words disagree."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import relayed
from tests.browser.test_command import POLICY, declared, put_into_force
from tests.process import ServerProcess, served

OLDER = 220
"""Entries after which a decision is not among those that the page comes with."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("glance") / "data") as running:
        for handle in ("ada", "mei", "tomas"):
            person = {"handle": handle, "name": handle.title(), "role": "admin"}
            await done(running, "POST", "/api/people", person)
        await put_into_force(running, POLICY)
        yield running


async def done(server: ServerProcess, method: str, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 (JSON)
    answer = await server.call(method, path, body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []


async def test_who_is_called_by_name_is_asked_to_acknowledge_in_one_place(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    await ada.look(PHONE)
    await ada.open_room(incident)
    answers = ada.page.locator(":is(#band, #yours) .btn", has_text="Acknowledge")
    await expect(answers).to_have_count(1)
    before = await ada.page.locator("#band .btn", has_text="Acknowledge").count()

    call = {"people": ["ada"], "reason": "You know the ledger"}
    await done(server, "POST", f"/api/incidents/{incident}/escalate", call)

    await expect(ada.page.locator("#yours")).to_contain_text("You know the ledger")
    await expect(answers).to_have_count(1)
    await expect(ada.page.locator("#yours .btn", has_text="Acknowledge")).to_be_visible()
    assert before == 1


async def test_a_notice_that_pages_nobody_asks_nobody_to_acknowledge(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, severity=5)
    await ada.open(f"/incidents/{incident}")
    first = await ada.page.locator("#band").inner_text()
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()

    await expect(ada.page.get_by_role("button", name="Page someone").first).to_be_visible()
    assert "Acknowledge" not in first
    assert "Acknowledge" not in await ada.page.locator("#band").inner_text()


async def test_the_clocks_of_a_cancelled_incident_stand_where_it_was_cancelled(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, startTime="2026-01-01T00:00:00Z")
    path = f"/api/incidents/{incident}"
    cancelled = {"status": "cancelled", "reason": "A false alarm"}
    await done(server, "PUT", f"{path}/status", cancelled)
    told = await done(server, "POST", f"{path}/timeline", {"message": "Nobody was harmed"})
    await ada.open(f"/incidents/{incident}")
    first = await ada.page.locator("#band .clock[data-done]").count()
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()

    await expect(ada.page.locator("#band .clock[data-done]")).to_have_count(2)
    await ada.open_room(f"{incident}?wall")
    await expect(ada.page.locator(".wall .clock[data-done]")).to_have_count(2)
    assert (first, bool(told)) == (2, True)


async def test_an_offer_leaves_a_phone_room_for_the_log_and_shows_its_brief_when_asked(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, commander="mei", severity=4)
    await done(server, "POST", f"/api/incidents/{incident}/acknowledge", {})
    offer = {"to": "ada", "brief": "I am off at six"}
    role = f"/api/incidents/{incident}/roles/incident_commander"
    await done(server, "POST", f"{role}/handoff", offer)
    await ada.look(PHONE)
    await ada.open_room(incident)
    card = ada.page.locator("#offer-incident_commander")
    await expect(card).to_contain_text("I am off at six")
    await expect(card.locator(".brief")).to_have_count(0)
    await expect(ada.page.locator("#say")).to_be_in_viewport(ratio=1)

    await card.get_by_role("button", name="Brief").click()

    await expect(card.locator(".brief")).to_be_visible()
    await expect(ada.page.locator("#say")).to_be_in_viewport(ratio=1)
    box = await ada.page.locator("#log").bounding_box()
    assert box is not None
    assert box["height"] > 60


async def test_who_is_paged_is_not_caught_up_before_the_page_is_answered(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server, severity=3)
    mei = await someone(browser, server, "mei", size=PHONE)
    await mei.open_room(incident)
    await mei.page.locator("#yours").get_by_role("button", name="Acknowledge").wait_for()
    await mei.page.locator(".catch-me").wait_for()
    await mei.open("/")
    for number in range(21):
        note = {"message": f"Note {number}"}
        await done(server, "POST", f"/api/incidents/{incident}/timeline", note)

    await mei.open_room(incident)

    await mei.page.locator(".catch-me").wait_for()
    await expect(mei.page.locator(".catch-up")).to_have_count(0)
    await mei.page.locator("#yours").get_by_role("button", name="Acknowledge").click()
    await mei.page.get_by_role("button", name="Catch me up").click()
    await expect(mei.page.locator(".catch-up")).to_contain_text("Since you looked")
    assert mei.faults == []


async def test_a_silent_page_says_nowhere_that_it_is_connected_or_live(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    async with relayed(server) as relay:
        ada = await someone(browser, relay.server, "ada")
        await ada.page.clock.install()
        await ada.open_room(incident)
        await ada.page.locator("#tape .scrub").wait_for()
        relay.silence()
        await ada.page.clock.fast_forward("00:24")
        await ada.page.locator("body[data-stale]").wait_for()

        await expect(ada.page.locator("#connection")).to_have_text(re.compile("Nothing heard for"))
        await expect(ada.page.locator("#connection .link-state")).to_have_attribute(
            "data-state", "wait"
        )
        await expect(ada.page.locator(".live-pill")).to_have_text("Behind")


async def test_a_wallboard_names_who_approves_and_knows_a_decision_of_long_ago(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server, commander="ada")
    path = f"/api/incidents/{incident}"
    await done(server, "POST", f"{path}/acknowledge", {})
    decision = {"type": "decision", "message": "Fail over to eu-west-1b"}
    await done(server, "POST", f"{path}/timeline", decision)
    await done(server, "POST", f"{path}/actions", {"description": "Drain the zone"})
    for number in range(OLDER):
        await done(server, "POST", f"{path}/timeline", {"message": f"Note {number}"})
    ada = await someone(browser, server, "ada")
    await ada.open(f"/incidents/{incident}?wall")
    wall = ada.page.get_by_role("dialog", name="Wallboard")

    await expect(wall).to_contain_text("Ada approves ACT-1")
    await expect(wall).to_contain_text("Fail over to eu-west-1b")
    assert ada.faults == []


PLACES = """() => [...document.querySelectorAll(
  "#band .clock, #tape, #yours .btn, #roles .role, #board .fix, #board .fix .btn, " +
  "#ladder, #ladder .btn, #comms"
)].map((one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})"""


STILL = PLACES.replace("#band .clock, ", "")
"""Without the clocks, whose words grow as they run."""


async def painted(who: Someone) -> None:
    """Return when what the page looks like has come: the document alone is there before it."""
    await who.page.wait_for_load_state("load")
    await who.page.evaluate("document.fonts.ready.then(() => null)")


async def test_what_can_be_pressed_stands_where_it_stood_before_the_scripts_came(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, commander="me", severity=2)
    path = f"/api/incidents/{incident}/actions"
    on = {"target": "ledger-db", "region": "eu-west-1", "estimate": "PT30M"}
    await done(server, "POST", path, on | {"description": "Roll back", "risk": "low"})
    await done(server, "PUT", f"{path}/ACT-1", {"approved": True, "status": "in-progress"})
    await done(server, "POST", path, on | {"description": "Drain", "impact": "slow reads"})
    await done(server, "POST", path, {"description": "Ask the supplier"})
    await done(server, "PUT", f"{path}/ACT-3", {"approved": True, "runAfter": "ACT-1"})
    role = f"/api/incidents/{incident}/roles/incident_commander"
    await done(server, "PUT", role, {"assignee": "ada"})
    await ada.context.grant_permissions(["notifications"])
    for size in (DESKTOP,):
        await ada.look(size)
        await ada.page.route("**/*.js", lambda route: route.abort())
        await ada.open(f"/incidents/{incident}")
        first = await ada.page.locator("#board").text_content() or ""
        await painted(ada)
        before = await ada.page.evaluate(PLACES)
        await ada.page.unroute("**/*.js")
        await ada.open_room(incident)
        await painted(ada)
        after = await ada.page.evaluate(PLACES)

        assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == []
        for words in ("of 30 min", "is running on ledger-db", "run after", "Queued, approved by"):
            assert size == PHONE or words in first


async def test_a_fix_that_waits_for_its_turn_is_one_line_until_it_is_opened(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, commander="ada", severity=3)
    path = f"/api/incidents/{incident}/actions"
    for words in ("Roll back", "Replay the lost writes \u202efrom the queue"):
        await done(server, "POST", path, {"description": words, "target": "ledger-web"})
    await done(server, "PUT", f"{path}/ACT-1", {"status": "in-progress"})
    await done(server, "PUT", f"{path}/ACT-2", {"runAfter": "ACT-1"})
    await ada.open_room(incident)
    card = ada.page.locator("#ACT-2")
    folded = await card.bounding_box()
    press = card.get_by_role("button", name="Do not wait")

    await expect(card).to_contain_text("Replay the lost writes [U+202E]from the queue")
    await expect(card.locator("summary")).to_contain_text("after ACT-1")
    await expect(press).to_be_hidden()
    await card.locator("summary").press("Enter")
    await expect(press).to_be_visible()
    assert folded is not None
    assert folded["height"] < 45
    assert await axe(ada.page) == []
    await press.click()
    await expect(card).to_have_attribute("data-state", "ready")


async def test_the_ladder_and_who_called_one_stand_in_the_first_paint(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, commander="mei", severity=2)
    call = {"people": ["ada"], "reason": "You know the ledger \u202eand its\u202c replica"}
    await done(server, "POST", f"/api/incidents/{incident}/escalate", call)
    await ada.context.grant_permissions(["notifications"])
    for size in (DESKTOP,):
        await ada.look(size)
        await ada.page.route("**/*.js", lambda route: route.abort())
        await ada.open(f"/incidents/{incident}")
        first = await ada.page.locator("#yours").inner_text()
        await painted(ada)
        before = await ada.page.evaluate(STILL)
        await ada.page.unroute("**/*.js")
        await ada.open_room(incident)
        await expect(ada.page.locator("#yours button").first).to_be_visible()

        assert "You know the ledger [U+202E]and" in first
        await painted(ada)
        after = await ada.page.evaluate(STILL)
        assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == []


async def test_a_young_log_begins_at_the_top_and_a_narrow_phone_keeps_its_room_for_it(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, severity=5)
    await ada.look(NARROW)
    await ada.open_room(incident)
    log = await ada.page.locator("#log").bounding_box()
    entry = await ada.page.locator("#T1").bounding_box()
    field = await ada.page.locator("#say").bounding_box()

    assert log is not None
    assert entry is not None
    assert field is not None
    assert entry["y"] - log["y"] < 60
    assert field["height"] <= 46


async def test_on_a_phone_what_is_done_about_an_update_stands_there_in_words(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, severity=1)
    await ada.look(PHONE)
    await ada.open_room(incident)
    await ada.page.locator("#tabs").get_by_role("button", name="Comms").click()
    row = ada.page.locator("#comms tr").first

    await expect(row.get_by_text("Write", exact=True)).to_be_visible()
    await expect(row.get_by_text("Snooze", exact=True)).to_be_visible()
    await expect(row.get_by_text("due in")).to_be_in_viewport(ratio=1)
    await expect(row.get_by_role("button", name="Write update to customers")).to_be_visible()
    assert await axe(ada.page) == []
    assert await overflow(ada.page) <= 0


async def test_the_title_of_the_tab_is_left_alone_until_what_it_tells_has_changed(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server, severity=5)
    await ada.open_room(incident)
    await expect(ada.page).to_have_title(f"SEV5 Investigating · {incident}")
    await ada.page.evaluate(
        """() => {
          window.told = 0;
          const watcher = new MutationObserver(() => window.told++);
          watcher.observe(document.querySelector("title"), { childList: true });
        }"""
    )
    for number in range(3):
        note = {"message": f"Note {number}"}
        await done(server, "POST", f"/api/incidents/{incident}/timeline", note)
    await ada.sees("Note 2")
    quiet = await ada.page.evaluate("window.told")
    await done(server, "PATCH", f"/api/incidents/{incident}", {"severity": 4})
    await expect(ada.page).to_have_title(re.compile("SEV4 Investigating"))

    assert quiet == 0
    assert await ada.page.evaluate("window.told") > 0
