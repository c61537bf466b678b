"""Questions that take a while: two are worked out at a time, and the others wait for their turn.

So they never fill the threads that lighter ones need. Nobody is refused here.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

Answer = TypeVar("Answer")
AT_A_TIME = 2


def in_turn(request: Request) -> asyncio.Semaphore:
    """Held for as long as a heavy question is worked out."""
    turns: asyncio.Semaphore = request.app.state.heavy
    return turns


async def worked_out(request: Request, question: Callable[[], Answer]) -> Answer:
    """What `question` answers in a thread, when its turn has come."""
    async with in_turn(request):
        return await asyncio.to_thread(question)
