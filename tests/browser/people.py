"""People in front of real browser windows, and what a page may never do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page, StorageState, expect

from tests.process import ServerProcess

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
DESKTOP, PHONE, NARROW = (1440, 900), (390, 844), (360, 740)

Scheme = Literal["dark", "light"]

signed_in: dict[tuple[str, str], StorageState] = {}
"""The cookies of those who came in by their link once, by server and handle."""


@dataclass
class Someone:
    """A signed-in person's browser. `faults`: page errors, refused content, dialogs."""

    handle: str
    server: ServerProcess
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        # A page asks before it is left while something that was written is still on its way.
        await self.page.locator(".ev.pending").first.wait_for(state="detached")
        await self.page.goto(self.server.url + path, wait_until="domcontentloaded")

    async def open_room(self, incident: str) -> None:
        await self.open(f"/incidents/{incident}")
        await self.page.get_by_text("Connected", exact=True).first.wait_for()

    async def look(self, size: tuple[int, int], scheme: Scheme = "dark") -> None:
        """Change the window and the theme without loading the page again."""
        await self.page.set_viewport_size({"width": size[0], "height": size[1]})
        await self.page.emulate_media(color_scheme=scheme)

    async def say(self, text: str) -> None:
        await self.page.fill("#say", text)
        await self.page.press("#say", "Enter")

    async def say_each(self, *lines: str) -> None:
        """One after the other: until a line is on its way, the next would be written over it."""
        for line in lines:
            await self.say(line)
            await expect(self.page.locator("#say")).to_have_value("")

    async def sees(self, text: str) -> None:
        """Wait until the timeline shows `text`."""
        await self.page.locator("#entries").get_by_text(text).first.wait_for()


async def someone(
    browser: Browser,
    server: ServerProcess,
    handle: str,
    *,
    scheme: Scheme = "dark",
    size: tuple[int, int] = DESKTOP,
) -> Someone:
    """`handle`, signed in; the first time by a one-time link as a person would."""
    known = signed_in.get((server.url, handle))
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
        storage_state=known,
    )
    page = await context.new_page()
    who = Someone(handle, server, context, page)
    page.on("pageerror", lambda error: who.faults.append(f"error: {error}"))
    page.on("dialog", lambda dialog: who.faults.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda said: who.faults.append(said.text) if "Content Security" in said.text else None,
    )
    if known is None:
        await come_in(who)
    return who


async def come_in(who: Someone) -> None:
    """Make the person, if need be, and use a link of theirs."""
    person = {"handle": who.handle, "name": who.handle.title(), "role": "admin"}
    made = await who.server.call("POST", "/api/people", person)
    assert made.status_code in {201, 409}, made.text
    link = await who.server.call("POST", f"/api/people/{who.handle}/link")
    await who.page.goto(link.json()["url"], wait_until="domcontentloaded")
    await who.page.get_by_role("button", name="Sign in as").click()
    await who.page.wait_for_url("**/", wait_until="domcontentloaded")
    signed_in[who.server.url, who.handle] = await who.context.storage_state()


async def axe(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds wrong on the page as it is now."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        {"rule": v["id"], "nodes": [n["html"][:200] for n in v["nodes"][:3]]}
        for v in found["violations"]
    ]


async def overflow(page: Page) -> int:
    """CSS pixels by which the page is wider than its window."""
    width: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width
