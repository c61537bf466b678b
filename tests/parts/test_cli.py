import asyncio
import json
import os
import re
import shutil
import signal
import socket
import stat
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, chdir
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from httpx2 import AsyncClient
from typer.testing import CliRunner

from incident import __version__, shapes
from incident.bootstrap import bootstrap, first_link, origin
from incident.cli import doctor, machine, main, server, serving
from incident.cli.exporting import safe
from incident.core import commands as do
from incident.runtime import Runtime, assembled
from incident.settings import Settings
from incident.store.connection import Database
from incident.store.directory import Person
from incident.store.lists import Filters
from incident.store.mongod import holder
from tests.parts.receivers import Mailbox, Receiver, http_server, mail_server

ROOT = Path(__file__).parents[2]
HISTORIES = sorted((ROOT / "tests" / "data" / "incidents").glob("*.yaml"))
TOKEN = "a-bootstrap-token-of-32-characters-or-more"
NOWHERE = "mongodb://127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=50"
HISTORY = """
id: small-2026-01-02
title: "Something broke"
severity: 2
milestones: {started: 2026-01-02T10:00:00Z, resolved: 2026-01-02T11:00:00Z}
timeline:
  - {at: 2026-01-02T10:05:00Z, who: ops, text: "It broke."}
"""

WAYS_OUT = {
    "INCIDENT_BASE_URL": "https://incidents.example.com",
    "INCIDENT_MAIL_FROM": "incidents@example.com",
    "INCIDENT_WEBHOOK_SECRET": "whsec_" + "a2V5" * 8,
    "INCIDENT_WEBHOOK_ALLOW_PRIVATE": "true",
}


def leading_to(box: Mailbox, receiver: Receiver) -> dict[str, str]:
    return {"INCIDENT_SMTP_URL": box.url, "INCIDENT_WEBHOOK_URL": receiver.url()}


Ended = tuple[int, str, str]
"""Exit code, standard output, standard error."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is gone after the test: every database begins with 300 MB of journal."""
    yield tmp_path
    shutil.rmtree(tmp_path)


class Shell:
    """Types commands in an empty folder, on a database of its own.

    Calling it runs a command in a thread of this process, which spares the start of Python.
    """

    def __init__(self, folder: Path, uri: str | None) -> None:
        self.folder = folder
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("INCIDENT_")}
        self._env |= {"PYTHONPATH": str(ROOT), "INCIDENT_DATA": str(folder / "data")}
        if uri:
            self._env["INCIDENT_MONGODB_URI"] = uri

    async def started(self, *words: str | Path, **env: str) -> Process:
        """A command in a process of its own."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "incident", *map(str, words)),
            stdout=PIPE,
            stderr=PIPE,
            cwd=self.folder,
            env=self._env | env,
            start_new_session=True,
        )

    async def process(self, *words: str | Path, **env: str) -> Ended:
        """The end of such a command."""
        process = await self.started(*words, **env)
        out, err = await process.communicate()
        assert process.returncode is not None
        assert b"Traceback" not in err, err.decode()
        return process.returncode, out.decode(), err.decode()

    async def __call__(self, *words: str | Path, **env: str) -> Ended:
        with pytest.MonkeyPatch.context() as patch, chdir(self.folder):
            for name in [name for name in os.environ if name.startswith("INCIDENT_")]:
                patch.delenv(name)
            for name, value in (self._env | env).items():
                patch.setenv(name, value)
            result = await asyncio.to_thread(CliRunner().invoke, main, list(map(str, words)))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    async def done(self, *words: str | Path, **env: str) -> str:
        """The standard output of a command that must succeed."""
        code, out, err = await self(*words, **env)
        assert code == 0, err
        return out


@pytest.fixture
def incident(folder: Path, database_uri: str) -> Shell:
    return Shell(folder, database_uri)


@pytest.fixture
async def runtime(database: Database, folder: Path) -> AsyncIterator[Runtime]:
    """The same database, seen from inside."""
    settings = Settings.read(data=folder, token_bootstrap=TOKEN)
    runtime = await assembled(settings, database)
    yield runtime
    await runtime.desk.close()


async def declared(runtime: Runtime, title: str = "Payments fail") -> str:
    answer = await runtime.desk.declare(do.Declare(by="ada", title=title))
    return answer.commit.incident


# What is typed wrongly, and what needs no database.


async def test_the_version_and_the_help_need_no_database(folder: Path) -> None:
    incident = Shell(folder, NOWHERE)

    version, help_ = await incident.process("--version"), await incident.process("--help")

    assert version == (0, f"incident {__version__}\n", "")
    assert help_[0] == 0
    assert "verify" in help_[1]


async def test_listing_the_commands_imports_nothing_heavy() -> None:
    heavy = ("pydantic", "motor", "starlette", "uvicorn", "asyncio", "yaml")
    script = f"import sys, incident.cli; print([m for m in {heavy} if m in sys.modules])"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=PIPE, cwd=ROOT
    )

    out, _ = await process.communicate()

    assert out.decode().strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ("serv",),
        ("serve", "--port", "99999"),
        ("serve", "--colour"),
        ("demo", "--speed", "0"),
        ("import",),
        ("export",),
        ("export", "INC-1", "--format", "html"),
        ("export", "7"),
        ("export", "INC-1; drop"),
        ("verify", "extra"),
        ("token", "create"),
        ("token", "create", "ada", "--days", "0"),
        ("token", "create", "ada", "--label", "two\nlines"),
        ("user", "add", "ada"),
        ("user", "add", "Ada!", "--name", "Ada"),
        ("user", "add", "ada", "--name", "Ada", "--timezone", "Mars/Base"),
        ("user", "add", "ada", "--name", "Ada", "--email", "nobody"),
        ("user", "link", "ada", "--base-url", "incidents"),
    ],
    ids=" ".join,
)
async def test_what_is_typed_wrongly_ends_with_2_before_a_database_is_asked(
    words: tuple[str, ...], folder: Path
) -> None:
    incident = Shell(folder, NOWHERE)

    code, out, err = await incident(*words)

    assert (code, out) == (2, "")
    assert err
    assert not (folder / "data").exists()


@pytest.mark.parametrize("command", [("verify",), ("serve",), ("token", "list"), ("doctor",)])
async def test_a_wrong_setting_is_named_in_one_sentence(
    command: tuple[str, ...], folder: Path
) -> None:
    incident = Shell(folder, NOWHERE)

    code, out, err = await incident(*command, INCIDENT_TOKEN_BOOTSTRAP="short")

    assert code == (1 if command == ("doctor",) else 2)
    assert "INCIDENT_TOKEN_BOOTSTRAP is wrong: must have at least 32 characters" in out + err


@pytest.mark.parametrize("written", ["port = 8308", "incident_port = 8308"])
def test_the_file_may_name_a_setting_with_and_without_its_prefix(
    written: str, folder: Path
) -> None:
    (folder / "incident.toml").write_text(written)
    with chdir(folder):
        port = Settings.read().port

    assert port == 8308


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("prot = 8308", "incident.toml: prot is not a setting. There are: base_url, data, "),
        ("incident_prot = 8308", "incident.toml: incident_prot is not a setting. "),
        ("INCIDENT_PORT = 8308", "incident.toml: INCIDENT_PORT is not a setting. "),
        ("[incident]\nport = 8308", "incident.toml: incident is not a setting. "),
        ("port = 1\nincident_port = 2", "incident.toml: port is set twice, "),
        ("incident_port = 'high'", "INCIDENT_PORT is wrong: "),
    ],
)
async def test_a_file_that_sets_what_there_is_not_stops_the_start(
    written: str, told: str, folder: Path
) -> None:
    (folder / "incident.toml").write_text(written)

    code, out, err = await Shell(folder, NOWHERE)("serve")

    assert (code, out) == (2, "")
    assert err.startswith(told)


async def test_a_variable_that_is_no_setting_is_warned_of(folder: Path) -> None:
    incident = Shell(folder, NOWHERE)

    _, _, err = await incident("verify", INCIDENT_PROT="8308", INCIDENT_MONGOD="mongod")
    _, examined, _ = await incident("doctor", "--port", "0", INCIDENT_PROT="8308")

    assert err.startswith("Warning: INCIDENT_PROT is not a setting, and is ignored.\nMongoDB ")
    assert "warn  settings: INCIDENT_PROT not known" in examined


@pytest.mark.parametrize("command", [("verify",), ("serve", "--port", "0")])
async def test_a_database_that_is_away_is_a_sentence_and_1(
    command: tuple[str, ...], folder: Path
) -> None:
    incident = Shell(folder, NOWHERE)

    code, out, err = await incident.process(*command)

    assert (code, out) == (1, "")
    assert err.startswith("MongoDB does not answer: 127.0.0.1:1: ")
    assert err.endswith("Run the same command again once it does.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("verify",),
        ("rebuild",),
        ("export", "INC-1"),
        ("token", "list"),
        ("token", "create", "ada"),
        ("token", "revoke", "tok"),
        ("user", "list"),
        ("user", "link", "ada"),
    ],
    ids=" ".join,
)
async def test_a_folder_without_data_is_said_to_have_none_and_stays_as_it_is(
    words: tuple[str, ...], folder: Path
) -> None:
    incident, empty = Shell(folder, None), folder / "empty"
    empty.mkdir()

    missing = await incident(*words, "--data", "nope")
    code, out, err = await incident(*words, "--data", empty)

    assert missing[:2] == (code, out) == (2, "")
    assert missing[2].startswith(f"There is no data in {folder / 'nope'}. ")
    assert err.startswith(f"There is no data in {empty}. ")
    assert list(folder.rglob("*")) == [empty]


async def test_a_folder_with_data_is_read_while_no_server_runs(folder: Path) -> None:
    incident = Shell(folder, None)
    await incident.done("user", "add", "ada", "--name", "Ada")

    listed = await incident.done("user", "list")

    assert "Ada" in listed


async def test_a_password_in_an_address_is_never_printed(folder: Path) -> None:
    incident = Shell(folder, None)

    _, out, err = await incident("verify", "--mongodb", "mongodb://ada:swordfish@[broken/")

    assert "swordfish" not in out + err


# People and tokens.


async def test_people_are_added_and_listed(incident: Shell, runtime: Runtime) -> None:
    added = await incident.done("user", "add", "ada", "--name", "Ada Okafor", "--admin")
    code, _, err = await incident("user", "add", "ada", "--name", "Somebody else")
    listed = await incident.done("user", "list")

    assert added == "Added ada (Ada Okafor), admin.\n"
    assert (code, err) == (2, "ada is taken. See: incident user list\n")
    assert re.search(r"^ada +Ada Okafor +admin +UTC +-$", listed, re.MULTILINE)
    ada = await runtime.directory.find("ada")
    assert ada
    assert ada.role == "admin"


async def test_a_token_works_is_shown_once_and_ends_when_revoked(
    incident: Shell, runtime: Runtime, database: Database
) -> None:
    await runtime.directory.add(Person(handle="ci", name="CI", created_at=runtime.clock()))

    token = (await incident.done("token", "create", "ci", "--label", "nightly")).strip()
    listed = await incident.done("token", "list")
    stored = str([document async for document in database.db.tokens.find()])

    assert await runtime.credentials.token(token, runtime.clock()) == "ci"
    assert "nightly" in listed
    assert token not in listed + stored

    id_ = listed.splitlines()[1].split()[0]
    await incident.done("token", "revoke", id_)
    code, _, _ = await incident("token", "revoke", id_)

    assert await runtime.credentials.token(token, runtime.clock()) is None
    assert code == 2


async def test_a_token_for_some_days_ends_after_them(incident: Shell, runtime: Runtime) -> None:
    await runtime.directory.add(Person(handle="ci", name="CI", created_at=runtime.clock()))

    token = (await incident.done("token", "create", "ci", "--days", "2")).strip()
    later = runtime.clock() + timedelta(days=1, hours=23)

    assert await runtime.credentials.token(token, later) == "ci"
    assert await runtime.credentials.token(token, later + timedelta(hours=2)) is None


@pytest.mark.parametrize("words", [("token", "create", "bo"), ("user", "link", "bo")])
async def test_nobody_gets_a_credential_who_is_not_there(
    words: tuple[str, ...], incident: Shell
) -> None:
    code, out, err = await incident(*words)

    assert (code, out) == (2, "")
    assert err == "There is no person bo. Add one: incident user add bo --name ...\n"


async def test_a_link_signs_a_person_in_once(incident: Shell, runtime: Runtime) -> None:
    await runtime.directory.add(Person(handle="mei", name="Mei", created_at=runtime.clock()))

    link = await incident.done("user", "link", "mei", "--base-url", "https://incidents.test")
    address, _, secret = link.strip().partition("?token=")
    found = await runtime.credentials.link(secret, runtime.clock())

    assert address == "https://incidents.test/welcome"
    assert found
    assert found["handle"] == "mei"
    assert await runtime.credentials.use_link(secret, runtime.clock())
    assert not await runtime.credentials.use_link(secret, runtime.clock())


async def test_the_bootstrap_token_is_accepted_once_and_for_all(runtime: Runtime) -> None:
    await bootstrap(runtime)
    await bootstrap(runtime)
    tokens = await runtime.credentials.tokens()

    assert await runtime.credentials.token(TOKEN, runtime.clock()) == "admin"
    assert [token.handle for token in tokens] == ["admin"]


async def test_the_first_link_is_given_until_there_is_an_administrator(runtime: Runtime) -> None:
    await bootstrap(runtime)
    before = await first_link(runtime)
    now = runtime.clock()
    await runtime.directory.add(Person(handle="ada", name="Ada", role="admin", created_at=now))

    assert before
    assert before.startswith("http://127.0.0.1:8080/welcome?token=")
    assert await first_link(runtime) is None


@pytest.mark.parametrize(
    ("host", "base_url", "expected"),
    [
        ("0.0.0.0", None, "http://localhost:8080"),
        ("::1", None, "http://[::1]:8080"),
        ("0.0.0.0", "https://incidents.test", "https://incidents.test"),
    ],
)
def test_links_lead_where_a_browser_can_go(host: str, base_url: str | None, expected: str) -> None:
    assert origin(Settings.read(host=host, port=8080, base_url=base_url)) == expected


# Import and export.


async def test_importing_twice_gives_one_incident(incident: Shell, runtime: Runtime) -> None:
    _, first, _ = await incident.process("import", *HISTORIES)
    _, second, _ = await incident.process("import", *HISTORIES)
    rows = await runtime.lists.find(Filters(), 10)

    assert len(HISTORIES) == len(rows) == 4
    assert re.findall(r"^(INC-\d+)  \d+ entries  ", first, re.MULTILINE) == [
        "INC-1",
        "INC-2",
        "INC-3",
        "INC-4",
    ]
    assert second == "".join(f"INC-{number}  already here\n" for number in range(1, 5))
    assert await incident.done("verify") == "4 incidents, 4 commits: nothing is wrong.\n"


async def test_a_bad_file_is_named_with_field_and_reason_and_the_others_go_on(
    incident: Shell, runtime: Runtime
) -> None:
    bad, good = incident.folder / "bad.yaml", incident.folder / "good.yaml"
    bad.write_text(HISTORY.replace("severity: 2", "severity: 9").replace("10:05:00Z", "noon"))
    good.write_text(HISTORY)

    code, out, err = await incident("import", bad, good, "past/missing.yaml")

    assert code == 1
    assert out == "INC-1  4 entries  Something broke\n"
    assert f"[1/3] {bad}\n{bad}: severity: " in err
    assert f"\n{bad}: timeline[0].at: " in err
    assert "\npast/missing.yaml: cannot be read: No such file or directory" in err
    assert "2 of 3 files could not be imported." in err
    assert len(await runtime.lists.find(Filters(), 10)) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a: &x [1]\nb: *x\n", "line 2 uses an alias"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "is nested too deep"),
        (b"a: !!python/object/apply:os.system [id]\n", "is not YAML: could not determine"),
        (b"a: [1,\n", "is not YAML"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"a: \x00", "is not YAML"),
        (b"x: 2026-13-45T00:00:00Z\n", "the file: "),
        (b"x: " + b"9" * 5000 + b"\n", "the file: "),
        (b"# " + b"x" * 1_100_000, "is larger than 1024 KiB"),
        (b"- only\n- a list\n", "must be a mapping"),
        (b"", "must be a mapping"),
        (b"id: one\n---\nid: two\n", "is not YAML"),
    ],
    ids=[
        *("alias", "deep", "object", "open", "utf-16", "nul"),
        *("date", "int", "big", "list", "empty", "two"),
    ],
)
async def test_a_file_that_means_harm_is_refused_and_nothing_of_it_kept(
    content: bytes, complaint: str, incident: Shell, runtime: Runtime
) -> None:
    file = incident.folder / "evil.yaml"
    file.write_bytes(content)

    code, out, err = await incident("import", file)

    assert (code, out) == (1, "")
    assert complaint in err
    assert await runtime.lists.find(Filters(), 10) == []


async def test_a_name_of_a_file_cannot_steer_the_terminal(incident: Shell) -> None:
    file = incident.folder / "\x1b[2J\nevil.yaml"
    file.write_text("[]")

    _, _, err = await incident("import", file)

    assert "\x1b" not in err


async def test_a_changed_file_does_not_change_what_was_imported(incident: Shell) -> None:
    file = incident.folder / "history.yaml"
    file.write_text(HISTORY)
    await incident.done("import", file)
    file.write_text(HISTORY.replace("It broke.", "It never broke."))

    code, _, err = await incident("import", file)

    assert code == 1
    assert "id: INC-1 was imported under it with other content, and is kept" in err
    assert "It never broke" not in await incident.done("export", "INC-1")


async def test_an_export_as_json_is_the_incident_with_all_it_says(
    incident: Shell, runtime: Runtime
) -> None:
    id_ = await declared(runtime)
    for number in range(250):
        await runtime.desk.submit(id_, do.AddEntry(by="mei", message=f"Note {number}"))
    newest = await runtime.journal.latest(id_)
    assert newest

    whole = json.loads(await incident.done("export", id_, "--format", "json"))
    lines = (await incident.done("export", id_.lower(), "--format", "jsonl")).splitlines()

    timeline = whole.pop("timeline")
    assert whole == json.loads(shapes.encoded(shapes.incident(newest)))
    assert [entry["number"] for entry in timeline] == list(range(1, 253))
    assert [json.loads(line) for line in lines] == timeline


async def test_an_export_as_markdown_goes_to_a_file_when_asked(
    incident: Shell, runtime: Runtime
) -> None:
    id_ = await declared(runtime, "Payments fail")

    printed = await incident.done("export", id_)
    quiet = await incident.done("export", id_, "-o", "draft.md")

    assert printed.startswith(f"# {id_}: Payments fail\n")
    assert quiet == ""
    assert (incident.folder / "draft.md").read_text() == printed


async def test_what_people_wrote_cannot_steer_the_terminal(
    incident: Shell, runtime: Runtime
) -> None:
    id_ = await declared(runtime)
    evil = "Look \x1b[2J here \x9b and \u2028 there \U0001f525"
    await runtime.desk.submit(id_, do.AddEntry(by="mei", message=evil))

    exports = {
        form: await incident.done("export", id_, "--format", form) for form in ("json", "jsonl")
    }

    for text in exports.values():
        assert all(c.isprintable() or c == "\n" for c in text)
    assert json.loads(exports["json"])["timeline"][-1]["message"] == evil


def test_json_that_is_made_safe_says_the_same() -> None:
    text = json.dumps({"a": "\x9b\u2028\U000e0001 ok"}, ensure_ascii=False)

    assert json.loads(safe(text)) == json.loads(text)
    assert safe(text).isprintable()


async def test_an_incident_that_is_not_there_cannot_be_exported(incident: Shell) -> None:
    assert await incident("export", "INC-99") == (2, "", "There is no INC-99 here.\n")


async def test_an_export_that_cannot_be_written_says_why(incident: Shell, runtime: Runtime) -> None:
    id_ = await declared(runtime)

    code, _, err = await incident("export", id_, "-o", "no/such/folder/draft.md")

    assert (code, err) == (
        1,
        "no/such/folder/draft.md cannot be written: No such file or directory.\n",
    )


# Verify, rebuild, doctor.


async def test_verify_prints_what_is_wrong_and_rebuild_mends_it(
    incident: Shell, runtime: Runtime, database: Database
) -> None:
    id_ = await declared(runtime)
    await database.db.incidents.update_one({"_id": id_}, {"$set": {"row.title": "\x1b[2J"}})

    code, out, err = await incident("verify")
    rebuilt = await incident.done("rebuild")

    assert (code, out) == (1, f"{id_}  its row in the lists differs in title\n")
    assert err == "Rows follow from the log: incident rebuild\n"
    assert rebuilt == "1 rows made again, 0 commits rewritten.\n"
    assert await incident.done("verify") == "1 incidents, 1 commits: nothing is wrong.\n"


async def test_a_log_with_a_hole_fails_verify_and_is_left_by_rebuild(
    incident: Shell, runtime: Runtime, database: Database
) -> None:
    id_ = await declared(runtime)
    for _ in range(2):
        await runtime.desk.submit(id_, do.AddEntry(by="mei", message="Looking"))
    await database.db.commits.delete_one({"seq": 2})

    verified, rebuilt = await incident("verify"), await incident("rebuild")

    assert verified[:2] == (1, f"{id_}  seq 2 is missing; what follows cannot be checked\n")
    assert rebuilt[0] == 1
    assert f"{id_} was left as it is" in rebuilt[2]


async def test_the_doctor_finds_a_healthy_place_healthy(incident: Shell) -> None:
    async with mail_server() as box, http_server() as receiver:
        out = await incident.done("doctor", "--port", "0", **WAYS_OUT, **leading_to(box, receiver))

    assert [line[:5] for line in out.splitlines() if not line.startswith("data")] == [
        "ok   "
    ] * len(out.splitlines())
    for what in ("Python", "time zones", "address", "port", "MongoDB", "majority", "hears"):
        assert what in out
    for what in ("mail: 127.0.0.1", "webhook: 127.0.0.1"):
        assert what in out
    assert (box.letters, receiver.posts) == ([], [])


async def test_the_doctor_sends_one_letter_to_whom_it_is_told_to(incident: Shell) -> None:
    async with mail_server() as box, http_server() as receiver:
        ways = WAYS_OUT | leading_to(box, receiver)
        out = await incident.done("doctor", "--port", "0", "--mail-to", "ada@example.com", **ways)
    [letter] = box.letters

    assert f"ok    test letter: 127.0.0.1:{box.port} has it for ada@example.com" in out
    assert (letter["To"], letter["From"]) == ("ada@example.com", "incidents@example.com")


async def test_the_doctor_does_not_write_to_what_is_no_address(folder: Path) -> None:
    code, out, err = await Shell(folder, NOWHERE)("doctor", "--mail-to", "ada")

    assert (code, out) == (2, "")
    assert err == "ada is no e-mail address, such as ada@example.com.\n"


async def test_the_doctor_names_what_is_taken_and_what_is_away(folder: Path) -> None:
    incident = Shell(folder, NOWHERE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        code, out, _ = await incident("doctor", "--port", str(port))

    assert code == 1
    assert f"fail  port: {port} on 127.0.0.1 cannot be used: Address already in use" in out
    assert "fail  database: MongoDB does not answer" in out


@pytest.mark.parametrize(
    ("check", "state", "said"),
    [
        (machine.base_url(Settings.read(host="10.0.0.1", port=80)), "warn", "INCIDENT_BASE_URL="),
        (machine.base_url(Settings.read(base_url="https://a.test")), "ok", ""),
        (machine.bootstrap_token(Settings.read(token_bootstrap="x" * 40)), "warn", "secrets"),
        (machine.bootstrap_token(Settings.read(token_bootstrap=TOKEN)), "ok", ""),
        (machine.folder(Settings.read(data="/proc/nothing")), "fail", "--data"),
        (doctor.clock(timedelta(seconds=-3)), "warn", "NTP"),
        (doctor.clock(timedelta(seconds=1)), "ok", ""),
    ],
    ids=["open", "tls", "weak", "strong", "no folder", "skew", "in time"],
)
def test_the_doctor_says_what_to_type(check: machine.Check, state: str, said: str) -> None:
    assert check.state == state
    assert said in check.fix


async def test_the_doctor_knows_a_mongod_that_does_not_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = folder / "mongod"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libcurl.so.4: x'\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("INCIDENT_MONGOD", str(broken))

    check = await machine.mongod(Settings.read(data=folder))

    assert check.state == "fail"
    assert "apt-get install libcurl4" in check.fix


# Serve and demo.


class Served(SimpleNamespace):
    """A server that listens: `url`, everything it printed so far, and its process."""

    url: str
    printed: str
    process: Process

    async def stopped(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Exit code and standard error after a signal; `printed` is then all it printed."""
        self.process.send_signal(number)
        out, err = await self.process.communicate()
        self.printed += out.decode()
        assert self.process.returncode is not None
        return self.process.returncode, err.decode()


@asynccontextmanager
async def serving_(incident: Shell, *words: str, **env: str) -> AsyncIterator[Served]:
    process = await incident.started(*words, "--port", "0", **env)
    try:
        printed = await until(process, b"Ctrl-C stops")
        url = re.search(r"Listening  (\S+)", printed)
        assert url, printed
        yield Served(url=url[1], printed=printed, process=process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(process: Process, mark: bytes) -> str:
    """What a process prints, up to the line with `mark`."""
    assert process.stdout
    assert process.stderr
    printed = b""
    while mark not in printed:
        line = await process.stdout.readline()
        assert line, (await process.stderr.read()).decode()
        printed += line
    return printed.decode()


async def eventually(look: Callable[[], Any]) -> Any:  # noqa: ANN401 (whatever is looked for)
    """What `look` finds, as soon as it is something; the test's time limit ends the wait."""
    while not (found := await look()):
        await asyncio.sleep(0.05)
    return found


async def test_a_server_of_its_own_prints_a_link_answers_and_stops_cleanly(folder: Path) -> None:
    incident = Shell(folder, None)
    db = folder / "data" / "db"

    async with serving_(incident, "serve") as served, AsyncClient() as client:
        link = re.search(r"^  (http://\S+/welcome\?token=\S+)$", served.printed, re.MULTILINE)
        assert link
        health = await client.get(f"{served.url}/healthz")
        welcome = await client.get(link[1])
        beside = await incident.done("user", "add", "ada", "--name", "Ada", "--admin")
        second = await incident.process("serve", "--port", "0")
        running = holder(db)
        code, err = await served.stopped()

    assert f"Incident Command {__version__}" in served.printed
    assert "embedded mongod" in served.printed
    assert str(db) in served.printed
    assert served.printed.endswith(
        f"\nStopped. Everything that was acknowledged is in {db.parent}.\n"
    )
    assert (health.status_code, welcome.status_code) == (200, 200)
    assert beside == "Added ada (Ada), admin.\n"
    assert second[0] == 1
    assert f"Another server (pid {served.process.pid}) is using" in second[2]
    assert running
    assert (code, "Traceback" in err) == (0, False)
    assert holder(db) is None


async def test_a_server_has_no_link_to_print_once_there_is_an_administrator(
    incident: Shell, runtime: Runtime
) -> None:
    now = runtime.clock()
    await runtime.directory.add(Person(handle="ada", name="Ada", role="admin", created_at=now))

    async with serving_(incident, "serve") as served:
        code, _ = await served.stopped(signal.SIGTERM)

    assert "welcome" not in served.printed
    assert re.search(r"Database   MongoDB [\d.]+ at 127\.0\.0\.1:\d+ ", served.printed)
    assert re.search(r"\nStopped\. .* is in 127\.0\.0\.1:\d+\.\n$", served.printed)
    assert code == 0


async def test_the_bootstrap_token_declares_an_incident_and_its_words_stay_out_of_the_log(
    incident: Shell,
) -> None:
    body = {"title": "Payments fail", "severity": 2}
    headers = {"Authorization": f"Bearer {TOKEN}"}

    env = {"INCIDENT_TOKEN_BOOTSTRAP": TOKEN, "INCIDENT_LOG_FORMAT": "json"}
    async with serving_(incident, "serve", **env) as served, AsyncClient() as client:
        answer = await client.post(f"{served.url}/api/incidents", json=body, headers=headers)
        code, err = await served.stopped()
    lines = [json.loads(line) for line in err.splitlines()]

    assert answer.status_code == 201
    assert code == 0
    assert [line["incident"] for line in lines if line["message"] == "commit"] == ["INC-1"]
    assert "Payments" not in err
    assert TOKEN not in err + served.printed


async def test_a_port_that_is_taken_is_one_sentence(folder: Path) -> None:
    incident = Shell(folder, None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        code, out, err = await incident.process("serve", "--port", str(port))

    assert (code, out) == (1, "")
    assert err == (
        f"Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Choose another with --host and --port, or stop what is there.\n"
    )
    assert not (folder / "data").exists()


@pytest.mark.parametrize(
    ("host", "base_url", "warned"),
    [
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),
        ("0.0.0.0", "http://incidents.test", True),
        ("0.0.0.0", "https://incidents.test", False),
    ],
)
def test_strangers_without_encryption_are_warned_of(
    host: str, base_url: str | None, *, warned: bool
) -> None:
    settings = Settings.read(host=host, base_url=base_url)

    assert bool(serving.exposed(settings)) == warned


def test_the_banner_hides_the_password_of_the_database() -> None:
    settings = Settings.read(mongodb_uri="mongodb://ada:swordfish@db1,db2/x?replicaSet=rs0")

    assert serving.database(settings, "8.0.1") == "MongoDB 8.0.1 at db1,db2"


@pytest.mark.parametrize(
    ("started", "typed"),
    [
        (".venv/bin/incident", ".venv/bin/incident"),
        ("/srv/my tools/.venv/bin/incident", "'/srv/my tools/.venv/bin/incident'"),
        ("/usr/bin/incident", "incident"),
        (".venv/lib/incident/__main__.py", "incident"),
    ],
)
def test_what_to_type_is_how_it_was_started_where_that_is_not_on_the_path(
    started: str, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", [started, "serve"])

    assert serving.program() == typed


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (None, ["127.0.0.1"]),
        ("", []),
        ("*", ["*"]),
        ("10.0.0.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
    ],
)
def test_proxies_are_believed_as_uvicorn_believes_them(
    named: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    if named is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", named)

    assert server.trusted_proxies() == expected


async def test_the_demo_moves_by_itself_and_begins_anew_each_time(folder: Path) -> None:
    incident = Shell(folder, None)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    db = folder / "data" / "demo" / "db"
    ids: list[str] = []

    for _ in range(2):
        env = {"INCIDENT_TOKEN_BOOTSTRAP": TOKEN, "INCIDENT_MONGODB_URI": NOWHERE}
        async with (
            serving_(incident, "demo", "--speed", "20", **env) as served,
            AsyncClient(base_url=served.url, headers=headers) as client,
        ):
            going_on = re.search(r"(INC-\d+) is going on now", served.printed)
            link = re.search(r"(http://\S+/welcome\?token=\S+)", served.printed)
            assert going_on
            assert link
            ids.append(going_on[1])
            welcome = await client.get(link[1])
            path = f"/api/incidents/{going_on[1]}"
            before = (await client.get(path)).json()

            async def moved(
                client: AsyncClient = client, path: str = path, seq: int = before["seq"]
            ) -> bool:
                return bool((await client.get(path)).json()["seq"] > seq + 3)

            assert await eventually(moved)
            rows = (await client.get("/api/incidents")).json()
            second = await incident.process("demo", "--port", "0")
            code, err = await served.stopped()

        assert welcome.status_code == 200
        assert "You" in welcome.text
        assert served.printed.endswith("\nStopped. The next demo begins anew.\n")
        assert before["status"] == "active"
        assert len(rows) == 4
        assert second[:2] == (1, "")
        assert f"Another server (pid {served.process.pid}) is using" in second[2]
        assert (code, "Traceback" in err) == (0, False)
        assert holder(db) is None

    assert ids == ["INC-4", "INC-4"]
