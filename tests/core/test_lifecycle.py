from datetime import datetime, timedelta
from typing import get_args

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.values import AUDIENCES, Link, Phase, Status
from tests.builders import (
    BY_ADA,
    LATER,
    MINUTE,
    NOON,
    acknowledged,
    cancelled,
    closed,
    completed,
    declared,
    given,
    holds,
    mitigated,
    offered,
    paged,
    promised,
    proposed,
    refusal,
    refused,
    resolved,
    started,
    when,
)

STATUSES: tuple[Status, ...] = get_args(Status)

HISTORY: dict[Status, tuple[ev.Event, ...]] = {
    "triage": (declared(status="triage", phase=None),),
    "active": (declared(),),
    "mitigated": (declared(), mitigated()),
    "resolved": (declared(), mitigated(), resolved()),
    "closed": (declared(), mitigated(), resolved(), closed()),
    "cancelled": (declared(), cancelled()),
}

ALLOWED: dict[tuple[Status, Status], str] = {
    ("triage", "active"): "activated",
    ("triage", "cancelled"): "cancelled",
    ("active", "mitigated"): "mitigated",
    ("active", "resolved"): "resolved",
    ("active", "cancelled"): "cancelled",
    ("mitigated", "active"): "reopened",
    ("mitigated", "resolved"): "resolved",
    ("mitigated", "cancelled"): "cancelled",
    ("resolved", "active"): "reopened",
    ("resolved", "closed"): "closed",
    ("closed", "active"): "reopened",
}
"""Every jump there is, and the event it leads to."""


def move(status: Status, reason: str = "Because", phase: Phase | None = None) -> do.SetStatus:
    return do.SetStatus(by="bo", status=status, reason=reason, phase=phase)


@pytest.mark.parametrize("before", STATUSES)
def test_the_histories_of_these_tests_lead_where_they_say(before: Status) -> None:
    assert given(*HISTORY[before]).status == before


@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_an_incident_moves_only_along_its_life(before: Status, after: Status) -> None:
    incident = given(*HISTORY[before])

    if before == after:
        assert when(incident, move(after)) == []
    elif (before, after) in ALLOWED:
        event, *_ = when(incident, move(after))
        assert (event.kind, event.by, event.at) == (ALLOWED[before, after], "bo", LATER)
        assert getattr(event, "reason", None) == "Because"
        assert given(*HISTORY[before], event).status == after
    else:
        assert refusal(incident, move(after)) == "bad-transition"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("mitigated", "active"),
        ("resolved", "active"),
        ("closed", "active"),
        ("resolved", "closed"),
        ("active", "cancelled"),
    ],
)
@pytest.mark.parametrize("reason", ["", " \n"])
def test_reopening_closing_and_cancelling_say_why(
    before: Status, after: Status, reason: str
) -> None:
    incident = given(*HISTORY[before])

    assert refusal(incident, move(after, reason=reason)) == "reason-required"


@pytest.mark.parametrize(
    ("before", "after"),
    [("triage", "active"), ("active", "mitigated"), ("mitigated", "resolved")],
)
def test_going_forward_needs_no_reason(before: Status, after: Status) -> None:
    assert len(when(given(*HISTORY[before]), move(after, reason=""))) == 1


def test_a_merged_incident_names_the_other_instead_of_a_reason() -> None:
    command = do.SetStatus(by="bo", status="cancelled", merged_into="INC-3")

    (event,) = when(given(declared()), command)

    assert event == ev.Cancelled(by="bo", at=LATER, reason="", merged_into="INC-3")
    assert given(declared(), event).merged_into == "INC-3"


@pytest.mark.parametrize(("before", "after"), [("resolved", "closed"), ("closed", "active")])
def test_naming_another_incident_is_a_reason_to_cancel_only(before: Status, after: Status) -> None:
    command = do.SetStatus(by="bo", status=after, merged_into="INC-3")

    assert refusal(given(*HISTORY[before]), command) == "reason-required"


@pytest.mark.parametrize("after", ["triage", "mitigated", "resolved", "closed", "cancelled"])
def test_only_an_active_incident_has_a_phase(after: Status) -> None:
    assert refusal(given(declared()), move(after, phase="fixing")) == "bad-transition"


def test_the_phase_changes_within_an_active_incident() -> None:
    events = when(given(declared()), move("active", phase="fixing"))

    assert events == [ev.PhaseChanged(by="bo", at=LATER, phase="fixing", reason="Because")]
    assert given(declared(), *events).phase == "fixing"


def test_the_same_phase_again_changes_nothing() -> None:
    assert when(given(declared()), move("active", phase="investigating")) == []


@pytest.mark.parametrize("before", ["triage", "mitigated"])
@pytest.mark.parametrize(
    ("asked", "phase"), [(None, "investigating"), ("identified", "identified")]
)
def test_an_incident_becomes_active_in_a_phase(
    before: Status, asked: Phase | None, phase: Phase
) -> None:
    events = when(given(*HISTORY[before]), move("active", phase=asked))

    assert given(*HISTORY[before], *events).phase == phase


@pytest.mark.parametrize("before", ["mitigated", "resolved", "closed", "cancelled"])
def test_only_an_active_incident_is_in_a_phase(before: Status) -> None:
    assert given(*HISTORY[before]).phase is None


def test_resolving_an_active_incident_also_stamps_its_mitigation() -> None:
    incident = given(declared(), resolved(at=LATER))

    assert (incident.mitigation_time, incident.resolution_time) == (LATER, LATER)


def test_resolving_keeps_the_earlier_mitigation() -> None:
    incident = given(declared(), mitigated(at=NOON), resolved(at=LATER))

    assert (incident.mitigation_time, incident.resolution_time) == (NOON, LATER)


def test_a_reopened_incident_is_neither_mitigated_nor_resolved_nor_closed() -> None:
    incident = given(*HISTORY["closed"])

    reopened = given(*HISTORY["closed"], *when(incident, move("active")))

    assert incident.closed_time == NOON
    assert reopened.mitigation_time is None
    assert reopened.resolution_time is None
    assert reopened.closed_time is None


@pytest.mark.parametrize(("before", "after"), [("resolved", "closed"), ("active", "cancelled")])
def test_an_incident_is_not_put_away_while_a_fix_runs(before: Status, after: Status) -> None:
    running = (*HISTORY[before], proposed(), proposed(2), started(2))

    refusal = refused(given(*running), move(after))

    assert (refusal.code, refusal.facts) == ("actions-running", {"actions": ["ACT-2"]})
    assert "ACT-2" in refusal.message
    assert len(when(given(*running, completed(2)), move(after))) == 1


@pytest.mark.parametrize("ending", ["resolved", "closed", "cancelled"])
def test_an_ended_incident_has_no_deadline(ending: Status) -> None:
    beginning: tuple[ev.Event, ...] = (
        declared(resolve_by=LATER),
        paged("mei", climb_at=LATER),
        promised(due_at=LATER),
        offered("bo"),
        holds("mei", "scribe", shift_ends=LATER),
    )

    incident = given(*beginning, *HISTORY[ending][1:])

    assert given(*beginning).wake_at == NOON + 5 * MINUTE
    assert incident.wake_at is None
    assert incident.communications["customers"].last_sent_at == NOON


def test_a_mitigated_incident_still_owes_what_was_promised() -> None:
    assert given(declared(), promised(due_at=LATER), mitigated()).wake_at == LATER


@pytest.mark.parametrize(
    "told",
    [
        promised(due_at=LATER),
        ev.SeverityChanged(by="ada", at=NOON, severity=1, previous=3, resolve_by=LATER),
        ev.UpdateSnoozed(by="ada", at=NOON, audience="support", until=LATER),
        paged("mei"),
        offered("bo"),
        holds("mei", shift_ends=LATER),
    ],
    ids=lambda event: event.kind,
)
def test_nothing_told_of_an_ended_incident_sets_a_deadline(told: ev.Event) -> None:
    assert given(declared(), resolved(), told).wake_at is None


# --- severity and details


def test_a_new_severity_brings_its_own_clocks() -> None:
    events = when(given(declared()), do.ChangeIncident(by="bo", severity=1, reason="All of Europe"))

    assert events[0] == ev.SeverityChanged(
        by="bo",
        at=LATER,
        severity=1,
        previous=3,
        reason="All of Europe",
        resolve_by=LATER + 60 * MINUTE,
        updates_due=dict.fromkeys(AUDIENCES, LATER + 30 * MINUTE),
    )
    after = given(declared(), *events)
    assert (after.severity, after.resolve_by) == (1, LATER + 60 * MINUTE)
    assert after.communications["support"].due_at == LATER + 30 * MINUTE


def test_a_notice_has_no_clocks() -> None:
    grave = declared(severity=1, resolve_by=LATER, updates_due={"customers": LATER})
    history = grave, paged("mei")

    events = when(given(*history), do.ChangeIncident(by="bo", severity=5))

    assert given(*history, *events).wake_at is None


@pytest.mark.parametrize("before", ["mitigated", "resolved", "closed", "cancelled"])
def test_a_new_severity_pages_nobody_where_nobody_waits(before: Status) -> None:
    command = do.ChangeIncident(by="bo", severity=1)

    assert [event.kind for event in when(given(*HISTORY[before]), command)] == ["severity_changed"]


@pytest.mark.parametrize("before", ["resolved", "closed", "cancelled"])
def test_what_has_ended_promises_nothing_at_its_new_severity(before: Status) -> None:
    (event,) = when(given(*HISTORY[before]), do.ChangeIncident(by="bo", severity=1))

    assert isinstance(event, ev.SeverityChanged)
    assert (event.resolve_by, event.updates_due, event.updates_off) == (None, {}, ())


def test_only_what_is_different_is_changed() -> None:
    command = do.ChangeIncident(
        by="bo", severity=3, title="Card payments failing", description="Worse", drill=False
    )

    assert when(given(declared()), command) == [
        ev.DetailsChanged(by="bo", at=LATER, description="Worse")
    ]


def test_every_detail_can_be_corrected() -> None:
    link = Link(url="https://example.com/call", label="Call")
    changes: dict[str, object] = {
        "title": "All payments failing",
        "description": "Worse",
        "affected_services": ("payments",),
        "affected_regions": ("eu", "us"),
        "drill": True,
        "metadata": {"ticket": None, "tags": ["a"]},
        "links": (link,),
    }

    events = when(given(declared()), do.ChangeIncident.model_validate({"by": "bo"} | changes))

    after = given(declared(), *events)
    assert [event.kind for event in events] == ["details_changed"]
    assert {name: getattr(after, name) for name in changes} == changes


def test_details_can_be_emptied() -> None:
    full = declared(description="x", affected_services=("a",), metadata={"a": 1})
    command = do.ChangeIncident(by="bo", description="", affected_services=(), metadata={})

    after = given(full, *when(given(full), command))

    assert (after.description, after.affected_services, after.metadata) == ("", (), {})


def test_changing_nothing_is_no_event() -> None:
    assert when(given(declared()), do.ChangeIncident(by="bo", reason="why not")) == []


def test_several_changes_at_once_are_an_entry_each() -> None:
    command = do.ChangeIncident(by="bo", severity=4, title="Slow", start_time=NOON - MINUTE)

    kinds = [event.kind for event in when(given(declared()), command)]

    assert kinds == ["details_changed", "severity_changed", "paged", "times_corrected"]


# --- times

LIVED = (declared(), acknowledged(), mitigated(), resolved(at=NOON + 5 * MINUTE))


def corrected(incident: Incident, **times: datetime) -> list[ev.Event]:
    return when(incident, do.ChangeIncident.model_validate({"by": "bo"} | times))


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("start_time", NOON - MINUTE),
        ("detected_time", NOON + MINUTE),
        ("declared_time", NOON + MINUTE),
        ("acknowledged_time", NOON + MINUTE),
        ("mitigation_time", NOON + MINUTE),
        ("resolution_time", NOON + MINUTE),
    ],
)
def test_each_time_can_be_corrected(name: str, moment: datetime) -> None:
    events = corrected(given(*LIVED), **{name: moment})

    assert events == [
        ev.TimesCorrected.model_validate(BY_ADA | {"by": "bo", "at": LATER, name: moment})
    ]
    assert getattr(given(*LIVED, *events), name) == moment


def test_a_time_that_is_right_already_is_not_corrected() -> None:
    assert corrected(given(*LIVED), start_time=NOON) == []


@pytest.mark.parametrize("name", ["acknowledged_time", "mitigation_time", "resolution_time"])
def test_what_has_not_happened_has_no_time(name: str) -> None:
    command = do.ChangeIncident.model_validate({"by": "bo", name: NOON})

    refusal = refused(given(declared()), command)

    assert refusal.code == "bad-times"
    assert name.removesuffix("_time") in refusal.message


@pytest.mark.parametrize(
    "times",
    [
        {"start_time": NOON + MINUTE},
        {"mitigation_time": NOON - MINUTE},
        {"mitigation_time": NOON + 6 * MINUTE},
        {"resolution_time": NOON - MINUTE},
        {"detected_time": NOON - MINUTE},
        {"start_time": NOON, "detected_time": NOON - timedelta(milliseconds=1)},
    ],
)
def test_times_are_corrected_in_the_order_of_life(times: dict[str, datetime]) -> None:
    command = do.ChangeIncident.model_validate({"by": "bo"} | times)

    assert refusal(given(*LIVED), command) == "bad-times"


def test_several_times_are_judged_together() -> None:
    times = {"start_time": NOON + MINUTE, "mitigation_time": NOON + 2 * MINUTE}

    assert len(corrected(given(*LIVED), **times)) == 1


def test_no_time_is_corrected_into_the_future() -> None:
    command = do.ChangeIncident(by="bo", detected_time=LATER + 2 * MINUTE)

    assert refusal(given(*LIVED), command) == "bad-time"
