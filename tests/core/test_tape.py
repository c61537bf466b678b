from datetime import timedelta
from typing import Any

from incident.core.tape import Tick, tape
from tests.builders import MINUTE, NOON


def tick(minute: float, kind: str = "noted", number: int = 1, **fields: Any) -> Tick:  # noqa: ANN401 (fields of a tick)
    some = {"seq": number, "by": "mei", "at": NOON + minute * MINUTE}
    return Tick(number=number, kind=kind, **{**some, **fields})


def declared(minute: float = 0, **fields: Any) -> Tick:  # noqa: ANN401 (fields of a tick)
    some = {"status": "active", "phase": "investigating", "severity": 2}
    return tick(minute, "declared", **{**some, **fields})


def phases(*ticks: Tick) -> list[tuple[str, float, float | None]]:
    """Each state with the minutes from which to which it lasted."""
    made = tape(ticks, NOON, 0)
    return [
        (p.state, (p.start - NOON) / MINUTE, (p.end - NOON) / MINUTE if p.end else None)
        for p in made.phases
    ]


def test_each_phase_lasts_until_the_next() -> None:
    told = phases(
        declared(),
        tick(10, "phase_changed", phase="identified"),
        tick(30, "mitigated"),
        tick(50, "reopened", phase="fixing"),
    )

    assert told == [
        ("investigating", 0, 10),
        ("identified", 10, 30),
        ("mitigated", 30, 50),
        ("fixing", 50, None),
    ]


def test_what_only_has_a_status_is_named_by_it() -> None:
    told = phases(declared(status="triage", phase=None), tick(5, "activated", phase="fixing"))

    assert told == [("triage", 0, 5), ("fixing", 5, None)]


def test_a_report_without_phases_is_active() -> None:
    assert phases(declared(phase=None)) == [("active", 0, None)]


def test_a_phase_that_was_named_too_late_is_no_stretch_of_its_own() -> None:
    told = phases(declared(), tick(40, "phase_changed", phase="identified"), tick(30, "mitigated"))

    assert told == [("investigating", 0, 30), ("mitigated", 30, None)]


def test_a_tape_ends_where_the_incident_was_resolved_not_where_it_was_closed() -> None:
    made = tape([declared(), tick(60, "resolved"), tick(9_000, "closed")], NOON, 0)

    assert made.end == NOON + 60 * MINUTE


def test_a_tape_of_what_was_reopened_has_no_end() -> None:
    ticks = [declared(), tick(60, "resolved"), tick(70, "reopened", phase="fixing")]

    assert tape(ticks, NOON, 0).end is None


def test_a_tape_begins_with_the_impact_when_that_was_first() -> None:
    began = NOON - 20 * MINUTE
    made = tape([declared(), tick(1)], began, 0)

    assert made.start == began
    assert made.ats == (20 * 60_000, 21 * 60_000)


def test_a_tape_begins_with_the_declaration_when_the_impact_is_said_to_come_later() -> None:
    assert tape([declared()], NOON + MINUTE, 0).start == NOON


def test_an_entry_about_something_earlier_lies_before_the_beginning() -> None:
    assert tape([declared(), tick(-1, number=2)], NOON, 0).ats == (0, -60_000)


def test_a_tape_begins_with_what_an_import_tells_first() -> None:
    told = [declared(), tick(-5, seq=1, number=2), tick(9_000, "imported", seq=1, number=3)]

    assert tape(told, NOON, 0).start == NOON - 5 * MINUTE


def test_ticks_are_told_to_the_millisecond() -> None:
    late = tick(0, at=NOON + timedelta(milliseconds=1_234))

    assert tape([declared(), late], NOON, 0).ats == (0, 1_234)


def test_each_severity_is_told_from_the_declaration_on() -> None:
    made = tape([declared(), tick(3, "severity_changed", number=7, severity=1)], NOON, 0)

    assert [(0, 2, 1), (3, 1, 7)] == [
        ((s.at - NOON) / MINUTE, s.severity, s.number) for s in made.severities
    ]


def test_after_a_commit_only_newer_ticks_are_told_but_whole_phases() -> None:
    ticks = [declared(), tick(5, number=2), tick(6, "mitigated", number=3)]
    made = tape(ticks, NOON, 2)

    assert made.ats == (6 * 60_000,)
    assert [one.state for one in made.phases] == ["investigating", "mitigated"]


def test_each_tick_weighs_what_its_entry_weighs() -> None:
    ticks = [
        declared(),
        tick(1, type="info"),
        tick(2, type="decision"),
        tick(3, type="alert"),
        tick(4, "update_missed", by="system"),
        tick(5, "entry_pinned"),
        tick(6, "update_posted"),
        tick(7, "paged", by="system"),
        tick(8, "paged", by="system", nobody=True),
    ]

    assert tape(ticks, NOON, 0).weights == "chkmo-kmo"
