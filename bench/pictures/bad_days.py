"""Bad days: no network, a silent server, refusals on return, signed out, another role or name."""
# ruff: noqa: INP001 (part of a script, not a package)

from bench.pictures.windows import Window, state
from bench.pictures.writing import scratch
from tests.browser.relay import Relay, whole

FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
"""A browser that has no room left."""


async def lose(w: Window, relay: Relay) -> None:
    await whole(w.page)
    await relay.cut()
    await w.page.locator(".link-state:not([data-state='live'])").first.wait_for(state="attached")


async def say(w: Window, words: str) -> None:
    await w.page.fill("#say", words)
    await w.page.press("#say", "Enter")


async def running_fix(w: Window, name: str) -> str:
    """A room with a fix that runs; returns its path for the API."""
    await scratch(w, name)
    room = f"{name} {w.size}"
    await w.world.within(room, "uma", "POST", "/actions", description="Restart the proxies")
    await w.world.within(room, "uma", "PUT", "/actions/ACT-1", status="in-progress")
    return f"/api/incidents/{w.world.rooms[room]}/actions/ACT-1"


@state("outbox-offline", own=True)
async def offline(w: Window) -> None:
    async with w.far("uma") as relay:
        await running_fix(w, "offline")
        await w.whole_room(f"offline {w.size}")
        await lose(w, relay)
        await say(w, "Traffic is down by half.")
        await say(w, "/decide Wait for the replica")
        outbox = w.page.locator("#outbox")
        await outbox.get_by_text("2 notes kept").wait_for()
        await w.picture("outbox-offline_folded")
        await outbox.get_by_role("button", name="Show").click()
        await outbox.get_by_role("listitem").first.wait_for()
        await w.picture("outbox-offline")


@state("outbox-refused", own=True)
async def refused(w: Window) -> None:
    async with w.far("uma") as relay:
        path = await running_fix(w, "refused")
        await w.whole_room(f"refused {w.size}")
        await lose(w, relay)
        await w.tab("Fixes")
        await w.press("#board", "Done")
        await w.page.locator("#outbox").get_by_text("1 change kept").wait_for()
        await w.world.does("uma", "PUT", path, {"status": "abandoned"})
        await relay.mend()
        await w.page.locator("#outbox li[data-state='refused']").wait_for()
        await w.picture("outbox-refused")


@state("outbox-signed_out", own=True)
async def signed_out(w: Window) -> None:
    async with w.alone("lea"):
        await scratch(w, "signed out")
        await w.whole_room(f"signed out {w.size}")
        other = await w.page.context.new_page()
        await other.goto(f"{w.url}/oncall")
        await other.get_by_role("button", name="your account").click()
        await other.get_by_role("button", name="Sign out").click()
        await other.wait_for_url("**/signin")
        await other.close()
        await w.page.locator("#banner").get_by_text("Signed out.").wait_for()
        await say(w, "Written while signed out.")
        await w.page.locator("#outbox").get_by_text("Sign in again as").wait_for()
        await w.picture("outbox-signed_out")


@state("outbox-of_another", own=True)
async def of_another(w: Window) -> None:
    """What somebody wrote in this browser, who is signed out by now."""
    async with w.far("lea") as relay:
        await scratch(w, "another")
        await w.whole_room(f"another {w.size}")
        await lose(w, relay)
        await say(w, "A note of Lea, who went home.")
        await w.page.locator("#outbox").get_by_text("1 note kept").wait_for()
        other = await w.studio.let_in("priya")
        await w.page.context.add_cookies(other["cookies"])  # type: ignore[arg-type]  # the same, read and written
        await relay.mend()
        await w.page.locator("#toasts").get_by_text("You are signed in as").wait_for()
        await w.page.locator("#outbox").get_by_text("Written by Lea").wait_for()
        await w.picture("outbox-of_another")


@state("link-stale", own=True)
async def stale(w: Window) -> None:
    """Nothing is heard any more: the clocks are grey."""
    async with w.far("uma") as relay:
        await w.page.clock.install()
        await w.whole_room("storm")
        await whole(w.page)
        relay.silence()
        await w.page.clock.fast_forward("00:30")
        await w.page.locator("body[data-stale]").wait_for()
        await w.picture("link-stale")


@state("link-away", own=True)
async def away(w: Window) -> None:
    """No answer for an hour: since when, and what still works."""
    async with w.far("uma") as relay:
        await w.page.clock.install()
        await w.whole_room("storm")
        await lose(w, relay)
        await w.page.clock.fast_forward("01:00:00")
        await w.page.locator("#outbox").get_by_text("No answer from the server since").wait_for()
        await w.picture("link-away")


@state("link-slow", own=True)
async def slow(w: Window) -> None:
    """A note is on its way, and nothing comes back."""
    async with w.far("uma") as relay:
        await scratch(w, "slow")
        await w.whole_room(f"slow {w.size}")
        await whole(w.page)
        relay.silence()
        await say(w, "Rolling back now.")
        await w.page.locator(".ev.pending").wait_for()
        await w.picture("link-slow")


@state("link-role_changed", own=True, sizes=("desk",))
async def role_changed_desk(w: Window) -> None:
    await role_changed(w)


@state("link-role_changed_phone", own=True, sizes=("phone",))
async def role_changed_phone(w: Window) -> None:
    await role_changed(w)


async def role_changed(w: Window) -> None:
    """An admin no longer, while a sheet is open that only admins may send."""
    who = "uma" if w.phone else "jonas"
    async with w.alone(who):
        await w.whole_room("notice")
        await w.world.does("admin", "PATCH", f"/api/people/{who}", {"role": "responder"})
        await w.page.locator("#toasts").get_by_text("you are a responder").wait_for()
        await w.picture("link-role_changed")
        await w.world.does("admin", "PATCH", f"/api/people/{who}", {"role": "admin"})


@state("link-storage_full", own=True)
async def storage_full(w: Window) -> None:
    """Where the browser keeps nothing, it says so."""
    async with w.far("lea") as relay:
        await w.page.add_init_script(FULL)
        await scratch(w, "full")
        await w.whole_room(f"full {w.size}")
        await lose(w, relay)
        await say(w, "Held by this tab alone.")
        await w.page.locator("#outbox").get_by_text("Do not close it.").wait_for()
        await w.picture("link-storage_full")
