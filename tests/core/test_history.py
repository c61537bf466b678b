import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.core import events as ev
from incident.core.commands import Import, Tick
from incident.core.decide import decide
from incident.core.freeform import VALUES_LIMIT
from incident.core.history import REPORT, BadHistory, parse, recount
from incident.core.incident import Incident, fold
from incident.core.owed import owed
from incident.core.report import METADATA_LIMIT
from tests.core.effort import examples
from tests.core.reports import FILES, report
from tests.core.strategies import SURROUNDINGS

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
E = TypeVar("E")


def at(minute: int) -> datetime:
    return NOON + timedelta(minutes=minute)


def record(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 (any YAML value)
    """A small record, changed; a change to None leaves the field out."""
    small: dict[str, Any] = {
        "id": "small",
        "title": "Queue stuck",
        "severity": 2,
        "services": ["queue"],
        "regions": ["eu"],
        "roles": {"ic": "lead", "comms": "press", "ops": ["ana", "bo"]},
        "milestones": {"started": at(0), "mitigated": at(30), "resolved": at(60)},
        "timeline": [{"at": at(10), "who": "ic", "text": "I take it."}],
    }
    return {name: value for name, value in (small | changes).items() if value is not None}


def told(**changes: Any) -> tuple[ev.Event, ...]:  # noqa: ANN401 (any YAML value)
    return recount(parse(record(**changes)))


def problems(**changes: Any) -> list[str]:  # noqa: ANN401 (any YAML value)
    with pytest.raises(BadHistory) as refused:
        parse(record(**changes))
    return list(refused.value.problems)


def of_kind(events: tuple[ev.Event, ...], kind: type[E]) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_ends_resolved_with_its_own_times(file: Path) -> None:
    source = report(file)
    state = fold(recount(parse(source)))

    times = source["milestones"]
    assert (state.status, state.phase) == ("resolved", None)
    assert state.start_time == times["started"]
    assert state.detected_time == times.get("detected")
    assert state.mitigation_time == times["mitigated"]
    assert state.resolution_time == times["resolved"]
    assert len(json.dumps(state.metadata).encode()) <= METADATA_LIMIT


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_entry_of_a_real_incident_is_told_once_at_its_time(file: Path) -> None:
    source = report(file)
    notes = [n for n in of_kind(recount(parse(source)), ev.Noted) if n.by != REPORT]

    assert [(n.at, n.type, n.message, n.approx) for n in notes] == [
        (e["at"], e["type"], e["text"], e.get("approx", False)) for e in source["timeline"]
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_of_a_real_incident_keeps_how_it_ended_and_where_it_ran(file: Path) -> None:
    source = report(file)
    state = fold(recount(parse(source)))

    assert [
        (a.description, a.target, a.executed_on, a.status, a.approved_by is not None)
        for a in state.actions
    ] == [
        (a["title"], a["target"], a.get("executed_on"), a["status"], a["approved"])
        for a in source["actions"]
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_incident_can_be_imported(file: Path) -> None:
    events = recount(parse(report(file)))

    recorded = decide(Incident(), Import(by="ada", source=file.stem, events=events), NOW)

    assert recorded == [*events, ev.Imported(by="ada", at=NOW, source=file.stem)]
    assert [ev.EVENT.validate_python(e.model_dump()) for e in recorded] == recorded


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_imported_incident_pages_nobody_and_waits_for_nothing(file: Path) -> None:
    command = Import(by="ada", source=file.stem, events=recount(parse(report(file))))
    recorded = decide(Incident(), command, NOW, SURROUNDINGS[0])
    state = fold(recorded)

    assert state.wake_at is None
    assert decide(state, Tick(), NOW, SURROUNDINGS[0]) == []
    assert owed(recorded, state) == ()


def test_the_declaration_comes_first_and_all_else_in_the_order_of_time() -> None:
    early = {"at": at(-20), "who": "ops", "text": "A change."}
    events = told(timeline=[{"at": at(10), "who": "ic", "text": "Mine."}, early])

    assert isinstance(events[0], ev.Declared)
    assert [e.at for e in events[1:]] == sorted(e.at for e in events[1:])
    assert events[1] == ev.Noted(by="ana", at=at(-20), message="A change.")


@pytest.mark.parametrize(
    ("milestones", "declared"),
    [
        ({"detected": at(2), "declared": at(5)}, at(5)),
        ({"detected": at(2)}, at(2)),
        ({}, at(0)),
    ],
)
def test_an_undated_declaration_is_when_it_was_noticed_or_had_begun(
    milestones: dict[str, datetime], declared: datetime
) -> None:
    first = told(milestones={"started": at(0), "resolved": at(60)} | milestones)[0]

    assert first.at == declared


def test_what_had_to_be_assumed_is_said() -> None:
    silent = fold(told())
    timed = fold(told(milestones={"started": at(0), "declared": at(1), "resolved": at(60)}))

    assert silent.metadata["notTold"] == ["declared", "communications_lead", "operations_lead"]
    assert "declared" not in timed.metadata["notTold"]


def test_a_role_is_taken_with_its_first_entry_since_the_incident_began() -> None:
    events = told(
        milestones={"started": at(0), "declared": at(5), "resolved": at(60)},
        timeline=[
            {"at": at(-20), "who": "ops", "text": "A change, long before."},
            {"at": at(3), "who": "ana", "text": "Queue grows."},
            {"at": at(9), "who": "ops", "text": "Restarted."},
        ],
    )

    roles = {event.role: (event.holder, event.at) for event in of_kind(events, ev.RoleAssigned)}
    assert roles == {
        "incident_commander": ("lead", at(5)),
        "communications_lead": ("press", at(5)),
        "operations_lead": ("ana", at(3)),
    }


def test_the_others_of_a_role_are_kept_as_its_helpers() -> None:
    assert fold(told()).metadata["helpers"] == {"operationsLead": ["bo"]}


def test_a_role_that_nobody_held_stays_as_it_was_written() -> None:
    events = told(roles=None, timeline=[{"at": at(1), "who": "ic", "text": "Hm."}])

    assert [n.by for n in of_kind(events, ev.Noted)] == ["ic"]
    assert of_kind(events, ev.RoleAssigned) == []


def test_a_milestone_without_a_word_of_ours_is_a_note() -> None:
    times = {"started": at(0), "data_loss": at(7), "resolved": at(60)}

    notes = [n for n in of_kind(told(milestones=times), ev.Noted) if n.by == REPORT]
    assert notes == [ev.Noted(by=REPORT, at=at(7), type="milestone", message="Data loss")]


def test_a_cause_that_was_found_after_the_mitigation_leaves_no_phase_behind() -> None:
    times = {"started": at(0), "mitigated": at(10), "identified": at(20), "resolved": at(60)}
    events = told(milestones=times)

    assert [e.at for e in of_kind(events, ev.PhaseChanged)] == [at(20)]
    assert fold(events[:-1]).phase is None


def test_without_a_mitigation_of_its_own_the_resolution_is_the_mitigation() -> None:
    state = fold(told(milestones={"started": at(0), "resolved": at(60)}))

    assert state.mitigation_time == at(60)


def test_actions_stand_at_the_resolution_by_which_all_of_them_had_happened() -> None:
    actions = [
        {"title": "Purge", "target": "queue a, queue b", "status": "completed", "approved": True},
        {"title": "Retry", "owner": "ops", "status": "abandoned", "approved": True},
        {"title": "Wait", "status": "abandoned"},
        {"title": "Later", "status": "proposed"},
    ]
    events = told(actions=actions)

    acted = [e for e in events if e.kind.startswith("action_")]
    assert {e.at for e in acted} == {at(60)}
    assert events[-1].kind == "resolved"
    assert [e.kind.removeprefix("action_") for e in acted] == [
        *("proposed", "approved", "started", "completed"),
        *("proposed", "approved", "started", "abandoned"),
        *("proposed", "abandoned"),
        "proposed",
    ]
    ended = of_kind(events, ev.ActionAbandoned)
    assert [e.from_status for e in ended] == ["in-progress", "proposed"]
    assert [a.owner for a in fold(events).actions] == [REPORT, "ana", None, None]


def test_what_a_report_says_beyond_its_timeline_is_kept_in_its_own_words() -> None:
    state = fold(
        told(
            impact={"downtime_minutes": 5, "window": {"from": at(0), "to": "noon"}},
            contributing_factors=["No alarm"],
            follow_ups=[{"title": "Alarm", "type": "detect"}, {"title": "Talk"}],
            expected_metrics={"to_resolve_min": 60},
            sources=["https://example.com/report"],
        )
    )

    assert state.metadata["impact"] == {
        "downtimeMinutes": 5,
        "window": {"from": "2020-01-01T12:00:00.000Z", "to": "noon"},
    }
    assert state.metadata["contributingFactors"] == ["No alarm"]
    assert state.metadata["followUps"] == [{"title": "Alarm", "type": "detect"}, {"title": "Talk"}]
    assert state.metadata["expectedMetrics"] == {"toResolveMin": 60}
    assert state.metadata["sources"] == ["https://example.com/report"]
    assert "whatWentWell" not in state.metadata


def test_times_may_be_text_and_are_read_as_utc() -> None:
    zone = timezone(timedelta(hours=2))
    times = {"started": "2020-01-01T12:00:00Z", "resolved": at(60).astimezone(zone)}

    state = fold(told(milestones=times))

    assert (state.start_time, state.resolution_time) == (at(0), at(60))
    assert state.resolution_time is not None
    assert state.resolution_time.tzinfo is UTC


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": None}, "title: is missing"),
        ({"titel": "Oops"}, "titel: is not a field of this format"),
        ({"severity": 9}, "severity: Input should be less than or equal to 5"),
        ({"severity": True}, "severity: Input should be a valid integer"),
        ({"drill": "no"}, "drill: Input should be a valid boolean"),
        ({"id": "../up"}, "id: String should match pattern '^[a-z0-9][a-z0-9._-]{0,99}$'"),
        ({"title": "a\nb"}, "title: must be one line"),
        ({"milestones": {"started": at(0)}}, "milestones: resolved is missing"),
        (
            {"milestones": {"started": at(9), "detected": at(0), "resolved": at(60)}},
            "milestones: detected lies before started",
        ),
        (
            {"milestones": {"started": at(0), "mitigated": at(90), "resolved": at(60)}},
            "milestones: resolved lies before mitigated",
        ),
        (
            {"milestones": {"started": 62400, "resolved": at(60)}},
            "milestones.started: must be a time such as 2026-01-31T18:00:00Z",
        ),
        (
            {"timeline": [{"at": NOON.replace(tzinfo=None), "who": "x", "text": "y"}]},
            "timeline[0].at: a time needs its offset from UTC, for example 2026-01-31T18:00:00Z",
        ),
        (
            {"timeline": [{"at": at(0), "who": "x", "text": False}]},
            "timeline[0].text: Input should be a valid string",
        ),
        (
            {"timeline": [{"at": at(0), "who": "x", "text": "nul \x00"}]},
            "timeline[0].text: must not contain the NUL character",
        ),
        (
            {"actions": [{"title": "x", "status": "abandoned", "executed_on": "db1"}]},
            "actions[0]: executed_on is kept for completed actions only",
        ),
        (
            {"follow_ups": [{"title": "x", "owner": "ada"}]},
            "follow_ups[0].owner: is not a field of this format",
        ),
        ({"sources": ["javascript:alert(1)"]}, "sources[0]: String should match pattern"),
        ({"impact": {"$where": 1}}, "impact: '$where' is no name: use letters, digits and _"),
        ({"impact": {"a.b": 1}}, "impact: 'a.b' is no name: use letters, digits and _"),
        ({"impact": {"n": 10**400}}, "impact: holds a number that is too large"),
        ({"impact": {"n": float("nan")}}, "impact: holds a number that is too large"),
        ({"impact": {"t": "\ud800"}}, "impact: holds half a character"),
        ({"impact": {"a_b": 1, "aB": 2}}, "impact: holds the same name twice"),
        ({"impact": {"s": {1, 2}}}, "impact: cannot hold a set"),
        ({"impact": {"t": "x" * 10_001}}, "impact: holds a text of more than 10,000 characters"),
        ({"impact": {"t": ["x" * 9000] * 2}}, "the file: impact, factors, follow-ups and sources"),
        ({"timeline": "all of it"}, "timeline: Input should be a valid tuple"),
        ({"bad\x1b[2Jname": 1}, '["bad\\u001b[2Jname"]: is not a field of this format'),
    ],
)
def test_a_bad_field_is_named_with_what_is_wrong(changes: dict[str, Any], problem: str) -> None:
    assert [found[: len(problem)] for found in problems(**changes)] == [problem]


@pytest.mark.parametrize("whole", [None, [], "text", 5, [record()], date(2020, 1, 1)])
def test_a_file_that_is_no_mapping_is_refused(whole: object) -> None:
    with pytest.raises(BadHistory, match="the file: must be a mapping"):
        parse(whole)


def test_of_very_many_problems_the_first_are_named() -> None:
    assert len(problems(timeline=[{} for _ in range(500)])) == 20


def test_aliases_that_multiply_are_refused_before_they_grow() -> None:
    bomb: list[Any] = ["ha"] * 9
    for _ in range(3):
        bomb = [bomb] * 9

    assert problems(impact={"laughs": bomb}) == [f"impact: holds more than {VALUES_LIMIT} values"]


def test_a_structure_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)

    assert problems(impact={"loop": loop}) == ["impact: is nested deeper than 5 levels"]
    assert len(problems(contributing_factors=loop)) == 1


def test_one_long_text_that_is_referred_to_over_and_over_is_refused() -> None:
    entry = {"at": at(0), "who": "x", "text": "y" * 10_000}

    assert problems(timeline=[entry] * 101) == [
        "the file: timeline holds more than 1,000,000 characters"
    ]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.datetimes(timezones=st.none() | st.just(UTC))
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=examples(20, 50))
@given(st.dictionaries(st.sampled_from(sorted({*record(), "actions", "impact"})), ANYTHING))
def test_whatever_a_parser_made_is_either_told_or_refused_by_name(changes: dict[str, Any]) -> None:
    try:
        events = recount(parse(record() | changes))
    except BadHistory:
        return

    assert fold(events).status == "resolved"
    assert [ev.EVENT.validate_python(e.model_dump()) for e in events] == list(events)
