"""The one place that catches everything: loops that must outlive any single fault.

It logs the fault with its traceback, waits, and begins the loop again. It never hides a
fault from somebody who waits for an answer: loops answer nobody.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

PAUSE = 1.0
"""Seconds before a loop that failed begins again."""

logger = logging.getLogger(__name__)


async def kept_running(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run `loop` for ever, again after every fault; ends when it is cancelled."""
    while True:
        try:
            await loop()
        except Exception:
            logger.exception("a loop failed and begins again", extra={"loop": name})
        await asyncio.sleep(PAUSE)
