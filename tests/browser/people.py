"""People in front of real browser windows, and what a page may never do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page

from tests.process import ServerProcess

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
DESKTOP, PHONE, NARROW = (1440, 900), (390, 844), (360, 740)

Scheme = Literal["dark", "light"]


@dataclass
class Someone:
    """A signed-in person's browser. `faults`: page errors, refused content, dialogs."""

    handle: str
    server: ServerProcess
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        await self.page.goto(self.server.url + path)

    async def open_room(self, incident: str) -> None:
        await self.open(f"/incidents/{incident}")
        await self.page.get_by_text("Connected", exact=True).first.wait_for()

    async def say(self, text: str) -> None:
        await self.page.fill("#say", text)
        await self.page.press("#say", "Enter")

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
    """`handle`, made if need be, signed in by a one-time link as a person would."""
    person = {"handle": handle, "name": handle.title(), "role": "admin"}
    made = await server.call("POST", "/api/people", person)
    assert made.status_code in {201, 409}, made.text
    link = await server.call("POST", f"/api/people/{handle}/link")
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    who = Someone(handle, server, context, page)
    page.on("pageerror", lambda error: who.faults.append(f"error: {error}"))
    page.on("dialog", lambda dialog: who.faults.append(f"dialog: {dialog.message}"))
    page.on(
        "console",
        lambda said: who.faults.append(said.text) if "Content Security" in said.text else None,
    )
    await page.goto(link.json()["url"])
    await page.get_by_role("button", name="Sign in as").click()
    await page.wait_for_url("**/")
    return who


async def axe(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds wrong on the page as it is now."""
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
