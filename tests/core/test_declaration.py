from datetime import datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.incident import Incident
from incident.core.values import AUDIENCES, Link, Severity
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    acknowledged,
    around,
    declared,
    given,
    noted,
    paged,
    policy,
    refusal,
    rotation,
    rung,
    when,
)

NOTHING = Incident()
AT_NIGHT = around(rotation("night", "mei", role="operations_lead"))
POLICY = policy(rung(5, 15, people=["mei"]))


def test_a_declaration_says_what_is_known_and_starts_the_clocks() -> None:
    command = do.Declare(
        by="ada",
        title="Card payments failing",
        description="Issuers in Europe decline",
        severity=2,
        affected_services=("payments",),
        affected_regions=("eu-west-1",),
        drill=True,
        metadata={"ticket": 7},
        links=(Link(url="https://status.example/7", label="status page"),),
    )

    events = when(NOTHING, command, around=around(policy=POLICY, revision=4))

    assert events == [
        declared(
            at=LATER,
            description="Issuers in Europe decline",
            severity=2,
            affected_services=("payments",),
            affected_regions=("eu-west-1",),
            drill=True,
            metadata={"ticket": 7},
            links=(Link(url="https://status.example/7", label="status page"),),
            terms=POLICY.terms(4),
            resolve_by=LATER + timedelta(hours=4),
            updates_due=dict.fromkeys(AUDIENCES, LATER + timedelta(hours=1)),
        ),
        paged("mei", at=LATER),
    ]


PROMISES: list[tuple[Severity, timedelta | None, timedelta | None]] = [
    (1, timedelta(hours=1), timedelta(minutes=30)),
    (2, timedelta(hours=4), timedelta(hours=1)),
    (3, timedelta(hours=24), None),
    (4, timedelta(days=7), None),
    (5, None, None),
]


@pytest.mark.parametrize(("severity", "resolved_within", "told_every"), PROMISES)
def test_each_severity_promises_an_end_and_updates_in_its_own_time(
    severity: Severity, resolved_within: timedelta | None, told_every: timedelta | None
) -> None:
    incident = given(*when(NOTHING, do.Declare(by="ada", title="Slow", severity=severity)))

    assert incident.resolve_by == (LATER + resolved_within if resolved_within else None)
    due = {incident.communications[audience].due_at for audience in AUDIENCES}
    assert due == {LATER + told_every if told_every else None}


@pytest.mark.parametrize("severity", [1, 2, 3, 4])
def test_somebody_is_to_answer_from_the_declaration_on(severity: Severity) -> None:
    command = do.Declare(by="ada", title="Slow", severity=severity)

    incident = given(*when(NOTHING, command, around=AT_NIGHT))

    assert (incident.ladder.round, incident.ladder.turn, incident.ladder.level) == (1, 1, 1)
    assert incident.ladder.paged == ("mei",)
    assert incident.ladder.respond_by == LATER + 5 * MINUTE
    assert incident.ladder.climb_at == LATER + 15 * MINUTE


def test_a_notice_bothers_nobody() -> None:
    command = do.Declare(by="ada", title="Slow", severity=5)

    events = when(NOTHING, command, around=AT_NIGHT)

    assert [event.kind for event in events] == ["declared"]
    assert given(*events).wake_at is None


def test_triage_has_no_phase_but_pages() -> None:
    command = do.Declare(by="ada", title="Slow", status="triage")

    incident = given(*when(NOTHING, command, around=AT_NIGHT))

    assert (incident.status, incident.phase) == ("triage", None)
    assert incident.ladder.paged == ("mei",)


def test_an_active_incident_is_first_investigated() -> None:
    incident = given(*when(NOTHING, do.Declare(by="ada", title="Slow")))

    assert (incident.status, incident.phase) == ("active", "investigating")


def test_roles_are_given_out_with_the_declaration() -> None:
    command = do.Declare(
        by="ada", title="Slow", roles={"incident_commander": "ada", "scribe": "bo"}
    )

    incident = given(*when(NOTHING, command))

    assert incident.commander == "ada"
    assert incident.roles["scribe"].holder == "bo"
    assert incident.roles["scribe"].since == LATER


def test_impact_began_when_it_is_said_to_have_begun() -> None:
    command = do.Declare(by="ada", title="Slow", start_time=NOON, detected_time=NOON + MINUTE)

    incident = given(*when(NOTHING, command))

    assert (incident.start_time, incident.detected_time) == (NOON, NOON + MINUTE)
    assert incident.declared_time == LATER


def test_without_a_start_it_began_when_it_was_detected() -> None:
    incident = given(*when(NOTHING, do.Declare(by="ada", title="Slow", detected_time=NOON)))

    assert incident.start_time == NOON


@pytest.mark.parametrize("field", ["start_time", "detected_time"])
def test_a_clock_may_run_a_minute_ahead_but_no_more(field: str) -> None:
    def declaration(moment: datetime) -> do.Declare:
        return do.Declare.model_validate(
            {"by": "ada", "title": "Slow", "start_time": NOON, field: moment}
        )

    assert when(NOTHING, declaration(LATER + MINUTE))
    just_after = LATER + MINUTE + timedelta(milliseconds=1)
    assert refusal(NOTHING, declaration(just_after)) == "bad-time"


def test_nothing_is_detected_before_it_begins() -> None:
    command = do.Declare(by="ada", title="Slow", start_time=NOON, detected_time=NOON - MINUTE)

    assert refusal(NOTHING, command) == "bad-times"


def test_an_incident_is_declared_once() -> None:
    incident = given(declared())

    assert refusal(incident, do.Declare(by="bo", title="Again")) == "already-declared"
    again = do.Import(by="bo", source="INC-9.yaml", events=(declared(),))
    assert refusal(incident, again) == "already-declared"


@pytest.mark.parametrize(
    "command",
    [
        do.AddEntry(by="ada", message="hello"),
        do.AmendEntry(by="ada", entry=1, message="hello"),
        do.PinEntry(by="ada", entry=1),
        do.SetStatus(by="ada", status="resolved"),
        do.ChangeIncident(by="ada", title="hello"),
        do.Acknowledge(by="ada"),
        do.AssignRole(by="ada", role="scribe", assignee="ada"),
        do.ReleaseRole(by="ada", role="scribe"),
        work.ProposeAction(by="ada", description="hello"),
        work.ChangeAction(by="ada", action="ACT-1"),
        work.ClearReservation(by="ada", action="ACT-1"),
        do.PostUpdate(by="ada", audience="customers", message="hello"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nothing_else_begins_an_incident(command: do.Command) -> None:
    assert refusal(NOTHING, command) == "no-such-incident"


def test_time_brings_nothing_to_what_is_not_declared() -> None:
    assert when(NOTHING, do.Tick()) == []


def test_a_past_incident_is_told_by_its_events_and_where_they_are_from() -> None:
    told = (declared(), acknowledged(), noted())

    events = when(NOTHING, do.Import(by="bo", source="outage.yaml", events=told))

    assert events == [*told, ev.Imported(by="bo", at=LATER, source="outage.yaml")]


@pytest.mark.parametrize(
    "told",
    [(), (noted(),), (noted(), declared()), (declared(), noted(), declared())],
    ids=["empty", "undeclared", "declared late", "declared twice"],
)
def test_a_history_begins_with_its_only_declaration(told: tuple[ev.Event, ...]) -> None:
    assert refusal(NOTHING, do.Import(by="bo", source="x", events=told)) == "bad-history"


def test_a_history_does_not_tell_of_the_future() -> None:
    told = (declared(), noted(at=LATER + 2 * MINUTE))

    assert refusal(NOTHING, do.Import(by="bo", source="x", events=told)) == "bad-time"
