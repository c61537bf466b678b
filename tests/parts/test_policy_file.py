"""A policy file: read as it is meant, or refused with every fault in its place."""

import hashlib
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core.oncall.schedule import Schedule, Station, follow_the_sun
from incident.core.policy import BUILT_IN
from incident.policy_file import tree
from incident.policy_file.contacts import NewPerson, contact_of, handle_of
from incident.policy_file.doubts import Known
from incident.policy_file.reading import PolicyFile
from incident.policy_file.regions import zone_of
from incident.policy_file.spans import span_of, written
from incident.policy_file.verdict import read
from incident.policy_file.writing import text_of

ROOT = Path(__file__).parents[2]
SHORT = ROOT / "tests/data/roles-short.yaml"
EXAMPLES = ROOT / "docs/examples"
NOW = datetime(2026, 1, 10, tzinfo=UTC)
PROTOCOL = """
severities:
  1: {name: Critical, respond_within: 5m,  resolve_within: 1h,  update_every: 30m}
  2: {name: High,     respond_within: 15m, resolve_within: 4h,  update_every: 1h}
  3: {name: Medium,   respond_within: 1h,  resolve_within: 24h}
  4: {name: Low,      respond_within: 4h,  resolve_within: 7d}
  5: {name: Notice}
escalation:                      # climbs until somebody acknowledges
  - {level: 1, page: {role: operations_lead}, respond_within: 5m,  escalate_after: 15m}
  - {level: 2, page: {people: [lead]},        respond_within: 15m, escalate_after: 30m}
  - {level: 3, page: {people: [manager]},     respond_within: 30m, escalate_after: 1h}
  - {level: 4, page: {people: [cto]},         respond_within: 1h,  escalate_after: 2h}
"""
ROTATION = """
rotations:
  ops:
    role: operations_lead
    timezone: Europe/Berlin
"""


def whole(text: str) -> PolicyFile:
    verdict = read(text, NOW)

    assert verdict.errors == ()
    assert verdict.file is not None
    return verdict.file


def faults(text: str) -> list[str]:
    """The errors of a file, as `line:column message`."""
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in read(text, NOW).errors]


def doubts(text: str, known: Known | None = None) -> list[str]:
    verdict = read(text, NOW, known)

    assert verdict.file is not None, verdict.errors
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in verdict.warnings]


# What is read.


def test_the_policy_of_the_protocol_is_the_built_in_one() -> None:
    assert whole(PROTOCOL).policy == BUILT_IN


@pytest.mark.parametrize("text", ["", "# nothing\n", "roles:\n", "severities: {}\n"])
def test_what_is_left_out_is_as_built_in(text: str) -> None:
    assert whole(text) == PolicyFile(policy=BUILT_IN)


def test_a_severity_promises_what_it_says_and_nothing_else() -> None:
    severities = whole("severities: {1: {respond_within: PT3M}}").policy.severities

    assert severities[1].name == "Critical"
    assert severities[1].respond_within == timedelta(minutes=3)
    assert (severities[1].resolve_within, severities[1].update_every) == (None, {})
    assert severities[2] == BUILT_IN.severities[2]


def test_audiences_may_hear_at_different_times() -> None:
    text = "severities: {2: {respond_within: 5m, update_every: {customers: 1h30m, support: 45m}}}"

    assert whole(text).policy.severities[2].update_every == {
        "customers": timedelta(minutes=90),
        "support": timedelta(minutes=45),
    }


def test_a_level_pages_the_union_of_what_it_names() -> None:
    file = whole("""
escalation:
  - level: 1
    page: {role: scribe, roles: [scribe, tech_lead], people: ada, rotation: x, rotations: [x, y]}
    respond_within: 5m
    escalate_after: 5m
""")

    (level,) = file.policy.escalation
    assert level.page.roles == ("scribe", "tech_lead")
    assert level.page.people == ("ada",)
    assert level.page.rotations == ("x", "y")


def test_the_short_form_is_here_as_runbooks_have_it() -> None:
    assert hashlib.sha256(SHORT.read_bytes()).hexdigest().startswith("a064157f3d18c69d")


def test_the_short_form_loads_as_it_is() -> None:
    verdict = read(SHORT.read_text(), NOW)
    assert verdict.file is not None
    file = verdict.file

    assert verdict.faults == ()
    assert [s.name for s in file.schedules] == [
        "incident_commander", "communications_lead", "operations_lead",
    ]  # fmt: skip
    assert file.schedules[0] == follow_the_sun(
        "incident_commander",
        "incident_commander",
        (
            Station(region="us-west", timezone="America/Los_Angeles", members=("noor.haddad",)),
            Station(region="eu-central", timezone="Europe/Berlin", members=("ilse.brandt",)),
            Station(region="ap-southeast", timezone="Asia/Singapore", members=("kenji.mori",)),
        ),
    )
    assert file.people[0] == NewPerson(
        handle="noor.haddad",
        name="Noor Haddad",
        email="noor.haddad@example.com",
        phone="+1-555-010-2200",
        region="us-west",
        timezone="America/Los_Angeles",
    )
    assert len(file.people) == 9
    role = file.policy.roles["incident_commander"]
    assert role.description == "The one person who decides while the incident lasts"
    assert len(role.responsibilities) == 5
    assert file.policy.escalation == BUILT_IN.escalation


def test_the_long_form_is_a_rotation_of_one_layer() -> None:
    file = whole(
        ROTATION
        + """
    region: eu-central
    starts: 2026-01-05
    handoff: weekly Mon 09:00
    members: [ada, mei]
    hours: {days: [Mon, Tue, Wed, Thu, Fri], from: 09:00, to: 17:00}
    advance: served
"""
    )

    assert file.schedules == (
        Schedule.model_validate({
            "name": "ops", "role": "operations_lead", "region": "eu-central",
            "timezone": "Europe/Berlin", "starts": "2026-01-05", "handoff": "weekly Mon 09:00",
            "members": ["ada", "mei"], "advance": "served",
            "hours": {"days": "mon-fri", "from": "09:00", "to": "17:00"},
        }),
    )  # fmt: skip


def test_what_stands_beside_layers_is_said_for_all_of_them() -> None:
    (schedule,) = whole(
        ROTATION
        + """
    handoff: daily 08:00
    layers:
      - {members: [ada]}
      - {name: last, priority: -1, members: [bo], timezone: Asia/Tokyo}
"""
    ).schedules

    assert [layer.name for layer in schedule.layers] == ["layer 1", "last"]
    assert [layer.timezone for layer in schedule.layers] == ["Europe/Berlin", "Asia/Tokyo"]
    assert [str(layer.handoff) for layer in schedule.layers] == ["daily 08:00"] * 2


def test_somebody_in_two_roles_is_one_person() -> None:
    line = "{name: Ada, region: us-east, contact: ada@example.com}"
    file = whole(f"""
roles:
  scribe: {{rotation: [{line}]}}
  tech_lead: {{rotation: [{line}]}}
""")

    assert [person.handle for person in file.people] == ["ada"]


def test_who_is_in_the_directory_keeps_their_handle() -> None:
    known = Known(people={"noor": "Noor.Haddad@example.com"})
    verdict = read(SHORT.read_text(), NOW, known)

    assert verdict.file is not None
    assert verdict.file.schedules[0].layers[0].stations[0].members == ("noor",)


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_an_example_reads_back_as_it_was_written(file: Path) -> None:
    read_ = whole(file.read_text())
    again = whole(text_of(read_.policy, read_.schedules))

    assert (again.policy, again.schedules) == (read_.policy, read_.schedules)


def test_the_short_form_reads_back_in_the_long_one() -> None:
    short = whole(SHORT.read_text())
    again = whole(text_of(short.policy, short.schedules))

    assert (again.policy, again.schedules) == (short.policy, short.schedules)


def test_the_built_in_policy_reads_back_as_it_is() -> None:
    assert whole(text_of(BUILT_IN)).policy == BUILT_IN


# What is refused.

WRONG = [
    ("severities: {6: {name: X}}", "1:14 must be a severity: 1, 2, 3, 4 or 5"),
    ("severities: {1: {respond_within: 5}}", "1:34 must have a unit: write 5m for minutes"),
    ("severities: {1: {respond_within: soon}}", "1:34 must be a duration such as 15m"),
    ("severities: {1: {respond_within: 31d}}", "1:34 must be at most 30d"),
    ("severities: {1: {respond_within: 0m}}", "1:34 must be at least 1s"),
    ("severities: {1: {resolve_within: PT0S}}", "1:34 must be at least 1s"),
    ("severities: {1: {update_every: 0s}}", "1:32 must be at least 1s"),
    ("severities: {1: {update_every: {support: 1ms}}}",
     "1:42 must be in whole seconds, at least 1s"),
    ("severities: {1: {respond_within: PT0.001S}}", "1:34 must be in whole seconds, at least 1s"),
    ("escalation: [{level: 1, page: {people: [ada]}, respond_within: 0.5s, escalate_after: 1m}]",
     "1:64 must be in whole seconds, at least 1s"),
    ("escalation: [{level: 1, page: {people: [ada]}, respond_within: 1s, escalate_after: 0s}]",
     "1:84 must be at least 1s"),
    ("severities: {1: {respond_withn: 5m}}",
     "1:18 `respond_withn` means nothing here: do you mean `respond_within`?"),
    ("severities: {1: {update_every: {suport: 5m}}}",
     "1:33 `suport` means nothing here: do you mean `support`?"),
    ("severities: [1]", "1:13 must be fields with names"),
    ("severitis: {}", "1:1 `severitis` means nothing here: do you mean `severities`?"),
    ("hello", "1:1 must be fields with names"),
    ("escalation: {}", "1:13 must be a list: begin each item with a dash"),
    ("roles: {Big Boss: {}}", "1:9 must be a role: 1 to 40 of a-z, 0-9 and underscore"),
    ("roles: {dba: {responsibilities: [a: b]}}", "1:34 must be text; put it in quotes"),
    ("roles: {dba: {rotation: [{name: A, region: us-east, contact: me}]}}",
     "1:62 must be an address and a number: ada@example.com, +49 30 5550100"),
    ("roles: {dba: {rotation: [{name: A}]}}", "1:26 `region` is missing: add it, as in"),
    ("rotations: {Ops: {members: [ada]}}", "1:13 must be a rotation: 1 to 80 of a-z"),
    ("rotations: {ops.ics: {members: [ada]}}",
     "1:13 must not end in .ics: that is the address of a calendar"),
    ("rotations: {ops: {role: operation_lead, members: [ada]}}",
     "1:25 there is no role `operation_lead`: do you mean `operations_lead`?"),
    ("rotations: {ops: {members: [ada, Mei]}}", "1:34 must be 1 to 40 of a-z, 0-9, dot, dash"),
    ("rotations: {ops: {members: []}}", "1:13 must have members"),
    ("rotations: {ops: {role: scribe}}", "1:13 must have members: add them, as in"),
    ("rotations: {ops: {members: [a], timezone: Berlin}}",
     "1:43 must be a time zone such as Europe/Berlin; do you mean Europe/Berlin?"),
    ("rotations: {ops: {members: [a], handoff: monthly 32 09:00}}", "1:42 "),
    ("rotations: {ops: {members: [a], handoff: weekly Mon}}", "1:42 must be a handoff such as"),
    ("rotations: {ops: {members: [a], starts: 2026-02-30}}", "1:41 "),
    ("rotations: {ops: {members: [a], hours: {from: 09:00, to: 25:00}}}",
     "1:58 must be a time of day"),
    ("rotations: {ops: {members: [a], overrides: []}}", "1:33 `overrides` means nothing here"),
    ("rotations: {ops: {layers: [{members: [a]}, {membrs: [b]}]}}",
     "1:45 `membrs` means nothing here: do you mean `members`?"),
    ("roles: {dba: {rotation: [{name: A, region: us-east}]}}\nrotations: {dba: {members: [a]}}",
     "2:13 the short form of the role has this name: take another one"),
    ("a: 1\nroles: {}\nroles: {}", "3:1 `roles` stands on line 2 already: keep one of the two"),
    ("roles: &x {}\nrotations: *x", "2:12 the alias *x cannot be used here: write it out"),
    ("roles: !!python/object:os.system {}", "1:8 the tag tag:yaml.org,2002:python/"),
    ("roles: {}\n---\nroles: {}", "2:1 must be the only document"),
    ("roles: {? [a] : b}", "1:11 a name must be one plain word"),
    ("roles: \x07", "1:8 the character U+0007 cannot stand in YAML"),
    ("roles:\n\tscribe: {}", "2:1 not YAML: this character cannot begin a value"),
    ("roles: {scribe: {}\nx: [", "not YAML: the mapping must be closed with }"),
    ("roles: 'open", "not YAML: a quote that was opened must be closed"),
    ("[" * 60, "1:51 must not be nested deeper than 50"),
    ("#" * 300_000, "1:1 the file must not be larger than 256 KiB"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told[:50] for _, told in WRONG])
def test_a_fault_is_told_where_it_is_with_what_would_be_right(text: str, told: str) -> None:
    found = faults(text)

    assert any(told in fault for fault in found), found


def test_every_fault_of_a_file_is_told_at_once_in_order() -> None:
    found = faults("""
severities:
  1: {respond_within: 5, resolve_within: 1hour}
escalation:
  - {level: 1, page: {role: operation_lead}, respond_within: 5m, escalate_after: 3m}
  - {level: 3, page: {}, respond_within: 5m}
  - {level: x, page: {people: [Lead]}, respond_within: 40d, escalate_after: 2h}
rotations:
  ops: {role: nobody, members: [a], handoff: weekly Foo 09:00}
""")

    assert [fault.split()[0] for fault in found] == [
        "3:23", "3:42", "5:29", "5:82", "6:5", "6:13", "6:16", "7:13", "7:32", "7:56", "9:15",
        "9:46",
    ]  # fmt: skip
    assert "must be 2: levels are numbered 1, 2, 3" in found[5]
    assert "must not be shorter than respond_within" in found[3]


def test_two_people_cannot_have_one_handle() -> None:
    found = faults("""
roles:
  scribe:
    rotation:
      - {name: Ada, region: us-east, contact: ada@one.example}
      - {name: Ada, region: us-west, contact: ada@two.example}
""")

    assert found == ["6:9 ada is Ada of line 5 already: give one of them a `handle`"]


def test_both_parsers_find_the_same_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [text for text, _ in WRONG if "'" not in text and "{\nx" not in text]
    first = [[fault.path for fault in read(text, NOW).errors] for text in texts]
    monkeypatch.setattr(tree, "LOADER", yaml.SafeLoader)

    assert first == [[fault.path for fault in read(text, NOW).errors] for text in texts]


HOSTILE = {
    "lists": "[" * 260_000,
    "levels": "escalation:\n" + "  - {level: 1, page: {role: foo}}\n" * 7000,
    "names": "roles:\n" + "".join(f"  r{n}: {{foo: 1}}\n" for n in range(14_000)),
    "twice": "x: 1\n" * 50_000,
    "rotations": "rotations:\n"
    + "".join(f"  r{n}: {{role: foo, members: [a], timezone: X}}\n" for n in range(5000)),
    "members": "rotations: {r: {members: [" + "A, " * 80_000 + "]}}",
    "busy": "rotations:\n"
    + "".join(
        f"  r{n}: {{role: scribe, handoff: every 1h, members: [a, b]}}\n" for n in range(400)
    ),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_takes_long(text: str) -> None:
    began = time.process_time()
    verdict = read(text, NOW)

    assert verdict.faults
    assert time.process_time() - began < 20


# What is doubtful.


def test_a_hole_in_summer_is_told_in_winter_with_its_dates() -> None:
    (told,) = doubts((EXAMPLES / "follow-the-sun.yaml").read_text())

    assert "nobody is on call for the role operations_lead" in told
    assert "23:00-24:00 UTC from 2026-03-08 to 2026-10-31" in told
    assert "go forward on 2026-03-08" in told


def test_the_other_example_leaves_no_doubt() -> None:
    assert doubts((EXAMPLES / "policy.yaml").read_text()) == []


ALONE = ROTATION + "    handoff: daily 09:00\n    members: [ada, mei]\n"


def test_handles_that_nobody_has_are_told_where_they_stand() -> None:
    known = Known(people={"mei": None, "adam": None})
    found = doubts(ALONE, known)

    assert "7:15 there is no person `ada`: do you mean `adam`?" in found


def test_without_a_directory_nothing_is_said_about_people() -> None:
    assert not any("no person" in told for told in doubts(PROTOCOL + ALONE))


def test_a_level_that_will_find_nobody_is_told() -> None:
    found = doubts(PROTOCOL, Known(people={"lead": None, "manager": None}))

    assert any("level 4 will find nobody: there is no person cto" in told for told in found)
    assert not any("level 2 will" in told for told in found)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("roles: {dba: {}}" + ALONE, "1:9 the role dba has no rotation: nobody is offered it"),
        ("severities: {1: {name: X}}", "1:14 has no `respond_within`, so that nobody is paged"),
        ("escalation: []", "1:1 has no levels, so that nobody is ever paged"),
        ("rotations: {x: {members: [a]}}", "1:13 serves no role, and no level pages it"),
        ("rotations: {x: {members: [a]}}", "1:13 has no `timezone`, so that its times are in UTC"),
        ("roles: {dba: {rotation: [{name: A, region: mars}]}}", "1:44 nothing tells where mars is"),
        (
            "rotations: {x: {members: [a], hours: {days: mon, from: 9:00, to: 17:00}}}",
            "nobody is on",
        ),
    ],
)
def test_what_will_not_do_what_was_meant_is_told(text: str, told: str) -> None:
    found = doubts(text)

    assert any(told in doubt for doubt in found), found


# Durations, contacts, regions.


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("5m", 5), ("15min", 15), ("1h", 60), ("24h", 1440), ("7d", 10080), ("1h30m", 90),
     ("90s", 1.5), ("2w", 20160), ("PT15M", 15), ("P1DT2H", 1560), ("P1W", 10080)],
)  # fmt: skip
def test_durations_are_read_as_people_write_them(text: str, minutes: float) -> None:
    assert span_of(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "5", "m", "P", "PT", "1.5h", "-5m", "5m1h", "5 m", "\u0665m", None]
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="must"):
        span_of(text)


@given(st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=30)))
def test_a_duration_reads_back_as_it_was_written(duration: timedelta) -> None:
    whole_seconds = timedelta(seconds=int(duration.total_seconds()) or 1)

    assert span_of(written(whole_seconds)) == whole_seconds


@pytest.mark.parametrize(
    ("name", "email", "handle"),
    [
        ("Noor Haddad", "noor.haddad@example.com", "noor.haddad"),
        ("Noor", "Noor+pager@example.com", "noor"),
        ("Jörg Groß", None, "jorg.gross"),
        ("Ada", "me@example.com", "ada"),
        ("李", None, None),
    ],
)
def test_a_handle_comes_from_the_address_or_the_name(
    name: str, email: str | None, handle: str | None
) -> None:
    assert handle_of(name, email) == handle


def test_a_contact_may_be_either_or_both_in_any_order() -> None:
    both = contact_of("+49 (30) 555-0100; ada@example.com")

    assert (both.email, both.phone) == ("ada@example.com", "+49 (30) 555-0100")
    assert contact_of("ada@example.com").phone is None


@pytest.mark.parametrize(
    ("region", "zone"),
    [("us-west", "America/Los_Angeles"), ("us-west-2", "America/Los_Angeles"),
     ("ap-southeast-2", "Australia/Sydney"), ("europe-west3", "Europe/Berlin"),
     ("eu-west-2a", "Europe/London"), ("Singapore", "Asia/Singapore"),
     ("Los Angeles", "America/Los_Angeles"), ("moon", None), ("", None)],
)  # fmt: skip
def test_regions_have_the_zone_of_their_people(region: str, zone: str | None) -> None:
    assert zone_of(region) == zone


LINES = st.lists(
    st.sampled_from([
        "severities:", "  1: {respond_within: 5m}", "escalation:", "roles:", "rotations:", "  a:",
        "  - {level: 1}", "    members: [a]", "    layers: [{}]", "    rotation: [{name: x}]", "x",
        "  scribe:", "    hours: {from: 1}", "[", "}", "*a", "- ~", "'", "    stations: [{}]",
        "    handoff: sun 09:00", "    page: [a]", "? a", "\t", "    rotation: foo", "  1: ~",
    ]),
    max_size=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_no_text_is_too_strange_to_be_told_what_is_wrong(lines: list[str]) -> None:
    verdict = read("\n".join(lines), NOW)

    assert bool(verdict.errors) == (verdict.file is None)
    assert all(fault.line >= 1 and fault.column >= 1 for fault in verdict.faults)
    assert all(fault.line <= len(lines) + 1 for fault in verdict.faults)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("roles: {dba: {rotation: [{name: A, region: us-east, handle: me}]}}", "me is reserved"),
        (
            "escalation: [{level: 1, page: {role: scribe, roles: ["
            + ", ".join(f"r{n}" for n in range(50))
            + "]}, respond_within: 1m, escalate_after: 1m}]",
            "must name at most 50 roles",
        ),
        (
            "roles: {dba: {rotation: ["
            + ", ".join(f"{{name: A, region: r{n}, contact: a@b.c}}" for n in range(51))
            + "]}}",
            "must be at most 50 regions",
        ),
        (f"roles: {{{', '.join(f'r{n}: {{}}' for n in range(36))}}}", "must add at most 35 roles"),
        ('roles: {dba: {rotation: [{name: A, region: us-east, contact: "\\x01@b.c"}]}}', "address"),
    ],
)
def test_what_no_value_can_hold_is_refused_here_and_not_later(text: str, told: str) -> None:
    found = faults(text)

    assert any(told in fault for fault in found), found


SNIPPETS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/policy.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("text", SNIPPETS)
def test_what_the_documentation_shows_can_be_loaded(text: str) -> None:
    assert faults(text) == []


def test_rotations_whose_turns_take_long_to_count_are_not_all_looked_at() -> None:
    """Every five hours since 1970, in one minute of a week: a line each, a second each."""
    often = (
        "  r{0}: {{timezone: UTC, starts: 1970-01-05, handoff: every 5h, members: [a],"
        " hours: {{days: mon, from: '09:00', to: '09:01'}}}}\n"
    )
    verdict = read("rotations:\n" + "".join(map(often.format, range(5))), NOW)

    untold = [
        fault for fault in verdict.warnings if "its holes were not looked for" in fault.message
    ]
    assert [fault.path for fault in untold] == ["rotations.r2", "rotations.r3", "rotations.r4"]
