"""Picture every page of the demo, dark and light, on a desk and on a phone, into a folder.

It judges nothing: look at the pictures. `python bench/screenshots.py --help`.
"""
# ruff: noqa: T201, INP001 - a script, not a package; it speaks by printing

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from playwright.sync_api import Browser, Page, sync_playwright

Scheme = Literal["dark", "light"]

SCHEMES: tuple[Scheme, ...] = ("dark", "light")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
PAGES = {"list": "/", "declare": "/declare", "people": "/people", "docs": "/docs"}
SHOWN_IN_README = {"room-dark-desk": "room-dark", "list-light-desk": "list-light"}
DOCS = Path(__file__).parents[1] / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TOLD_ENOUGH = "Replica caught up. Promoting now."
"""By then a fix runs, and another one wants the same target."""
SPEED = 4
PATIENCE = 90_000
"""Milliseconds."""


@dataclass(frozen=True)
class Demo:
    url: str
    welcome: str
    room: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def playing(data: Path) -> Iterator[Demo]:
    """`incident demo` for as long as the block lasts."""
    port = free_port()
    command = [sys.executable, "-m", "incident", "demo", "--port", str(port)]
    process = subprocess.Popen(  # noqa: S603 - this Python, with arguments of our own
        [*command, "--speed", str(SPEED), "--data", str(data)],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield told(process.stdout, f"http://127.0.0.1:{port}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def told(output: IO[str], url: str) -> Demo:
    """What the demo prints at its start: the link that signs in, and the way to its room."""
    welcome = ""
    for line in output:
        welcome = next(iter(re.findall(r"\S+/welcome\?\S+", line)), welcome)
        if room := re.search(r"/incidents/INC-\d+", line):
            threading.Thread(target=output.read, daemon=True).start()  # let it go on speaking
            return Demo(url, welcome, room[0])
    raise SystemExit("the demo ended before it began")


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(demo.welcome)
    page.get_by_role("button", name="Sign in as").click()
    page.wait_for_url("**/")


def wait_for_the_story(page: Page, demo: Demo) -> None:
    """Until two fixes want the same target, and one of them is refused here too."""
    page.goto(demo.url + demo.room)
    page.locator("#entries").get_by_text(TOLD_ENOUGH).wait_for(timeout=PATIENCE)
    page.locator("#ACT-3").get_by_role("button", name="Start").click()
    page.locator("#ACT-3 .conflict").wait_for()


def picture(page: Page, folder: Path, name: str) -> None:
    """The page as it is now, in both themes and both sizes."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=folder / f"{name}-{scheme}-{size}.png")
            print(f"{name}-{scheme}-{size}.png")


def picture_all(browser: Browser, demo: Demo, folder: Path) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{demo.url}/signin")
    picture(page, folder, "signin")
    page.set_viewport_size({"width": 1440, "height": 900})
    sign_in(page, demo)
    wait_for_the_story(page, demo)
    picture(page, folder, "room")
    for name, path in PAGES.items():
        page.goto(demo.url + path)
        if path == "/":
            page.get_by_text("Connected", exact=True).wait_for()
        picture(page, folder, name)


def chosen_folder() -> Path | None:
    parser = argparse.ArgumentParser(description=__doc__)
    note = "where to; without it only the pictures of the README are renewed"
    parser.add_argument("folder", nargs="?", type=Path, help=note)
    folder: Path | None = parser.parse_args().folder
    return folder


def main() -> None:
    browser_path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))
    with tempfile.TemporaryDirectory(prefix="incident-pictures-") as scratch:
        folder = chosen_folder() or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        with playing(Path(scratch) / "data") as demo, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
            )
            picture_all(browser, demo, folder)
            browser.close()
        if folder == Path(scratch):
            DOCS.mkdir(parents=True, exist_ok=True)
            for name, shown in SHOWN_IN_README.items():
                shutil.copy(folder / f"{name}.png", DOCS / f"{shown}.png")


if __name__ == "__main__":
    main()
