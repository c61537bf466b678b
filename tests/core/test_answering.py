from datetime import datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.surroundings import Surroundings
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    accepted,
    acknowledged,
    around,
    called,
    cancelled,
    closed,
    declared,
    given,
    holds,
    mitigated,
    noted,
    offered,
    paged,
    policy,
    proposed,
    refusal,
    refused,
    resolved,
    rung,
    when,
)

LADDER = policy(
    rung(5, 15, people=["mei"]), rung(10, 30, people=["bo"]), rung(15, 60, people=["cy"])
)
AROUND = around(policy=LADDER)
FIRST = (declared(terms=LADDER.terms(0), severity=2), paged("mei"), holds("ada"))
"""Mei was paged at noon; severity 2 wants an answer within 15 minutes. Ada commands."""
PROVE_BY = LATER + 15 * MINUTE
ANSWERED = (*FIRST, acknowledged("mei", LATER, round=1, prove_by=PROVE_BY))
"""Mei answered at 12:10, and has until 12:25 to do something."""
MOMENT = timedelta(milliseconds=1)
ENDS: list[tuple[ev.Event, ...]] = [(resolved(),), (resolved(), closed()), (cancelled(),)]


def answer(by: str = "mei", answered_round: int | None = None) -> do.Acknowledge:
    return do.Acknowledge(by=by, round=answered_round)


def ladder(*history: ev.Event, at: datetime, around: Surroundings = AROUND) -> list[ev.Event]:
    """What time brings to the ladder."""
    others = {"update_missed", "resolve_target_missed", "commander_missing", "offer_expired"}
    told = when(given(*history), do.Tick(), at, around)
    return [event for event in told if event.kind not in others]


# --- somebody answers


def test_an_acknowledgement_stops_the_ladder() -> None:
    events = when(given(*FIRST), answer())

    assert events == [acknowledged("mei", LATER, round=1, prove_by=PROVE_BY)]
    after = given(*FIRST, *events)
    assert (after.acknowledged_by, after.acknowledged_time) == ("mei", LATER)
    assert (after.ladder.respond_by, after.ladder.climb_at) == (None, None)
    assert ladder(*FIRST, *events, at=NOON + 15 * MINUTE) == []


def test_an_answer_in_the_moment_a_level_falls_due_leads_to_one_of_two_histories() -> None:
    due = NOON + 15 * MINUTE

    climbed = ladder(*FIRST, at=due)
    answered_late = when(given(*FIRST, *climbed), answer(answered_round=1), due)
    answered_first = when(given(*FIRST), answer(answered_round=1), due)

    assert [event.kind for event in (*climbed, *answered_late)] == ["paged", "acknowledged"]
    assert ladder(*FIRST, *climbed, *answered_late, at=due) == []
    assert ladder(*FIRST, *answered_first, at=due) == []


def test_anybody_may_answer_whoever_was_paged() -> None:
    assert given(*FIRST, *when(given(*FIRST), answer("zoe"))).acknowledged_by == "zoe"


def test_a_page_that_is_late_already_can_still_be_answered() -> None:
    again = paged("mei", at=NOON + 5 * MINUTE, again=True, respond_by=None)

    assert given(*FIRST, again, *when(given(*FIRST, again), answer())).acknowledged_by == "mei"


def test_acknowledging_twice_is_once() -> None:
    assert when(given(*ANSWERED), answer()) == []


def test_one_person_acknowledges_for_all() -> None:
    assert refusal(given(*ANSWERED), answer("bo")) == "already-acknowledged"


@pytest.mark.parametrize(
    "opened", [declared(status="triage", phase=None), declared(), declared(severity=5)]
)
def test_an_open_incident_can_be_acknowledged(opened: ev.Declared) -> None:
    assert len(when(given(opened), answer())) == 1


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end[-1].kind)
def test_an_ended_incident_wants_no_answer(end: tuple[ev.Event, ...]) -> None:
    assert refusal(given(declared(), *end), answer()) == "not-open"


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end[-1].kind)
def test_a_page_of_an_incident_that_was_reopened_and_ended_is_over(
    end: tuple[ev.Event, ...],
) -> None:
    again = paged("mei", round=2)

    refusal = refused(given(*FIRST, again, *end), answer(answered_round=1))

    assert refusal.code == "stale-page"
    assert "the incident is" in refusal.message


def test_a_page_that_never_was_is_not_answered() -> None:
    refusal = refused(given(*FIRST), answer(answered_round=2))

    assert (refusal.code, refusal.message) == ("stale-page", "There has been no such page.")


def test_the_first_answer_counts_as_the_time_of_acknowledgement() -> None:
    lapsed = ev.AcknowledgementLapsed(by="system", at=LATER, person="mei")

    incident = given(*ANSWERED, lapsed, acknowledged("bo", LATER + MINUTE))

    assert (incident.acknowledged_by, incident.acknowledged_time) == ("bo", LATER)


# --- something comes of it


@pytest.mark.parametrize(
    "proof",
    [
        noted("Rolling back", by="mei", at=LATER),
        holds("mei", "scribe", at=LATER),
        holds("mei", "scribe", by="ada", at=LATER),
        accepted("mei", "scribe", at=LATER),
        proposed(by="mei", at=LATER),
    ],
    ids=lambda event: f"{event.kind} by {event.by}",
)
def test_a_role_or_an_entry_proves_an_acknowledgement(proof: ev.Event) -> None:
    incident = given(*ANSWERED, proof)

    assert incident.acknowledged_by == "mei"
    assert incident.ladder.wake_at is None
    assert ladder(*ANSWERED, proof, at=PROVE_BY) == []


@pytest.mark.parametrize(
    "nothing",
    [
        noted(by="bo", at=LATER),
        holds("bo", "scribe", at=LATER),
        offered("mei", "scribe", at=LATER),
        ev.PageUndelivered(by="system", at=LATER, person="mei", channel="webhook", why="timeout"),
    ],
    ids=lambda event: f"{event.kind} by {event.by}",
)
def test_what_others_do_proves_nothing(nothing: ev.Event) -> None:
    assert given(*ANSWERED, nothing).ladder.prove_by == PROVE_BY


def test_who_has_a_role_already_has_nothing_to_prove() -> None:
    (event,) = when(given(*FIRST), answer("ada"))

    assert event == acknowledged("ada", LATER, round=1)


def test_who_is_paged_and_takes_a_role_has_answered() -> None:
    events = when(given(*FIRST), do.AssignRole(by="mei", role="scribe", assignee="mei"))

    assert [event.kind for event in events] == ["acknowledged", "role_assigned"]
    after = given(*FIRST, *events)
    assert (after.acknowledged_by, after.ladder.wake_at) == ("mei", None)


def test_who_is_paged_and_accepts_a_role_has_answered() -> None:
    history = (*FIRST, offered("mei", "scribe"))

    events = when(given(*history), do.AcceptRole(by="mei", role="scribe"))

    assert [event.kind for event in events] == ["acknowledged", "role_accepted"]
    assert given(*history, *events).ladder.wake_at is None


def test_who_is_given_a_role_by_another_has_not_answered() -> None:
    events = when(given(*FIRST), do.AssignRole(by="ada", role="scribe", assignee="mei"))

    assert [event.kind for event in events] == ["role_assigned"]


def test_who_was_not_paged_may_take_a_role_and_the_ladder_goes_on() -> None:
    events = when(given(*FIRST), do.AssignRole(by="zoe", role="scribe", assignee="zoe"))

    assert [event.kind for event in events] == ["role_assigned"]


# --- nothing comes of it

QUESTION = ev.AcknowledgementQuestioned(
    by="system", at=PROVE_BY, person="mei", answer_by=PROVE_BY + 15 * MINUTE
)
ASKED = (*ANSWERED, QUESTION)


def test_an_acknowledgement_that_leads_nowhere_is_asked_about_once() -> None:
    assert ladder(*ANSWERED, at=PROVE_BY - MOMENT) == []
    assert ladder(*ANSWERED, at=PROVE_BY) == [QUESTION]
    assert ladder(*ASKED, at=PROVE_BY) == []
    assert ladder(*ASKED, at=PROVE_BY + 15 * MINUTE - MOMENT) == []


def test_after_the_question_the_ladder_climbs_again() -> None:
    late = PROVE_BY + 15 * MINUTE

    assert ladder(*ASKED, at=late) == [
        ev.AcknowledgementLapsed(by="system", at=late, person="mei"),
        paged("bo", at=late, level=2, respond_by=late + 10 * MINUTE, climb_at=late + 30 * MINUTE),
    ]


def test_after_a_lapse_somebody_else_may_answer_or_the_same_person() -> None:
    lapse = ladder(*ASKED, at=PROVE_BY + 15 * MINUTE)

    incident = given(*ASKED, *lapse)

    assert incident.acknowledged_by is None
    assert len(when(incident, answer("bo", 1))) == 1
    assert len(when(incident, answer("mei", 1))) == 1


def test_whoever_is_asked_says_yes_by_acknowledging_again() -> None:
    events = when(given(*ASKED), answer())

    assert events == [acknowledged("mei", LATER, round=1)]
    assert given(*ASKED, *events).ladder.wake_at is None
    assert when(given(*ASKED, *events), answer()) == []


def test_nobody_is_asked_any_more_once_the_severity_waits_for_no_answer() -> None:
    told = when(given(*ASKED), do.ChangeIncident(by="ada", severity=5), LATER, AROUND)

    assert given(*ASKED, *told).ladder.wake_at is None
    assert when(given(*ASKED, *told), answer()) == []


def test_whoever_is_asked_says_yes_by_writing_something() -> None:
    assert given(*ASKED, noted(by="mei", at=PROVE_BY)).ladder.wake_at is None


def test_down_past_the_proof_the_question_comes_late_and_has_its_full_time() -> None:
    late = PROVE_BY + 120 * MINUTE

    assert ladder(*ANSWERED, at=late) == [
        ev.AcknowledgementQuestioned(
            by="system", at=late, person="mei", answer_by=late + 15 * MINUTE
        )
    ]


def test_where_no_ladder_would_go_on_nothing_is_asked() -> None:
    levelless = declared(terms=policy().terms(0))
    quiet = (*FIRST, mitigated())

    for history in ((levelless,), (declared(severity=5),), quiet):
        (event,) = when(given(*history), answer())
        assert isinstance(event, ev.Acknowledged)
        assert event.prove_by is None


def test_a_ladder_climbed_by_hand_while_mitigated_asks_for_proof() -> None:
    (event,) = when(given(*FIRST, mitigated(), paged("bo", level=2)), answer("bo"))

    assert isinstance(event, ev.Acknowledged)
    assert event.prove_by == PROVE_BY


def test_a_mitigation_asks_no_more_proof() -> None:
    assert given(*ANSWERED, mitigated(at=LATER)).ladder.wake_at is None


# --- climbed by hand


def climb(by: str = "ada", reason: str = "It spreads", *people: str) -> do.Escalate:
    return do.Escalate(by=by, reason=reason, people=people)


def test_anybody_climbs_at_once_and_says_why() -> None:
    events = when(given(*FIRST), climb("zoe"), LATER, AROUND)

    assert events == [
        paged(
            "bo",
            by="zoe",
            at=LATER,
            level=2,
            reason="It spreads",
            respond_by=LATER + 10 * MINUTE,
            climb_at=LATER + 30 * MINUTE,
        )
    ]


def test_climbing_by_hand_takes_an_acknowledgement_back() -> None:
    events = when(given(*ANSWERED), climb(), LATER, AROUND)

    after = given(*ANSWERED, *events)
    assert (after.acknowledged_by, after.ladder.level) == (None, 2)
    assert after.ladder.prove_by is None


def test_an_acknowledgement_is_not_lost_where_climbing_by_hand_would_reach_nobody() -> None:
    empty = around(people=(), policy=LADDER)

    refusal = refused(given(*ANSWERED), climb(), LATER, empty)

    assert (refusal.code, refusal.message) == (
        "nobody-to-page",
        "Nobody stands on any level now, and mei is still on it. Page somebody by name.",
    )


def test_where_nobody_has_answered_climbing_by_hand_says_that_it_reached_nobody() -> None:
    (event,) = when(given(*FIRST), climb(), LATER, around(people=(), policy=LADDER))

    assert called(event) == ()


def test_climbing_by_hand_begins_a_ladder_that_nobody_waited_for() -> None:
    notice = declared(terms=LADDER.terms(0), severity=5)

    (event,) = when(given(notice), climb(), LATER, AROUND)

    assert isinstance(event, ev.Paged)
    assert (event.round, event.turn, event.level, called(event)) == (1, 1, 1, ("mei",))


def test_climbing_by_hand_past_the_last_level_repeats_from_the_third() -> None:
    (event,) = when(given(*FIRST, paged("cy", level=3)), climb(), LATER, AROUND)

    assert isinstance(event, ev.Paged)
    assert (event.turn, event.level) == (2, 3)


def test_without_levels_people_are_paged_by_name() -> None:
    incident = given(declared(terms=policy().terms(0)))

    assert refusal(incident, climb(), LATER, AROUND) == "no-levels"
    assert when(incident, climb("ada", "You know it", "bo", "mei", "bo"), LATER, AROUND) == [
        ev.PeopleCalled(by="ada", at=LATER, people=("bo", "mei"), reason="You know it")
    ]


def test_paging_by_name_leaves_the_ladder_as_it_is() -> None:
    events = when(given(*FIRST), climb("ada", "", "bo"), LATER, AROUND)

    assert given(*FIRST, *events).ladder == given(*FIRST).ladder


def test_nobody_is_paged_who_is_not_there() -> None:
    refusal = refused(given(*FIRST), climb("ada", "", "mei", "ghost"), LATER, AROUND)

    assert (refusal.code, refusal.message) == ("no-such-person", "There is nobody called ghost.")


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end[-1].kind)
def test_nobody_is_paged_by_hand_for_what_has_ended(end: tuple[ev.Event, ...]) -> None:
    incident = given(*FIRST, *end)

    assert refusal(incident, climb(), LATER, AROUND) == "not-open"
    assert refusal(incident, climb("ada", "", "mei"), LATER, AROUND) == "not-open"


# --- put off


def pause(minutes: float, reason: str = "") -> do.PauseEscalation:
    return do.PauseEscalation(by="ada", duration=minutes * MINUTE, reason=reason)


def paused(minutes: float = 20, at: datetime = NOON + 2 * MINUTE) -> ev.EscalationPaused:
    return ev.EscalationPaused(by="ada", at=at, until=at + minutes * MINUTE)


def test_a_pause_freezes_the_clocks() -> None:
    events = when(given(*FIRST), pause(20, "We know"), NOON + 2 * MINUTE)

    until = NOON + 22 * MINUTE
    assert events == [
        ev.EscalationPaused(by="ada", at=NOON + 2 * MINUTE, until=until, reason="We know")
    ]
    assert given(*FIRST, *events).ladder.wake_at == until
    assert ladder(*FIRST, *events, at=until - MOMENT) == []


def test_after_a_pause_the_clocks_go_on_where_they_stood() -> None:
    until = NOON + 22 * MINUTE

    assert ladder(*FIRST, paused(), at=until) == [
        ev.EscalationResumed(
            by="system", at=until, respond_by=until + 3 * MINUTE, climb_at=until + 13 * MINUTE
        )
    ]


def test_a_pause_that_ends_while_no_server_runs_ends_later() -> None:
    late = NOON + 60 * MINUTE

    (event,) = ladder(*FIRST, paused(), at=late)

    assert isinstance(event, ev.EscalationResumed)
    assert (event.respond_by, event.climb_at) == (late + 3 * MINUTE, late + 13 * MINUTE)


def test_after_a_second_page_only_the_climb_is_put_off() -> None:
    again = paged(
        "mei", at=NOON + 5 * MINUTE, again=True, respond_by=None, climb_at=NOON + 15 * MINUTE
    )
    put_off = paused(20, at=NOON + 10 * MINUTE)
    until = NOON + 30 * MINUTE

    assert ladder(*FIRST, again, put_off, at=until) == [
        ev.EscalationResumed(by="system", at=until, climb_at=until + 5 * MINUTE)
    ]


def test_a_pause_ends_early_by_hand() -> None:
    (event,) = when(given(*FIRST, paused()), do.ResumeEscalation(by="bo"), NOON + 4 * MINUTE)

    assert event == ev.EscalationResumed(
        by="bo", at=NOON + 4 * MINUTE, respond_by=NOON + 7 * MINUTE, climb_at=NOON + 17 * MINUTE
    )
    assert when(given(*FIRST, paused(), event), do.ResumeEscalation(by="bo")) == []


def test_pausing_a_pause_moves_its_end_and_no_clock() -> None:
    longer = when(given(*FIRST, paused()), pause(30), NOON + 12 * MINUTE)
    until = NOON + 42 * MINUTE

    assert given(*FIRST, paused(), *longer).ladder.wake_at == until
    (event,) = ladder(*FIRST, paused(), *longer, at=until)
    assert isinstance(event, ev.EscalationResumed)
    assert event.respond_by == until + 3 * MINUTE


def test_what_was_due_in_the_moment_of_the_pause_is_due_when_it_ends() -> None:
    last_moment = paused(20, at=NOON + 15 * MINUTE)
    until = NOON + 35 * MINUTE

    resumed, climbed = ladder(*FIRST, last_moment, at=until)

    assert resumed.kind == "escalation_resumed"
    assert called(climbed) == ("bo",)


def test_a_clock_that_steps_back_during_a_pause_takes_nothing_from_the_clocks() -> None:
    early = NOON - 5 * MINUTE

    (event,) = when(given(*FIRST, paused()), do.ResumeEscalation(by="bo"), early)

    assert isinstance(event, ev.EscalationResumed)
    assert event.respond_by == early + 3 * MINUTE


def test_a_paused_escalation_can_still_be_answered() -> None:
    events = when(given(*FIRST, paused()), answer())

    assert given(*FIRST, paused(), *events).ladder.wake_at == PROVE_BY


def test_climbing_by_hand_ends_a_pause() -> None:
    events = when(given(*FIRST, paused()), climb(), NOON + 4 * MINUTE, AROUND)

    assert given(*FIRST, paused(), *events).ladder.wake_at == NOON + 14 * MINUTE


def test_who_climbs_by_hand_out_of_a_pause_is_told_to_have_ended_it() -> None:
    over, climbed = when(given(*FIRST, paused()), climb("zoe"), NOON + 4 * MINUTE, AROUND)

    assert over == ev.EscalationResumed(by="zoe", at=NOON + 4 * MINUTE)
    assert called(climbed) == ("bo",)


def test_paging_by_name_ends_no_pause() -> None:
    events = when(given(*FIRST, paused()), climb("ada", "", "bo"), NOON + 4 * MINUTE, AROUND)

    assert [event.kind for event in events] == ["people_called"]


@pytest.mark.parametrize("severity", [1, 3])
def test_another_severity_ends_a_pause(severity: int) -> None:
    command = do.ChangeIncident(by="ada", severity=severity)

    events = when(given(*FIRST, paused()), command, NOON + 4 * MINUTE, AROUND)

    assert given(*FIRST, paused(), *events).ladder.wake_at == NOON + 9 * MINUTE


@pytest.mark.parametrize(
    "history",
    [(declared(),), ANSWERED, (*FIRST, mitigated()), (*FIRST, resolved())],
    ids=["nobody paged", "acknowledged", "mitigated", "resolved"],
)
def test_where_nobody_is_paged_there_is_nothing_to_pause(history: tuple[ev.Event, ...]) -> None:
    assert refusal(given(*history), pause(20)) == "nothing-to-pause"


def test_a_pause_lasts_a_day_at_most() -> None:
    assert len(when(given(*FIRST), pause(24 * 60))) == 1
    assert refusal(given(*FIRST), pause(24 * 60 + 1)) == "bad-time"


def test_pauses_on_top_of_each_other_last_a_day_at_most_in_all() -> None:
    first, longest = paused(20, at=NOON), 14 * 60
    at = NOON + timedelta(hours=10)
    incident = given(*FIRST, first, paused(11 * 60, at=NOON + 10 * MINUTE))

    assert len(when(incident, pause(longest), at)) == 1
    refusal = refused(incident, pause(longest + 1), at)
    assert refusal.code == "bad-time"
    assert refusal.message == (
        "An escalation can be paused for 24 hours at most. This one has been since "
        "2026-03-01 12:00 UTC: pause it until 2026-03-02 12:00 UTC at the latest."
    )


def test_after_a_pause_has_ended_a_day_begins_anew() -> None:
    over = ev.EscalationResumed(by="bo", at=LATER, climb_at=LATER + MINUTE)

    assert len(when(given(*FIRST, paused(), over), pause(24 * 60))) == 1


# --- a page that does not arrive


def test_a_page_that_did_not_arrive_is_seen_by_everybody() -> None:
    report = do.ReportUndelivered(person="mei", channel="e-mail", why="550 no such user")

    assert when(given(*FIRST), report) == [
        ev.PageUndelivered(
            by="system", at=LATER, person="mei", channel="e-mail", why="550 no such user"
        )
    ]
