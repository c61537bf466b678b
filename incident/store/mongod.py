"""The mongod program: where it is, how it is started, and what it says when it does not run.

It does not keep one running; that is `embedded`.
"""

import asyncio
import fcntl
import importlib.util
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path

from incident.store.errors import MongoFailed, MongoMissing

REPLICA_SET = "rs0"
CACHE_GB = "0.25"
OPLOG_MB = "128"
LOG = "mongod.log"
LOG_LIMIT = 16 * 1024 * 1024  # bytes; one older log of this size is kept beside it
ORPHAN_LIMIT = 30.0  # seconds for a mongod without a server to stop, as a long checkpoint takes

# Runs in a new interpreter and then becomes mongod. A killed server cannot stop its database, so
# the kernel is asked to (PR_SET_PDEATHSIG = 1); the last check is for a death before the request.
# Doing the same in a forked copy of this process would be unsafe beside the driver's threads.
BECOME_MONGOD = """
import os, signal, sys
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the server is gone")
try:
    os.execv(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]} cannot be run: {error.strerror}")
"""

PACKAGES = {
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "libssl.so.1.1": "libssl1.1",
    "libcrypto.so.1.1": "libssl1.1",
    "liblzma.so.5": "liblzma5",
}
OTHERWISE = "or set INCIDENT_MONGODB_URI to a replica set of your own."
EXIT_OTHER_VERSION = 62
EXIT_PORT_TAKEN = 48


def find_mongod() -> Path:
    """Look where INCIDENT_MONGOD says, else on the PATH, else in the optional wheel."""
    named = os.environ.get("INCIDENT_MONGOD")
    if named:
        return runnable(Path(named))
    found = shutil.which("mongod") or bundled()
    if found is None:
        raise MongoMissing(
            f"No mongod found. Run: pip install 'incident-command[embedded]', {OTHERWISE}"
        )
    return Path(found)


def runnable(named: Path) -> Path:
    """Check that INCIDENT_MONGOD names a program."""
    path = Path(shutil.which(named) or named)
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise MongoMissing(f"INCIDENT_MONGOD names {named}, which is not a program. Correct it.")
    return path


def bundled() -> Path | None:
    """Find the wheel's binary without importing the package, which could be a large one."""
    spec = importlib.util.find_spec("fiftyone")
    places = (spec.submodule_search_locations if spec else None) or ()
    found = (Path(place) / "db" / "bin" / "mongod" for place in places)
    return next((path for path in found if os.access(path, os.X_OK)), None)


async def launch(binary: Path, folder: Path, port: int) -> Process:
    """Start mongod on `folder`, out of reach of the terminal's Ctrl-C.

    The kernel ties it to the thread that calls this, so call it from one that lives on.
    """
    (folder / "db").mkdir(mode=0o700, exist_ok=True)
    log = os.open(folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", "-c", BECOME_MONGOD, str(os.getpid())),
            *(str(binary), *options(folder, port)),
            stdin=DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if "INCIDENT_" not in name},
        )
    finally:
        os.close(log)


def options(folder: Path, port: int) -> list[str]:
    """List the options: reachable from this machine alone, small, and without server-side code."""
    return [
        *("--replSet", REPLICA_SET, "--bind_ip", "127.0.0.1", "--port", str(port)),
        *("--dbpath", str(folder / "db"), "--nounixsocket", "--noscripting"),
        *("--logpath", str(folder / LOG), "--logappend", "--logRotate", "reopen"),
        *("--wiredTigerCacheSizeGB", CACHE_GB, "--oplogSize", OPLOG_MB),
        *("--slowms", "10000"),  # the log of slow operations holds what people wrote
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    ]


def rotate(folder: Path, process: Process | None) -> None:
    """Put a long log aside, and have the mongod that is writing it begin a new one."""
    log = folder / LOG
    if log.exists() and log.stat().st_size < LOG_LIMIT:
        return
    if log.exists():
        log.replace(folder / f"{LOG}.1")
    # Also where it was put aside already: mongod declines to do this twice within a second.
    if process is not None and process.returncode is None:
        process.send_signal(signal.SIGUSR1)


async def stop_orphan(folder: Path) -> None:
    """Stop a mongod that outlived its server, as cleanly as its own server would have."""
    pid = holder(folder / "db")
    if pid is None:
        return
    if not serves(pid, folder / "db"):
        raise MongoFailed(f"Another program is using {folder / 'db'}. Stop it first.")
    try:
        os.kill(pid, signal.SIGTERM)
        async with asyncio.timeout(ORPHAN_LIMIT):
            while holder(folder / "db") == pid:  # noqa: ASYNC110 - no child of ours: no event
                await asyncio.sleep(0.02)
    except ProcessLookupError:
        return
    except TimeoutError as error:
        raise MongoFailed(
            f"A mongod of an earlier server (pid {pid}) does not stop. Run: kill -9 {pid}"
        ) from error


def holder(db: Path) -> int | None:
    """Return the pid in mongod's own lock file, where a living process holds it (0: no pid)."""
    try:
        fd = os.open(db / "mongod.lock", os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(fd, 32).strip()
        return int(pid) if pid.isdigit() else 0
    finally:
        os.close(fd)
    return None


def serves(pid: int, db: Path) -> bool:
    """Whether the process is a mongod on this folder; without /proc its lock file is believed."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return pid > 0 and not Path("/proc/self").exists()
    return os.fsencode(db) in line


def failure(folder: Path, written_before: int, code: int | None) -> MongoFailed:
    """Say why mongod ended or did not get ready, from what it wrote since, and what helps."""
    with (folder / LOG).open("rb") as log:
        log.seek(written_before)
        lines = log.read(LOG_LIMIT).decode(errors="replace").splitlines()
    severe = [line for line in map(spoken, lines) if line]
    ended = "did not get ready" if code is None else f"ended with code {code}"
    said = "\n".join(f"  {line}" for line in severe[-5:])
    return MongoFailed(
        f"mongod {ended}. {remedy(chr(10).join(lines), folder, code)}\n{said}".rstrip(), code
    )


def spoken(line: str) -> str:
    """Return the readable part of a line of the log, and of its JSON only what is an error."""
    try:
        entry = json.loads(line)
        text = "" if entry["s"] not in "EF" else f"{entry['msg']}: {entry.get('attr', '')}"
    except (ValueError, TypeError, KeyError):
        text = line
    return "".join(char for char in text if char.isprintable())[:300]


def remedy(said: str, folder: Path, code: int | None) -> str:
    """Return the sentence that helps."""
    library = re.search(r"error while loading shared libraries: (\S+?):? ", said + " ")
    if library:
        package = PACKAGES.get(library[1], f"the package that contains {library[1]}")
        return f"It needs {library[1]}. Run: apt-get install {package}, {OTHERWISE}"
    if code == -signal.SIGILL:
        return f"It needs a processor with AVX. Name another mongod in INCIDENT_MONGOD, {OTHERWISE}"
    if "No space left on device" in said:
        return f"The disk that holds {folder} is full."
    if code == EXIT_OTHER_VERSION:
        return f"The files in {folder / 'db'} were written by another version of MongoDB."
    return f"Its log is {folder / LOG}."
