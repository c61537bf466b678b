"""Heavy questions wait for their turn, and all are answered."""

import asyncio
import threading
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request

from incident.web.heavy import AT_A_TIME, worked_out


async def test_two_heavy_questions_are_worked_out_at_a_time_and_all_in_the_end() -> None:
    app = Starlette()
    app.state.heavy = asyncio.Semaphore(AT_A_TIME)
    request = Request({"type": "http", "app": app})
    begun, go = threading.Semaphore(0), threading.Event()
    running = list[int]()

    def question(number: int) -> int:
        running.append(number)
        begun.release()
        go.wait()
        return number

    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(worked_out(request, partial(question, n))) for n in range(5)]
        for _ in range(AT_A_TIME):
            await asyncio.to_thread(begun.acquire)
        first = list(running)
        go.set()

    assert [0, 1] == sorted(first)
    assert [task.result() for task in asked] == [0, 1, 2, 3, 4]
