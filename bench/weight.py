"""What a first and a second visit cost on the wire, told by the browser that made it.

    python -m bench.weight [--entries 200] [--each]

Chromium with its cache on, over the DevTools protocol: the bytes that it received, with the
headers of the answers and without, until the page rests. What comes later over the socket is
told for itself. It does not measure time.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, Page

from bench.commits import say
from bench.stage import PATIENCE, Stage, about, staged, tools_of, warmed

KINDS = ("Document", "Script", "Stylesheet", "Font", "Image", "Fetch")
REST = 3.0
"""Seconds without a request after which a page rests; what it takes up when idle is in it."""


@dataclass
class Visit:
    """What came for one page, by request."""

    kinds: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    heads: Counter[str] = field(default_factory=Counter)
    whole: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)
    socket: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def answered(self, told: dict[str, Any]) -> None:
        response, request = told["response"], told["requestId"]
        kind = {"XHR": "Fetch", "Other": "Fetch"}.get(told["type"], told["type"])
        self.kinds[request], self.urls[request] = kind, response["url"]
        self.heads[request] = int(response["encodedDataLength"])
        if response.get("fromDiskCache") or response.get("fromPrefetchCache"):
            self.kept.add(request)
        self.changed.set()

    def served_from_memory(self, told: dict[str, Any]) -> None:
        self.kept.add(told["requestId"])

    def finished(self, told: dict[str, Any]) -> None:
        self.whole[told["requestId"]] = int(told["encodedDataLength"])
        self.changed.set()

    def heard(self, told: dict[str, Any]) -> None:
        self.socket += len(told["response"]["payloadData"].encode())

    def fetched(self) -> list[str]:
        return [request for request in self.kinds if request not in self.kept]

    def bytes_of(self, *kinds: str) -> int:
        return sum(self.whole[one] for one in self.fetched() if self.kinds[one] in kinds)

    @property
    def total(self) -> int:
        return sum(self.whole[one] for one in self.fetched())

    @property
    def headers(self) -> int:
        return sum(self.heads[one] for one in self.fetched())


async def visited(context: BrowserContext, url: str) -> Visit:
    """Open the page in a new tab and wait until it rests."""
    page = await context.new_page()
    visit = await listening(page)
    await page.goto(url, wait_until="load", timeout=PATIENCE)
    while True:
        visit.changed.clear()
        try:
            await asyncio.wait_for(visit.changed.wait(), REST)
        except TimeoutError:
            break
    await page.close()
    return visit


async def listening(page: Page) -> Visit:
    visit, tools = Visit(), await tools_of(page)
    tools.on("Network.responseReceived", visit.answered)
    tools.on("Network.requestServedFromCache", visit.served_from_memory)
    tools.on("Network.loadingFinished", visit.finished)
    tools.on("Network.webSocketFrameReceived", visit.heard)
    await tools.send("Network.enable")
    return visit


def row(name: str, visit: Visit) -> str:
    cells = "".join(f"{visit.bytes_of(kind) / 1000:>11.1f}" for kind in KINDS)
    return (
        f"{name:<24}{visit.total / 1000:>8.1f}{(visit.total - visit.headers) / 1000:>9.1f}"
        f"{len(visit.fetched()):>10}{cells}{visit.socket / 1000:>9.1f}"
    )


async def measured(stage: Stage, entries: int, *, each: bool) -> None:
    incident = await stage.room(entries)
    pages = {
        "sign-in": ("/signin", False),
        "list": ("/", True),
        f"room, {entries} entries": (f"/incidents/{incident}", True),
    }
    kinds = "".join(f"{kind.lower():>11}" for kind in KINDS)
    say(f"\nkB on the wire          {'all':>8}{'bodies':>9}{'requests':>10}{kinds}{'socket':>9}")
    for name, (path, signed_in) in pages.items():
        async with stage.window(signed_in=signed_in) as context:
            for visit_name in ("first", "second"):
                visit = await visited(context, stage.server.url + path)
                say(row(f"{name}, {visit_name}", visit))
                if each:
                    tell_each(visit)


def tell_each(visit: Visit) -> None:
    for request in sorted(visit.fetched(), key=lambda one: -visit.whole[one]):
        say(f"    {visit.whole[request]:>8} {visit.urls[request].partition('/static/')[2][13:]}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=200, help="in the room")
    parser.add_argument("--each", action="store_true", help="also every request")
    told = parser.parse_args()
    async with staged() as stage:
        say(await about(stage))
        say("" if await warmed(stage) else "The server never made Brotli: this is gzip.")
        say(
            "`all` has the headers of answers in it; kB are 1,000 bytes; a rest is 3 s without one."
        )
        await measured(stage, told.entries, each=told.each)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
