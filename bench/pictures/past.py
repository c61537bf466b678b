"""The past: dragging the tape, replay at rest and playing, and being caught up."""
# ruff: noqa: INP001 (part of a script, not a package)

import json

from playwright.async_api import expect

from bench.pictures.windows import Window, state


@state("replay-paused")
async def replay_paused(w: Window) -> None:
    await w.whole_room("storm")
    await into_the_past(w)
    for _ in range(6):
        await w.page.keyboard.press("ArrowRight")
    await expect(w.page.locator(".replay-bar time").first).to_be_visible()


async def into_the_past(w: Window) -> None:
    await w.page.locator(".tape-btn:enabled").wait_for()
    await w.page.locator("#log").focus()
    await w.page.keyboard.press("r")
    await w.page.locator("body[data-replay]").wait_for()


@state("replay-playing")
async def replay_playing(w: Window) -> None:
    await replay_paused(w)
    await w.page.locator("#log").focus()
    await w.page.keyboard.press("Space")
    await w.page.get_by_role("button", name="Pause (Space)").wait_for()


@state("replay-refuses")
async def replay_refuses(w: Window) -> None:
    """Nothing can be changed in the past, and it says why."""
    await replay_paused(w)
    await w.page.locator("#band .sev-block").click(force=True)
    await w.page.locator("#toasts").get_by_text("This is the past.").wait_for()


@state("replay-fixes", sizes=("phone",))
async def replay_fixes(w: Window) -> None:
    await replay_paused(w)
    await w.tab("Fixes")


@state("replay-waited_for")
async def replay_waited_for(w: Window) -> None:
    """Somebody in the past is paged now."""
    await w.sit("samir")
    await w.whole_room("ringing")
    await into_the_past(w)
    await w.page.locator(".replay-bar[data-waits]").wait_for()


@state("tape-focused")
async def tape_focused(w: Window) -> None:
    await w.whole_room("storm")
    await w.page.get_by_role("slider", name="Moment of the incident").focus()


@state("catch_up-back")
async def caught_up(w: Window) -> None:
    """Who comes back after much has happened."""
    incident = w.world.rooms["storm"]
    told = await w.world.does(
        "admin", "GET", f"/api/incidents/{incident}/timeline?after=0&limit=12"
    )
    left = {"seq": told[-1]["seq"], "at": 0, "entries": told[-1]["number"]}
    await w.open("/signin")
    keep = "([name, left]) => localStorage.setItem(name, left)"
    await w.page.evaluate(keep, [f"left:{incident}", json.dumps(left)])
    await w.whole_room("storm")
    await w.page.locator(".catch-up dt").first.wait_for()


@state("catch_up-nothing", who="lea")
async def nothing_missed(w: Window) -> None:
    await w.whole_room("notice")
    await w.page.get_by_role("button", name="Catch me up").click()
    await w.page.locator(".catch-up").get_by_text("Nothing was decided").wait_for()
