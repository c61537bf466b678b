"""A real MongoDB that belongs to this server: started, kept running and stopped with it.

It makes one member on one machine: no second copy of the data, no access from other machines.
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import ConnectionFailure, OperationFailure

from incident.store.errors import MongoFailed, Unusable
from incident.store.lock import FolderLock, running_uri
from incident.store.mongod import (
    EXIT_PORT_TAKEN,
    LOG,
    REPLICA_SET,
    failure,
    find_mongod,
    launch,
    rotate,
    stop_orphan,
)

__all__ = ["EmbeddedMongo", "embedded", "running_uri"]

# Below the range from which systems take the ports of outgoing connections, so that no client
# that dials a mongod which is restarting can end up holding the very port it needs.
PORTS = range(20000, 32000)
PORT_TRIES = 5
PORT_LOOKS = 50
START_LIMIT = 120.0  # seconds; after a crash mongod first replays its journal
STOP_LIMIT = 20.0  # seconds; its last checkpoint takes under one
GLANCE = 0.02  # seconds between two looks at a mongod that is starting
LOG_EVERY = 60.0  # seconds between two looks at the size of its log
# Seconds to wait before each restart in a row; after the last one nobody tries any more.
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, *(30.0,) * 10)
STEADY = 60.0  # seconds after which a mongod counts as running well again

NOT_INITIALIZED = 94
# The member is reading or changing its configuration just now.
SOON = frozenset({23, 93, 94, 109})

logger = logging.getLogger(__name__)


@asynccontextmanager
async def embedded(data: Path) -> AsyncIterator[str]:
    """Run a MongoDB on the folder `data` for as long as the block lasts; yields its URI."""
    mongo = EmbeddedMongo(data)
    uri = await mongo.start()
    try:
        yield uri
    finally:
        await mongo.stop()


class EmbeddedMongo:
    """The mongod of one data folder. Close the clients first, then `stop` it."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
        self.port = 0
        self._lock: FolderLock | None = None
        self._process: Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def uri(self) -> str:
        """Where clients find it, the same after every restart of mongod."""
        return f"mongodb://127.0.0.1:{self.port}/incident?replicaSet={REPLICA_SET}"

    @property
    def pid(self) -> int | None:
        """The process id of mongod while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> str:
        """Start it and wait until it takes writes; raises `Unusable` with what helps."""
        self._lock = await FolderLock.take(self.data)
        try:
            await stop_orphan(self.data)
            await self._start_on_a_free_port(self._lock.last_port)
        except BaseException:
            await self.stop()
            raise
        self._lock.reachable(self.port, self.uri)
        self._supervisor = asyncio.create_task(self._supervise())  # cancelled by stop()
        return self.uri

    async def stop(self) -> None:
        """Stop it cleanly and give the folder up; harmless where it does not run."""
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
            self._supervisor = None
        await self._end()
        if self._lock:
            self._lock.release()
            self._lock = None

    async def _start_on_a_free_port(self, last: int | None) -> None:
        """Use the folder's last port where it is free; the members' list follows where not."""
        for tries_left in reversed(range(PORT_TRIES)):
            self.port = last if last and await becomes_free(last) else free_port()
            try:
                return await self._start()
            except MongoFailed as failed:
                if failed.code != EXIT_PORT_TAKEN or not tries_left:
                    raise
        return None

    async def _start(self) -> None:
        """Start mongod once, and wait until it is the primary."""
        rotate(self.data, None)
        log = self.data / LOG
        written_before = log.stat().st_size if log.exists() else 0
        self._process = await launch(find_mongod(), self.data, self.port)
        with suppress(TimeoutError):
            async with asyncio.timeout(START_LIMIT):
                if await self._leads_before_it_ends(self._process):
                    return
        code = self._process.returncode
        await self._end()
        raise failure(self.data, written_before, code)

    async def _leads_before_it_ends(self, process: Process) -> bool:
        while process.returncode is None and not await is_listening(self.port):  # noqa: ASYNC110 - another process has no event
            await asyncio.sleep(GLANCE)
        async with direct(self.port) as client:
            while process.returncode is None:
                if await leads(client, process.pid, f"127.0.0.1:{self.port}"):
                    return True
                await asyncio.sleep(GLANCE)
        return False

    async def _end(self) -> None:
        """Have mongod write its last checkpoint and go."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_LIMIT)
        except TimeoutError:
            logger.warning("mongod did not stop within %s s and is killed", STOP_LIMIT)
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _supervise(self) -> None:
        """Start mongod again whenever it dies, on the same port, ever less eagerly."""
        clock = asyncio.get_running_loop().time
        pauses = iter(PAUSES)
        while True:
            began = clock()
            await self._watch()
            if clock() - began > STEADY:
                pauses = iter(PAUSES)
            pause = next(pauses, None)
            if pause is None:
                logger.critical("mongod keeps dying and is not started again", extra=self._facts())
                return
            logger.error("mongod died and is started again", extra=self._facts())
            await asyncio.sleep(pause)
            try:
                await self._start()
            except Unusable as failed:
                logger.error("mongod does not start: %s", failed)  # noqa: TRY400 - no traceback

    async def _watch(self) -> None:
        """Return when mongod has died; meanwhile keep its log short."""
        while self._process and self._process.returncode is None:
            try:
                await asyncio.wait_for(self._process.wait(), LOG_EVERY)
            except TimeoutError:
                rotate(self.data, self._process)

    def _facts(self) -> dict[str, object]:
        code = self._process.returncode if self._process else None
        return {"port": self.port, "code": code}


def is_free(port: int) -> bool:
    """Whether mongod could listen on the port."""
    with socket.socket() as probe:
        # As mongod does: a port whose old connections are still dying is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


async def becomes_free(port: int) -> bool:
    """Whether the port is free, or a mongod that is just ending frees it."""
    for _ in range(PORT_LOOKS):
        if is_free(port):
            return True
        await asyncio.sleep(GLANCE)
    return False


def free_port() -> int:
    """Return a port on which nobody listens now."""
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


async def is_listening(port: int) -> bool:
    """Whether somebody answers on the port; cheaper than a client that waits for it."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


@asynccontextmanager
async def direct(port: int) -> AsyncIterator[AsyncIOMotorClient[dict[str, Any]]]:
    """Open a throw-away client: one that has met the member alone never learns of its set."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=1000
    )
    try:
        yield client
    finally:
        await asyncio.to_thread(client.close)


async def leads(client: AsyncIOMotorClient[dict[str, Any]], pid: int, member: str) -> bool:
    """Whether our mongod takes writes; configures it where it does not know who it is.

    Somebody else's, which took the port a moment before ours could, is left alone.
    """
    try:
        if (await client.admin.command("serverStatus"))["pid"] != pid:
            return False
        await configure(client, member)
        hello = await client.admin.command("hello")
    except ConnectionFailure:
        return False
    except OperationFailure as error:
        if error.code in SOON:
            return False
        raise MongoFailed(f"mongod does not become a replica set: {error.details}") from error
    return bool(hello.get("isWritablePrimary"))


async def configure(client: AsyncIOMotorClient[dict[str, Any]], member: str) -> None:
    """Make the set on a new folder; name the new port on one whose last port was taken."""
    members = [{"_id": 0, "host": member}]
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as error:
        if error.code != NOT_INITIALIZED:
            raise
        await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        return
    if [known["host"] for known in config["members"]] != [member]:
        config |= {"version": config["version"] + 1, "members": members}
        await client.admin.command("replSetReconfig", config, force=True)
