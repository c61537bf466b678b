"""Picture every screen and every state, dark and light, on a desk and on a phone, into a folder.

    python -m bench.screenshots DIR [--only room sheet-update ...] [--list] [--readme]

A server of its own, furnished by commands of the public API over three days of its time, and a
real Chromium. Each state has a way there; one that cannot be reached any more is told, and makes
it end with 1. Look at DIR/index.html: it judges nothing itself.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Error, async_playwright

from bench.commits import say
from bench.pictures import bad_days, elsewhere, log, pages, past, rooms, sheets, writing
from bench.pictures.cast import World
from bench.pictures.moved import empty, moved
from bench.pictures.sheet_of_contact import write_contact_sheet
from bench.pictures.story import BEGAN, live_through
from bench.pictures.windows import SIZES, STATES, State, Studio, Window
from bench.stage import BROWSERS, FLAGS

__all__ = ["STATES", "bad_days", "elsewhere", "log", "pages", "past", "rooms", "sheets", "writing"]

README = {"room-storm-dark-1440x900": "room-dark", "list-open-light-1440x900": "list-light"}
IMAGES = Path(__file__).parents[1] / "docs" / "images"
MILLISECONDS = 1_000
LINE = 150
"""Characters of a fault that are shown."""
FAILED = (Error, AssertionError, RuntimeError, TimeoutError)


async def pictured(windows: Sequence[Window], one: State) -> list[str]:
    """The state in every window that has it; what went wrong."""
    return [
        wrong
        for wrong in await asyncio.gather(*(taken(w, one) for w in windows if w.size in one.sizes))
        if wrong
    ]


async def taken(window: Window, one: State) -> str:
    try:
        async with asyncio.timeout(window.studio.patience * 3 / MILLISECONDS):
            window.reaching = one.name
            await window.sit(one.who)
            await one.reach(window)
            if not one.own:
                await window.picture(one.name, tall=one.tall)
    except FAILED as error:
        await leave(window)
        told = " ".join(str(error).split()) or type(error).__name__
        return f"{one.name}, {window.size}: {told[:LINE]}"
    return ""


async def leave(window: Window) -> None:
    """What was there instead is a picture, too; the next state begins at another page."""
    path = window.studio.folder / f"unreached-{window.reaching}-{window.size}.png"
    try:
        if not path.exists():  # a window of its own has left one before it went
            await window.page.screenshot(path=path, timeout=10_000)
        await window.page.goto("about:blank", timeout=10_000)
    except Error as error:
        say(f"  not even left: {error.message[:LINE]}")


async def picture_all(studio: Studio, chosen: Sequence[State]) -> list[str]:
    windows, wrong = [Window(studio, size) for size in SIZES], list[str]()
    began = time.monotonic()
    for number, one in enumerate(chosen, 1):
        found = await pictured(windows, one)
        spent = time.monotonic() - began
        lost = "  CANNOT BE REACHED" if found else ""
        say(f"{number:>4}/{len(chosen)} {spent:>5.0f} s  {one.name}{lost}")
        wrong += found
    return wrong


async def run(folder: Path, chosen: Sequence[State], patience: float) -> list[str]:
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("No Chromium. Run: apt-get install chromium, or name one in CHROMIUM.")
    scratch = Path(tempfile.mkdtemp(prefix="incident-pictures-"))
    try:
        async with AsyncExitStack() as stack:
            say("Three days pass")
            nobody = await stack.enter_async_context(empty(scratch / "empty"))
            world = World(await stack.enter_async_context(moved(scratch, BEGAN)))
            await live_through(world)
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS))
            stack.push_async_callback(browser.close)
            studio = Studio(world, nobody, browser, folder, patience=patience)
            wrong = await picture_all(studio, chosen)
            write_contact_sheet(folder)
            say(f"{len(studio.taken)} pictures, {folder / 'index.html'}")
            return [*wrong, *dict.fromkeys(studio.faults)]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def chosen_of(only: Sequence[str]) -> list[State]:
    """Those whose name begins with one of the words; all without any."""
    found = [one for one in STATES.values() if not only or one.name.startswith(tuple(only))]
    found.sort(key=lambda one: (one.own, one.who))  # who looks goes on looking at the same page
    return found or sys.exit("There is no such state. --list tells all.")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", help="where to")
    parser.add_argument("--only", nargs="+", default=[], help="states, or how their names begin")
    parser.add_argument("--list", action="store_true", help="the states, and nothing else")
    parser.add_argument("--readme", action="store_true", help="renew the README's pictures, too")
    parser.add_argument("--patience", type=float, default=30, help="seconds for what is waited for")
    told = parser.parse_args()
    if told.list:
        say("\n".join(STATES))
        return
    if told.folder is None:
        parser.error("say where the pictures go")
    folder: Path = told.folder
    folder.mkdir(parents=True, exist_ok=True)
    wrong = asyncio.run(run(folder, chosen_of(told.only), told.patience * MILLISECONDS))
    if told.readme:
        IMAGES.mkdir(parents=True, exist_ok=True)
        for name, shown in README.items():
            shutil.copy(folder / f"{name}.png", IMAGES / f"{shown}.png")
    for line in wrong:
        say(line)
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
