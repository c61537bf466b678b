"""The real server as a process of its own, to be killed and started again on the same data."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

TOKEN = "a-token-for-tests-of-forty-characters-!!"
STARTED_WITHIN = 60.0
"""Seconds; generous, because test machines are slow and shared."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`incident serve` on a data folder; its port stays the same over restarts.

    `settings` are variables of its environment.
    """

    def __init__(self, data: Path, **settings: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self.output = data / "output.txt"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether there is a process, be it frozen."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Return when it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        told = {"INCIDENT_DATA": str(self.data), "INCIDENT_PORT": str(self.port)}
        told |= {"INCIDENT_TOKEN_BOOTSTRAP": TOKEN} | self._settings
        with self.output.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "incident", "serve",
                env=os.environ | told, stdout=output, stderr=output,
            )  # fmt: skip
        async with asyncio.timeout(STARTED_WITHIN), httpx2.AsyncClient() as client:
            while not await self._answers(client):
                await asyncio.sleep(0.1)

    async def _answers(self, client: httpx2.AsyncClient) -> bool:
        assert self._process is not None
        if self._process.returncode is not None:
            raise AssertionError(f"the server ended:\n{self.output.read_text()}")
        try:
            return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx2.TransportError:
            return False

    def will_have(self, **settings: str) -> None:
        """Further variables of its environment, from its next start on."""
        self._settings |= settings

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: it does nothing until it is thawed, and does not notice."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> int:
        """As Ctrl-C does; returns the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)
            self.thaw()
        return await self._process.wait()

    async def end(self) -> None:
        """Whatever state it is in: it may be frozen, dead, or never have begun."""
        if self.runs:
            await self.kill()

    async def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """One request as the bootstrap admin."""
        sent = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers}
        async with httpx2.AsyncClient(timeout=30) as client:
            content = json.dumps(body).encode() if body is not None else None
            return await client.request(method, self.url + path, content=content, headers=sent)


@asynccontextmanager
async def served(data: Path, **settings: str) -> AsyncIterator[ServerProcess]:
    """A server for as long as the block lasts."""
    server = ServerProcess(data, **settings)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
