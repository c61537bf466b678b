"""The golden files are made again by `python -m tests.core.test_postmortem`; read their diff."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident.core import events as ev
from incident.core.history import parse, recount
from incident.core.incident import fold
from incident.core.postmortem import draft
from incident.core.record import Recorded
from incident.core.values import Link
from incident.export import markdown
from tests.core.reports import DATA, FILES, report

IMPORTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def exported(*events: ev.Event) -> str:
    log = [
        Recorded(number=number, event=event, recorded_at=event.at)
        for number, event in enumerate(events, start=1)
    ]
    return markdown(draft("INC-7", fold(events), log))


def golden(file: Path) -> str:
    """What an import of `file` exports."""
    events = recount(parse(report(file)))
    return exported(*events, ev.Imported(by="ada", at=IMPORTED_AT, source=file.stem))


def section(text: str, title: str) -> str:
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def timeline(*events: ev.Event) -> list[str]:
    """The lines of the timeline, days and all, without what is blank."""
    return [line for line in section(exported(*events), "Timeline").split("\n") if line]


def declared(**told: Any) -> ev.Declared:  # noqa: ANN401 (any field)
    return ev.Declared.model_validate(
        {"by": "ada", "at": at(4), "title": "Cards fail", "severity": 2, "start_time": NOON} | told
    )


def note(message: str, minute: float = 5, **told: Any) -> ev.Noted:  # noqa: ANN401 (any field)
    return ev.Noted(by="mei", at=at(minute), message=message, **told)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_exports_the_same_bytes_as_ever(file: Path) -> None:
    expected = (DATA / "exports" / f"{file.stem}.md").read_text()

    assert golden(file) == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_of_a_real_incident_is_in_its_timeline_once_with_day_and_time(
    file: Path,
) -> None:
    found: list[tuple[str, str]] = []
    day = ""
    for line in section(golden(file), "Timeline").split("\n"):
        day = line.removeprefix("### ") if line.startswith("### ") else day
        found.append((day, line))

    for entry in report(file)["timeline"]:
        time = entry["at"].strftime("%H:%M:%S").removesuffix(":00")
        told = f"- **{'~' if entry.get('approx') else ''}{time}** "
        lines = [(day, line) for day, line in found if entry["text"] in line]
        assert [(day, line[: len(told)]) for day, line in lines] == [
            (entry["at"].date().isoformat(), told)
        ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_exports_the_minutes_that_its_file_expects(file: Path) -> None:
    steps = {
        "to_detect_min": "Detected",
        "to_declare_min": "Declared",
        "to_commander_min": "Commander in place",
        "to_identify_min": "Cause identified",
        "to_mitigate_min": "Mitigated",
        "to_resolve_min": "Resolved",
    }
    told = section(golden(file), "Detection, response and resolution")
    rows = {row.split(" | ")[0]: row.split(" | ")[-1] for row in told.split("\n")}

    expected = report(file)["expected_metrics"]
    for name in expected.keys() & steps.keys():
        assert rows[f"| {steps[name]}"] == f"{expected[name]} |"


def test_a_day_is_named_where_it_begins() -> None:
    lines = timeline(declared(at=at(0)), note("late", 719), note("later", 721.5))

    assert lines == [
        "### 2026-03-01",
        "- **12:00** ada: Declared as severity 2 (T1)",
        "- **23:59** mei: late (T2)",
        "### 2026-03-02",
        "- **00:01:30** mei: later (T3)",
    ]


def test_entries_stand_in_the_order_in_which_things_happened() -> None:
    lines = timeline(declared(), note("first", 1, late=True), note("rough", 2, approx=True))

    assert lines[1:] == [
        "- **12:01** mei: first (T2, written down later)",
        "- **~12:02** mei: rough (T3)",
        "- **12:04** ada: Declared as severity 2 (T1)",
    ]


def test_an_entry_names_the_files_beside_it_and_says_what_was_told_later() -> None:
    files = ("graph.png", "a_b_ [x](y).log")
    attached = tuple(
        ev.Attachment(id=str(n), name=name, type="image/png", size=9)
        for n, name in enumerate(files)
    )
    done = ev.ActionCompleted(by="mei", at=at(6), action="ACT-1", late=True)

    lines = timeline(declared(), note("Look", attachments=attached), done)

    place = "/api/incidents/INC-7/attachments"
    linked = f"[graph.png](<{place}/0>), [a_b\\_ \\[x\\](y).log](<{place}/1>)"
    assert lines[2:] == [
        f"- **12:05** mei: Look (attached: {linked}) (T2)",
        "- **12:06** mei: ACT-1 completed (T3, written down later)",
    ]


def test_an_amended_entry_shows_its_newest_words_and_says_so() -> None:
    lines = timeline(
        declared(), note("502s"), ev.EntryAmended(by="bo", at=at(9), entry=2, message="503s")
    )

    assert lines[2:] == ["- **12:05** mei: 503s (T2, amended by bo)"]


def test_a_redacted_entry_says_that_it_is() -> None:
    secret = note("password hunter2")
    redacted = ev.EntryRedacted(by="root", at=at(9), entry=2)

    assert timeline(declared(), secret, redacted)[2:] == ["- **12:05** mei: _redacted_ (T2)"]
    assert "hunter2" not in exported(declared(), secret, redacted)


def test_pins_and_the_import_itself_are_left_out() -> None:
    events = (declared(), note("kept"), ev.EntryPinned(by="bo", at=at(6), entry=2))
    imported = ev.Imported(by="ada", at=at(60), source="file")

    assert [line[-4:] for line in timeline(*events, imported)[1:]] == ["(T1)", "(T2)"]


def test_a_sentence_that_names_who_did_it_is_not_told_by_them_again() -> None:
    lines = timeline(
        declared(),
        ev.Acknowledged(by="mei", at=at(5)),
        ev.RoleAssigned(by="bo", at=at(6), role="scribe", holder="tomas", previous="mei"),
        ev.ResponseMissed(by="system", at=at(7), respond_by=at(7)),
        ev.UpdatePosted(by="mei", at=at(8), audience="customers", message="We are on it."),
        ev.PhaseChanged(by="mei", at=at(9), phase="identified", reason="pool"),
    )

    assert lines[2:] == [
        "- **12:05** mei acknowledged (T2)",
        "- **12:06** bo: tomas is scribe, in place of mei (T3)",
        "- **12:07** Nobody has acknowledged; an answer was due by 12:07 UTC (T4)",
        "- **12:08** mei (update to customers): We are on it. (T5)",
        "- **12:09** mei: Cause identified: pool (T6)",
    ]


def test_the_draft_tells_whom_the_ladder_paged_and_who_answered_first() -> None:
    by_policy = (ev.Called(person="bo", why="named by the policy"),)
    text = exported(
        declared(),
        ev.Paged(by="system", at=at(1), round=1, turn=1, level=1, people=by_policy),
        ev.Acknowledged(by="bo", at=at(3), round=1),
        ev.AcknowledgementLapsed(by="system", at=at(13), person="bo"),
        ev.Acknowledged(by="mei", at=at(14), round=1),
    )

    told = text.split("\n### Escalation\n", 1)[1].split("\n##", 1)[0]
    lapsed = "Nothing came of the acknowledgement of bo: the ladder goes on"
    assert [line for line in told.split("\n") if line] == [
        "- 2026-03-01 12:01 UTC: Paged bo (named by the policy) on level 1 (T2)",
        "- 2026-03-01 12:03 UTC: bo acknowledged (T3)",
        f"- 2026-03-01 12:13 UTC: {lapsed} (T4)",
        "- 2026-03-01 12:14 UTC: mei acknowledged (T5)",
    ]
    assert "| Acknowledged by bo | 2026-03-01 12:03 UTC |" in text


def test_roles_say_who_from_when_until_when() -> None:
    lead = "incident_commander"
    took = ev.RoleAssigned.model_validate
    text = exported(
        declared(),
        took({"by": "ada", "at": at(5), "role": lead, "holder": "ada"}),
        took({"by": "ada", "at": at(30), "role": lead, "holder": "bo", "previous": "ada"}),
        took({"by": "mei", "at": at(6), "role": "scribe", "holder": "mei"}),
        ev.RoleReleased(by="mei", at=at(40), role="scribe", holder="mei"),
        ev.Resolved(by="bo", at=at(50)),
    )

    assert section(text, "Roles").strip().split("\n")[2:] == [
        "| Incident commander | ada | 2026-03-01 12:05 UTC | 2026-03-01 12:30 UTC |",
        "| Incident commander | bo | 2026-03-01 12:30 UTC | the end |",
        "| Scribe | mei | 2026-03-01 12:06 UTC | 2026-03-01 12:40 UTC |",
    ]


def test_a_role_that_was_handed_over_has_the_next_holder_from_then_on() -> None:
    lead = "incident_commander"
    handed = {"by": "bo", "role": lead, "holder": "bo", "previous": "ada", "offered_by": "ada"}
    events = (
        declared(),
        ev.RoleAssigned(by="ada", at=at(5), role=lead, holder="ada"),
        ev.RoleOffered(by="ada", at=at(29), role=lead, to="bo", expires_at=at(44)),
        ev.RoleAccepted.model_validate(handed | {"at": at(30), "waited": timedelta(minutes=1)}),
    )

    assert section(exported(*events), "Roles").strip().split("\n")[2:] == [
        "| Incident commander | ada | 2026-03-01 12:05 UTC | 2026-03-01 12:30 UTC |",
        "| Incident commander | bo | 2026-03-01 12:30 UTC | still held |",
    ]
    assert timeline(*events)[3:] == [
        "- **12:29** bo is offered incident commander by ada (T3)",
        "- **12:30** ada handed incident commander to bo, accepted in 1 min (T4)",
    ]


def test_an_action_shows_where_it_ran_only_if_that_is_not_its_target() -> None:
    events: list[ev.Event] = [declared()]
    for number, ran_on in enumerate((None, "db2", "db1"), start=1):
        name = f"ACT-{number}"
        events += [
            ev.ActionProposed(by="mei", at=at(5), action=name, description="Purge", target="db2"),
            ev.ActionStarted(by="mei", at=at(6), action=name, owner="mei"),
            ev.ActionCompleted(by="mei", at=at(7), action=name, executed_on=ran_on),
        ]

    told = section(exported(*events), "Actions taken")

    assert [row.split("|")[-2].strip() for row in told.split("\n") if row.startswith("| ACT")] == [
        *("", "", "db1")
    ]
    assert "ACT-3 was meant for db2 and ran on db1." in told


def test_what_was_not_done_yet_is_not_claimed() -> None:
    text = exported(declared())

    assert "| Mitigated | not yet |  |  |" in text
    assert "It is not over yet: it is active." in text
    assert "| Acknowledged | not recorded |  |  |" in exported(
        declared(), ev.Resolved(by="a", at=NOON)
    )


def test_escalation_names_what_was_missed_and_every_change_of_severity() -> None:
    text = exported(
        declared(),
        ev.ResponseMissed(by="system", at=at(19), respond_by=at(19)),
        ev.SeverityChanged(by="bo", at=at(20), severity=1, previous=2, reason="all of Europe"),
    )

    assert section(text, "Detection, response and resolution").split("### Escalation\n\n")[1] == (
        "- 2026-03-01 12:19 UTC: Nobody has acknowledged; an answer was due by 12:19 UTC (T2)\n"
        "- 2026-03-01 12:20 UTC: Severity raised from 2 to 1: all of Europe (T3)\n"
    )


def test_action_items_are_check_boxes_with_room_for_an_owner_and_a_date() -> None:
    wanted = {"followUps": [{"title": "Alarm", "type": "detect"}, "Talk", 5, {"type": "x"}]}

    told = section(exported(declared(metadata=wanted)), "Action items")

    assert told.strip().split("\n") == [
        "- [ ] Alarm (detect) - owner: ___ - due: ___",
        "- [ ] Talk - owner: ___ - due: ___",
    ]


def test_an_empty_section_asks_for_what_belongs_there() -> None:
    text = exported(declared())

    for title in ("Impact", "Contributing factors", "What went well", "What surprised us"):
        assert section(text, title).strip().startswith("_To fill in: ")


METADATA = st.dictionaries(
    st.sampled_from(
        [
            *("impact", "contributingFactors", "followUps", "sources", "helpers", "notTold"),
            *("whatWentWell", "whatCouldBeImproved", "whatSurprisedUs"),
        ]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
)


@given(METADATA)
def test_no_metadata_keeps_a_draft_from_being_made(metadata: dict[str, Any]) -> None:
    imported = ev.Imported(by="ada", at=at(60), source="file")
    role = ev.RoleAssigned(by="a", at=at(5), role="scribe", holder="a")

    text = exported(declared(metadata=metadata), role, imported)

    assert text.endswith("\n")


def test_a_draft_does_not_depend_on_the_order_in_which_metadata_was_kept() -> None:
    told = {"impact": {"b": 1, "a": {"y": 2, "x": [3]}}, "sources": ["https://a.b"]}
    turned = {"sources": ["https://a.b"], "impact": {"a": {"x": [3], "y": 2}, "b": 1}}

    assert exported(declared(metadata=told)) == exported(declared(metadata=turned))


HOSTILE = """---
# heading
> quote | cell ` code
```
</script><script>alert(1)</script> <!--
| a | b |
|---|---|
- [x] done
1. one
===
***
    code
[click](javascript:alert(1)) ![i](http://evil.example/x.png)
[ref]: http://evil.example
=HYPERLINK("http://evil.example") &lt;b&gt; \\
~~~~
@@@ $x$ <http://evil.example>"""


def harmless(text: str) -> str:
    """The same lines, each a plain word."""
    return "\n".join("x" for _ in text.split("\n"))


def said_everywhere(text: str) -> str:
    """An export in which a person wrote `text` wherever a person can write."""
    line = " ".join(text.split("\n"))
    metadata = {
        "impact": {line: text, "more": [text, {line: text}], "times": {"from": text, "to": text}},
        "contributingFactors": [text],
        "whatWentWell": [text],
        "whatCouldBeImproved": [text],
        "whatSurprisedUs": [text],
        "followUps": [{"title": text, "type": text}],
        "helpers": {"operationsLead": [text]},
        "sources": [text],
    }
    act: dict[str, Any] = {"by": line, "at": at(6), "action": "ACT-1"}
    return exported(
        declared(
            title=line,
            description=text,
            by=line,
            affected_services=(line, line),
            affected_regions=(line,),
            metadata=metadata,
            links=(Link(url="https://a.example", label=line[:100]),),
        ),
        ev.RoleAssigned(by=line, at=at(5), role="incident_commander", holder=line),
        ev.Acknowledged(by=line, at=at(5)),
        note(text),
        note(text, type="decision"),
        note("before"),
        ev.EntryAmended(by=line, at=at(6), entry=6, message=text),
        ev.ActionProposed(description=text, target=line, region=line, owner=line, **act),
        ev.ActionApproved(**act),
        ev.ActionStarted(owner=line, **act),
        ev.ActionCompleted(executed_on=f"{line} too", **act),
        ev.SeverityChanged(by=line, at=at(7), severity=1, previous=2, reason=text),
        ev.UpdatePosted(by=line, at=at(8), audience="support", message=text, due_at=at(9)),
        ev.PhaseChanged(by=line, at=at(9), phase="identified", reason=text),
        ev.Cancelled(by=line, at=at(10), reason=text, merged_into=line),
    )


def structure(text: str) -> list[tuple[str, str, int]]:
    return [(token.type, token.tag, token.level) for token in PARSER.parse(text)]


@pytest.mark.parametrize("hostile", [HOSTILE, *HOSTILE.split("\n")])
def test_no_words_of_a_person_change_the_structure_of_an_export(hostile: str) -> None:
    text = said_everywhere(hostile)

    assert structure(text) == structure(said_everywhere(harmless(hostile)))


def test_no_words_of_a_person_become_tags_images_or_links_that_mislead() -> None:
    found = [
        child for token in PARSER.parse(said_everywhere(HOSTILE)) for child in token.children or ()
    ]

    assert not {child.type for child in found} & {"html_inline", "image", "code_inline"}
    addresses = {str(child.attrGet("href")) for child in found if child.type == "link_open"}
    assert all(re.match(r"https?://(evil|a)\.example", address) for address in addresses)


if __name__ == "__main__":
    for source in FILES:
        (DATA / "exports" / f"{source.stem}.md").write_text(golden(source))
