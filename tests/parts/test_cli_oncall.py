"""`incident policy` and `incident oncall`, as they are typed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from incident.cli import times
from incident.cli.ending import Ending
from incident.core.oncall.schedule import Override
from incident.policy_loading import Loading
from incident.store.connection import Database
from incident.store.directory import Directory, Person
from tests.builders import NOON
from tests.parts.test_cli import ROOT, Shell

SUN = ROOT / "docs/examples/follow-the-sun.yaml"
SHORT = ROOT / "tests/data/roles-short.yaml"
NOWHERE = "mongodb://127.0.0.1:1/?replicaSet=rs0&serverSelectionTimeoutMS=50"
IN_THE_HOLE = "2026-07-14T23:30Z"


@pytest.fixture
def alone(tmp_path: Path) -> Shell:
    """Without a database."""
    return Shell(tmp_path, NOWHERE)


@pytest.fixture
def incident(tmp_path: Path, database_uri: str) -> Shell:
    return Shell(tmp_path, database_uri)


@pytest.fixture
def loading(database: Database) -> Loading:
    return Loading.on(database)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text("severities:\n  9: {}\nroles:\n  scribe: {respo: []}\n")
    return path


# Checking.


async def test_a_file_that_is_right_is_said_to_be(alone: Shell) -> None:
    out = await alone.done("policy", "check", SHORT)

    assert out.endswith("nothing is wrong (4 levels, 5 roles, 3 rotations).\n")


async def test_every_fault_is_a_line_with_its_place(alone: Shell, bad: Path) -> None:
    code, out, _ = await alone("policy", "check", bad)
    first, second, last = out.splitlines()

    assert code == 1
    assert first == f"{bad}:2:3: error: severities.9: must be a severity: 1, 2, 3, 4 or 5"
    assert second.startswith(f"{bad}:4:12: error: roles.scribe.respo: `respo` means nothing here")
    assert last == f"{bad}: 2 errors, no warnings."


async def test_a_hole_of_the_coming_summer_is_a_warning_with_dates(alone: Shell) -> None:
    out = await alone.done("policy", "check", SUN)

    assert ":11:3: warning: rotations.operations-singapore: nobody is on call" in out
    assert "every day 23:00-24:00 UTC from 20" in out
    assert out.endswith("can be used (4 levels, 5 roles, 3 rotations), with 1 warning.\n")


async def test_errors_come_first_and_then_whatever_is_doubtful(
    alone: Shell, tmp_path: Path
) -> None:
    (tmp_path / "both.yaml").write_text("""
roles:
  scribe:
    rotation: [{name: Ada Okafor, region: atlantis}]
  Cook: {}
""")
    _, out, _ = await alone("policy", "check", "both.yaml")

    assert [line.split(":")[1:4:2] for line in out.splitlines()[:2]] == [
        ["5", " error"],
        ["4", " warning"],
    ]


async def test_a_file_that_is_not_there_is_typed_wrongly(alone: Shell) -> None:
    assert await alone("policy", "check", "none.yaml") == (2, "", "There is no file none.yaml.\n")
    assert (await alone("oncall", "--policy", "none.yaml"))[0] == 2


async def test_a_file_that_is_no_text_is_wrong(alone: Shell, tmp_path: Path) -> None:
    (tmp_path / "image.yaml").write_bytes(b"\xff\xd8\xff")
    code, _, err = await alone("policy", "check", "image.yaml")

    assert (code, err) == (1, "image.yaml is not UTF-8 text: byte 1 is wrong.\n")


async def test_a_file_cannot_steer_the_terminal(alone: Shell, tmp_path: Path) -> None:
    (tmp_path / "evil.yaml").write_text('"\\e[2J": 1\n')
    _, out, _ = await alone("policy", "check", "evil.yaml")

    assert "\x1b" not in out


# Who is on call.


async def test_nobody_is_told_with_since_until_why_and_who_is_next(alone: Shell) -> None:
    out = await alone.done("oncall", "--policy", SUN, "--at", IN_THE_HOLE, "--explain")
    head, nobody, coming = out.splitlines()

    assert head == "operations_lead at 2026-07-14 23:30 UTC"
    assert "Nobody is on call for operations lead" in nobody
    assert "since 2026-07-14 23:00 UTC until 2026-07-15 00:00 UTC" in nobody
    assert "the clocks of America/Los_Angeles go forward on 2026-03-08" in nobody
    assert coming == "  Next: arjun.rao at 2026-07-15 00:00 UTC (operations-singapore)."


async def test_whoever_is_on_call_is_told_with_why(alone: Shell) -> None:
    asked = ("oncall", "--policy", SUN, "--at", "2026-07-14T20:30:00Z")
    out = await alone.done(*asked, "--explain")
    table = await alone.done(*asked)

    assert "tom.reyes is on call (operations-los-angeles, us-west)" in out
    assert "since 2026-07-14 15:00 UTC, until 2026-07-14 23:00 UTC." in out
    assert "Why: turn 27 of operations-los-angeles" in out
    assert table.splitlines()[1].split()[:3] == ["operations_lead", "tom.reyes", "us-west"]


async def test_a_role_is_asked_for_alone(alone: Shell) -> None:
    asked = ("oncall", "--policy", SHORT, "--at", "2026-07-14T12:00Z", "--role")
    out = await alone.done(*asked, "communications_lead")
    none = await alone.done(*asked, "scribe", "--explain")
    code, _, err = await alone(*asked, "nobody")

    assert [line.split()[1] for line in out.splitlines()[1:]] == ["luca.ferri"]
    assert "Nobody is on call: no rotation serves the role scribe." in none
    assert (code, err.startswith("There is no role 'nobody'. There are: ")) == (2, True)


async def test_a_region_is_asked_for_first(alone: Shell, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("""
rotations:
  eu: {role: scribe, region: eu-central, timezone: UTC, members: [ada]}
  us: {role: scribe, region: us-east, timezone: UTC, members: [bo]}
""")
    asked = ("oncall", "--policy", "two.yaml", "--region")
    eu, us = await alone.done(*asked, "eu-central-1"), await alone.done(*asked, "us-east")

    assert [out.splitlines()[1].split()[1] for out in (eu, us)] == ["ada", "bo"]


TWO_REGIONS = """
rotations:
  eu: {role: scribe, region: eu-central, timezone: UTC, members: [ada]}
  sun:
    handoff: sun 09:00
    stations: [{region: us-east, timezone: America/New_York, members: [bo]}]
"""


@pytest.mark.parametrize("typed", ["atlantis", "eu-west", ""])
async def test_a_region_that_no_rotation_has_is_refused_with_those_there_are(
    alone: Shell, tmp_path: Path, typed: str
) -> None:
    (tmp_path / "two.yaml").write_text(TWO_REGIONS)
    code, out, err = await alone("oncall", "--policy", "two.yaml", "--region", typed)

    assert (code, out) == (2, "")
    assert err == f"No rotation has the region '{typed}'. There are: eu-central, us-east\n"


async def test_without_regions_none_can_be_asked_for(alone: Shell, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("rotations: {ops: {role: scribe, members: [ada]}}")
    code, _, err = await alone("oncall", "--policy", "one.yaml", "--region", "eu")

    assert (code, err) == (2, "No rotation has a region. Ask without --region.\n")


async def test_a_role_without_letters_is_refused_like_any_other_that_is_not_there(
    alone: Shell,
) -> None:
    code, _, err = await alone("oncall", "--policy", SHORT, "--role", "")

    assert (code, err.startswith("There is no role ''. There are: ")) == (2, True)


@pytest.mark.parametrize("year", ["0001", "1969", "2290", "9999"])
async def test_a_time_further_than_ten_years_away_is_refused(alone: Shell, year: str) -> None:
    code, _, err = await alone("oncall", "--policy", SUN, "--at", f"{year}-06-01T12:00Z")

    assert code == 2
    assert "too far away. Ask for a time within 10 years of now." in err


async def test_a_bad_file_answers_nothing(alone: Shell, bad: Path) -> None:
    code, out, err = await alone("oncall", "--policy", bad)

    assert (code, err) == (1, f"{bad} cannot be used.\n")
    assert out.startswith(f"{bad}:2:3: error:")


@pytest.mark.parametrize(
    ("typed", "zone", "meant"),
    [
        ("2026-07-14T23:30Z", None, datetime(2026, 7, 14, 23, 30, tzinfo=UTC)),
        ("2026-07-14t23:30:15z", None, datetime(2026, 7, 14, 23, 30, 15, tzinfo=UTC)),
        ("2026-07-14 16:30-07:00", None, datetime(2026, 7, 14, 23, 30, tzinfo=UTC)),
        ("2026-07-14T16:30", "America/Los_Angeles", datetime(2026, 7, 14, 23, 30, tzinfo=UTC)),
        ("2026-07-14", "Europe/Berlin", datetime(2026, 7, 13, 22, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_with_and_without_its_offset(
    typed: str, zone: str | None, meant: datetime
) -> None:
    assert times.moment(typed, zone) == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2026-10-25T02:30", "occurs twice.*2026-10-25T00:30:00.000Z and 2026-10-25T01:30:00"),
        ("2026-03-29T02:30", "does not exist.*2026-03-29T00:30:00.000Z and 2026-03-29T01:30"),
        ("tomorrow", "is not a time. Write one such as"),
        ("2026-13-01T00:00Z", "is not a time"),
        ("20260714", "is not a time"),
        ("0001-01-01T00:00+10:00", "is not a time"),
    ],
)
def test_a_time_that_is_none_or_two_is_refused_with_the_choices(typed: str, told: str) -> None:
    with pytest.raises(Ending, match=told) as refused:
        times.moment(typed, "Europe/Berlin")

    assert refused.value.code == 2


def test_without_an_offset_the_clocks_of_the_machine_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    assert times.moment("2026-07-14 09:00", None) == datetime(2026, 7, 14, tzinfo=UTC)


# With a database.


async def test_a_file_is_put_into_force_once(incident: Shell, loading: Loading) -> None:
    first = await incident.done("policy", "load", SHORT)
    again = await incident.done("policy", "load", SHORT)
    newest = await loading.policies.newest()

    assert "Noor Haddad is in the directory now, as noor.haddad." in first
    assert "The policy is at revision 1 now." in first
    assert again.splitlines()[-1] == "Nothing to change: all of it holds already."
    assert (newest.revision, newest.by) == (1, "admin")


async def test_a_bad_file_is_not_put_into_force(
    incident: Shell, loading: Loading, bad: Path
) -> None:
    code, out, err = await incident("policy", "load", bad)

    assert (code, err) == (1, "Nothing was changed.\n")
    assert "must be a severity" in out
    assert await loading.policies.history() == []


async def test_people_who_are_not_there_are_told_before_the_times_that_nobody_covers(
    incident: Shell,
) -> None:
    out = await incident.done("policy", "load", SUN)
    kinds = [
        "person" if "there is no person" in line else "time"
        for line in out.splitlines()
        if ": warning: rotations." in line
    ]

    assert {"person", "time"} == set(kinds)
    assert kinds == sorted(kinds)


async def test_loading_warns_of_people_who_are_not_there(incident: Shell) -> None:
    out = await incident.done("policy", "load", SUN)

    assert "warning: rotations.operations-berlin.members[0]: there is no person" in out


async def test_what_holds_is_shown_as_a_file_that_can_be_loaded(
    incident: Shell, tmp_path: Path
) -> None:
    built_in = await incident.done("policy", "show")
    await incident.done("policy", "load", SHORT)
    shown = await incident.done("policy", "show")
    (tmp_path / "again.yaml").write_text(shown)
    again = await incident.done("policy", "load", "again.yaml")
    first = await incident.done("policy", "show", "--revision", "0")
    code, _, err = await incident("policy", "show", "--revision", "7")

    assert built_in.startswith("# Revision 0: the built-in policy\nseverities:\n  1: {name: Crit")
    assert built_in == first
    assert shown.startswith("# Revision 1, by admin, 20")
    assert again.splitlines()[-1] == "Nothing to change: all of it holds already."
    assert (code, err) == (2, "There is no revision 7: the newest is 1.\n")


async def test_who_is_on_call_is_asked_of_the_database(
    incident: Shell, loading: Loading, database: Database
) -> None:
    empty = await incident.done("oncall")
    await incident.done("policy", "load", SHORT)
    at = datetime(2026, 7, 14, 12, tzinfo=UTC)
    await Directory(database).add(Person(handle="bo", name="Bo", created_at=NOON))
    cover = Override(
        id="o1", person="sofia.lind", with_person="bo", start=at, end=at.replace(hour=13),
        created_by="bo", created_at=NOON,
    )  # fmt: skip
    await loading.rotations.add_override("operations_lead", cover)
    await Directory(database).change("luca.ferri", {"disabled": True})
    out = await incident.done("oncall", "--at", "2026-07-14T12:30Z")

    assert empty == "There are no rotations yet. Load some: incident policy load FILE\n"
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [
        ["incident_commander", "ilse.brandt"],
        ["communications_lead", "nobody"],
        ["operations_lead", "bo"],
    ]


async def test_a_server_with_a_bad_policy_does_not_start_and_tells_every_fault(
    incident: Shell, bad: Path
) -> None:
    bad.write_text("severities:\n" + "".join(f"  {n}: {{}}\n" for n in range(6, 12)))
    code, _, err = await incident.process("serve", "--port", "0", INCIDENT_POLICY=str(bad))
    lines = err.splitlines()
    told = "error: severities.{}: must be a severity: 1, 2, 3, 4 or 5"

    assert code == 2
    assert (
        lines[-8]
        == f"INCIDENT_POLICY is wrong: {bad} cannot be used, and nothing of it was loaded:"
    )
    assert lines[-7:-1] == [f"{bad}:{n - 4}:3: {told.format(n)}" for n in range(6, 12)]
    assert lines[-1] == f"Mend it, and look again with: incident policy check {bad}"


async def test_a_server_whose_policy_is_not_there_says_what_to_type(
    incident: Shell, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.yaml"
    code, _, err = await incident.process("serve", "--port", "0", INCIDENT_POLICY=str(gone))

    assert code == 2
    assert err.splitlines()[-2:] == [
        f"INCIDENT_POLICY is wrong: {gone} cannot be read: No such file or directory.",
        f"Mend it, and look again with: incident policy check {gone}",
    ]
