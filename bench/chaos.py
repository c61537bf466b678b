"""Whether each level of the ladder is paged once while servers are killed and stopped at random.

    python -m bench.chaos [--incidents 200] [--seconds 120] [--servers 3] [--seed 1]

Whole servers as processes of their own, with the wrong clocks of ten minutes ahead and behind,
on a database of their own, and a mail server. Every second or so one of them is killed with -9
and started again, or stopped for a while. Then what the log says is compared with what the mail
server got; the figures are of this machine and this hour.
"""
# ruff: noqa: INP001 (a script, not a package)

import argparse
import asyncio
import random
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx2

from bench.commits import machine, say
from incident.core.escalation_events import Paged
from incident.store.connection import Database, connect
from incident.store.embedded import embedded
from incident.store.journal import Journal
from tests.parts.offices import holes
from tests.parts.receivers import Mailbox, mail_server
from tests.process import ServerProcess
from tests.scenarios.ladders import PEOPLE, REPEATED
from tests.scenarios.wrong_clocks import off_by

OFF = (timedelta(0), timedelta(minutes=10), -timedelta(minutes=10))
"""How wrong the clock of each server is."""
POLICY = """
severities:
  3: {name: Medium, respond_within: 10h}
escalation:
  - {level: 1, page: {people: [ana]}, respond_within: 15s, escalate_after: 15s}
  - {level: 2, page: {people: [bo]}, respond_within: 20s, escalate_after: 20s}
  - {level: 3, page: {people: [cy]}, respond_within: 25s, escalate_after: 25s}
  - {level: 4, page: {people: [dee]}, respond_within: 10h, escalate_after: 10h}
"""
LEVELS = 4
BREATH = (0.3, 2.0)
"""Seconds between two blows."""
REST = (0.2, 6.0)
"""Seconds that a server stays dead or stopped."""
PATIENCE = 240.0
"""Seconds after which what has not come is missing."""
CALM = 8.0
"""Seconds in which something could still come twice: more than a sweep takes."""


@dataclass
class Chaos:
    """What was done to whom."""

    chance: random.Random
    kills: int = 0
    stops: int = 0

    async def on(self, server: ServerProcess, until: float) -> None:
        """Strike one server again and again; it runs when this ends."""
        clock = asyncio.get_running_loop().time
        while clock() < until:
            await asyncio.sleep(self.chance.uniform(*BREATH) * len(OFF))
            if self.chance.random() < 1 / 2:
                self.kills += 1
                await server.kill()
                await asyncio.sleep(self.chance.uniform(*REST))
                await started(server)
            else:
                self.stops += 1
                server.freeze()
                await asyncio.sleep(self.chance.uniform(*REST))
                server.thaw()


async def started(server: ServerProcess) -> None:
    """Start it, and tell what it wrote where that takes too long."""
    try:
        await server.start()
    except TimeoutError:
        text = await asyncio.to_thread(server.output.read_text)
        say(f"a server did not start in time:\n{text[-2000:]}")
        raise


@dataclass
class Found:
    """What is wrong, by what it is; `late` in seconds."""

    faults: Counter[str] = field(default_factory=Counter)
    paged: int = 0
    skipped: int = 0
    letters: int = 0
    repeated: int = 0
    late: list[float] = field(default_factory=list)


async def declare(servers: Sequence[ServerProcess], count: int, seconds: float) -> list[str]:
    """Incidents over the first third of the time, by clients that ask again under their key."""
    made: list[str] = []

    async def one(number: int) -> None:
        await asyncio.sleep(seconds * number / count)
        body = {"title": f"Number {number}", "severity": 3}
        while True:
            server = servers[number % len(servers)]
            try:
                answer = await server.call(
                    "POST", "/api/incidents", body, **{"Idempotency-Key": f"n{number}"}
                )
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                made.append(answer.json()["id"])
                return
            number += len(servers) + 1  # another server; the key is the same
            await asyncio.sleep(0.5)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))
    return made


@asynccontextmanager
async def running(
    count: int, uri: str, folder: Path
) -> AsyncIterator[tuple[list[ServerProcess], Mailbox]]:
    """Servers with their mail server, and the people of the ladder."""
    policy = folder / "policy.yaml"
    await asyncio.to_thread(policy.write_text, POLICY)
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(mail_server())
        servers = []
        for number in range(count):
            told = {
                "INCIDENT_MONGODB_URI": uri,
                "INCIDENT_POLICY": str(policy),
                "INCIDENT_SMTP_URL": box.url,
                "INCIDENT_MAIL_FROM": "i@example.com",
            }
            wrong = OFF[number % len(OFF)]
            told |= off_by(wrong) if wrong else {}
            server = ServerProcess(folder / f"{number}", **told)
            stack.push_async_callback(server.end)
            servers.append(server)
        await servers[0].start()
        for handle in PEOPLE:
            person = {"handle": handle, "name": handle, "email": f"{handle}@example.com"}
            await servers[0].call("POST", "/api/people", person)
        await asyncio.gather(*(server.start() for server in servers[1:]))
        yield servers, box


async def settled(database: Database, incidents: Sequence[str]) -> bool:
    """Everybody is at the last level, and nobody is owed anything; False when it is too late."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    last = {"commands.events": {"$elemMatch": {"kind": "paged", "level": LEVELS}}}
    while clock() < end:
        there = set(await database.db.commits.distinct("incident", last))
        owed = await database.db.commits.find_one({"deliver": {"$exists": True}})
        waiting = await database.db.deliveries.find_one({"state": "waiting"})
        if there >= set(incidents) and not owed and not waiting:
            await asyncio.sleep(CALM)
            return True
        await asyncio.sleep(0.5)
    return False


async def compared(database: Database, incidents: Sequence[str], box: Mailbox) -> Found:
    """The log of each incident beside its letters."""
    found, journal = Found(letters=len(box.letters)), Journal(database)
    unmarked: Counter[str] = Counter()
    got: Counter[tuple[str, str]] = Counter()
    for letter in box.letters:
        again = REPEATED in letter.get_content()
        found.repeated += again
        unmarked[str(letter["Message-ID"])] += not again
        got[str(letter["X-Incident-ID"]), str(letter["To"]).partition("@")[0]] += 1
    found.faults["letters that came twice without saying so"] = sum(
        count - 1 for count in unmarked.values() if count > 1
    )
    for incident in incidents:
        found.faults["holes in a log"] += len(await holes(journal, incident))
        events = [event async for c in journal.history(incident) for event in c.events]
        weigh(incident, [e for e in events if isinstance(e, Paged)], got, found)
    return found


def weigh(
    incident: str, pages: Sequence[Paged], got: Counter[tuple[str, str]], found: Found
) -> None:
    levels = Counter(page.level for page in pages)
    missed = {level for page in pages for level in page.missed}
    found.paged += len(pages)
    found.skipped += len(missed)
    found.faults["levels missing"] += len(set(range(1, LEVELS + 1)) - levels.keys() - missed)
    found.faults["levels twice"] += sum(levels.values()) - len(levels) + len(missed & levels.keys())
    found.faults["pages without a letter"] += sum(
        not got[incident, call.person] for page in pages for call in page.people
    )
    for before, page in pairwise(pages):
        due: datetime | None = before.climb_at
        assert due is not None
        found.faults["early"] += page.at < due
        found.late.append((page.at - due).total_seconds())


def show(chaos: Chaos, found: Found) -> None:
    late = sorted(found.late)
    p50, p99, most = (late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.99, 1))
    say(f"{chaos.kills} x kill -9, {chaos.stops} x SIGSTOP")
    say(
        f"{found.paged} pages in the log, {found.skipped} levels missed while all were down; "
        f"{found.letters} letters, {found.repeated} of them marked as a possible repetition"
    )
    say(f"levels late by {p50:.2f} / {p99:.2f} / {most:.2f} s (p50 / p99 / max)")
    for fault, count in found.faults.items():
        say(f"{fault + ':':<45}{count}")


async def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--incidents", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120.0, help="of chaos")
    parser.add_argument("--servers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    chaos = Chaos(random.Random(told.seed))  # noqa: S311 (a load)
    with tempfile.TemporaryDirectory(prefix="incident-chaos-") as name:
        folder = Path(name)
        async with embedded(folder / "mongo") as uri:
            database = await connect(uri)
            say(machine(await database.version()))
            async with running(told.servers, uri, folder) as (servers, box):
                end = asyncio.get_running_loop().time() + told.seconds
                declaring = asyncio.create_task(declare(servers, told.incidents, told.seconds / 3))
                await asyncio.gather(*(chaos.on(server, end) for server in servers))
                incidents = await declaring
                whole = await settled(database, incidents)
                found = await compared(database, incidents, box)
            show(chaos, found)
            await database.close()
    say("" if whole else f"not everything had come after {PATIENCE:.0f} s")
    return int(not whole or any(found.faults.values()))


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
