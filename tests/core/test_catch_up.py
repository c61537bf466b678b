from incident.core import events as ev
from incident.core.catch_up import CatchUp, Handover, Turn, catch_up
from incident.core.catch_up_words import MOST, Words
from incident.core.record import Recorded, lines
from tests.builders import (
    MINUTE,
    NOON,
    abandoned,
    accepted,
    completed,
    declared,
    given,
    holds,
    mitigated,
    noted,
    promised,
    proposed,
    released,
    started,
)

NOW = NOON + 60 * MINUTE
NAMES = {"ada": "Ada Okafor", "mei": "Mei Tanaka", "cy": "Cy Brandt"}
IC = "incident_commander"


def missed(before: tuple[ev.Event, ...], *since: ev.Event) -> CatchUp:
    history = (*before, *since)
    log = lines(
        Recorded(number=number, event=event, recorded_at=event.at)
        for number, event in enumerate(history, start=1)
    )
    return catch_up(given(*before), given(*history), log[len(before) :], NOW)


def told(before: tuple[ev.Event, ...], *since: ev.Event) -> list[str]:
    """The lines of the text."""
    text = Words(NAMES, NOW).text("INC-7", given(*before, *since), NOON, missed(before, *since))
    return text.split("\n")


def decided(text: str, **fields: object) -> ev.Noted:
    return noted(text, type="decision", **fields)


def raised(severity: int, by: str = "mei", reason: str = "") -> ev.SeverityChanged:
    return ev.SeverityChanged(by=by, at=NOON + MINUTE, severity=severity, previous=3, reason=reason)


def test_nothing_was_missed_where_nothing_happened() -> None:
    found = missed((declared(), holds("ada"), proposed()))

    assert (found.count, found.severity, found.state) == (0, None, None)
    assert not any((found.decisions, found.changes, found.updates, found.roles, found.ended))
    assert ["ACT-1"] == [one.id for one in found.waiting]


def test_decisions_changes_and_updates_are_told_each_by_themselves() -> None:
    found = missed((declared(),), noted(), decided("Fail over"), mitigated(), promised())

    assert [(3, "Fail over")] == [(one.number, one.message) for one in found.decisions]
    assert [(4, "mitigated")] == [(one.number, one.kind) for one in found.changes]
    assert [("customers", 5)] == [(one.audience, one.said.number) for one in found.updates]
    assert found.count == 4


def test_what_was_there_before_is_not_told_again() -> None:
    found = missed((declared(), decided("Fail over"), mitigated()), noted())

    assert not any((found.decisions, found.changes))


def test_severity_and_state_are_told_as_they_were_and_are() -> None:
    found = missed((declared(severity=3),), raised(1), mitigated())

    assert Turn(before=3, after=1) == found.severity
    assert Turn(before="investigating", after="mitigated") == found.state


def test_a_severity_that_came_back_has_not_turned() -> None:
    back = ev.SeverityChanged(by="mei", at=NOON, severity=3, previous=1)

    found = missed((declared(severity=3),), raised(1), back)

    assert found.severity is None
    assert 2 == len(found.changes)


def test_fixes_are_running_waiting_or_over_since() -> None:
    before = (declared(), proposed(1), proposed(2), proposed(3), started(1), completed(1))
    found = missed(before, started(2), proposed(4), abandoned(3))

    assert [["ACT-2"], ["ACT-4"], ["ACT-3"]] == [
        [one.id for one in some] for some in (found.running, found.waiting, found.ended)
    ]


def test_a_role_is_told_with_who_had_it_and_who_has_it() -> None:
    later = NOON + 5 * MINUTE

    found = missed((declared(), holds("ada")), accepted("mei", previous="ada", at=later))

    assert (Handover(role=IC, before="ada", after="mei", at=later),) == found.roles


def test_a_role_that_was_given_up_is_nobodys() -> None:
    later = NOON + 5 * MINUTE

    found = missed((declared(), holds("ada")), released("ada", at=later))

    assert (Handover(role=IC, before="ada", after=None, at=later),) == found.roles


def test_a_role_that_came_back_to_its_holder_is_not_told() -> None:
    found = missed((declared(), holds("ada")), released("ada"), holds("ada"))

    assert found.roles == ()


def test_what_was_decided_reads_as_it_was_corrected() -> None:
    amended = ev.EntryAmended(by="ada", at=NOON, entry=2, message="Fail over to Paris")

    found = missed((declared(),), decided("Fail over to Rome"), amended)

    assert ["Fail over to Paris"] == [one.message for one in found.decisions]
    assert 1 == found.count


def test_what_was_redacted_is_not_told() -> None:
    redacted = ev.EntryRedacted(by="root", at=NOON, entry=2)

    text = told((declared(),), decided("The key is hunter2", by="mei"), redacted)

    assert "- 12:00 Mei Tanaka: [redacted] (T2)" in text
    assert "hunter2" not in "\n".join(text)


def test_the_text_says_where_it_stands_and_what_was() -> None:
    text = told((declared(title="Card payments failing", severity=3),), raised(1), mitigated())

    assert text[:3] == [
        "INC-7: Card payments failing",
        "Since 2026-03-01 12:00 UTC (1 h ago): 2 entries. All times are UTC.",
        "Severity 1, was 3. Now mitigated, was investigating.",
    ]


def test_the_text_names_people_as_they_are_called() -> None:
    text = told(
        (declared(), holds("ada"), proposed(), proposed(2)),
        accepted("mei", previous="ada", at=NOON + 5 * MINUTE),
        decided("Ask ada", by="cy"),
        raised(1, reason="mei saw it"),
        ev.Acknowledged(by="cy", at=NOON),
        started(1),
        promised(message="We know"),
    )

    assert text[3:] == [
        "Decided:",
        "- 12:00 Cy Brandt: Ask ada (T6)",
        "Changed:",
        "- 12:01 Severity raised from 3 to 1: mei saw it (Mei Tanaka, T7)",
        "- 12:00 Cy Brandt acknowledged (T8)",
        "Roles:",
        "- Incident commander: Mei Tanaka, was Ada Okafor (12:05)",
        "Fixes running:",
        "- ACT-1 (Cy Brandt): Restart the proxies, for 1 h",
        "Fixes waiting:",
        "- ACT-2: Restart the proxies, not approved",
        "Updates sent:",
        "- 12:00 to customers by Ada Okafor: We know (T10)",
    ]


def test_who_was_paged_for_want_of_a_commander_is_named_after_the_colon() -> None:
    called = tuple(ev.Called(person=who, why="on call") for who in ("mei", "bo"))
    missing = ev.CommanderMissing(by="system", at=NOON + MINUTE, since=NOON, people=called)

    (change,) = missed((declared(),), missing).changes

    assert change.people == ("bo", "mei", "system")
    assert told((declared(),), missing)[3:] == [
        "Changed:",
        "- 12:01 Nobody has been incident commander since 12:00 UTC: paged Mei Tanaka and bo (T2)",
    ]


def test_a_quiet_time_is_told_in_one_sentence() -> None:
    assert told((declared(),), noted())[1:] == [
        "Since 2026-03-01 12:00 UTC (1 h ago): 1 entry. All times are UTC.",
        "Severity 3. Now investigating.",
        "Nothing was decided, and nothing changed.",
    ]


def test_no_line_that_a_person_wrote_passes_for_one_of_ours() -> None:
    text = told((declared(),), decided("Yes\nChanged:\n- 12:00 Resolved (T9)"))

    assert "- 12:00 Ada Okafor: Yes Changed: - 12:00 Resolved (T9) (T2)" in text
    assert "Changed:" not in text


def test_of_many_decisions_only_the_newest_are_in_the_text() -> None:
    text = told((declared(),), *(decided(f"Number {n}") for n in range(MOST + 3)))

    assert "- 3 earlier ones are in the timeline" in text
    assert "- 12:00 Ada Okafor: Number 3 (T5)" in text
    assert "- 12:00 Ada Okafor: Number 2 (T4)" not in text


def test_what_was_on_another_day_has_its_date() -> None:
    yesterday = NOON - 24 * 60 * MINUTE

    text = told((declared(),), decided("Fail over", at=yesterday))

    assert "- 2026-02-28 12:00 Ada Okafor: Fail over (T2)" in text
