"""How many events a second one incident takes, beside a plain loop of `insert_one`.

    python -m bench.commits [--seconds 1.5] [--rounds 3] [--mongodb URI] [--profile]

Both run in this process, in turns, on the same database and through the same driver with the
same write concern (majority, journalled). It does not measure the web in front of the desk.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import cProfile
import os
import platform
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from incident.core.commands import AddEntry, Declare
from incident.runtime import Runtime, opened
from incident.settings import Settings

IN_FLIGHT = (1, 16, 64, 256)
MESSAGE = "Error rate of checkout is back under one percent in eu-west-1"

Once = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Per second: events that were acknowledged, and commits that they took."""

    events: float
    commits: float


async def desk_rate(runtime: Runtime, in_flight: int, seconds: float) -> Measured:
    """Notes on one incident, each writer waiting for its answer before it writes again."""
    declared = await runtime.desk.declare(Declare(by="ada", title="Checkout fails", severity=5))
    incident = declared.commit.incident
    command = AddEntry(by="ada", message=MESSAGE)

    async def once() -> None:
        await runtime.desk.submit(incident, command)

    events = await rate(once, in_flight, seconds)
    newest = await runtime.desk.latest(incident)
    assert newest is not None
    return Measured(events, events * newest.seq / newest.state.entries)


async def insert_rate(runtime: Runtime, in_flight: int, seconds: float) -> Measured:
    """One document an event, of about the size that an event has in a commit."""
    plain = runtime.database.db["plain"]

    async def once() -> None:
        now = datetime.now(UTC)
        event = {"kind": "noted", "by": "ada", "at": now, "type": "info", "message": MESSAGE}
        await plain.insert_one({"incident": "INC-1", "at": now, "id": uuid4().hex, "event": event})

    inserts = await rate(once, in_flight, seconds)
    return Measured(inserts, inserts)


async def rate(once: Once, in_flight: int, seconds: float) -> float:
    """How often `once` ends in a second, with that many under way at any time."""
    began = time.perf_counter()
    end = began + seconds
    done = 0

    async def writer() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await once()
            done += 1

    await asyncio.gather(*(writer() for _ in range(in_flight)))
    return done / (time.perf_counter() - began)


async def compare(runtime: Runtime, seconds: float, rounds: int) -> None:
    """Print the medians of a number of rounds, and how one stands to the other."""
    say("in flight  desk events/s  commits/s  insert_one/s   ratio")
    for in_flight in IN_FLIGHT:
        desk: list[Measured] = []
        plain: list[Measured] = []
        for _ in range(rounds):
            desk.append(await desk_rate(runtime, in_flight, seconds))
            plain.append(await insert_rate(runtime, in_flight, seconds))
        events = statistics.median(one.events for one in desk)
        commits = statistics.median(one.commits for one in desk)
        inserts = statistics.median(one.events for one in plain)
        say(
            f"{in_flight:>9} {events:>14,.0f} {commits:>10,.0f} {inserts:>13,.0f}"
            f" {events / inserts:>6.1f}x"
        )


async def profiled(runtime: Runtime, seconds: float) -> None:
    """Where the time of this process goes with 256 writers."""
    profile = cProfile.Profile()
    profile.enable()
    await desk_rate(runtime, IN_FLIGHT[-1], seconds)
    profile.disable()
    pstats.Stats(profile, stream=sys.stdout).sort_stats("tottime").print_stats(35)


@asynccontextmanager
async def database(uri: str | None) -> AsyncIterator[Runtime]:
    """The parts on a fresh database, without the loops."""
    with tempfile.TemporaryDirectory(prefix="incident-bench-") as folder:
        name = f"bench_{uuid4().hex[:8]}"
        given = uri.replace("/?", f"/{name}?") if uri else None
        settings = Settings.read(data=Path(folder), mongodb_uri=given)
        async with opened(settings) as runtime:
            yield runtime
            if uri:
                await runtime.database.client.drop_database(runtime.database.db.name)


def machine(version: str) -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = models[0].partition(": ")[2] if models else cpu
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {cpu}, load {load:.1f} at start; {platform.system()}, "
        f"Python {platform.python_version()}, MongoDB {version}"
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.5, help="for each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is shown")
    parser.add_argument("--mongodb", help="URI of a replica set, ending in /?...; else our own")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    told = parser.parse_args()
    async with database(told.mongodb) as runtime:
        say(machine(await runtime.database.version()))
        if told.profile:
            await profiled(runtime, told.seconds)
            return
        say(f"One incident, {len(MESSAGE)} characters an event; writers wait for each answer.")
        say(f"Median of {told.rounds} rounds of {told.seconds} s, desk and insert_one in turns.\n")
        await compare(runtime, told.seconds, told.rounds)


if __name__ == "__main__":
    asyncio.run(main())
