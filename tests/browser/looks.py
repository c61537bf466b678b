"""What can be measured of a page as it is now: its motion, its width, what forced colours leave.

Each question is answered by a list of faults, empty where all is well. It opens nothing.
"""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

NARROW, ENLARGED = (360, 740), (720, 450)
"""The narrowest phone; a desk at 200 % zoom, in CSS pixels."""

QUESTIONS = (Path(__file__).parent / "looks.js").read_text()


async def motion(page: Page) -> list[str]:
    """Under reduced motion, which the window asks for."""
    return await asked(page, "moving()")


async def forced(page: Page) -> list[str]:
    """What cannot be told any more without the page's own colours."""
    await page.emulate_media(forced_colors="active")
    found = await asked(page, "[...untold(), ...unseenFocus()]")
    await page.emulate_media(forced_colors="none")
    return found


async def cramped(page: Page, size: tuple[int, int]) -> list[str]:
    """What is cut off, scrolls sideways or lies under something in a window of that size."""
    before: Any = page.viewport_size
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    found = await asked(page, "[...tooWide(), ...covered()]")
    await page.set_viewport_size(before)
    return found


async def asked(page: Page, question: str) -> list[str]:
    found: list[str] = await page.evaluate(f"() => {{ {QUESTIONS}\nreturn {question}; }}")
    return found
