from collections.abc import Sequence
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
    accepted,
    acknowledged,
    around,
    called,
    cancelled,
    closed,
    completed,
    declared,
    given,
    holds,
    mitigated,
    offered,
    paged,
    policy,
    promised,
    proposed,
    refusal,
    released,
    reopened,
    resolved,
    rotation,
    rung,
    started,
    when,
)

MOMENT = timedelta(milliseconds=1)
IC = "incident_commander"
LADDER = policy(rung(50, 100, people=["bo"]), rung(5, 15, people=["cy"]))
AROUND = around(rotation("command", "mei", role=IC), policy=LADDER)
TERMS = LADDER.terms(0)


def tick(*history: ev.Event, at: datetime, around: Surroundings = AROUND) -> list[ev.Event]:
    """What time alone brings."""
    return when(given(*history), do.Tick(), at, around)


def kinds(events: Sequence[ev.Event]) -> list[str]:
    return [event.kind for event in events]


# --- nobody commands

GRAVE = (declared(terms=TERMS, severity=1), acknowledged("bo"))
DUE = NOON + 5 * MINUTE


@pytest.mark.parametrize("severity", [1, 2])
def test_no_commander_for_five_minutes_is_paged(severity: int) -> None:
    history = declared(terms=TERMS, severity=severity), acknowledged("bo")

    assert tick(*history, at=DUE - MOMENT) == []
    (event,) = tick(*history, at=DUE)

    assert isinstance(event, ev.CommanderMissing)
    assert (event.since, called(event)) == (NOON, ("mei",))


@pytest.mark.parametrize("severity", [3, 4, 5])
def test_a_milder_incident_needs_no_commander(severity: int) -> None:
    assert given(declared(terms=TERMS, severity=severity)).wake_at is None


@pytest.mark.parametrize("taken", [holds("ada"), accepted("ada")], ids=lambda event: event.kind)
def test_who_takes_command_in_time_pages_nobody(taken: ev.Event) -> None:
    assert given(*GRAVE, taken).wake_at is None


def test_an_offer_of_command_is_no_commander() -> None:
    assert given(*GRAVE, offered("mei")).wake_at == DUE


def test_the_ladder_stands_in_where_nobody_is_on_call_for_command() -> None:
    (event,) = tick(*GRAVE, at=DUE, around=around(policy=LADDER, people=["cy"]))

    assert called(event) == ("cy",)


def test_where_nobody_is_there_to_be_paged_it_is_still_said() -> None:
    (event,) = tick(*GRAVE, at=DUE, around=around(policy=LADDER, people=[]))

    assert called(event) == ()


def test_who_commands_is_missed_five_times_in_a_row_and_no_more() -> None:
    history: list[ev.Event] = list(GRAVE)
    at: list[timedelta] = []
    while (due := given(*history).wake_at) and due < NOON + timedelta(days=1):
        history += tick(*history, at=due)
        at.append(due - NOON)

    assert at == [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 25 * MINUTE]


def test_after_downtime_the_commander_is_missed_once() -> None:
    (event,) = tick(*GRAVE, at=NOON + timedelta(hours=2))

    assert isinstance(event, ev.CommanderMissing)
    assert event.since == NOON
    assert given(*GRAVE, event).wake_at == NOON + timedelta(hours=2) + 5 * MINUTE


def test_who_gives_command_up_is_missed_after_five_minutes() -> None:
    history = (*GRAVE, holds("ada"), released("ada", at=LATER))

    (event,) = tick(*history, at=LATER + 5 * MINUTE)

    assert isinstance(event, ev.CommanderMissing)
    assert event.since == LATER


def test_a_commander_who_came_and_went_is_missed_anew() -> None:
    missed = (ev.CommanderMissing(by="system", at=DUE, since=NOON),) * 5
    history = (*GRAVE, *missed, holds("ada"), released("ada", at=LATER))

    assert given(*GRAVE, *missed).wake_at is None
    assert given(*history).wake_at == LATER + 5 * MINUTE


def test_a_reopened_incident_needs_a_commander_again() -> None:
    history = (*GRAVE, resolved(at=LATER), reopened(at=LATER), acknowledged("bo", LATER))

    assert given(*GRAVE, resolved(at=LATER)).wake_at is None
    assert given(*history).wake_at == LATER + 5 * MINUTE


def test_an_incident_that_becomes_grave_needs_a_commander_from_then_on() -> None:
    mild: tuple[ev.Event, ...] = (declared(terms=TERMS), acknowledged("bo"))
    raised = when(given(*mild), do.ChangeIncident(by="ada", severity=2), LATER, AROUND)

    (event,) = tick(*mild, *raised, at=LATER + 5 * MINUTE)

    assert isinstance(event, ev.CommanderMissing)
    assert event.since == LATER


def test_an_incident_that_is_grave_no_longer_needs_no_commander() -> None:
    told = when(given(*GRAVE), do.ChangeIncident(by="ada", severity=3), LATER, AROUND)

    assert "commander_missing" not in kinds(tick(*GRAVE, *told, at=LATER + timedelta(hours=1)))


def test_a_policy_without_levels_needs_a_commander_all_the_same() -> None:
    levelless = around(rotation("command", "mei", role=IC), policy=policy())
    command = do.Declare(by="ada", title="Slow", severity=1)
    told = when(Incident(), command, NOON, levelless)

    (event,) = tick(*told, at=DUE, around=levelless)

    assert called(event) == ("mei",)


def test_mitigation_does_not_end_the_need_for_a_commander() -> None:
    assert kinds(tick(*GRAVE, mitigated(), at=DUE)) == ["commander_missing"]


def test_the_ladder_and_the_missing_commander_fall_due_together() -> None:
    double = policy(rung(5, 15, people=["bo"]))
    history = declared(terms=double.terms(0), severity=1), paged("bo")

    assert kinds(tick(*history, at=DUE, around=around(policy=double))) == [
        "paged",
        "commander_missing",
    ]


# --- updates to people

CADENCE = {"customers": 30 * MINUTE, "leadership": 60 * MINUTE}
TOLD = policy(
    severities={
        1: {"name": "Critical", "update_every": CADENCE},
        2: {"name": "High", "update_every": {"customers": 20 * MINUTE}},
        3: {"name": "Medium"},
        4: {"name": "Low"},
        5: {"name": "Notice"},
    }
)
TELLING = (declared(terms=TOLD.terms(0), severity=1, updates_due={"customers": NOON + 30 * MINUTE,
           "leadership": NOON + 60 * MINUTE}), holds("ada"))  # fmt: skip
AROUND_TOLD = around(policy=TOLD)


def post(audience: str = "customers", within: timedelta | None = None) -> do.PostUpdate:
    told = {"by": "bo", "audience": audience, "message": "Working", "next_update_in": within}
    return do.PostUpdate.model_validate(told)


def due(*history: ev.Event) -> dict[str, datetime]:
    channels = given(*history).communications.items()
    return {name: channel.due_at for name, channel in channels if channel.due_at}


def test_each_audience_is_owed_updates_at_its_own_cadence() -> None:
    told = when(Incident(), do.Declare(by="ada", title="Slow", severity=1), NOON, AROUND_TOLD)

    assert due(*told) == {"customers": NOON + 30 * MINUTE, "leadership": NOON + 60 * MINUTE}


def test_an_update_is_followed_by_the_next_at_the_cadence() -> None:
    (event,) = when(given(*TELLING), post())

    assert event == promised(
        by="bo", at=LATER, message="Working", due_at=LATER + 30 * MINUTE, promised=False
    )
    assert due(*TELLING, event)["customers"] == LATER + 30 * MINUTE


def test_a_promise_goes_before_the_cadence() -> None:
    (event,) = when(given(*TELLING), post(within=5 * MINUTE))

    assert isinstance(event, ev.UpdatePosted)
    assert (event.due_at, event.promised) == (LATER + 5 * MINUTE, True)


def test_an_update_that_does_not_come_is_missed_once() -> None:
    (event,) = tick(*TELLING, at=NOON + 30 * MINUTE)

    assert event == ev.UpdateMissed(
        by="system", at=NOON + 30 * MINUTE, audience="customers", due_at=NOON + 30 * MINUTE
    )
    assert given(*TELLING, event).wake_at == NOON + 60 * MINUTE


def severity(number: int) -> do.ChangeIncident:
    return do.ChangeIncident(by="ada", severity=number)


def test_another_severity_brings_its_own_cadence_and_ends_the_old_one() -> None:
    told = when(given(*TELLING), severity(2), LATER, AROUND_TOLD)

    assert isinstance(told[0], ev.SeverityChanged)
    assert told[0].updates_due == {"customers": LATER + 20 * MINUTE}
    assert told[0].updates_off == ("leadership",)
    assert due(*TELLING, *told) == {"customers": LATER + 20 * MINUTE}


def test_what_somebody_promised_stays_at_another_severity() -> None:
    promise = promised(due_at=NOON + 45 * MINUTE)

    for number in (2, 3):
        told = when(given(*TELLING, promise), severity(number), LATER, AROUND_TOLD)
        assert due(*TELLING, promise, *told)["customers"] == NOON + 45 * MINUTE


def test_a_promise_that_was_missed_gives_way_to_the_new_cadence() -> None:
    missed = ev.UpdateMissed(by="system", at=LATER, audience="customers", due_at=LATER)
    history = (*TELLING, promised(due_at=LATER), missed)

    told = when(given(*history), severity(2), LATER, AROUND_TOLD)

    assert due(*history, *told)["customers"] == LATER + 20 * MINUTE
    assert given(*history, *told).communications["customers"].missed is False


def test_what_is_no_longer_due_is_no_longer_missed() -> None:
    history = (*TELLING, *tick(*TELLING, at=NOON + 30 * MINUTE))

    told = when(given(*history), severity(3), NOON + 40 * MINUTE, AROUND_TOLD)

    channel = given(*history, *told).communications["customers"]
    assert (channel.due_at, channel.missed, channel.promised) == (None, False, False)


def test_an_update_can_be_put_off_and_that_is_recorded() -> None:
    command = do.SnoozeUpdate(
        by="bo", audience="customers", duration=45 * MINUTE, reason="Nothing new"
    )

    (event,) = when(given(*TELLING), command)

    until = LATER + 45 * MINUTE
    assert event == ev.UpdateSnoozed(
        by="bo", at=LATER, audience="customers", until=until, reason="Nothing new"
    )
    channel = given(*TELLING, event).communications["customers"]
    assert (channel.due_at, channel.snoozed, channel.missed) == (until, True, False)


def test_an_update_that_was_missed_can_be_put_off_and_missed_again() -> None:
    command = do.SnoozeUpdate(by="bo", audience="customers", duration=5 * MINUTE)
    history = (*TELLING, *tick(*TELLING, at=NOON + 30 * MINUTE))

    put_off = when(given(*history), command, NOON + 31 * MINUTE)

    (missed,) = tick(*history, *put_off, at=NOON + 36 * MINUTE)
    assert missed.kind == "update_missed"


def test_an_update_that_was_put_off_and_posted_is_put_off_no_longer() -> None:
    snoozed = ev.UpdateSnoozed(by="bo", at=NOON, audience="customers", until=LATER)

    assert given(*TELLING, snoozed, promised()).communications["customers"].snoozed is False


@pytest.mark.parametrize("history", [(declared(),), (*TELLING, resolved())])
def test_where_no_update_is_due_there_is_nothing_to_put_off(history: tuple[ev.Event, ...]) -> None:
    command = do.SnoozeUpdate(by="bo", audience="customers", duration=MINUTE)

    assert refusal(given(*history), command) == "nothing-due"


def reopening() -> do.SetStatus:
    return do.SetStatus(by="ada", status="active", reason="It is back")


def test_a_reopened_incident_owes_updates_again() -> None:
    history = (*TELLING, promised(due_at=LATER), resolved())

    told = when(given(*history), reopening(), LATER, AROUND_TOLD)

    assert due(*history) == {}
    assert due(*history, *told) == {
        "customers": LATER + 30 * MINUTE,
        "leadership": LATER + 60 * MINUTE,
    }


def test_what_was_promised_while_mitigated_stays_when_it_is_reopened() -> None:
    history = (*TELLING, mitigated(), promised(due_at=LATER + 7 * MINUTE))

    told = when(given(*history), reopening(), LATER, AROUND_TOLD)

    assert due(*history, *told)["customers"] == LATER + 7 * MINUTE


def test_a_promise_from_before_the_end_does_not_hide_the_cadence_afterwards() -> None:
    mild = declared(terms=TOLD.terms(0), severity=3), promised(due_at=LATER), resolved()
    history = (*mild, *when(given(*mild), reopening(), LATER, AROUND_TOLD))

    told = when(given(*history), severity(1), LATER, AROUND_TOLD)

    assert due(*history, *told) == {
        "customers": LATER + 30 * MINUTE,
        "leadership": LATER + 60 * MINUTE,
    }


# --- fixes that take too long

SLOW = (declared(), proposed(estimate=20 * MINUTE, owner="cy"), started(at=NOON))


def test_a_fix_that_runs_longer_than_estimated_is_overdue_once() -> None:
    late = NOON + 20 * MINUTE

    assert tick(*SLOW, at=late - MOMENT) == []
    (event,) = tick(*SLOW, at=late)

    assert event == ev.ActionOverdue(
        by="system", at=late, action="ACT-1", owner="cy", estimate=20 * MINUTE
    )
    assert given(*SLOW, event).wake_at is None


def test_an_overdue_fix_without_an_owner_belongs_to_who_started_it() -> None:
    history = declared(), proposed(by="bo", estimate=MINUTE), started(owner="cy")

    (event,) = tick(*history, at=LATER)

    assert isinstance(event, ev.ActionOverdue)
    assert event.owner == "cy"


@pytest.mark.parametrize(
    "history",
    [
        (declared(), proposed(), started()),
        (declared(), proposed(estimate=MINUTE)),
        (*SLOW, completed()),
        (*SLOW, ev.ActionAbandoned(by="cy", at=NOON, action="ACT-1", from_status="in-progress")),
    ],
    ids=["no estimate", "not begun", "completed", "abandoned"],
)
def test_what_does_not_run_or_has_no_estimate_is_never_overdue(
    history: tuple[ev.Event, ...],
) -> None:
    assert given(*history).wake_at is None


def test_an_estimate_finer_than_a_millisecond_rings_on_a_millisecond() -> None:
    history = declared(), proposed(estimate=timedelta(microseconds=1500)), started(at=NOON)

    assert given(*history).wake_at == NOON + MOMENT
    assert kinds(tick(*history, at=NOON + MOMENT)) == ["action_overdue"]


def test_a_fix_that_outran_its_estimate_while_resolved_is_overdue_when_reopened() -> None:
    history = (*SLOW, resolved())

    assert tick(*history, at=NOON + 30 * MINUTE) == []
    assert kinds(tick(*history, reopened(), at=NOON + 30 * MINUTE)) == ["action_overdue"]


# --- the end that was promised

AIMED = (declared(resolve_by=NOON + 60 * MINUTE),)


def test_a_resolve_target_is_missed_once() -> None:
    aim = NOON + 60 * MINUTE

    assert tick(*AIMED, at=aim - MOMENT) == []
    (event,) = tick(*AIMED, at=aim)

    assert event == ev.ResolveTargetMissed(by="system", at=aim, resolve_by=aim)
    assert given(*AIMED, event).wake_at is None


def test_mitigation_does_not_meet_the_resolve_target() -> None:
    assert given(*AIMED, mitigated()).wake_at == NOON + 60 * MINUTE


def test_another_severity_counts_its_target_from_the_change() -> None:
    told = when(given(*AIMED), severity(2), LATER, AROUND)

    assert given(*AIMED, *told).resolve_by == LATER + timedelta(hours=4)


def test_a_reopened_incident_is_to_be_resolved_anew() -> None:
    history = (*AIMED, resolved())

    told = when(given(*history), reopening(), LATER, AROUND)

    assert given(*history).resolve_by is None
    assert given(*history, *told).resolve_by == LATER + timedelta(hours=24)


# --- the post-mortem

LED = (declared(severity=2), holds("ada"))
RESOLVED = (*LED, resolved().model_copy(update={"postmortem_by": NOON + timedelta(days=5)}))


@pytest.mark.parametrize(("severity", "days"), [(1, 5), (2, 5), (3, None), (4, None), (5, None)])
def test_a_grave_incident_has_its_post_mortem_within_five_days(
    severity: int, days: int | None
) -> None:
    history = (declared(severity=severity),)

    (event,) = when(given(*history), do.SetStatus(by="bo", status="resolved"))

    assert isinstance(event, ev.Resolved)
    assert event.postmortem_by == (LATER + timedelta(days=days) if days else None)
    assert given(*history, event).wake_at == event.postmortem_by


def test_a_post_mortem_that_is_not_there_is_missed_once_and_the_commander_hears_it() -> None:
    late = NOON + timedelta(days=5)

    assert tick(*RESOLVED, at=late - MOMENT) == []
    (event,) = tick(*RESOLVED, at=late)

    assert event == ev.PostmortemOverdue(by="system", at=late, postmortem_by=late, owner="ada")
    assert given(*RESOLVED, event).wake_at is None


def test_without_a_commander_who_resolved_it_hears_of_the_post_mortem() -> None:
    late = NOON + timedelta(days=5)
    alone = declared(severity=2), RESOLVED[-1].model_copy(update={"by": "mei"})

    (event,) = tick(*alone, at=late)

    assert isinstance(event, ev.PostmortemOverdue)
    assert event.owner == "mei"


@pytest.mark.parametrize("end", [closed(), reopened()], ids=lambda event: event.kind)
def test_a_closed_or_reopened_incident_waits_for_no_post_mortem(end: ev.Event) -> None:
    assert given(*RESOLVED, end).postmortem_by is None


def test_a_cancelled_incident_has_no_post_mortem() -> None:
    assert given(*LED, cancelled()).wake_at is None


def test_an_incident_that_turns_out_grave_afterwards_has_its_post_mortem_in_time() -> None:
    history = (declared(severity=3), resolved(at=NOON))

    told = when(given(*history), severity(1), LATER, AROUND)

    assert given(*history, *told).wake_at == NOON + timedelta(days=5)


def test_an_incident_that_turns_out_mild_afterwards_needs_none() -> None:
    told = when(given(*RESOLVED), severity(3), LATER, AROUND)

    assert given(*RESOLVED, *told).wake_at is None


def test_a_post_mortem_that_was_missed_is_not_missed_again_at_another_grave_severity() -> None:
    late = NOON + timedelta(days=5)
    history = (*RESOLVED, *tick(*RESOLVED, at=late))

    told = when(given(*history), severity(1), late + MINUTE, AROUND)

    assert given(*history, *told).wake_at is None
