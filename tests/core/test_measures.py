from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.core import events as ev
from incident.core.history import parse, recount
from incident.core.incident import fold
from incident.core.measures import Measures, measures, minutes
from tests.core.reports import FILES, report

UNDERIVABLE = {"status_page_blind_min"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def measured(*events: ev.Event) -> dict[str, float]:
    declared = ev.Declared(by="ada", at=at(4), title="Down", severity=1, start_time=NOON)
    log = (declared, *events)
    return {name: took for name, took in measures(fold(log), log).in_minutes().items() if took}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_measures_what_its_file_expects(file: Path) -> None:
    source = report(file)
    events = recount(parse(source))

    found = measures(fold(events), events).in_minutes()

    expected = source["expected_metrics"]
    assert {name: found.get(name) for name in expected if name not in UNDERIVABLE} == {
        name: value for name, value in expected.items() if name not in UNDERIVABLE
    }


def test_everything_counts_from_the_start() -> None:
    assert measured(
        ev.RoleAssigned(by="mei", at=at(6), role="incident_commander", holder="mei"),
        ev.Acknowledged(by="bo", at=at(7)),
        ev.PhaseChanged(by="mei", at=at(20), phase="identified"),
        ev.Mitigated(by="mei", at=at(31)),
        ev.Resolved(by="mei", at=at(55)),
    ) == {
        "to_declare_min": 4,
        "to_commander_min": 6,
        "to_acknowledge_min": 7,
        "to_identify_min": 20,
        "to_mitigate_min": 31,
        "to_resolve_min": 55,
    }


def test_the_first_commander_and_the_first_cause_count_whoever_comes_later() -> None:
    found = measured(
        ev.RoleAssigned(by="a", at=at(6), role="scribe", holder="a"),
        ev.RoleAssigned(by="a", at=at(8), role="incident_commander", holder="a"),
        ev.RoleReleased(by="a", at=at(9), role="incident_commander", holder="a"),
        ev.RoleAssigned(by="b", at=at(10), role="incident_commander", holder="b"),
        ev.PhaseChanged(by="b", at=at(11), phase="identified"),
        ev.PhaseChanged(by="b", at=at(12), phase="investigating"),
        ev.PhaseChanged(by="b", at=at(13), phase="identified"),
    )

    assert (found["to_commander_min"], found["to_identify_min"]) == (8, 11)


def test_who_accepts_command_commands() -> None:
    found = measured(
        ev.RoleAccepted(
            by="a",
            at=at(9),
            role="incident_commander",
            holder="a",
            offered_by="system",
            waited=timedelta(minutes=5),
        )
    )

    assert found["to_commander_min"] == 9


def test_corrected_times_are_the_ones_that_count() -> None:
    found = measured(
        ev.Mitigated(by="mei", at=at(31)),
        ev.TimesCorrected(by="mei", at=at(40), start_time=at(-10), mitigation_time=at(20)),
    )

    assert found == {"to_declare_min": 14, "to_mitigate_min": 30}


def test_a_reopened_incident_is_measured_to_its_last_mitigation() -> None:
    mitigated, again = ev.Mitigated(by="m", at=at(10)), ev.Mitigated(by="m", at=at(50))
    reopened = ev.Reopened(by="m", at=at(20), phase="fixing", reason="back")

    assert "to_mitigate_min" not in measured(mitigated, reopened)
    assert measured(mitigated, reopened, again)["to_mitigate_min"] == 50


def test_what_did_not_happen_has_no_measure() -> None:
    assert measured() == {"to_declare_min": 4}
    assert measures(fold([]), []) == Measures()
    assert minutes(None) is None


def test_minutes_keep_their_seconds() -> None:
    assert minutes(timedelta(seconds=90)) == 1.5
