"""`incident serve` and `incident demo`: a server, and a server in which something happens.

How a server starts and stops is in `server`; what happens in the demo is in `incident.demo`.
"""

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from incident import __version__
from incident.cli import options
from incident.cli.addresses import is_loopback
from incident.cli.ending import plainly, remark, say

if TYPE_CHECKING:
    from incident.runtime import Runtime
    from incident.settings import Settings

SLOWEST, FASTEST = 0.1, 100.0


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: options.Port = None,
    data: options.Data = None,
    mongodb: options.MongoDB = None,
) -> None:
    """Serve until Ctrl-C, on a MongoDB of its own unless another is named."""
    with plainly():
        settings = options.settings(data, mongodb, host=host, port=port)
        start(settings)


def start(settings: "Settings") -> None:
    from incident import logs
    from incident.bootstrap import bootstrap, first_link
    from incident.cli import server

    logs.configure(settings.log_level, settings.log_format)
    began = time.monotonic()

    async def opening(runtime: "Runtime") -> list[str]:
        await bootstrap(runtime)
        lines = await banner(runtime, began)
        if link := await first_link(runtime):
            lines += ["", "  First sign-in (valid 30 minutes, works once):", f"  {link}"]
        return [*lines, "", f"  Ctrl-C stops. Try it with data: {program()} demo", ""]

    if warning := exposed(settings):
        remark(warning)
    server.serve(settings, opening)
    say(f"Stopped. Everything that was acknowledged is in {kept_in(settings)}.")


async def banner(runtime: "Runtime", began: float) -> list[str]:
    from incident.bootstrap import origin

    version = await runtime.database.version()
    took = time.monotonic() - began
    return [
        f"  Incident Command {__version__}",
        f"  Database   {database(runtime.settings, version)}   ready in {took:.1f} s",
        f"  Listening  {origin(runtime.settings)}",
    ]


def database(settings: "Settings", version: str) -> str:
    """Which MongoDB, without the password in its address."""
    from incident.runtime import address
    from incident.store.mongod import REPLICA_SET

    if address(settings) is None:
        return f"embedded mongod {version}, replica set {REPLICA_SET}, {kept_in(settings)}/db"
    return f"MongoDB {version} at {kept_in(settings)}"


def kept_in(settings: "Settings") -> str:
    """The data folder, or the hosts of the MongoDB that was asked for."""
    from incident.runtime import address

    uri = address(settings)
    return str(settings.data) if uri is None else urlsplit(uri).netloc.rpartition("@")[2]


def program() -> str:
    """What to type for this program: its path where it was started from a .venv."""
    started = Path(sys.argv[0])
    own = started.name == "incident" and ".venv" in started.parts
    return shlex.quote(str(started)) if own else "incident"


def exposed(settings: "Settings") -> str | None:
    """What to say where strangers may listen in; None where they cannot."""
    if is_loopback(settings.host) or (settings.base_url or "").startswith("https://"):
        return None
    return (
        f"Warning: {settings.host} can be reached from other machines, without encryption. "
        "Put TLS in front and set INCIDENT_BASE_URL=https://..."
    )


def demo(
    port: options.Port = None,
    speed: Annotated[
        float, typer.Option(min=SLOWEST, max=FASTEST, help="2 plays twice as fast.")
    ] = 1.0,
    data: options.Data = None,
) -> None:
    """Serve an incident that plays itself, in a data folder of its own, made anew each time."""
    with plainly():
        settings = options.settings(data, port=port)
        apart = {
            "data": settings.data / "demo",
            "mongodb_uri": None,  # never somebody's own database
            "base_url": None,
            "host": "127.0.0.1",
        }
        start_demo(settings.model_copy(update=apart), speed)


def start_demo(settings: "Settings", speed: float) -> None:
    import asyncio

    from incident import logs
    from incident.bootstrap import bootstrap, link, origin
    from incident.cli import server
    from incident.demo.player import YOU, Player

    logs.configure("warning", settings.log_format)
    began = time.monotonic()
    players: list[Player] = []

    async def opening(runtime: "Runtime") -> list[str]:
        await bootstrap(runtime)
        player = Player(runtime, speed)
        players.append(player)
        incident = await player.prepare()
        return [
            *await banner(runtime, began),
            "",
            f"  {incident} is going on now. Come in as an administrator (works once):",
            f"  {await link(runtime, YOU)}",
            f"  and then to {origin(settings)}/incidents/{incident}",
            "",
            "  For another link:",
            f"  {program()} user link {YOU} --data '{settings.data}' --base-url {origin(settings)}",
            "",
            "  Ctrl-C stops. Nothing here is kept: the next demo begins anew.",
            "",
        ]

    async def beside(runtime: "Runtime") -> None:
        await players[0].play()
        remark("  The demo has come to its end. The room stays open until Ctrl-C.")

    asyncio.run(cleared(settings))
    server.serve(settings, opening, beside)
    say("Stopped. The next demo begins anew.")


async def cleared(settings: "Settings") -> None:
    """Forget the last demo. Raises `DataInUse` while another one runs."""
    import shutil

    from incident.store.lock import FolderLock
    from incident.store.mongod import stop_orphan

    lock = await FolderLock.take(settings.data)
    try:
        await stop_orphan(settings.data)
        shutil.rmtree(settings.data / "db", ignore_errors=True)
    finally:
        lock.release()
