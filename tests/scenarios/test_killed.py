"""kill -9 of the server and of its database in the middle of writes: what was answered is there.

Everybody who got no answer asks again under the same key, as clients of ours do, and nothing
happens twice. Killing keeps what the kernel has: this is no test of power loss.
"""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from incident import mending
from incident.runtime import Runtime, opened
from incident.settings import Settings
from incident.store import embedded as embedding
from incident.store.journal import Journal
from incident.store.mongod import holder
from incident.verify import verify
from tests.process import TOKEN, ServerProcess, served

KILLS = 10
WRITERS = 8
BETWEEN = 40
"""Answers between two kills, so that each comes in the middle of writes."""
PATIENCE = 60.0
"""Seconds in which a server is back on a machine that is busy with something else."""
AGAIN = 0.05
"""Seconds before somebody who got no answer asks again."""

Entry = dict[str, Any]


@dataclass
class Crowd:
    """People who write until they are told to stop, each entry under a key of its own."""

    url: str
    incident: str
    answers: dict[str, Entry] = field(default_factory=dict)
    """What the server said, by message."""
    asked_again: int = 0
    stopped: bool = False

    async def write(self, name: str) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx2.AsyncClient(base_url=self.url, headers=headers, timeout=15) as client:
            number = 0
            while not self.stopped:
                number += 1
                message = f"{name} {number}"
                self.answers[message] = await self._until_answered(client, message)

    async def _until_answered(self, client: httpx2.AsyncClient, message: str) -> Entry:
        while True:
            try:
                answer = await client.post(
                    f"/api/incidents/{self.incident}/timeline",
                    json={"message": message},
                    headers={"Idempotency-Key": message.replace(" ", "-")},
                )
            except httpx2.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                told: Entry = answer.json()
                return told
            assert answer is None or answer.status_code == 503, answer.text
            self.asked_again += 1
            await asyncio.sleep(AGAIN)

    async def more(self, count: int) -> None:
        """Return when that many more have been answered."""
        enough = len(self.answers) + count
        async with asyncio.timeout(PATIENCE):
            while len(self.answers) < enough:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def writing(server: ServerProcess) -> AsyncIterator[Crowd]:
    """A crowd that writes on a new incident until the block ends."""
    declared = (await server.call("POST", "/api/incidents", {"title": "Payments fail"})).json()
    crowd = Crowd(server.url, declared["id"])
    async with asyncio.TaskGroup() as group:
        for number in range(WRITERS):
            group.create_task(crowd.write(f"writer {number}"))
        yield crowd
        crowd.stopped = True


async def killed_again_and_again(crowd: Crowd, kill: Callable[[], Awaitable[None]]) -> None:
    chance = random.Random(1)
    for _ in range(KILLS):
        await crowd.more(BETWEEN)
        await asyncio.sleep(chance.uniform(0, 0.02))  # anywhere within a write
        await kill()
    await crowd.more(BETWEEN)


async def check(runtime: Runtime, crowd: Crowd) -> None:
    """Every answer is in the log, once and where the answer said, and all else is right."""
    logged = await written(runtime.journal, crowd.incident)
    await mending.mend(runtime.journal, runtime.lists)
    parts = runtime.journal, runtime.lists, runtime.holds, runtime.clock
    findings = [finding async for finding in verify(*parts)]

    assert crowd.answers.keys() == logged.keys()
    for message, place in logged.items():
        told = crowd.answers[message]
        assert (told["seq"], told["index"], told["number"]) == place
    assert findings == []


async def written(journal: Journal, incident: str) -> dict[str, tuple[int, int, int]]:
    """Where each message is in the log; fails where one is there twice."""
    places: dict[str, tuple[int, int, int]] = {}
    async for commit in journal.history(incident):
        for index, event in enumerate(commit.events):
            if event.kind == "noted":
                assert event.message not in places, f"{event.message} is there twice"
                places[event.message] = (commit.seq, index, commit.first + index)
    return places


async def test_a_server_that_is_killed_in_the_middle_of_writes_loses_and_doubles_nothing(
    tmp_path: Path, database_uri: str
) -> None:
    async with served(tmp_path, INCIDENT_MONGODB_URI=database_uri) as server:

        async def kill() -> None:
            await server.kill()
            await server.start()

        async with writing(server) as crowd:
            await killed_again_and_again(crowd, kill)
    settings = Settings.read(data=tmp_path, mongodb_uri=database_uri)
    async with opened(settings) as runtime:
        await check(runtime, crowd)

    assert crowd.asked_again > 0, "nobody was interrupted: this has shown nothing"


async def test_a_database_that_is_killed_in_the_middle_of_writes_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server lives through it, and mostly the driver tries again before anybody notices."""
    monkeypatch.setattr(embedding, "PAUSES", (0.0,) * KILLS)
    data = tmp_path / "mongo"
    async with embedding.embedded(data) as uri:
        async with served(tmp_path / "server", INCIDENT_MONGODB_URI=uri) as server:
            killed: set[int] = set()

            async def kill() -> None:
                pid = holder(data / "db")
                assert pid
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)

            async with writing(server) as crowd:
                await killed_again_and_again(crowd, kill)
            assert await server.stop() == 0
        async with opened(Settings.read(data=tmp_path, mongodb_uri=uri)) as runtime:
            await check(runtime, crowd)

    assert len(killed) == KILLS
