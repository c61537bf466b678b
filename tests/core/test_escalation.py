from datetime import datetime, timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.surroundings import Surroundings
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    acknowledged,
    around,
    called,
    declared,
    given,
    holds,
    mitigated,
    paged,
    policy,
    refusal,
    refused,
    reopened,
    resolved,
    rotation,
    rung,
    when,
)

LADDER = policy(
    rung(5, 15, people=["mei"]),
    rung(10, 30, people=["bo"]),
    rung(15, 60, people=["cy"]),
    rung(30, 120, people=["zoe"]),
)
AROUND = around(policy=LADDER)
MOMENT = timedelta(milliseconds=1)
FIRST = (declared(terms=LADDER.terms(0)), paged("mei"))
"""Mei was paged at noon; she is late at 12:05, and the next level is due at 12:15."""


def after(minutes: float) -> datetime:
    return NOON + minutes * MINUTE


def tick(
    *history: ev.Event, at: datetime, around: Surroundings = AROUND, events: int = 1
) -> tuple[ev.Event, ...]:
    """What time alone brings at `at`, of which there must be so many events."""
    told = tuple(when(given(*history), do.Tick(), at, around))
    assert len(told) == events
    return told


def pages(events: tuple[ev.Event, ...] | list[ev.Event]) -> list[tuple[int, tuple[str, ...]]]:
    """Which level was paged, and who on it."""
    return [(event.level, called(event)) for event in events if isinstance(event, ev.Paged)]


def climbing(*levels: str) -> tuple[ev.Event, ...]:
    """Every level so far was paged when it fell due, and nobody answered."""
    told: list[ev.Event] = [*FIRST]
    at = NOON
    for number, person in enumerate(levels, start=2):
        at += LADDER.escalation[number - 2].escalate_after
        told.append(page(person, number, at))
    return tuple(told)


def page(person: str, level: int, at: datetime, **fields: object) -> ev.Paged:
    """A level of the ladder above, with its own clocks."""
    terms = LADDER.escalation[level - 1]
    clocks = {"respond_by": at + terms.respond_within, "climb_at": at + terms.escalate_after}
    return paged(person, at=at, level=level, **clocks | fields)


# --- two clocks a level


def test_before_a_clock_runs_out_nobody_is_paged() -> None:
    assert tick(*FIRST, at=after(5) - MOMENT, events=0) == ()


def test_who_is_late_is_paged_again_and_the_next_level_is_due_when_it_was() -> None:
    (again,) = tick(*FIRST, at=after(5))

    assert again == paged("mei", at=after(5), again=True, respond_by=None, climb_at=after(15))
    assert given(*FIRST, again).wake_at == after(15)


def test_a_level_is_paged_again_only_once() -> None:
    again = tick(*FIRST, at=after(5))

    assert tick(*FIRST, *again, at=after(5), events=0) == ()
    assert tick(*FIRST, *again, at=after(15) - MOMENT, events=0) == ()


def test_silence_climbs_to_the_next_level_with_clocks_of_its_own() -> None:
    again = tick(*FIRST, at=after(5))

    events = tick(*FIRST, *again, at=after(15))

    assert events == (page("bo", 2, after(15)),)
    assert given(*FIRST, *events).ladder.respond_by == after(25)
    assert given(*FIRST, *events).ladder.climb_at == after(45)


def test_a_level_that_is_late_and_due_to_climb_only_climbs() -> None:
    assert pages(tick(*FIRST, at=after(20))) == [(2, ("bo",))]


def test_the_same_moment_again_pages_nobody() -> None:
    events = tick(*FIRST, at=after(15))

    assert tick(*FIRST, *events, at=after(15), events=0) == ()


def test_a_clock_that_steps_back_pages_nobody() -> None:
    events = tick(*FIRST, at=after(15))

    assert tick(*FIRST, *events, at=after(5), events=0) == ()


# --- who stands on a level


def test_a_person_reached_by_two_targets_is_paged_once() -> None:
    targets = {"people": ["bo", "mei"], "rotations": ["night"], "roles": ["operations_lead"]}
    double = policy(rung(5, 15, people=["cy"]), rung(5, 15, **targets))
    night = rotation("night", "mei", role="operations_lead")
    history = declared(terms=double.terms(0)), paged("cy")

    (event,) = tick(*history, at=after(15), around=around(night, policy=double))

    assert sorted(called(event)) == ["bo", "mei"]


def test_a_role_means_who_holds_it_in_this_incident() -> None:
    led = policy(rung(5, 15, people=["cy"]), rung(5, 15, roles=["scribe"]))
    night = around(rotation("night", "mei", role="scribe"), policy=led)
    history = declared(terms=led.terms(0)), paged("cy")

    assert pages(tick(*history, at=after(15), around=night)) == [(2, ("mei",))]
    (event,) = tick(*history, holds("bo", "scribe"), at=after(15), around=night)
    assert event == paged(
        "bo",
        at=after(15),
        why="scribe of this incident",
        level=2,
        respond_by=after(20),
        climb_at=after(30),
    )


def test_a_holder_who_is_gone_is_not_paged_but_who_is_on_call_for_the_role() -> None:
    led = policy(rung(5, 15, people=["cy"]), rung(5, 15, roles=["scribe"]))
    night = around(rotation("night", "mei", role="scribe"), policy=led, people=["mei", "cy"])
    history = declared(terms=led.terms(0)), paged("cy"), holds("bo", "scribe")

    assert pages(tick(*history, at=after(15), around=night)) == [(2, ("mei",))]


def test_who_is_on_call_in_the_incidents_region_is_paged() -> None:
    led = policy(rung(5, 15, roles=["operations_lead"]))
    regions = around(
        rotation("far", "bo", role="operations_lead", region="us-east"),
        rotation("near", "mei", role="operations_lead", region="eu-west"),
        policy=led,
    )
    command = do.Declare(by="ada", title="Slow", affected_regions=("eu-west-1",))

    events = when(Incident(), command, around=regions)

    assert pages(events) == [(1, ("mei",))]


def test_a_severity_and_a_region_that_change_together_page_in_the_new_region() -> None:
    led = policy(rung(5, 15, roles=["operations_lead"]))
    regions = around(
        rotation("near", "mei", role="operations_lead", region="eu-west"),
        rotation("far", "bo", role="operations_lead", region="us-east"),
        policy=led,
    )
    history = declared(terms=led.terms(0), affected_regions=("eu-west",)), paged("mei")
    command = do.ChangeIncident(by="ada", severity=1, affected_regions=("us-east",))

    assert pages(when(given(*history), command, LATER, regions)) == [(1, ("bo",))]


def test_a_role_that_the_policy_adds_can_be_paged() -> None:
    roles: dict[str, object] = {**LADDER.roles, "database_expert": {}}
    added = policy(rung(5, 15, roles=["database_expert"]), roles=roles)
    expert = around(rotation("data", "mei", role="database_expert"), policy=added)

    events = when(Incident(), do.Declare(by="ada", title="Slow"), around=expert)

    assert pages(events) == [(1, ("mei",))]
    assert "database_expert" in given(*events).roles


# --- nobody there

WORKDAY = {"from": "13:00", "to": "17:00"}


def test_where_nobody_is_on_call_the_ladder_steps_on_at_once_and_says_so() -> None:
    missing = around(policy=LADDER, people=["mei", "cy", "zoe"])

    (event,) = tick(*FIRST, at=after(15), around=missing)

    assert event == page(
        "cy", 3, after(15), skipped=({"level": 2, "why": "there is nobody called bo"},)
    )


def test_the_first_level_is_stepped_over_at_the_declaration() -> None:
    empty = policy(rung(5, 15, rotations=["nights"]), rung(10, 30, people=["bo"]))

    _, event = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, around(policy=empty))

    assert pages([event]) == [(2, ("bo",))]
    assert isinstance(event, ev.Paged)
    assert [skipped.level for skipped in event.skipped] == [1]
    assert (event.respond_by, event.climb_at) == (after(10), after(30))


def test_where_nobody_stands_anywhere_each_level_is_named() -> None:
    (event,) = tick(*FIRST, at=after(15), around=around(policy=LADDER, people=[]))

    assert isinstance(event, ev.Paged)
    assert event.people == ()
    assert [skipped.level for skipped in event.skipped] == [2, 3, 4, 1]
    assert (event.respond_by, event.climb_at) == (None, after(15 + 120))


def test_where_nobody_stands_anywhere_the_next_on_duty_is_paged_when_they_come() -> None:
    empty = policy(rung(5, 15, rotations=["days"]), rung(10, 90, people=["nobody"]))
    days = around(rotation("days", "mei", hours=WORKDAY), policy=empty)
    (_, nobody) = told = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, days)

    events = tick(*told, at=after(60), around=days)

    assert isinstance(nobody, ev.Paged)
    assert (nobody.people, nobody.climb_at) == ((), after(60))
    assert pages(events) == [(1, ("mei",))]


def test_after_a_level_that_nobody_answers_an_empty_ladder_begins_from_the_first() -> None:
    nobody = around(policy=LADDER, people=[])
    empty = tick(*FIRST, at=after(15), around=nobody)

    assert pages(tick(*FIRST, *empty, at=after(135))) == [(1, ("mei",))]


# --- after the last level


def test_after_the_last_level_it_repeats_from_the_third_with_a_note() -> None:
    history = climbing("bo", "cy", "zoe")

    (event,) = tick(*history, at=after(15 + 30 + 60 + 120))

    assert pages((event,)) == [(3, ("cy",))]
    assert isinstance(event, ev.Paged)
    assert (event.round, event.turn) == (1, 2)


def test_a_short_ladder_repeats_its_last_level() -> None:
    short = policy(rung(5, 15, people=["mei"]), rung(5, 15, people=["bo"]))
    history = declared(terms=short.terms(0)), paged("bo", level=2)

    (event,) = tick(*history, at=after(15), around=around(policy=short))

    assert event == paged("bo", at=after(15), level=2, turn=2)


def test_a_ladder_that_nobody_answers_ends_after_five_turns_and_says_so() -> None:
    history: list[ev.Event] = [*FIRST]
    now = NOON
    for _ in range(50):
        now = given(*history).wake_at or now
        history += when(given(*history), do.Tick(), now, AROUND)

    turns = {(one.turn, one.level) for one in history if isinstance(one, ev.Paged)}
    assert turns == {(1, 1), (1, 2), *((turn, level) for turn in range(1, 6) for level in (3, 4))}
    assert history[-1] == ev.EscalationEnded(by="system", at=now, why="nobody answered in 5 turns")
    assert given(*history).wake_at is None
    assert given(*history).ladder.ended == "nobody answered in 5 turns"


def test_a_ladder_that_ended_can_still_be_climbed_and_answered() -> None:
    ended = ev.EscalationEnded(by="system", at=NOON, why="nobody answered in 5 turns")
    history = (*FIRST, page("zoe", 4, NOON, turn=5), ended)

    (event,) = when(given(*history), do.Escalate(by="ada", reason="Still burning"), LATER, AROUND)

    assert pages([event]) == [(3, ("cy",))]
    assert isinstance(event, ev.Paged)
    assert event.turn == 5
    assert when(given(*history), do.Acknowledge(by="cy"))


# --- after downtime


def test_after_downtime_across_two_levels_the_level_due_now_is_paged_once() -> None:
    (event,) = tick(*FIRST, at=after(60))

    assert event == page("cy", 3, after(60), missed=(2,))
    assert given(*FIRST, event).ladder.respond_by == after(75)
    assert given(*FIRST, event).ladder.climb_at == after(120)


def test_after_downtime_of_45_minutes_the_level_that_is_due_then_is_paged() -> None:
    again = paged("mei", at=after(5), again=True, respond_by=None, climb_at=after(15))

    (event,) = tick(*FIRST, again, at=after(10 + 45))

    assert event == page("cy", 3, after(55), missed=(2,))


def test_after_downtime_within_one_level_nothing_was_missed() -> None:
    assert tick(*FIRST, at=after(44)) == (page("bo", 2, after(44)),)


def test_after_a_whole_week_of_downtime_somebody_is_still_paged() -> None:
    (event,) = tick(*FIRST, at=NOON + timedelta(days=7))

    assert isinstance(event, ev.Paged)
    assert (event.turn, event.level, called(event)) == (5, 4, ("zoe",))
    assert event.missed == (2, 3, 4, 3, 4, 3, 4, 3, 4, 3)


# --- the rotation moves on

HANDOVER = around(
    rotation(
        "ops", "bo", "mei", role="operations_lead", handoff="daily 12:03", starts="2026-02-28"
    ),
    policy=policy(rung(5, 15, roles=["operations_lead"]), rung(5, 15, rotations=["ops"])),
)


def test_a_late_page_goes_to_whoever_is_on_call_by_then() -> None:
    first = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, HANDOVER)
    [begins] = pages(first)

    again = tick(*first, at=after(5), around=HANDOVER)

    assert begins == (1, ("bo",))
    assert pages(again) == [(1, ("mei",))]


def test_whoever_was_paged_before_the_shift_changed_can_still_answer() -> None:
    first = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, HANDOVER)
    again = tick(*first, at=after(5), around=HANDOVER)

    answer = when(given(*first, *again), do.Acknowledge(by="bo", round=1), after(6), HANDOVER)

    assert [event.kind for event in answer] == ["acknowledged"]


def test_where_nobody_is_on_call_any_more_the_same_people_are_paged_again() -> None:
    (event,) = tick(*FIRST, at=after(5), around=around(policy=LADDER, people=[]))

    assert pages((event,)) == [(1, ("mei",))]


# --- another severity


def severity(number: int) -> do.ChangeIncident:
    return do.ChangeIncident(by="ada", severity=number)


def test_a_worse_severity_pages_its_level_again_with_new_clocks() -> None:
    history = climbing("bo")

    _, event = when(given(*history), severity(2), after(20), AROUND)

    assert event == page("bo", 2, after(20), round=2)
    assert given(*history, event).wake_at == after(20 + 10)


def test_a_milder_severity_counts_anew_and_pages_nobody() -> None:
    history = climbing("bo")

    told = when(given(*history), severity(4), after(20), AROUND)

    assert told[1:] == [
        ev.EscalationRestarted(
            by="system",
            at=after(20),
            round=1,
            level=2,
            respond_by=after(30),
            climb_at=after(50),
        )
    ]
    assert tick(*history, *told, at=after(25), events=0) == ()


def test_a_page_that_went_out_before_a_milder_severity_can_still_be_answered() -> None:
    told = when(given(*FIRST), severity(4), LATER, AROUND)

    answer = when(given(*FIRST, *told), do.Acknowledge(by="mei", round=1), LATER, AROUND)

    assert [event.kind for event in answer] == ["acknowledged"]


def test_a_page_from_before_a_worse_severity_is_over() -> None:
    told = when(given(*FIRST), severity(1), LATER, AROUND)

    assert refusal(given(*FIRST, *told), do.Acknowledge(by="mei", round=1)) == "stale-page"


def test_a_notice_ends_the_ladder_and_says_why() -> None:
    told = when(given(*FIRST), severity(5), LATER, AROUND)

    assert told[1:] == [
        ev.EscalationEnded(by="system", at=LATER, why="severity 5 waits for no answer")
    ]
    assert given(*FIRST, *told).wake_at is None


def test_a_notice_that_becomes_grave_begins_a_ladder() -> None:
    notice = declared(terms=LADDER.terms(0), severity=5)

    told = when(given(notice), severity(1), LATER, AROUND)

    assert pages(told) == [(1, ("mei",))]


def test_a_milder_severity_looks_again_where_nobody_could_be_paged() -> None:
    nobody = paged(level=4, skipped=({"level": 4, "why": "nobody"},), respond_by=None)
    history = declared(terms=LADDER.terms(0)), nobody

    told = when(given(*history), severity(4), LATER, AROUND)

    assert pages(told) == [(1, ("mei",))]


def test_an_acknowledgement_holds_at_another_severity() -> None:
    history = (*FIRST, acknowledged("mei", round=1, prove_by=after(30)))

    told = when(given(*history), severity(1), LATER, AROUND)

    restarted = ev.EscalationRestarted(
        by="system", at=LATER, round=1, level=1, prove_by=LATER + 5 * MINUTE
    )
    assert told[1:] == [restarted]
    assert given(*history, *told).acknowledged_by == "mei"


def test_what_has_come_of_an_acknowledgement_need_not_come_of_it_again() -> None:
    history = (*FIRST, acknowledged("mei", round=1))

    assert len(when(given(*history), severity(1), LATER, AROUND)) == 1


# --- the end, and a new beginning


@pytest.mark.parametrize("end", [mitigated(at=LATER), resolved(at=LATER)])
def test_the_end_voids_every_clock_of_the_ladder(end: ev.Event) -> None:
    assert given(*FIRST, end).ladder.wake_at is None
    assert tick(*FIRST, end, at=after(600), events=0) == ()


@pytest.mark.parametrize("ended", [(mitigated(),), (mitigated(), resolved())])
def test_a_reopened_incident_begins_a_new_round(ended: tuple[ev.Event, ...]) -> None:
    history = (*FIRST, acknowledged("mei", round=1), *ended)
    command = do.SetStatus(by="ada", status="active", reason="It is back")

    told = when(given(*history), command, LATER, AROUND)

    assert told[1:] == [page("mei", 1, LATER, round=2)]
    assert given(*history, *told).acknowledged_by is None


def test_a_late_answer_to_the_old_round_is_refused_with_an_explanation() -> None:
    history = (*FIRST, resolved(), reopened(), page("mei", 1, LATER, round=2))

    late = refused(given(*history), do.Acknowledge(by="mei", round=1))

    assert (late.code, late.facts) == ("stale-page", {"round": 2})
    assert "begun anew" in late.message
    assert when(given(*history), do.Acknowledge(by="mei", round=2))


# --- the policy is edited meanwhile

SHORTER = policy(rung(1, 2, people=["zoe"]), rung(3, 4, people=["ada"]))
EDITED = around(policy=SHORTER, revision=3)


def test_a_running_incident_keeps_the_policy_it_began_with() -> None:
    assert tick(*FIRST, at=after(15), around=EDITED) == (page("bo", 2, after(15)),)


def test_the_newer_policy_holds_once_it_is_applied() -> None:
    told = when(given(*FIRST), do.ApplyPolicy(by="ada"), LATER, EDITED)

    assert told == [
        ev.PolicyApplied(
            by="ada",
            at=LATER,
            terms=SHORTER.terms(3),
            previous=0,
            resolve_by=LATER + timedelta(hours=24),
        ),
        ev.EscalationRestarted(
            by="system",
            at=LATER,
            round=1,
            level=1,
            respond_by=LATER + MINUTE,
            climb_at=LATER + 2 * MINUTE,
        ),
    ]
    later = LATER + 2 * MINUTE
    assert pages(tick(*FIRST, *told, at=later, around=EDITED)) == [(2, ("ada",))]


def test_a_policy_with_fewer_levels_puts_the_ladder_on_its_last() -> None:
    history = climbing("bo", "cy", "zoe")

    told = when(given(*history), do.ApplyPolicy(by="ada"), after(110), EDITED)

    assert given(*history, *told).ladder.level == 2
    assert pages(tick(*history, *told, at=after(113), around=EDITED)) == [(2, ("ada",))]


def test_a_ladder_climbed_by_hand_while_mitigated_follows_a_shorter_policy_too() -> None:
    history = (*FIRST, mitigated(), page("zoe", 4, LATER))

    told = when(given(*history), do.ApplyPolicy(by="ada"), LATER, EDITED)

    assert pages(tick(*history, *told, at=LATER + 3 * MINUTE, around=EDITED)) == [(2, ("ada",))]


def test_an_answer_that_leads_nowhere_climbs_the_shorter_ladder() -> None:
    history = (*climbing("bo", "cy", "zoe"), acknowledged("zoe", round=1, prove_by=after(111)))
    applied = when(given(*history), do.ApplyPolicy(by="ada"), after(110), EDITED)
    history += tuple(applied)
    asked = tick(*history, at=after(110 + 60), around=EDITED)

    lapsed, climbed = tick(*history, *asked, at=after(110 + 120), around=EDITED, events=2)

    assert lapsed.kind == "acknowledgement_lapsed"
    assert pages((climbed,)) == [(2, ("ada",))]


def test_a_policy_without_levels_ends_the_ladder() -> None:
    told = when(given(*FIRST), do.ApplyPolicy(by="ada"), LATER, around(policy=policy(), revision=3))

    assert told[1:] == [ev.EscalationEnded(by="system", at=LATER, why="the policy has no levels")]


def test_without_levels_nothing_is_asked_of_an_acknowledgement_any_more() -> None:
    history = (*FIRST, acknowledged("mei", round=1, prove_by=after(30)))

    told = when(
        given(*history), do.ApplyPolicy(by="ada"), LATER, around(policy=policy(), revision=3)
    )

    assert told[1:] == [ev.EscalationRestarted(by="system", at=LATER, round=1, level=1)]
    assert given(*history, *told).ladder.wake_at is None


@pytest.mark.parametrize("revision", [2, 3])
def test_the_policy_that_holds_already_or_an_older_one_is_not_applied(revision: int) -> None:
    incident = given(declared(terms=SHORTER.terms(3)))
    command = do.ApplyPolicy(by="ada")

    assert when(incident, command, LATER, around(policy=LADDER, revision=revision)) == []


def test_a_policy_applied_to_what_is_resolved_starts_no_clock() -> None:
    history = (*FIRST, resolved())

    told = when(given(*history), do.ApplyPolicy(by="ada"), LATER, EDITED)

    applied = ev.PolicyApplied(by="ada", at=LATER, terms=SHORTER.terms(3), previous=0)
    assert told == [applied]


# --- logs from before there was a ladder

OLD = declared(respond_by=after(5))
"""Nobody had been paged then; somebody had to acknowledge by 12:05."""


def test_the_ladder_of_an_old_log_begins_when_its_answer_was_due() -> None:
    assert given(OLD).wake_at == after(5)
    assert tick(OLD, at=after(5) - MOMENT, events=0) == ()
    (event,) = tick(OLD, at=after(5), around=around(rotation("o", "mei", role="operations_lead")))
    assert isinstance(event, ev.Paged)
    assert (event.round, event.turn, event.level, called(event)) == (1, 1, 1, ("mei",))


def test_an_old_log_that_was_answered_waits_for_nobody() -> None:
    assert given(OLD, acknowledged("mei")).wake_at is None


def test_what_was_missed_before_there_was_a_ladder_stays_as_it_was() -> None:
    missed = ev.ResponseMissed(by="system", at=after(5), respond_by=after(5))

    assert given(OLD, missed).wake_at is None
    assert when(given(OLD, missed), do.Acknowledge(by="mei"))


def test_an_old_change_of_severity_moves_the_beginning_of_the_ladder() -> None:
    changed = ev.SeverityChanged(by="ada", at=NOON, severity=2, previous=3, respond_by=LATER)

    assert given(OLD, changed).wake_at == LATER


def test_an_old_log_pages_from_the_first_level_at_a_new_severity() -> None:
    ops = around(rotation("o", "mei", role="operations_lead"))

    told = when(given(OLD), severity(2), NOON, ops)

    assert pages(told) == [(1, ("mei",))]


def test_nobody_is_missed_as_commander_in_a_log_from_before_there_was_a_ladder() -> None:
    assert given(declared(severity=1)).wake_at is None
