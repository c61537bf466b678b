"""One server a data folder: `server.lock` is held while it lives, and says where its database is.

It does not protect from somebody who removes the file; nothing needs it once its holder is dead.
"""

import asyncio
import fcntl
import json
import os
from pathlib import Path
from typing import Self

from incident.store.errors import DataInUse, Unusable

LOCK = "server.lock"
# `running_uri` holds the lock for an instant while it looks; a server outlasts it.
TRIES = 10
BETWEEN_TRIES = 0.05


class FolderLock:
    """The claim of this process on a data folder, until `release` or the end of the process."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        port = read(fd).get("port")
        self.last_port = port if isinstance(port, int) else None

    @classmethod
    async def take(cls, folder: Path) -> Self:
        """Claim `folder`, made where it is missing, or name who has it."""
        fd = opened(folder)
        for _ in range(TRIES):
            if held(fd, fcntl.LOCK_EX):
                lock = cls(fd)
                lock.note({"pid": os.getpid(), "port": lock.last_port})
                return lock
            await asyncio.sleep(BETWEEN_TRIES)
        pid = read(fd).get("pid")
        os.close(fd)
        raise in_use(folder, pid if isinstance(pid, int) else None)

    def reachable(self, port: int, uri: str) -> None:
        """Tell everybody who reads the file where the database is."""
        self.note({"pid": os.getpid(), "port": port, "uri": uri})
        self.last_port = port

    def release(self) -> None:
        """Give the folder up; the port is remembered for the next start."""
        self.note({"port": self.last_port})
        os.close(self._fd)

    def note(self, values: dict[str, object]) -> None:
        """Write the one line of the file; it is whole at any time, so that readers need no lock."""
        line = json.dumps(values).encode() + b"\n"
        os.pwrite(self._fd, line, 0)
        os.ftruncate(self._fd, len(line))


def running_uri(data: Path) -> str | None:
    """Where the database of the server that is running on `data` is, if one is running."""
    try:
        fd = os.open(data / LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        uri = None if held(fd, fcntl.LOCK_SH) else read(fd).get("uri")
    finally:
        os.close(fd)
    return uri if isinstance(uri, str) else None


def opened(folder: Path) -> int:
    """Open the lock file of `folder`, which only its owner may read."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        sentence = f"The data folder {folder} cannot be used: {error.strerror}."
        raise Unusable(sentence) from error


def held(fd: int, kind: int) -> bool:
    """Try to hold the file; False where somebody else does."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read(fd: int) -> dict[str, object]:
    """Return what the first line says, or nothing where it is not whole."""
    try:
        values = json.loads(os.pread(fd, 4096, 0).partition(b"\n")[0])
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def in_use(folder: Path, pid: int | None) -> DataInUse:
    """Say who has the folder."""
    who = "Another server" if pid is None else f"Another server (pid {pid})"
    return DataInUse(
        f"{who} is using {folder}. Stop it, or give this one its own folder with --data.", pid
    )
