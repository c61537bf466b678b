"""What Lighthouse says of the list, the room and sign-in, as on a desk and as on a phone.

    python -m bench.lighthouse [--entries 200] [--runs 3] [--port 9333]

It needs `npx`, which fetches Lighthouse; nothing else here does. The browser is signed in as
people are, with its cache emptied by Lighthouse before each run. Median of the runs; every audit
that does not reach its best is named.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bench.commits import say
from bench.stage import BROWSERS, FLAGS, Stage, about, staged

LIGHTHOUSE = "lighthouse@12.8.2"
"""The newest that runs on Node 20; the next one wants 22."""
JUDGED = ("performance", "accessibility", "best-practices")
"""Of what search engines want nothing holds here: every page is behind sign-in."""
ATTEMPTS = 3
"""On a machine with other work it now and then misses the start of a page."""
LIMIT = 300.0
"""Seconds of one run."""


async def run(url: str, preset: str, port: int, folder: Path) -> dict[str, Any]:
    """One report."""
    told = folder / "report.json"
    command = ["npx", "--yes", LIGHTHOUSE, url, f"--port={port}", "--quiet", "--output=json"]
    command += [f"--output-path={told}", f"--only-categories={','.join(JUDGED)}"]
    command += ["--preset=desktop"] if preset == "desk" else []
    for _ in range(ATTEMPTS):
        process = await asyncio.create_subprocess_exec(
            *command, env=os.environ | {"NPM_CONFIG_LOGLEVEL": "error"}
        )
        if await asyncio.wait_for(process.wait(), LIMIT) == 0:
            report: dict[str, Any] = json.loads(told.read_text())
            return report
    sys.exit("Lighthouse did not end well; what it said is above.")


def scores(reports: list[dict[str, Any]]) -> str:
    cells = []
    for name in JUDGED:
        found = [round(100 * (one["categories"][name]["score"] or 0)) for one in reports]
        cells.append(f"{statistics.median(found):>15.0f}")
    return "".join(cells)


def timing(reports: list[dict[str, Any]], audit: str) -> float:
    return statistics.median(float(one["audits"][audit]["numericValue"]) for one in reports)


def wanting(report: dict[str, Any]) -> list[str]:
    """Audits that count and do not reach their best."""
    counted = {
        ref["id"]
        for name in JUDGED
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"]
    }
    return [
        f"{name} {audit.get('displayValue') or audit['score']}"
        for name, audit in report["audits"].items()
        if name in counted and audit["score"] is not None and audit["score"] < 1
    ]


async def judged(stage: Stage, path: str, told: argparse.Namespace, *, signed_in: bool) -> None:
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory(prefix="incident-lighthouse-") as folder:
        async with async_playwright() as playwright:
            context = await playwright.chromium.launch_persistent_context(
                f"{folder}/profile",
                executable_path=browser,
                args=[*FLAGS, f"--remote-debugging-port={told.port}"],
            )
            if signed_in:
                await context.add_cookies(stage.cookies["cookies"])  # type: ignore[arg-type] # the same fields
            for preset in ("desk", "phone"):
                reports = [
                    await run(stage.server.url + path, preset, told.port, Path(folder))
                    for _ in range(told.runs)
                ]
                tell(path, preset, reports)
            await context.close()


def tell(path: str, preset: str, reports: list[dict[str, Any]]) -> None:
    say(
        f"{path:<20}{preset:<7}{scores(reports)}"
        f"{timing(reports, 'first-contentful-paint'):>8.0f}"
        f"{timing(reports, 'largest-contentful-paint'):>8.0f}"
        f"{timing(reports, 'total-blocking-time'):>8.0f}"
        f"{timing(reports, 'cumulative-layout-shift'):>8.3f}"
    )
    for line in wanting(reports[-1]):
        say(f"    {line}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=200, help="in the room")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is shown")
    parser.add_argument(
        "--port", type=int, default=9333, help="for Lighthouse to reach the browser"
    )
    told = parser.parse_args()
    async with staged() as stage:
        say(f"{await about(stage)}, {LIGHTHOUSE}")
        incident = await stage.room(told.entries)
        columns = "".join(f"{name:>15}" for name in JUDGED)
        say(f"\n{'':<27}{columns}     FCP     LCP     TBT     CLS")
        await judged(stage, "/", told, signed_in=True)
        await judged(stage, f"/incidents/{incident}", told, signed_in=True)
        await judged(stage, "/signin", told, signed_in=False)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
