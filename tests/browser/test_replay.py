"""The past in the page: what a moment shows, the way there and back; and nothing changes it."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from incident.core.patches import without_nulls
from incident.core.values import rfc3339
from tests.browser.people import DESKTOP, NARROW, PHONE, Scheme, Someone, axe, overflow, someone
from tests.core.reports import FILES
from tests.process import ServerProcess, served

JSON = dict[str, Any]
MOMENTS = 20
"""Looked at in each of the real incidents, beside the edges of as many frames."""
MILLISECOND = timedelta(milliseconds=1)

SOUGHT = """async (moments) => {
  const base = new URL(".", document.querySelector("script[src*='/js/room/']").src);
  const bring = (path) => import(new URL(path, base).href);
  const { seek } = await bring("../replay/replay.js");
  const { known } = await bring("../replay/loading.js");
  const { past } = await bring("../state.js");
  seek(moments[0]);
  while (known(Infinity) === undefined) await new Promise((done) => setTimeout(done, 10));
  return moments.map((at) => {
    seek(at);
    const { incident, entries } = past.value;
    return { ...incident, timeline: [...entries].slice(-200) };
  });
}"""
"""Seeks one moment after the other with the page's own code, and tells what the page then holds."""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    data = tmp_path_factory.mktemp("replay") / "data"
    importing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "incident", "import", "--data", str(data), *map(str, FILES)
    )
    assert await importing.wait() == 0
    async with served(data) as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def read(server: ServerProcess, path: str) -> Any:  # noqa: ANN401 - JSON of any shape
    answer = await server.call("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def lived(server: ServerProcess, *notes: str) -> str:
    """An incident in which a few things happened, a commit each."""
    told = {"title": "Card payments fail", "severity": 2, "affectedServices": ["payments"]}
    incident = str((await server.call("POST", "/api/incidents", told)).json()["id"])
    path = f"/api/incidents/{incident}"
    await server.call("PUT", f"{path}/roles/incident_commander", {"assignee": "admin"})
    for note in notes or ("It began after the deploy.",):
        await server.call("POST", f"{path}/timeline", {"message": note})
    decision = {"message": "Fail over to the replica", "type": "decision"}
    await server.call("POST", f"{path}/timeline", decision)
    await server.call("PATCH", path, {"severity": 1})
    await server.call("POST", f"{path}/timeline", {"message": "Errors are falling."})
    return incident


async def moment_of(server: ServerProcess, incident: str, message: str) -> str:
    entries = await read(server, f"/api/incidents/{incident}/timeline?limit=500")
    return str(next(one["recordedAt"] for one in entries if one["message"] == message))


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Replay", exact=True)


async def replayed(who: Someone, incident: str) -> None:
    """Open the room and go into its past, to the beginning."""
    await who.open_room(incident)
    await who.page.locator(".tape-btn:enabled").wait_for()
    await who.page.keyboard.press("r")
    await expect(who.page.locator("body[data-replay]")).to_have_count(1)


def as_patches_see_it(whole: JSON) -> JSON:
    actions = whole["actions"]
    keyed = actions if isinstance(actions, dict) else {one["id"]: one for one in actions}
    left = {name: value for name, value in whole.items() if name != "at"}
    plain: JSON = without_nulls(left | {"actions": keyed})
    return plain


def random_moments(frames: list[JSON], seed: str) -> list[datetime]:
    """Moments in between, and those of some frames and just before them."""
    chance = Random(seed)
    known = [datetime.fromisoformat(frame["at"]) for frame in frames]
    first, last = known[0], known[-2]
    some = [first + (last - first) * chance.random() for _ in range(MOMENTS)]
    edges = chance.sample(known, min(len(known), MOMENTS))
    return [first, *some, *edges, *(one - MILLISECOND for one in edges if one > first)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_at_any_moment_of_a_real_incident_the_page_holds_what_the_server_says(
    ada: Someone, server: ServerProcess, file: Path
) -> None:
    incident = f"INC-{FILES.index(file) + 1}"
    frames = await read(server, f"/api/incidents/{incident}/changes?limit=500")
    moments = [
        at.replace(microsecond=at.microsecond // 1000 * 1000)
        for at in random_moments(frames, file.stem)
    ]
    await ada.open_room(incident)

    held = await ada.page.evaluate(SOUGHT, [round(at.timestamp() * 1000) for at in moments])

    for at, page in zip(moments, held, strict=True):
        then = await read(server, f"/api/incidents/{incident}/replay?at={rfc3339(at)}")
        assert as_patches_see_it(then) == without_nulls(page), rfc3339(at)


async def test_a_link_to_a_moment_shows_that_moment_while_the_room_goes_on_unseen(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    at = await moment_of(server, incident, "Fail over to the replica")
    await ada.open(f"/i/{incident.removeprefix('INC-')}?at={at}")

    await expect(bar(ada.page)).to_contain_text(f"Replaying {at[11:19]}")
    await expect(ada.page.locator("#band .sev-num")).to_have_text("2")
    await expect(ada.page.locator("#entries")).to_contain_text("Fail over to the replica")
    await expect(ada.page.locator("#entries")).not_to_contain_text("Errors are falling.")
    path = f"/api/incidents/{incident}/timeline"
    await server.call("POST", path, {"message": "Written meanwhile"})
    await expect(bar(ada.page)).to_contain_text("1 new entry since you came here.")
    await expect(ada.page.locator("#entries")).not_to_contain_text("Written meanwhile")
    assert f"at={at}" in ada.page.url

    await ada.page.keyboard.press("Escape")

    await ada.sees("Written meanwhile")
    await expect(bar(ada.page)).to_have_count(0)
    await expect(ada.page.locator("#band .sev-num")).to_have_text("1")
    assert "at=" not in ada.page.url


async def test_nothing_can_be_changed_in_the_past_and_the_page_says_why(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server)
    await replayed(ada, incident)
    before = (await read(server, f"/api/incidents/{incident}"))["seq"]

    for words in ("Write update", "Propose", "Take it", "Assign"):
        button = ada.page.get_by_role("button", name=words).first
        await expect(button).to_have_attribute("aria-disabled", "true")
        await button.click(force=True)
        await expect(ada.page.locator("#toasts")).to_contain_text("This is the past.")
    for key in ("u", "x", "h"):
        await ada.page.keyboard.press(key)
    await expect(ada.page.locator("dialog[open]")).to_have_count(0)
    await ada.page.locator("#say").click(force=True)
    await ada.page.keyboard.type("a note from the past")
    await ada.page.keyboard.press("Enter")

    assert before == (await read(server, f"/api/incidents/{incident}"))["seq"]
    await expect(ada.page.locator("#say")).to_have_value("")
    await bar(ada.page).get_by_role("button", name="Back to live").click()
    await expect(ada.page.locator("[aria-disabled='true'][data-past]")).to_have_count(0)
    await ada.say("Written in the present")
    await ada.sees("Written in the present")


async def test_the_keys_lead_from_one_key_entry_to_the_next_and_play(
    ada: Someone, server: ServerProcess
) -> None:
    await replayed(ada, "INC-4")
    page, say = ada.page, bar(ada.page).locator("time").first
    await expect(bar(page)).to_contain_text("2017-01-31")
    began = await say.inner_text()

    await page.keyboard.press("ArrowRight")
    await expect(say).not_to_have_text(began)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#entries .ev").last).to_contain_text(re.compile("Decision|Now"))
    there = await say.inner_text()
    await page.keyboard.press("Shift+ArrowRight")
    later = datetime.strptime(there, "%H:%M:%S") + timedelta(minutes=1)  # noqa: DTZ007 - of a day
    await expect(say).to_have_text(f"{later:%H:%M:%S}")
    await page.keyboard.press("ArrowLeft")
    await expect(say).to_have_text(there)

    await bar(page).get_by_role("radio", name="60×").check()
    await page.locator("#log").focus()
    await page.keyboard.press("Space")
    await expect(bar(page).get_by_role("button", name="Pause (Space)")).to_be_visible()
    await expect(say).not_to_have_text(there)
    await page.keyboard.press("Space")
    await expect(bar(page).get_by_role("button", name="Play (Space)")).to_be_visible()


async def test_what_is_removed_now_is_gone_from_the_past_at_once(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await lived(server, "the password is hunter2")
    entries = await read(server, f"/api/incidents/{incident}/timeline")
    secret = next(one for one in entries if "hunter2" in one["message"])
    await ada.open(f"/incidents/{incident}?at={entries[-1]['recordedAt']}")
    await expect(bar(ada.page)).to_be_visible()
    await ada.sees("hunter2")

    where = f"/api/incidents/{incident}/timeline/{secret['seq']}/{secret['index']}"
    assert (await server.call("DELETE", where)).is_success

    await expect(ada.page.locator("#entries")).not_to_contain_text("hunter2")
    await ada.page.keyboard.press("ArrowLeft")
    await expect(ada.page.locator("#entries")).not_to_contain_text("hunter2")


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_the_past_is_readable_for_everybody_on_every_screen(
    ada: Someone, server: ServerProcess, scheme: Scheme
) -> None:
    incident = await lived(server)
    at = await moment_of(server, incident, "Fail over to the replica")
    await ada.open(f"/incidents/{incident}?at={at}")
    await expect(bar(ada.page)).to_contain_text("Replaying")

    for size in (DESKTOP, PHONE, NARROW):
        await ada.look(size, scheme)
        assert await axe(ada.page) == []
        assert await overflow(ada.page) <= 0
