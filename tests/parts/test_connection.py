import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from motor.frameworks import asyncio as motor_threads
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from incident.store import connection
from incident.store.connection import Database, connect
from incident.store.embedded import free_port, is_listening
from incident.store.errors import (
    OutcomeUnknown,
    Standalone,
    StoreAway,
    TooOld,
    Unusable,
    reading,
    translated,
    writing,
)
from incident.store.mongod import find_mongod

IMPATIENT = "serverSelectionTimeoutMS=300&connectTimeoutMS=300"


def options_of(database: Database) -> Any:  # noqa: ANN401 - motor's stubs have it as a method
    return database.client.options


@pytest.fixture
async def standalone(tmp_path: Path) -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        find_mongod(),
        *("--dbpath", tmp_path, "--port", str(port), "--bind_ip", "127.0.0.1"),
        *("--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--logpath", tmp_path / "log"),
    )
    while not await is_listening(port):
        assert process.returncode is None
        await asyncio.sleep(0.02)
    yield f"mongodb://127.0.0.1:{port}"
    process.kill()
    await process.wait()
    shutil.rmtree(tmp_path)  # 300 MB of journal


async def test_writes_wait_for_the_journals_of_a_majority(database: Database) -> None:
    client = database.client

    assert WriteConcern(w="majority", j=True, wtimeout=5000) == client.write_concern
    assert ReadConcern("majority") == client.read_concern
    assert ReadPreference.PRIMARY == client.read_preference
    assert options_of(database).retry_writes


async def test_an_address_cannot_weaken_the_promises(database_uri: str) -> None:
    weak = await connect(
        f"{database_uri}&w=1&journal=false&readConcernLevel=local&readPreference=nearest"
    )
    concern = weak.client.write_concern
    level = weak.client.read_concern.level
    await weak.close()

    assert concern.document["w"] == "majority"
    assert concern.document["j"] is True
    assert level == "majority"


async def test_an_address_may_be_more_patient(database_uri: str) -> None:
    patient = await connect(f"{database_uri}&serverSelectionTimeoutMS=15000&appName=drill")
    options = options_of(patient)
    await patient.close()

    assert options.server_selection_timeout == 15
    assert options.pool_options.appname == "drill"
    assert options.pool_options.connect_timeout == 2
    assert options.pool_options.socket_timeout == 10
    assert options.pool_options.max_pool_size == 50


async def test_the_database_is_the_one_in_the_address_or_incident(database_uri: str) -> None:
    path = urlsplit(database_uri).path
    named = await connect(database_uri)
    unnamed = await connect(database_uri.replace(path, "/"))
    names = [named.db.name, unnamed.db.name]
    await named.close()
    await unnamed.close()

    assert [path.removeprefix("/"), "incident"] == names


async def test_now_is_aware_utc_in_milliseconds(database: Database) -> None:
    now = await database.now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)


async def test_now_is_the_clock_that_queries_compare_with(database: Database) -> None:
    await database.db.moments.insert_one({})
    before = await database.now()
    [row] = await database.db.moments.aggregate([{"$project": {"now": "$$NOW"}}]).to_list(1)
    after = await database.now()

    assert before <= row["now"] <= after


async def test_times_come_back_as_they_went_in(database: Database) -> None:
    noon = datetime(2026, 3, 29, 12, 0, 0, 123000, tzinfo=UTC)
    await database.db.moments.insert_one({"_id": 1, "at": noon})
    found = await database.db.moments.find_one({"_id": 1})

    assert found == {"_id": 1, "at": noon}


async def test_the_server_says_its_version(database: Database) -> None:
    version = await database.version()

    assert version[0].isdigit()


async def test_a_standalone_is_refused_with_what_helps(standalone: str) -> None:
    with pytest.raises(Standalone, match=r"--replSet rs0, run rs\.initiate\(\)"):
        await connect(standalone)


def test_a_router_of_a_sharded_cluster_is_no_standalone() -> None:
    connection.refuse_unfit({"maxWireVersion": 17, "msg": "isdbgrid"})


def test_a_server_older_than_the_driver_is_refused() -> None:
    with pytest.raises(TooOld, match=r"4\.4"):
        connection.refuse_unfit({"maxWireVersion": 8, "setName": "rs0"})


async def test_where_nobody_answers_the_store_is_away_and_says_where() -> None:
    port = free_port()

    with pytest.raises(StoreAway, match=f"does not answer: 127.0.0.1:{port}"):
        await connect(f"mongodb://127.0.0.1:{port}/?{IMPATIENT}")


@pytest.mark.parametrize(
    "wrong",
    [
        "postgres://127.0.0.1",
        "mongodb://",
        "mongodb://127.0.0.1:port",
        "mongodb://127.0.0.1/a.b",
        "",
    ],
)
async def test_an_address_that_is_none_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(Unusable, match="INCIDENT_MONGODB_URI is wrong"):
        await connect(wrong)


async def test_a_refused_address_keeps_its_password() -> None:
    with pytest.raises(Unusable) as refusal:
        await connect("mongodb://ada:sec:ret/word@127.0.0.1/")

    assert "ret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


async def test_a_wrong_password_is_refused_with_the_servers_words(database_uri: str) -> None:
    with pytest.raises(Unusable, match="Authentication failed"):
        await connect(database_uri.replace("//", "//ada:wrong@") + "&authSource=admin")


class Silence:
    """A server that takes connections and then says nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def close(self) -> None:
        self._socket.close()


async def test_a_server_that_says_nothing_is_away() -> None:
    silence = Silence()

    with pytest.raises(StoreAway):
        await connect(f"mongodb://127.0.0.1:{silence.port}/?{IMPATIENT}")
    silence.close()


async def test_a_database_that_left_is_away() -> None:
    away: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        "127.0.0.1", free_port(), serverSelectionTimeoutMS=200
    )
    database = Database(away, "incident")

    with pytest.raises(StoreAway):
        await database.ping()
    with pytest.raises(StoreAway):
        await database.now()
    await database.close()


def test_the_driver_has_threads_for_what_is_pending() -> None:
    assert os.environ["MOTOR_MAX_WORKERS"] == "64"
    assert motor_threads._EXECUTOR._max_workers == 64


AMBIGUOUS = [
    AutoReconnect("connection closed"),
    NetworkTimeout("timed out"),
    NotPrimaryError("not primary", {"code": 10107}),
    WTimeoutError("waiting for replication timed out", 64),
    ExecutionTimeout("operation exceeded time limit", 50),
    OperationFailure("interrupted at shutdown", 11600),
    OperationFailure("of a router", 1, {"errorLabels": ["RetryableWriteError"]}),
    BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}),
    BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": [{"code": 64}]}),
]


@pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda error: type(error).__name__)
def test_a_write_that_lost_its_server_has_an_unknown_outcome(error: PyMongoError) -> None:
    with pytest.raises(OutcomeUnknown) as unknown, writing():
        raise error

    assert unknown.value.__cause__ is error


@pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda error: type(error).__name__)
def test_a_read_that_lost_its_server_is_merely_away(error: PyMongoError) -> None:
    with pytest.raises(StoreAway) as away, reading():
        raise error

    assert type(away.value) is StoreAway


@pytest.mark.parametrize(
    "error",
    [
        ServerSelectionTimeoutError("no servers found"),
        NotPrimaryError("not primary", {"errorLabels": ["NoWritesPerformed"]}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_write_that_was_never_sent_is_known_not_to_have_happened(error: PyMongoError) -> None:
    with pytest.raises(StoreAway) as away, writing():
        raise error

    assert type(away.value) is StoreAway


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError("E11000", 11000),
        BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": []}),
        OperationFailure("bad query", 2),
        KeyError("seq"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_other_errors_pass_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as same, writing():
        raise error

    assert same.value is error


def test_translation_is_unsure_unless_told_that_it_reads() -> None:
    with pytest.raises(OutcomeUnknown), translated():
        raise AutoReconnect("connection closed")


async def test_an_unreachable_majority_leaves_the_outcome_of_a_write_unknown(
    database: Database,
) -> None:
    too_many = database.db.notes.with_options(write_concern=WriteConcern(w=2, wtimeout=50))

    with pytest.raises(OutcomeUnknown), writing():
        await too_many.insert_one({})
