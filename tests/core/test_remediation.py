from datetime import datetime, timedelta
from typing import Literal, get_args

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.values import ActionStatus
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    abandoned,
    approved,
    cancelled,
    closed,
    completed,
    declared,
    given,
    held,
    holds,
    played,
    proposed,
    refusal,
    refused,
    resolved,
    started,
    when,
)

ACTION_STATUSES: tuple[ActionStatus, ...] = get_args(ActionStatus)
GRAVE = declared(severity=1)
MOMENT = timedelta(milliseconds=1)


def start(action: int = 1, by: str = "cy", override: str | None = None) -> work.ChangeAction:
    return work.ChangeAction(by=by, action=f"ACT-{action}", status="in-progress", override=override)


def approve(by: str, *, action: int = 1) -> work.ChangeAction:
    return work.ChangeAction(by=by, action=f"ACT-{action}", approved=True)


def withdraw(by: str) -> work.ChangeAction:
    return work.ChangeAction(by=by, action="ACT-1", approved=False)


# --- from proposal to end


def test_a_fix_is_proposed_with_what_is_known_of_it() -> None:
    command = work.ProposeAction(
        by="cy",
        description="Fail over the ledger",
        target="ledger/primary",
        region="eu-west-1",
        owner="mei",
        impact="30 s of lost writes",
        risk="high",
        estimate=timedelta(minutes=20),
    )

    (event,) = when(given(declared()), command)

    action = given(declared(), event).action("ACT-1")
    assert action is not None
    assert action.model_dump(exclude_defaults=True) == {
        "id": "ACT-1",
        "description": "Fail over the ledger",
        "target": "ledger/primary",
        "region": "eu-west-1",
        "owner": "mei",
        "impact": "30 s of lost writes",
        "risk": "high",
        "estimate": 1200.0,
        "created_by": "cy",
        "created_at": LATER,
    }


def test_fixes_are_numbered_in_their_incident() -> None:
    incident = given(declared(), proposed(1), proposed(2), completed(1))

    (event,) = when(incident, work.ProposeAction(by="cy", description="Another"))

    assert isinstance(event, ev.ActionProposed)
    assert event.action == "ACT-3"


FIX: dict[ActionStatus, tuple[ev.Event, ...]] = {
    "proposed": (declared(), proposed()),
    "in-progress": (declared(), proposed(), started()),
    "completed": (declared(), proposed(), started(), completed()),
    "abandoned": (declared(), proposed(), abandoned()),
}
FIX_ALLOWED: dict[tuple[ActionStatus, ActionStatus], str] = {
    ("proposed", "in-progress"): "action_started",
    ("proposed", "abandoned"): "action_abandoned",
    ("in-progress", "completed"): "action_completed",
    ("in-progress", "abandoned"): "action_abandoned",
}


@pytest.mark.parametrize("after", ACTION_STATUSES)
@pytest.mark.parametrize("before", ACTION_STATUSES)
def test_a_fix_moves_only_from_proposal_to_end(before: ActionStatus, after: ActionStatus) -> None:
    incident = given(*FIX[before])
    command = work.ChangeAction(by="cy", action="ACT-1", status=after)

    if before == after:
        assert when(incident, command) == []
    elif (before, after) in FIX_ALLOWED:
        (event,) = when(incident, command)
        assert (event.kind, event.by, event.at) == (FIX_ALLOWED[before, after], "cy", LATER)
        action = given(*FIX[before], event).action("ACT-1")
        assert action is not None
        assert action.status == after
    else:
        assert refusal(incident, command) == "bad-transition"


def test_a_fix_remembers_when_it_began_and_ended() -> None:
    _, incident = played(
        do.Declare(by="ada", title="Slow"), work.ProposeAction(by="cy", description="Restart")
    )
    _, running = played(start(), now=LATER, incident=incident)
    done = work.ChangeAction(by="cy", action="ACT-1", status="completed")
    _, over = played(done, now=LATER + MINUTE, incident=running)

    (action,) = over.actions
    assert (action.created_at, action.started_at, action.completed_at) == (
        NOON,
        LATER,
        LATER + MINUTE,
    )


def ended(status: ActionStatus, moment: datetime) -> work.ChangeAction:
    return work.ChangeAction(by="cy", action="ACT-1", status=status, timestamp=moment)


@pytest.mark.parametrize("status", ["completed", "abandoned"])
@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (LATER, False),
        (LATER + MINUTE, False),
        (LATER - MINUTE, False),
        (LATER - MINUTE - MOMENT, True),
        (NOON, True),
    ],
)
def test_the_end_of_a_fix_may_be_told_afterwards(
    status: ActionStatus,
    moment: datetime,
    late: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    (event,) = when(given(*FIX["in-progress"]), ended(status, moment))

    assert isinstance(event, ev.ActionCompleted | ev.ActionAbandoned)
    assert (event.at, event.late) == (moment, late)
    action = given(*FIX["in-progress"], event).action("ACT-1")
    assert action is not None
    assert action.completed_at == moment


@pytest.mark.parametrize(
    ("before", "status", "moment"),
    [
        ("in-progress", "completed", LATER + MINUTE + MOMENT),
        ("in-progress", "completed", NOON - MOMENT),
        ("in-progress", "abandoned", NOON - MOMENT),
        ("proposed", "abandoned", NOON - MOMENT),
        ("proposed", "in-progress", LATER),
    ],
)
def test_a_fix_ends_after_it_began_and_not_in_the_future(
    before: ActionStatus, status: ActionStatus, moment: datetime
) -> None:
    assert refusal(given(*FIX[before]), ended(status, moment)) == "bad-time"


def test_only_an_end_is_told_with_its_time() -> None:
    command = work.ChangeAction(by="cy", action="ACT-1", owner="mei", timestamp=LATER)

    assert refusal(given(*FIX["in-progress"]), command) == "bad-time"


@pytest.mark.parametrize("before", ["proposed", "in-progress"])
def test_an_abandoned_fix_says_whether_it_had_begun(before: ActionStatus) -> None:
    command = work.ChangeAction(by="cy", action="ACT-1", status="abandoned")

    assert when(given(*FIX[before]), command) == [
        ev.ActionAbandoned(by="cy", at=LATER, action="ACT-1", from_status=before)
    ]


def test_who_starts_a_fix_of_nobody_owns_it() -> None:
    assert when(given(declared(), proposed()), start(by="bo")) == [started(owner="bo", at=LATER)]


def test_starting_for_its_owner_leaves_it_theirs() -> None:
    (event,) = when(given(declared(), proposed(owner="mei")), start(by="bo"))

    assert event == ev.ActionStarted(by="bo", at=LATER, action="ACT-1", owner="mei")


def test_an_unknown_fix_is_not_there() -> None:
    incident = given(declared(), proposed())

    assert refusal(incident, start(2)) == "no-such-action"
    assert refusal(incident, work.ClearReservation(by="system", action="ACT-2")) == "no-such-action"


@pytest.mark.parametrize("end", [(resolved(), closed()), (cancelled(),)])
def test_nothing_is_fixed_once_it_is_over(end: tuple[ev.Event, ...]) -> None:
    incident = given(declared(), proposed(), *end)

    assert refusal(incident, work.ProposeAction(by="cy", description="More")) == "not-open"
    assert refusal(incident, start()) == "not-open"


@pytest.mark.parametrize("before", ["proposed", "in-progress"])
def test_an_unfinished_fix_can_change_hands(before: ActionStatus) -> None:
    command = work.ChangeAction(by="bo", action="ACT-1", owner="mei")

    assert when(given(*FIX[before]), command) == [
        ev.ActionReassigned(by="bo", at=LATER, action="ACT-1", owner="mei")
    ]


@pytest.mark.parametrize("before", ["completed", "abandoned"])
@pytest.mark.parametrize("field", ["owner", "description", "impact"])
def test_a_finished_fix_stays_as_it_is(before: ActionStatus, field: str) -> None:
    command = work.ChangeAction.model_validate({"by": "bo", "action": "ACT-1", field: "mei"})

    assert refusal(given(*FIX[before]), command) == "bad-transition"


def test_saying_what_is_so_already_changes_nothing() -> None:
    incident = given(declared(), proposed(owner="mei", impact="none"), completed())
    command = work.ChangeAction(
        by="bo",
        action="ACT-1",
        owner="mei",
        description="Restart the proxies",
        impact="none",
        status="completed",
        approved=False,
    )

    assert when(incident, command) == []


def test_a_fix_is_described_anew() -> None:
    command = work.ChangeAction(
        by="bo", action="ACT-1", description="Restart the proxies", impact="none"
    )

    events = when(given(declared(), proposed()), command)

    assert events == [ev.ActionDescribed(by="bo", at=LATER, action="ACT-1", impact="none")]
    (action,) = given(declared(), proposed(), *events).actions
    assert (action.description, action.impact) == ("Restart the proxies", "none")


def test_several_changes_at_once_happen_in_their_order() -> None:
    command = work.ChangeAction(
        by="ada",
        action="ACT-1",
        approved=True,
        owner="mei",
        impact="none",
        status="in-progress",
    )

    events = when(given(GRAVE, holds("ada"), proposed()), command)

    assert [event.kind for event in events] == [
        "action_approved",
        "action_reassigned",
        "action_described",
        "action_started",
    ]
    assert isinstance(events[-1], ev.ActionStarted)
    assert events[-1].owner == "mei"


def test_of_several_changes_all_or_none_are_made() -> None:
    command = work.ChangeAction(by="cy", action="ACT-1", owner="mei", status="completed")

    assert refusal(given(declared(), proposed()), command) == "bad-transition"


# --- approval


@pytest.mark.parametrize("severity", [1, 2, 3, 4, 5])
def test_on_severity_1_and_2_a_fix_needs_approval(severity: int) -> None:
    incident = given(declared(severity=severity), proposed())

    if severity <= 2:
        assert refusal(incident, start()) == "approval-needed"
    else:
        assert when(incident, start()) == [started(at=LATER)]


def test_an_approved_fix_may_start() -> None:
    incident = given(GRAVE, holds("ada"), proposed())

    events = when(incident, approve("ada"))

    assert events == [ev.ActionApproved(by="ada", at=LATER, action="ACT-1")]
    after = given(GRAVE, holds("ada"), proposed(), *events)
    assert after.actions[0].approved_by == "ada"
    assert when(after, start()) == [started(at=LATER)]


def test_raising_the_severity_makes_unapproved_fixes_wait() -> None:
    raised = ev.SeverityChanged(by="ada", at=NOON, severity=2, previous=3)

    assert refusal(given(declared(), proposed(), raised), start()) == "approval-needed"


def test_the_refusal_names_who_can_approve() -> None:
    led = given(GRAVE, holds("ada"), proposed())
    unled = given(GRAVE, proposed())

    assert "ada" in refused(led, start()).message
    assert "a commander" in refused(unled, start()).message


Leads = tuple[str | None, str | None]
Verdict = Literal["approved", "not-approver", "own-approval"]


@pytest.mark.parametrize(
    ("commander", "operations_lead", "proposer", "by", "verdict"),
    [
        ("ada", None, "cy", "ada", "approved"),
        ("ada", "mei", "cy", "ada", "approved"),
        ("ada", "mei", "cy", "mei", "not-approver"),
        ("ada", "mei", "cy", "cy", "not-approver"),
        ("ada", "mei", "mei", "ada", "approved"),
        ("ada", "mei", "mei", "mei", "not-approver"),
        ("ada", "mei", "ada", "ada", "own-approval"),
        ("ada", "mei", "ada", "mei", "approved"),
        ("ada", None, "ada", "ada", "approved"),
        ("ada", "ada", "ada", "ada", "approved"),
        (None, "mei", "cy", "mei", "approved"),
        (None, "mei", "mei", "mei", "approved"),
        (None, "mei", "cy", "cy", "not-approver"),
        (None, None, "cy", "cy", "not-approver"),
        (None, None, "cy", "ada", "not-approver"),
    ],
)
def test_who_leads_approves_but_not_their_own_idea_where_another_can(
    commander: str | None, operations_lead: str | None, proposer: str, by: str, verdict: Verdict
) -> None:
    leads = [
        holds(holder, role)
        for holder, role in (
            (commander, "incident_commander"),
            (operations_lead, "operations_lead"),
        )
        if holder
    ]
    incident = given(GRAVE, *leads, proposed(by=proposer))

    if verdict == "approved":
        assert when(incident, approve(by)) == [ev.ActionApproved(by=by, at=LATER, action="ACT-1")]
    else:
        assert refusal(incident, approve(by)) == verdict


def test_the_commander_who_proposed_is_told_whom_to_ask() -> None:
    incident = given(GRAVE, holds("ada"), holds("mei", "operations_lead"), proposed(by="ada"))

    assert "mei" in refused(incident, approve("ada")).message
    assert refused(incident, approve("cy")).facts == {"approver": "mei"}


def test_an_admin_approves_no_fix_without_the_role() -> None:
    incident = given(GRAVE, holds("ada"), proposed())
    command = work.ChangeAction(by="zoe", authority="admin", action="ACT-1", approved=True)

    assert refusal(incident, command) == "not-approver"


def test_an_approval_can_be_withdrawn_before_the_start() -> None:
    incident = given(GRAVE, holds("ada"), proposed(), approved())

    events = when(incident, withdraw("ada"))

    assert events == [ev.ApprovalWithdrawn(by="ada", at=LATER, action="ACT-1")]
    after = given(GRAVE, holds("ada"), proposed(), approved(), *events)
    assert refusal(after, start()) == "approval-needed"


def test_the_commander_may_withdraw_the_approval_of_their_own_idea() -> None:
    history = (GRAVE, holds("ada"), holds("mei", "operations_lead"), proposed(by="ada"))

    incident = given(*history, approved(by="mei"))

    assert len(when(incident, withdraw("ada"))) == 1
    assert len(when(incident, withdraw("mei"))) == 1
    assert refusal(incident, withdraw("cy")) == "not-approver"


@pytest.mark.parametrize("command", [approve("ada"), withdraw("ada")])
def test_approving_or_withdrawing_twice_is_once(command: work.ChangeAction) -> None:
    incident = given(GRAVE, holds("ada"), proposed(), *([approved()] if command.approved else []))

    assert when(incident, command) == []


@pytest.mark.parametrize("end", [(started(),), (started(), completed()), (abandoned(),)])
def test_what_has_begun_or_ended_is_neither_approved_nor_withdrawn(
    end: tuple[ev.Event, ...],
) -> None:
    history = (declared(), holds("ada"), proposed())

    assert refusal(given(*history, *end), approve("ada")) == "bad-transition"
    assert refusal(given(*history, approved(), *end), withdraw("ada")) == "bad-transition"


@pytest.mark.parametrize("field", ["description", "impact"])
def test_other_words_lose_the_approval(field: str) -> None:
    history = (GRAVE, holds("ada"), proposed(), approved())
    command = work.ChangeAction.model_validate({"by": "cy", "action": "ACT-1", field: "Drop all"})

    events = when(given(*history), command)

    assert [event.kind for event in events] == ["action_described", "approval_withdrawn"]
    assert refusal(given(*history, *events), start()) == "approval-needed"


def test_other_words_and_a_start_at_once_are_refused() -> None:
    incident = given(GRAVE, holds("ada"), proposed(), approved())
    command = work.ChangeAction(
        by="cy", action="ACT-1", description="Drop all", status="in-progress"
    )

    assert refusal(incident, command) == "approval-needed"


def test_the_words_of_the_approver_keep_the_approval() -> None:
    incident = given(GRAVE, holds("ada"), proposed(), approved())
    command = work.ChangeAction(by="ada", action="ACT-1", description="Restart one by one")

    assert [event.kind for event in when(incident, command)] == ["action_described"]


def test_words_about_a_running_fix_take_nothing_from_it() -> None:
    incident = given(GRAVE, holds("ada"), proposed(), approved(), started())
    command = work.ChangeAction(by="cy", action="ACT-1", impact="Slower than thought")

    assert [event.kind for event in when(incident, command)] == ["action_described"]


# --- conflicts

DB_RUNNING = (
    declared(),
    holds("ada"),
    proposed(1, target="db/primary", region="eu", owner="mei"),
    started(1, owner="mei", at=NOON + MINUTE),
)


@pytest.mark.parametrize(
    ("target", "region", "busy"),
    [
        ("db/primary", "eu", True),
        ("db", "eu", True),
        ("db/primary/disk", "eu", True),
        ("db/*", "eu", True),
        ("db/primary", "*", True),
        ("db/primary", None, True),
        ("db/primary", "us", False),
        ("db/replica", "eu", False),
        ("db/primary2", "eu", False),
        ("waf", "eu", False),
        (None, "eu", False),
    ],
)
def test_a_fix_waits_where_another_runs(
    target: str | None,
    region: str | None,
    busy: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    incident = given(*DB_RUNNING, proposed(2, target=target, region=region))

    if busy:
        assert refusal(incident, start(2)) == "target-busy"
    else:
        assert when(incident, start(2)) == [started(2, at=LATER)]


def test_the_refusal_says_who_is_there_since_when_and_with_what() -> None:
    incident = given(*DB_RUNNING, proposed(2, target="db"))

    refusal = refused(incident, start(2))

    (conflict,) = refusal.facts["conflicts"]
    assert conflict == held(
        incident="",
        action="ACT-1",
        holder="mei",
        since=NOON + MINUTE,
        target="db/primary",
        region="eu",
    )
    assert "mei has been on db/primary in eu since 12:01 UTC with ACT-1" in refusal.message


def test_a_fix_without_a_region_is_everywhere() -> None:
    running = proposed(1, target="db"), started(1)

    refusal = refused(given(declared(), *running, proposed(2, target="db")), start(2))

    assert refusal.facts["conflicts"][0].region == "*"
    assert "every region" in refusal.message


@pytest.mark.parametrize("end", [completed(1), abandoned(1)])
def test_an_ended_fix_is_in_nobodys_way(end: ev.Event) -> None:
    incident = given(*DB_RUNNING, end, proposed(2, target="db", region="eu"))

    assert len(when(incident, start(2))) == 1


def test_what_other_incidents_hold_is_in_the_way_too() -> None:
    incident = given(declared(), proposed(target="db"))
    command = start().model_copy(update={"conflicts": (held(),)})

    refusal = refused(incident, command)

    assert (refusal.code, refusal.facts) == ("target-busy", {"conflicts": (held(),)})
    assert "ACT-9 of INC-9" in refusal.message


def test_the_commander_overrides_a_conflict_with_a_reason() -> None:
    incident = given(*DB_RUNNING, proposed(2, target="db"))
    command = start(2, by="ada", override="The primary is lost anyway")

    overridden, begun = when(incident, command.model_copy(update={"conflicts": (held(),)}))

    assert isinstance(overridden, ev.ConflictOverridden)
    assert overridden.reason == "The primary is lost anyway"
    assert [hold.action for hold in overridden.conflicts] == ["ACT-1", "ACT-9"]
    assert begun == started(2, owner="ada", at=LATER)


@pytest.mark.parametrize("authority", ["responder", "admin"])
def test_only_the_commander_overrides(authority: Literal["responder", "admin"]) -> None:
    incident = given(*DB_RUNNING, proposed(2, target="db"))
    command = start(2, by="mei", override="Trust me").model_copy(update={"authority": authority})

    assert refusal(incident, command) == "override-not-commander"


def test_nobody_overrides_without_a_commander() -> None:
    running = declared(), proposed(1, target="db"), started(1), proposed(2, target="db")

    assert refusal(given(*running), start(2, override="Why not")) == "override-not-commander"


def test_an_override_is_not_an_approval() -> None:
    incident = given(GRAVE, *DB_RUNNING[1:], proposed(2, target="db"))

    assert refusal(incident, start(2, by="ada", override="Now")) == "approval-needed"


def test_an_override_that_nothing_needs_is_a_plain_start() -> None:
    incident = given(declared(), holds("ada"), proposed(target="db"))

    assert when(incident, start(by="ada", override="In case")) == [started(owner="ada", at=LATER)]


# --- reservations


def test_a_hold_without_a_start_is_taken_back() -> None:
    incident = given(declared(), proposed(target="db/primary"))

    events = when(incident, work.ClearReservation(by="system", action="ACT-1"))

    assert events == [
        ev.ReservationCleared(by="system", at=LATER, action="ACT-1", target="db/primary")
    ]


def test_a_running_fix_keeps_its_hold() -> None:
    incident = given(*DB_RUNNING)

    assert refusal(incident, work.ClearReservation(by="system", action="ACT-1")) == "bad-transition"


def test_a_hold_is_taken_back_even_when_all_is_over() -> None:
    incident = given(declared(), proposed(target="db"), cancelled())

    assert len(when(incident, work.ClearReservation(by="system", action="ACT-1"))) == 1
