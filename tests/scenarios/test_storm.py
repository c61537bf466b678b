"""A client that comes in the middle of a storm misses nothing, sees nothing twice, and can count.

It is a program that knows the protocol and no more: a cursor, frames, and merge patches.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from incident.answers import Answer
from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.patches import merged, without_nulls
from incident.core.rejected import Rejected
from incident.runtime import Runtime
from incident.store.connection import Database
from tests.process import TOKEN, ServerProcess, served
from tests.world import World, world_on

COMMITS = 1_000
CLIENTS = 10
LIMIT = 90.0
"""Seconds for a whole storm, on a machine that is busy with something else."""
AGAIN = 0.05
"""Seconds before a client that lost its connection comes back."""

JSON = dict[str, Any]


@dataclass
class Follower:
    """A client that keeps the state and its cursor, and comes back when it is cut off."""

    url: str
    token: str
    incident: str
    cursor: int | None = None
    seqs: list[int] = field(default_factory=list)
    entries: list[tuple[int, int, int]] = field(default_factory=list)
    state: JSON = field(default_factory=dict)
    connections: int = 0
    snapshots: int = 0

    async def follow(self, last: int) -> None:
        """Hear everything up to the commit `last`, over as many connections as it takes."""
        async with asyncio.timeout(LIMIT):
            while (self.cursor or 0) < last:
                with suppress(OSError, ConnectionClosed, InvalidHandshake):
                    await self.listen(last)
                await asyncio.sleep(AGAIN)

    async def listen(self, last: int) -> None:
        """Hear what comes over one connection."""
        after = f"&after={self.cursor}" if self.cursor is not None else ""
        async with self.connected(f"/ws?incident={self.incident}{after}") as socket:
            self.connections += 1
            while (self.cursor or 0) < last:
                told = json.loads(await socket.recv())
                for frame in told if isinstance(told, list) else [told]:
                    self.hear(frame)

    @asynccontextmanager
    async def connected(self, path: str) -> AsyncIterator[ClientConnection]:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = self.url.replace("http", "ws", 1) + path
        async with connect(url, additional_headers=headers, max_size=None) as socket:
            yield socket

    def hear(self, frame: JSON) -> None:
        match frame["type"]:
            case "snapshot":
                self.snapshots += 1
                whole = frame["incident"]
                self.state = whole | {"actions": {one["id"]: one for one in whole["actions"]}}
                self.cursor = frame["seq"]
            case "commit":
                self.seqs.append(frame["seq"])
                self.entries += [(e["seq"], e["index"], e["number"]) for e in frame["entries"]]
                self.state = merged(self.state, frame["patch"])
                self.cursor = frame["seq"]
            case _:
                pass


async def declared(world: World) -> str:
    """An incident that Ada leads."""
    declare = do.Declare(by="ada", title="x", severity=5, roles={"incident_commander": "ada"})
    return (await world.runtime.desk.declare(declare)).commit.incident


async def storm(runtime: Runtime, incident: str, last: int) -> None:
    """Commits of all kinds until the incident is at `last`, one after the other and together."""
    chance = random.Random(7)
    kinds: list[do.Command] = [
        do.AddEntry(by="mei", message="502s"),
        do.AddEntry(by="bo", message="Ünïcode 🔥", type="decision"),
        do.PinEntry(by="bo", entry=1),
        do.UnpinEntry(by="bo", entry=1),
        do.AssignRole(by="ada", role="scribe", assignee="cy"),
        do.ReleaseRole(by="ada", role="scribe"),
        do.ChangeIncident(by="ada", metadata={"customers": 3, "regions": {"eu": 1}}),
        do.ChangeIncident(by="ada", metadata={"customers": 4}),
        do.ChangeIncident(by="ada", affected_services=("api", "auth")),
        do.SetStatus(by="ada", status="active", phase="fixing"),
        do.SetStatus(by="ada", status="active", phase="identified"),
    ]
    kinds += [work.ProposeAction(by="cy", description=f"Try {n}") for n in range(2)]
    seq = 1
    while seq < last:
        together = min(chance.choice((1, 1, 1, 5)), 5)
        commands = [chance.choice(kinds) for _ in range(together)]
        answers = await asyncio.gather(
            *(runtime.desk.submit(incident, c) for c in commands), return_exceptions=True
        )
        seq = max([seq, *(a.commit.seq for a in answers if isinstance(a, Answer))])
        wrong = [a for a in answers if isinstance(a, Exception) and not isinstance(a, Rejected)]
        assert wrong == []


async def whole(world: World, incident: str) -> JSON:
    """The incident as the API tells it, as patches see it."""
    found: JSON = await (await world.person("ada")).reads(f"/api/incidents/{incident}")
    found.pop("timeline")
    return found | {"actions": {one["id"]: one for one in found["actions"]}}


def as_told(state: JSON) -> Any:  # noqa: ANN401 (any JSON)
    """A client's state, but for what no patch speaks of."""
    return without_nulls({name: value for name, value in state.items() if name != "timeline"})


async def test_whoever_connects_during_a_storm_sees_every_later_commit_once_in_order(
    database: Database,
) -> None:
    async with world_on(database) as world:
        ada = await world.person("ada")
        incident = await declared(world)
        begun = await ada.reads(f"/api/incidents/{incident}")
        origin = Follower(world.address, ada.token, incident)
        origin.hear({"type": "snapshot", "seq": 1, "incident": begun})
        raging = asyncio.create_task(storm(world.runtime, incident, COMMITS + 1))
        followers = [origin]
        following = [asyncio.create_task(origin.follow(COMMITS + 1))]
        for number in range(1, CLIENTS):
            after = number * COMMITS // (2 * CLIENTS)
            async with asyncio.timeout(LIMIT):
                while (origin.cursor or 0) < after * 2:
                    await asyncio.sleep(0.01)
            followers.append(Follower(world.address, ada.token, incident, cursor=after))
            following.append(asyncio.create_task(followers[-1].follow(COMMITS + 1)))
        await raging
        await asyncio.gather(*following)
        now = await whole(world, incident)
        last = now["seq"]

        for follower, begin in zip(
            followers, [1, *(n * COMMITS // (2 * CLIENTS) for n in range(1, CLIENTS))], strict=True
        ):
            assert follower.seqs == list(range(begin + 1, follower.seqs[-1] + 1))
            assert follower.seqs[-1] >= COMMITS + 1
            numbers = [number for _, _, number in follower.entries]
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        assert origin.seqs[-1] == last
        assert origin.snapshots == 1
        assert as_told(origin.state) == without_nulls(now)


async def test_who_begins_with_a_snapshot_in_the_storm_comes_to_the_same_state(
    database: Database,
) -> None:
    async with world_on(database) as world:
        ada = await world.person("ada")
        incident = await declared(world)
        raging = asyncio.create_task(storm(world.runtime, incident, 301))
        followers = [Follower(world.address, ada.token, incident) for _ in range(CLIENTS)]
        following = []
        for follower in followers:
            following.append(asyncio.create_task(follower.follow(301)))
            await asyncio.sleep(0.01)
        await raging
        await asyncio.gather(*following)
        now = await whole(world, incident)

        for follower in followers:
            assert follower.seqs == list(range(now["seq"] - len(follower.seqs) + 1, now["seq"] + 1))
            assert as_told(follower.state) == without_nulls(now)


async def test_reconnecting_across_a_killed_server_misses_nothing(
    tmp_path: Path, database_uri: str
) -> None:
    async with served(tmp_path, INCIDENT_MONGODB_URI=database_uri) as server:
        answer = await server.call("POST", "/api/incidents", {"title": "x"})
        incident: str = answer.json()["id"]
        last = 120
        followers = [Follower(server.url, TOKEN, incident) for _ in range(5)]
        following = [asyncio.create_task(one.follow(last)) for one in followers]
        async with asyncio.timeout(LIMIT):
            while any(one.cursor is None for one in followers):
                await asyncio.sleep(0.01)
        for seq in range(2, last + 1):
            if seq % 50 == 0:
                await server.kill()
                await server.start()
            await note(server, incident, seq)
        await asyncio.gather(*following)
        now = (await server.call("GET", f"/api/incidents/{incident}")).json()

    for follower in followers:
        assert follower.seqs == list(range(2, last + 1))
        assert follower.connections >= 3
        assert follower.snapshots == 1
        assert follower.state["entries"] == now["entries"] == last + 1  # the first one paged, too


async def note(server: ServerProcess, incident: str, seq: int) -> None:
    body = {"message": f"note {seq}"}
    answer = await server.call("POST", f"/api/incidents/{incident}/timeline", body)

    assert answer.json()["seq"] == seq
