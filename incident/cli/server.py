"""One server from its start to its clean end: database up, then listening; and back in reverse.

What is served and what is printed is given to it; it answers no request itself.
"""

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, cast

import uvicorn

from incident.cli.addresses import why
from incident.cli.ending import Ending
from incident.runtime import Runtime, running
from incident.settings import Settings
from incident.web.app import create_app
from incident.web.connection import guarded
from incident.web.guard import listening_socket

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

TRUSTED_PROXIES = "127.0.0.1"
"""Whose X-Forwarded headers are believed, unless FORWARDED_ALLOW_IPS names others."""

Opening = Callable[[Runtime], Awaitable[list[str]]]
"""Done before anybody is let in; returns the lines to print once it listens."""
Beside = Callable[[Runtime], Coroutine[None, None, None]]
"""What goes on while it serves."""

logger = logging.getLogger(__name__)


async def nothing(runtime: Runtime) -> None:
    """What goes on beside an ordinary server."""


class Server(uvicorn.Server):
    """uvicorn, which leaves signals to us: theirs would end the process before the database."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()


class Stop:
    """What Ctrl-C and SIGTERM mean: give up starting, then stop politely, then at once."""

    def __init__(self, starting: asyncio.Task[object]) -> None:
        self._starting = starting
        self.server: Server | None = None

    def __call__(self) -> None:
        if self.server is None:
            self._starting.cancel()
        elif self.server.should_exit:
            self.server.force_exit = True
        else:
            self.server.should_exit = True


def serve(settings: Settings, opening: Opening, beside: Beside = nothing) -> None:
    """Serve until told to stop. Raises `Ending`, `Unusable` or `StoreAway`."""
    settings = settings.model_copy(update={"port": claimable(settings)})
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(until_told(settings, opening, beside))


async def until_told(settings: Settings, opening: Opening, beside: Beside) -> None:
    task = asyncio.current_task()
    assert task is not None
    stop = Stop(task)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        async with running(settings) as runtime:
            lines = await opening(runtime)
            await listen(runtime, lines, stop, beside)
    except asyncio.CancelledError:
        logger.info("stopped while starting")


async def listen(runtime: Runtime, lines: list[str], stop: Stop, beside: Beside) -> None:
    """Let people in, until told to stop."""
    config = guarded(
        cast("ASGIApplication", create_app(runtime)), trusted_proxies=trusted_proxies()
    )
    server = Server(config, lambda: announce(lines))
    listener = claimed(runtime.settings)
    stop.server = server
    async with going_on(beside(runtime)):
        await server.serve(sockets=[listener])


@asynccontextmanager
async def going_on(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Within the block, `work` goes on beside it."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        yield
        task.cancel()


def claimable(settings: Settings) -> int:
    """The port, known to be free now: nobody should wait for a database to hear that it is not."""
    with claimed(settings) as listener:
        port: int = listener.getsockname()[1]
    return port


def claimed(settings: Settings) -> socket.socket:
    try:
        return listening_socket(settings.host, settings.port)
    except OSError as error:
        raise Ending(
            f"Cannot listen on {settings.host} port {settings.port}: {why(error)}. "
            "Choose another with --host and --port, or stop what is there."
        ) from None


def trusted_proxies() -> list[str]:
    """As uvicorn reads it: addresses with commas between them, or *."""
    named = os.environ.get("FORWARDED_ALLOW_IPS", TRUSTED_PROXIES)
    return [address.strip() for address in named.split(",") if address.strip()]


def announce(lines: list[str]) -> None:
    print("\n".join(lines), flush=True)  # noqa: T201 (what serve prints)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster loop where there is one, which is everywhere but on Windows."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop
