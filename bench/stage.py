"""What the benches of the browser stand on: a server of its own, a full room, a real browser.

The server is a process of its own on a fresh database; the browser signs in by a link as people
do. It measures nothing.
"""
# ruff: noqa: INP001 (a script, not a package)

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from playwright.async_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    StorageState,
    async_playwright,
)

from bench.commits import machine
from tests.process import TOKEN, ServerProcess, served

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--enable-precise-memory-info")
WINDOW = {"width": 1440, "height": 900}
AT_ONCE = 32
"""Writers that fill a room."""
PATIENCE = 120_000
"""Milliseconds."""

SENTENCES = (
    "Error rate of checkout is back under one percent in eu-west-1.",
    "Replica lag is 41 s and falling; promoting it now would lose two minutes of writes.",
    "Asked the network team whether the change of 02:40 touched the load balancer.",
    "`kubectl rollout undo deploy/payments-api` is ready, waiting for a second pair of eyes.",
)
KINDS = ("info", "info", "info", "action", "decision", "alert")


@dataclass(frozen=True)
class Stage:
    """The server, somebody's cookies, and the browser."""

    server: ServerProcess
    browser: Browser
    cookies: StorageState

    @asynccontextmanager
    async def window(self, *, signed_in: bool = True) -> AsyncIterator[BrowserContext]:
        """A browser that knows nothing of us but who it is: nothing is cached."""
        context = await self.browser.new_context(
            viewport={"width": WINDOW["width"], "height": WINDOW["height"]},
            storage_state=self.cookies if signed_in else None,
        )
        try:
            yield context
        finally:
            await context.close()

    def writer(self) -> httpx2.AsyncClient:
        """The admin's program."""
        head = {"Authorization": f"Bearer {TOKEN}"}
        limits = httpx2.Limits(max_connections=AT_ONCE)
        return httpx2.AsyncClient(
            base_url=self.server.url, headers=head, limits=limits, timeout=PATIENCE / 1000
        )

    async def room(self, entries: int) -> str:
        """A new incident that looks like one, with that many entries."""
        async with self.writer() as http:
            declared = await http.post("/api/incidents", json=INCIDENT)
            declared.raise_for_status()
            incident: str = declared.json()["id"]
            for fix in FIXES:
                made = await http.post(f"/api/incidents/{incident}/actions", json=fix)
                made.raise_for_status()
            told = (await http.get(f"/api/incidents/{incident}")).json()["entries"]
            numbers = iter(range(told, entries))

            async def write() -> None:
                for number in numbers:
                    await noted(http, incident, number)

            await asyncio.gather(*(write() for _ in range(AT_ONCE)))
        return incident


INCIDENT = {
    "title": "Card payments failing in Europe",
    "description": "Three of ten card payments in Europe are refused since 02:38.",
    "severity": 2,
    "affectedServices": ["payments-api", "ledger-db", "checkout"],
    "affectedRegions": ["eu-west-1", "eu-central-1"],
    "commander": "me",
}
FIXES = (
    {"description": "Roll payments-api back to 4711", "target": "payments-api"},
    {"description": "Promote the replica of ledger-db", "target": "ledger-db"},
)


async def noted(http: httpx2.AsyncClient, incident: str, number: int) -> None:
    note = {
        "message": f"{number}: {SENTENCES[number % len(SENTENCES)]}",
        "type": KINDS[number % len(KINDS)],
    }
    answer = await http.post(f"/api/incidents/{incident}/timeline", json=note)
    answer.raise_for_status()


async def warmed(stage: Stage) -> bool:
    """Wait until the server has made Brotli of its files, as one that is up for seconds has."""
    async with httpx2.AsyncClient(base_url=stage.server.url) as http:
        page = (await http.get("/signin")).text
        release = page.partition("/static/")[2].partition("/")[0]
        for _ in range(300):
            answer = await http.get(
                f"/static/{release}/joined/room.js", headers={"Accept-Encoding": "br"}
            )
            if answer.headers.get("content-encoding") == "br":
                return True
            await asyncio.sleep(0.1)
    return False


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """All of it, on a fresh database, for as long as the block lasts."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("No Chromium. Run: apt-get install chromium, or name one in CHROMIUM.")
    with tempfile.TemporaryDirectory(prefix="incident-bench-") as folder:
        async with served(Path(folder) / "data") as server, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            yield Stage(server, browser, await signed_in(browser, server))
            await browser.close()


async def signed_in(browser: Browser, server: ServerProcess) -> StorageState:
    """The cookies of Ada, who is somebody else than the writer."""
    person = {"handle": "ada", "name": "Ada Okafor", "role": "admin"}
    (await server.call("POST", "/api/people", person)).raise_for_status()
    link = (await server.call("POST", "/api/people/ada/link")).json()["url"]
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(link, wait_until="domcontentloaded")
    await page.get_by_role("button", name="Sign in as").click()
    await page.wait_for_url("**/", wait_until="domcontentloaded")
    cookies = await context.storage_state()
    await context.close()
    return cookies


async def about(stage: Stage) -> str:
    """The machine and what runs on it."""
    return f"{machine('its own')}, Chromium {stage.browser.version}"


async def tools_of(page: Page) -> CDPSession:
    return await page.context.new_cdp_session(page)
