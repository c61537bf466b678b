"""How soon the war room is there, how it bears a storm, and how soon others see what was said.

    python -m bench.browser [--only opening storm seeing] [--entries 5000] [--seconds 60]

A server of its own and a real Chromium on one machine. Opening: the room with 5,000 entries, cold
(nothing cached) and warm, beside the smallest answer of the same server. Storm: 50 commits a
second while somebody types. Seeing: from a commit's acknowledgement to the paint in another
browser, among 200 viewers. It prints, and judges nothing.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import httpx2
from playwright.async_api import BrowserContext, Page

from bench.commits import say
from bench.stage import PATIENCE, Stage, about, noted, staged, tools_of
from bench.viewers import viewing

ROUNDS = 7
COMMITS_A_SECOND = 50
VIEWERS = 200
SEEN = 300
"""Commits of which the way to the screen is timed."""
SEEN_A_SECOND = 10
LONG = 50
"""Milliseconds of a task that can be felt."""
MEGA = 1_000_000

WATCH = """
window.bench = {
  tasks: [], minute: [], inputs: [], painted: new Map(), usable: null, waited: new Set(),
};
const told = (kind, does, options = {}) => {
  new PerformanceObserver((list) => list.getEntries().forEach(does))
    .observe({type: kind, buffered: true, ...options});
};
told("longtask", (task) => {
  bench.tasks.push([task.startTime, task.duration]);
  bench.minute.push(task.duration);
});
told("event", (event) => {
  if (event.name === "keydown") bench.inputs.push(event.duration);
}, {durationThreshold: 16});
const look = () => {
  const said = document.querySelector("#connection")?.textContent ?? "";
  const composer = document.querySelector("#composer");
  if (said.includes("Connected") && composer && "_$litPart$" in composer) {
    bench.usable = performance.now();
  } else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""Runs before the page's own scripts. `_$litPart$` is lit's mark of a place that it has drawn."""

FIND_MARKS = """
() => new MutationObserver(() => {
  const now = () => performance.timeOrigin + performance.now();
  const text = document.querySelector("#entries").textContent;
  for (const [mark] of text.slice(-20000).matchAll(/mark-[0-9]+-/g)) {
    if (bench.waited.has(mark)) continue;
    bench.waited.add(mark);
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => bench.painted.set(mark, now());
      channel.port2.postMessage(0);
    });
  }
}).observe(document.querySelector("#entries"), {
  childList: true, subtree: true, characterData: true,
})
"""
"""A frame's callbacks run before its paint, a message sent from there after it."""


async def opening(stage: Stage, entries: int) -> None:
    incident = await stage.room(entries)
    path = f"/incidents/{incident}"
    async with stage.window() as context:
        await opened(context, stage.server.url + path)  # the server's own first time
    found: dict[str, list[dict[str, float]]] = {"cold": [], "warm": [], "empty": []}
    for _ in range(ROUNDS):
        async with stage.window() as context:
            found["empty"].append(await painted(context, f"{stage.server.url}/healthz"))
            found["cold"].append(await opened(context, stage.server.url + path))
            found["warm"].append(await opened(context, stage.server.url + path))
    empty = middle(found["empty"], "paint")
    say(f"\nOpening a room of {entries:,} entries, median (worst) of {ROUNDS}, ms")
    say("         first byte   first paint   to empty        usable  longest task   blocked")
    for name in ("cold", "warm"):
        rows = found[name]
        say(
            f"  {name}  {pair(rows, 'byte')} {pair(rows, 'paint')}"
            f"{middle(rows, 'paint') / empty:>9.1f}x{pair(rows, 'usable')}"
            f"{pair(rows, 'longest')}{middle(rows, 'blocked'):>10.0f}"
        )
    say(f"  empty               {pair(found['empty'], 'paint')}      (/healthz of the same server)")


def middle(rows: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(row[key] for row in rows)


def pair(rows: Sequence[dict[str, float]], key: str) -> str:
    return f"{middle(rows, key):>7.0f} ({max(row[key] for row in rows):>4.0f})"


async def painted(context: BrowserContext, url: str) -> dict[str, float]:
    """When something is first seen of a page."""
    page = await context.new_page()
    await page.goto(url, wait_until="load", timeout=PATIENCE)
    paint = await first_paint(page)
    await page.close()
    return {"paint": paint}


async def first_paint(page: Page) -> float:
    told = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
    return float(await until(page, told))


async def opened(context: BrowserContext, url: str) -> dict[str, float]:
    """A visit of the room: paint, when it is usable, and what stood in the way."""
    page = await watched(context, url)
    paint, usable = await first_paint(page), float(await until(page, "bench.usable"))
    await asyncio.sleep(1.5)  # what is done once the page rests
    tasks = await page.evaluate("bench.tasks")
    byte = await page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    await page.close()
    durations = [duration for _, duration in tasks]
    return {
        "byte": float(byte),
        "paint": paint,
        "usable": usable,
        "longest": max(durations, default=0.0),
        "blocked": sum(duration - LONG for duration in durations),
    }


async def watched(context: BrowserContext, url: str) -> Page:
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.goto(url, wait_until="domcontentloaded", timeout=PATIENCE)
    return page


async def until(page: Page, expression: str) -> Any:  # noqa: ANN401 (what a page answers)
    """The value of an expression as soon as it is not null; asked from here, as pages refuse it."""
    async with asyncio.timeout(PATIENCE / 1000):
        while (value := await page.evaluate(expression)) is None:  # noqa: ASYNC110 - not ours
            await asyncio.sleep(0.02)
    return value


async def storm(stage: Stage, entries: int, seconds: float) -> None:
    incident = await stage.room(entries)
    say(
        f"\nStorm: {COMMITS_A_SECOND} commits a second for {seconds:.0f} s,"
        f" into a room of {entries:,}"
    )
    async with stage.window() as context, stage.writer() as http:
        page = await watched(context, f"{stage.server.url}/incidents/{incident}")
        await until(page, "bench.usable")
        await asyncio.sleep(2)
        await page.evaluate("[bench.tasks, bench.minute].forEach((told) => told.splice(0))")
        await page.focus("#say")
        before = await heap(page)
        typist = asyncio.create_task(typing(page))  # cancelled below
        rates = Rates(http, incident)
        began = time.monotonic()
        await rates.run(seconds, lambda: tell_minute(page, began))
        spent = time.monotonic() - began
        typist.cancel()
        await asyncio.gather(typist, return_exceptions=True)
        await asyncio.sleep(3)
        await tell_storm(page, before, rates.done / spent, spent)


class Rates:
    """Writes at an even pace, whatever the answers take, and counts what was answered."""

    def __init__(self, http: httpx2.AsyncClient, incident: str) -> None:
        self._http, self._incident = http, incident
        self.done = 0

    async def run(
        self, seconds: float, each_minute: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        pause, began, told = 1 / COMMITS_A_SECOND, time.monotonic(), 0
        async with asyncio.TaskGroup() as group:
            for number in range(int(seconds * COMMITS_A_SECOND)):
                group.create_task(self._write(number))
                await asyncio.sleep(max(0, began + (number + 1) * pause - time.monotonic()))
                if number // COMMITS_A_SECOND // 60 > told:
                    told += 1
                    group.create_task(each_minute())

    async def _write(self, number: int) -> None:
        await noted(self._http, self._incident, 1_000_000 + number)
        self.done += 1


async def typing(page: Page) -> None:
    """A letter and away with it, twice a second."""
    while True:
        await page.keyboard.press("e")
        await asyncio.sleep(0.25)
        await page.keyboard.press("Backspace")
        await asyncio.sleep(0.25)


async def heap(page: Page) -> dict[str, float]:
    """What the page holds after the garbage is gone."""
    tools = await tools_of(page)
    await tools.send("HeapProfiler.collectGarbage")
    used = await tools.send("Runtime.getHeapUsage")
    counts = await tools.send("Memory.getDOMCounters")
    await tools.detach()
    rows = await page.evaluate("document.querySelectorAll('#entries > li').length")
    return {"heap": used["usedSize"] / MEGA, "nodes": counts["nodes"], "rows": rows}


async def tell_minute(page: Page, began: float) -> None:
    longest = await page.evaluate("bench.minute.splice(0)")
    held = await heap(page)
    minutes = (time.monotonic() - began) / 60
    say(
        f"  after {minutes:>5.1f} min   heap {held['heap']:>6.1f} MB   nodes {held['nodes']:>7,.0f}"
        f"   rows {held['rows']:>5.0f}   over {LONG} ms {len(longest):>4}"
        f"   longest {max(longest, default=0):>4.0f}   load {os.getloadavg()[0]:.1f}"
    )


async def tell_storm(page: Page, before: dict[str, float], rate: float, spent: float) -> None:
    tasks = [duration for _, duration in await page.evaluate("bench.tasks")]
    inputs = sorted(await page.evaluate("bench.inputs"))
    after = await heap(page)
    say(f"  took {rate:.1f} commits a second")
    say(
        f"  tasks over {LONG} ms: {len(tasks)}, longest {max(tasks, default=0):.0f} ms,"
        f" {sum(tasks) / 1000 / spent:.1%} of the time"
    )
    if inputs:
        say(
            f"  a key to its paint: median {statistics.median(inputs):.0f},"
            f" 99th {quantile(inputs, 0.99):.0f}, worst {inputs[-1]:.0f} ms"
            f" ({len(inputs)} that took 16 ms or more)"
        )
    for key, unit in (("heap", "MB"), ("nodes", ""), ("rows", "")):
        say(f"  {key:<6}{before[key]:>9,.1f} at the start, {after[key]:>9,.1f} at the end {unit}")


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


async def seeing(stage: Stage) -> None:
    incident = await stage.room(200)
    address = stage.server.url.replace("http:", "ws:") + f"/ws?incident={incident}"
    async with (
        viewing(address, VIEWERS - 1) as viewers,
        stage.window() as context,
        stage.writer() as http,
    ):
        page = await watched(context, f"{stage.server.url}/incidents/{incident}")
        await until(page, "bench.usable")
        await page.evaluate(FIND_MARKS)
        await asyncio.sleep(3)
        acknowledged: dict[str, float] = {}
        for number in range(SEEN):
            mark = f"mark-{number}-"
            note = {"message": f"{mark} Error rate is back under one percent."}
            answer = await http.post(f"/api/incidents/{incident}/timeline", json=note)
            acknowledged[mark] = time.time() * 1000
            answer.raise_for_status()
            await asyncio.sleep(1 / SEEN_A_SECOND)
        await asyncio.sleep(2)
        shown = dict(await page.evaluate("[...bench.painted]"))
        heard = await viewers.heard()
    say(
        f"\nSeeing: {SEEN} commits, {SEEN_A_SECOND} a second, {VIEWERS} viewers;"
        " ms after the writer's answer"
    )
    tell_delays("painted in a browser", acknowledged, shown)
    tell_delays("heard by the last socket", acknowledged, heard)


def tell_delays(name: str, sent: dict[str, float], got: dict[str, float]) -> None:
    delays = sorted(got[mark] - sent[mark] for mark in sent if mark in got)
    if not delays:
        say(f"  {name:<26}nothing")
        return
    say(
        f"  {name:<26}median {statistics.median(delays):>6.1f}"
        f"   99th {quantile(delays, 0.99):>6.1f}   worst {delays[-1]:>6.1f}"
        f"   missing {len(sent) - len(delays)}"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parts = ("opening", "storm", "seeing")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    parser.add_argument("--entries", type=int, default=5_000, help="in the room")
    parser.add_argument("--seconds", type=float, default=60, help="of the storm; 1800 for memory")
    told = parser.parse_args()
    async with staged() as stage:
        say(await about(stage))
        say("Server, database, browser, writer and viewers share this machine.")
        if "opening" in told.only:
            await opening(stage, told.entries)
        if "storm" in told.only:
            await storm(stage, told.entries, told.seconds)
        if "seeing" in told.only:
            await seeing(stage)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
