"""Windows of two sizes in which people look, and the table of states that are pictured there.

A window opens pages and takes pictures; which states there are is told by the modules beside it.
"""
# ruff: noqa: INP001 (part of a script, not a package)

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Locator, Page, StorageState, ViewportSize

from bench.pictures.cast import World
from bench.pictures.moved import Empty
from tests.browser.relay import Relay, relayed

SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
BOTH = tuple(SIZES)
SCHEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
ZONE = "Europe/Berlin"
NOWHERE = "about:blank"
CLOSE_ALL = """() => {
  for (const one of document.querySelectorAll("dialog[open]")) one.close();
  for (const one of document.querySelectorAll(":popover-open")) one.hidePopover();
  document.querySelector("#log").scrollTop = 1e9;
  history.replaceState(null, "", location.pathname);
}"""
LEFT_OVER = (
    "dialog[open], .toast, .ev.found, .replay-bar, .catch-up, .answer, .find, .pending,"
    " #band :is(input, textarea)"
)
"""What a state has left in a room, which is loaded again then."""
TALLEST = 3_000
"""CSS pixels of a picture of a whole page."""


@dataclass
class Studio:
    """What all windows share: the servers, the browser, and who is signed in already."""

    world: World
    empty: Empty
    browser: Browser
    folder: Path
    cookies: dict[tuple[str, str], StorageState] = field(default_factory=dict)
    signing_in: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    patience: float = 60_000
    """Milliseconds for whatever is waited for."""

    async def context(self, size: str, who: str | None, *, scripts: bool = True) -> BrowserContext:
        phone = size == "phone"
        context = await self.browser.new_context(
            viewport=SIZES[size], reduced_motion="reduce", timezone_id=ZONE, color_scheme="dark",
            is_mobile=phone, has_touch=phone, java_script_enabled=scripts,
            storage_state=await self.known(who) if who else None,
        )  # fmt: skip
        context.set_default_timeout(self.patience)
        return context

    async def known(self, who: str) -> StorageState:
        """The cookies of `who`, who comes in by a link the first time."""
        async with self.signing_in:
            key = (self.world.server.url, who)
            if key not in self.cookies:
                self.cookies[key] = await self.let_in(who)
            return self.cookies[key]

    async def let_in(self, who: str) -> StorageState:
        context = await self.browser.new_context()
        page = await context.new_page()
        page.set_default_timeout(self.patience)
        await page.goto(self.world.server.url + await self.world.link(who))
        await page.get_by_role("button", name="Sign in as").click()
        await page.wait_for_url("**/", wait_until="domcontentloaded")
        told = await context.storage_state()
        await context.close()
        return told


class Window:
    """One size. `page` is whoever looks now; each person keeps theirs from state to state."""

    def __init__(self, studio: Studio, size: str) -> None:
        self.studio, self.size = studio, size
        self.phone = size == "phone"
        self.url = studio.world.server.url
        self.reaching = ""
        self._pages: dict[str, Page] = {}
        self.page: Page

    @property
    def world(self) -> World:
        return self.studio.world

    async def sit(self, who: str) -> None:
        """`who` looks from now on, at a page that may be anywhere; nobody else does."""
        for other, page in self._pages.items():
            if other != who and page.url != NOWHERE:
                await page.goto(NOWHERE)
        if who not in self._pages:
            context = await self.studio.context(self.size, who or None)
            self._pages[who] = await self.watched(await context.new_page(), who)
        self.page = self._pages[who]
        await self.page.set_viewport_size(SIZES[self.size])

    async def watched(self, page: Page, who: str) -> Page:
        def fault(words: str) -> None:
            self.studio.faults.append(f"{who or 'nobody'}, {self.size}, {page.url}: {words}")

        page.on("pageerror", lambda error: fault(str(error)))
        page.on("console", lambda m: fault(m.text) if "Content Security" in m.text else None)
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        return page

    @asynccontextmanager
    async def alone(self, who: str, *, scripts: bool = True) -> AsyncIterator[None]:
        """A window of one's own, for what would change the others: gone at the end."""
        before, state = getattr(self, "page", None), None
        if who:
            state = await self.studio.let_in(who)
        context = await self.studio.context(self.size, None, scripts=scripts)
        if state:
            await context.add_cookies(state["cookies"])  # type: ignore[arg-type]  # the same, read and written
        self.page = await self.watched(await context.new_page(), who)
        try:
            yield
        except BaseException:
            await self.page.screenshot(
                path=self.studio.folder / f"unreached-{self.reaching}-{self.size}.png"
            )
            raise
        finally:
            await context.close()
            if before:
                self.page = before

    @asynccontextmanager
    async def far(self, who: str) -> AsyncIterator[Relay]:
        """The same behind a network that can be cut."""
        async with relayed(self.world.server) as relay, self.alone(who):
            self.url = relay.server.url
            try:
                yield relay
            finally:
                self.url = self.world.server.url

    async def open(self, path: str) -> None:
        await self.page.goto(self.url + path, wait_until="domcontentloaded")

    async def live(self, path: str) -> None:
        """Open it, and wait until it is connected."""
        await self.open(path)
        said = self.page.get_by_text("Connected", exact=True)
        await said.first.wait_for(state="attached")

    async def room(self, name: str, more: str = "") -> None:
        await self.live(f"/incidents/{self.world.rooms[name]}{more}")

    async def whole_room(self, name: str, more: str = "") -> None:
        """With the parts that come only when the page rests, or is touched; as new where it is
        open already.
        """
        if await self.tidied(f"/incidents/{self.world.rooms[name]}"):
            await self.page.evaluate("(hash) => { location.hash = hash; }", more)
            return
        await self.room(name, more)
        await self.page.keyboard.press("Shift")  # brings what is needed to act
        for part in ("#tape .scrub", ".clip", ".catch-me"):
            await self.page.locator(part).wait_for(state="attached")

    async def tidied(self, path: str) -> bool:
        """Whether the page is that room still, and nothing lies over it any more."""
        if self.page.url.partition("#")[0] != self.url + path:
            return False
        await self.page.evaluate(CLOSE_ALL)
        if await self.page.locator(LEFT_OVER).count():
            return False
        await self.tab("Timeline")
        await self.page.fill("#say", "")
        await self.press("#chips", "Everything")
        await self.page.evaluate("document.activeElement.blur()")
        return True

    async def tab(self, word: str) -> None:
        """On a phone the panels are behind tabs."""
        if self.phone:
            await self.page.locator("#tabs").get_by_role("button", name=word).click()

    async def press(self, panel: str, words: str) -> None:
        await self.page.locator(panel).get_by_role("button", name=words).first.click()

    async def dialog(self) -> Locator:
        await self.page.locator("dialog[open]").wait_for()
        return self.page.locator("dialog[open]")

    async def picture(self, name: str, *, tall: bool = False) -> None:
        """The page as it is now, in both themes."""
        size = self.page.viewport_size
        assert size is not None
        for scheme in SCHEMES:
            await self.page.emulate_media(color_scheme=scheme)
            path = f"{name}-{scheme}-{size['width']}x{size['height']}.png"
            height: float = size["height"]
            if tall:
                height = await self.page.evaluate("document.documentElement.scrollHeight")
            part = {"x": 0, "y": 0, "width": size["width"], "height": min(height, TALLEST)}
            await self.page.screenshot(
                path=self.studio.folder / path, animations="disabled", full_page=tall,
                clip=part if tall else None,  # type: ignore[arg-type]  # four numbers
            )  # fmt: skip
            self.studio.taken.append(path)


Reach = Callable[[Window], Awaitable[None]]


@dataclass(frozen=True)
class State:
    """How `who` comes there, by its name; a `reach` of its own picture takes it itself."""

    name: str
    reach: Reach
    who: str
    sizes: tuple[str, ...]
    tall: bool
    own: bool


STATES: dict[str, State] = {}


def state(
    name: str,
    *,
    who: str = "ada",
    sizes: tuple[str, ...] = BOTH,
    tall: bool = False,
    own: bool = False,
) -> Callable[[Reach], Reach]:
    """Registers how a state is reached. `own`: it takes its picture itself."""

    def known(reach: Reach) -> Reach:
        assert name not in STATES, name
        STATES[name] = State(name, reach, who, sizes, tall, own)
        return reach

    return known
