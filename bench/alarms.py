"""How late deadlines fire while 100,000 are armed, and what it costs to wait for them.

    python -m bench.alarms [--armed 100000] [--due 1600] [--within 4] [--idle 60]

On a database of its own, with whole servers as processes of their own, all their loops running:
first one, then three that compete, then three of which one is killed just before. Lateness is
told twice, by the database's clock: when the commit was written, and when somebody who follows
the change stream saw it, which is after a majority has it. It does not measure the courier.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop
from pymongo import WriteConcern

from bench.commits import machine, say
from incident import logs
from incident.core.commands import Declare
from incident.runtime import Runtime, opened, running
from incident.settings import Settings
from incident.store.embedded import embedded
from incident.store.stream import Steps

BULK = 2_000
"""Documents in one insert while the database is filled."""
FAR = timedelta(hours=1)
SPREAD = timedelta(days=3)
"""The armed deadlines that do not fall due are this far away, and spread over that."""
SETTLE = 10.0
"""Seconds for processes to meet each other and to read what is there."""
QUIET = 3.0
"""Seconds after which nobody speaks of what was just written."""
LEAD = 8.0
"""Seconds between the end of waiting and the first deadline: states are read five ahead."""
PATIENCE = 60.0
"""Seconds that the last one may take; far beyond what is accepted."""
AFTERWARDS = 8.0
"""Seconds in which something could still fire twice: more than a sweep takes."""
START_LIMIT, STOP_LIMIT = 60.0, 20.0
FIRST_COPY = 1_000_000
"""Number of the first incident that is made here."""

JSON = dict[str, Any]


# A server process: told what to do by lines on its standard input, gone when that closes.


async def serve() -> None:
    """Run a server until standard input closes; a line asks for what it has used."""
    settings = Settings.read()
    logs.configure(settings.log_level, settings.log_format)
    async with running(settings):
        say("ready")
        while await asyncio.to_thread(sys.stdin.readline):
            say(f"{time.process_time()} {resident()}")


def resident() -> float:
    """Megabytes of memory that this process holds; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@dataclass(frozen=True, slots=True)
class Used:
    """What a process has used since it began."""

    cpu: float
    megabytes: float


class Server:
    """One server process on the database at `uri`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, uri: str, folder: Path) -> "Server":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.alarms", "--serve",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=os.environ | {"INCIDENT_MONGODB_URI": uri, "INCIDENT_DATA": str(folder)},
        )  # fmt: skip
        server = cls(process)
        assert await server._line(START_LIMIT) == "ready", "the server process did not start"
        return server

    async def used(self) -> Used:
        assert self._process.stdin is not None
        self._process.stdin.write(b"?\n")
        cpu, megabytes = (await self._line(PATIENCE)).split()
        return Used(float(cpu), float(megabytes))

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Let it end by itself, and kill it if it does not."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_LIMIT)
        except TimeoutError:
            await self.kill()

    async def _line(self, limit: float) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(limit):
            return (await self._process.stdout.readline()).decode().strip()


@asynccontextmanager
async def servers(count: int, uri: str, folder: Path) -> AsyncIterator[list[Server]]:
    """That many server processes, until the block ends."""
    async with AsyncExitStack() as stack:
        started: list[Server] = []
        for _ in range(count):
            server = await Server.start(uri, folder)
            stack.push_async_callback(server.stop)
            started.append(server)
        yield started


# The database: copies of one declared incident, moved in time so that they fall due when wanted.


@dataclass(slots=True)
class Copies:
    """One incident that the desk declared, and what is made of it."""

    runtime: Runtime
    commit: JSON
    row: JSON
    made: int = 0

    @classmethod
    async def of_one(cls, runtime: Runtime) -> "Copies":
        declare = Declare(by="ada", title="Card payments fail in eu-west-1", severity=1)
        incident = (await runtime.desk.declare(declare)).commit.incident
        await runtime.desk.close()
        db = runtime.database.db
        commit = await db["commits"].find_one_and_delete({"incident": incident})
        row = await db["incidents"].find_one_and_delete({"_id": incident})
        assert commit is not None
        assert row is not None
        assert "wake_at" in commit, "nothing falls due on a new incident of severity 1"
        return cls(runtime, commit, row)

    async def make(self, due: Sequence[datetime]) -> dict[str, datetime]:
        """Incidents of which each has one commit, with these deadlines; returns them by id."""
        numbers = range(FIRST_COPY + self.made, FIRST_COPY + self.made + len(due))
        self.made += len(due)
        made = {f"INC-{number}": at for number, at in zip(numbers, due, strict=True)}
        for start in range(0, len(due), BULK):
            await self._insert(dict(list(made.items())[start : start + BULK]))
        return made

    async def _insert(self, made: Mapping[str, datetime]) -> None:
        commits, rows = [], []
        for incident, at in made.items():
            commit = moved(self.commit, at - self.commit["wake_at"])
            commits.append({k: v for k, v in commit.items() if k != "_id"} | {"incident": incident})
            number = int(incident.removeprefix("INC-"))
            rows.append(self.row | {"_id": incident, "number": number})
        quickly = WriteConcern(w=1)
        db = self.runtime.database.db
        for name, documents in (("commits", commits), ("incidents", rows)):
            collection = db[name].with_options(write_concern=quickly)
            await collection.insert_many(documents, ordered=False)


def moved(stored: Any, by: timedelta) -> Any:  # noqa: ANN401 (a document of the database)
    """A stored value with every time in it moved."""
    match stored:
        case datetime():
            return stored + by
        case dict():
            return {name: moved(value, by) for name, value in stored.items()}
        case list():
            return [moved(value, by) for value in stored]
        case _:
            return stored


# What happened, as somebody sees it who follows the change stream.


@dataclass(frozen=True, slots=True)
class Seen:
    """A commit: its own time, when the database wrote it, when it was seen."""

    at: datetime
    written: datetime
    seen: datetime


@dataclass(slots=True)
class Observed:
    """Commits on the incidents that are due, beyond their first."""

    due: dict[str, datetime] = field(default_factory=dict)
    commits: dict[str, list[Seen]] = field(default_factory=dict)
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def saw(self, incident: str, seen: Seen) -> None:
        self.commits.setdefault(incident, []).append(seen)
        if len(self.commits) == len(self.due):
            self.complete.set()


@asynccontextmanager
async def observed(runtime: Runtime) -> AsyncIterator[Observed]:
    """Within the block, whatever becomes of the incidents that are due is observed."""
    found = Observed()
    opened_stream = asyncio.Event()
    watching = asyncio.create_task(observe(runtime, found, opened_stream))
    try:
        await opened_stream.wait()
        yield found
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def observe(runtime: Runtime, found: Observed, opened_stream: asyncio.Event) -> None:
    inserted: list[JSON] = [
        {"$changeStream": {}},
        {"$match": {"operationType": "insert", "fullDocument.seq": {"$gt": 1}}},
        {"$project": {"fullDocument": {"incident": 1, "at": 1}, "wallTime": 1}},
    ]
    steps = Steps(runtime.database.db["commits"].aggregate(inserted, maxAwaitTimeMS=1000))
    await steps.batch()
    opened_stream.set()
    while True:
        for change in await steps.batch():
            commit = change["fullDocument"]
            if commit["incident"] in found.due:
                seen = Seen(commit["at"], change["wallTime"], runtime.clock())
                found.saw(commit["incident"], seen)


async def ticking(runtime: Runtime) -> None:
    """Keep the clock of the observer right, as every server does."""
    while True:
        await runtime.clock.sync()
        await asyncio.sleep(1)


# The measurement.


@dataclass(frozen=True, slots=True)
class Options:
    armed: int
    due: int
    within: float
    idle: float


@dataclass(frozen=True, slots=True)
class Round:
    """What is tried: so many processes, of which one is killed before the first deadline."""

    processes: int
    killed: bool = False

    @property
    def name(self) -> str:
        return f"{self.processes}, one killed" if self.killed else str(self.processes)


@dataclass(frozen=True, slots=True)
class Measured:
    waiting: list[float]
    """Share of a core that each process used while nothing was due."""
    firing: list[float]
    """Seconds of a core that each process used from the first deadline to the end."""
    megabytes: list[float]
    observed: Observed
    left: int
    """Deadlines that are still armed although they have passed."""


async def measure(copies: Copies, uri: str, folder: Path, tried: Round, told: Options) -> Measured:
    """One round, from the start of the processes to their end."""
    runtime = copies.runtime
    idle = 0.0 if tried.killed else told.idle
    async with servers(tried.processes, uri, folder) as started, observed(runtime) as found:
        await asyncio.sleep(SETTLE)
        found.due = await some_due(copies, QUIET + idle + LEAD, told)
        await asyncio.sleep(QUIET)
        waiting = await used_while(started, idle)
        if tried.killed:
            await started.pop().kill()
        before = [await one.used() for one in started]
        with suppress(TimeoutError):
            await asyncio.wait_for(found.complete.wait(), LEAD + told.within + PATIENCE)
        await asyncio.sleep(AFTERWARDS)
        after = [await one.used() for one in started]
    passed = {"wake_at": {"$lte": await runtime.clock.sync()}}
    return Measured(
        waiting,
        [b.cpu - a.cpu for a, b in zip(before, after, strict=True)],
        [one.megabytes for one in after],
        found,
        await runtime.database.db["commits"].count_documents(passed),
    )


async def some_due(copies: Copies, lead: float, told: Options) -> dict[str, datetime]:
    """Incidents whose deadlines begin to pass in `lead` seconds, in no order."""
    begin = await copies.runtime.clock.sync() + timedelta(seconds=lead)
    offsets = (random.uniform(0, told.within) for _ in range(told.due))  # noqa: S311 (a load)
    return await copies.make([begin + timedelta(milliseconds=int(s * 1000)) for s in offsets])


async def used_while(started: Sequence[Server], seconds: float) -> list[float]:
    """Which share of a core each process uses in that time."""
    if not seconds:
        return []
    before = [(await one.used()).cpu for one in started]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    after = [(await one.used()).cpu for one in started]
    passed = time.perf_counter() - began
    return [(b - a) / passed for a, b in zip(before, after, strict=True)]


async def compare(copies: Copies, uri: str, folder: Path, told: Options) -> None:
    say(
        f"{'processes':<14}{'fired':>7}{'twice':>7}{'never':>7}{'early':>7}{'left':>6}"
        f"{'written ms late p50 / p99 / max':>34}{'seen':>22}"
        f"{'  waiting, of a core':<28}{'firing, s of a core':<22}{'MB':<14}load"
    )
    for tried in (Round(1), Round(3), Round(3, killed=True)):
        say(shown(tried, await measure(copies, uri, folder, tried, told)))


def shown(tried: Round, measured: Measured) -> str:
    found = measured.observed
    times = Counter(len(seen) for seen in found.commits.values())
    early = sum(
        min(one.at, one.written) < found.due[incident]
        for incident, seen in found.commits.items()
        for one in seen
    )
    firsts = {incident: seen[0] for incident, seen in found.commits.items()}
    written = [late(one.written, found.due[incident]) for incident, one in firsts.items()]
    visible = [late(one.seen, found.due[incident]) for incident, one in firsts.items()]
    twice = sum(count for often, count in times.items() if often > 1)
    return (
        f"{tried.name:<14}{times[1]:>7}{twice:>7}{len(found.due) - len(firsts):>7}{early:>7}"
        f"{measured.left:>6}{spread(written):>34}{spread(visible):>22}"
        f"  {', '.join(f'{share:.2%}' for share in measured.waiting) or '-':<26}"
        f"{', '.join(f'{seconds:.2f}' for seconds in measured.firing):<22}"
        f"{', '.join(f'{megabytes:.0f}' for megabytes in measured.megabytes):<14}"
        f"{os.getloadavg()[0]:.1f}"
    )


def late(moment: datetime, due: datetime) -> float:
    """Milliseconds after the deadline."""
    return (moment - due).total_seconds() * 1000


def spread(lateness: Sequence[float]) -> str:
    ordered = sorted(lateness)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99, 1)]
    return " / ".join(f"{one:.0f}" for one in at)


async def main(told: Options) -> None:
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="incident-bench-"))
    try:
        async with embedded(folder) as uri, opened(Settings.read(mongodb_uri=uri)) as runtime:
            say(machine(await runtime.database.version()))
            copies = await Copies.of_one(runtime)
            clock = asyncio.create_task(ticking(runtime))  # cancelled below
            began, now = time.perf_counter(), runtime.clock()
            step = SPREAD / told.armed
            await copies.make([now + FAR + step * number for number in range(told.armed)])
            say(
                f"{told.armed:,} incidents, each with a deadline in the next {SPREAD.days} days, "
                f"written in {time.perf_counter() - began:.0f} s; beside them {told.due:,} that "
                f"fall due within {told.within:g} s.\nWaiting is user and system time of each "
                f"process over {told.idle:g} s; at fault is whatever is twice, never or early.\n"
            )
            try:
                await compare(copies, uri, folder, told)
            finally:
                clock.cancel()
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def options() -> Options | None:
    """What was asked for; None: be a server process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--armed", type=int, default=100_000, help="deadlines that are far away")
    parser.add_argument("--due", type=int, default=1_600, help="deadlines that fall due")
    parser.add_argument("--within", type=float, default=4.0, help="seconds in which they do")
    parser.add_argument("--idle", type=float, default=60.0, help="seconds of waiting measured")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    told = vars(parser.parse_args())
    return None if told.pop("serve") else Options(**told)


if __name__ == "__main__":
    asked = options()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve() if asked is None else main(asked))
