import pytest

from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.pieces import Action
from tests.builders import (
    LATER,
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
    noted,
    proposed,
    refusal,
    refused,
    resolved,
    started,
    when,
)

BUSY = (
    declared(),
    proposed(1, target="db", region="eu"),
    started(1, owner="mei"),
    proposed(2, target="db/primary", region="eu"),
)
"""ACT-1 runs on db, and ACT-2 would touch a part of it."""


def run_after(after: str, action: int = 2, by: str = "bo") -> work.ChangeAction:
    return work.ChangeAction(by=by, action=f"ACT-{action}", run_after=after)


def queued(after: str = "ACT-1", action: int = 2, by: str = "bo") -> ev.ActionQueued:
    return ev.ActionQueued(by=by, at=NOON, action=f"ACT-{action}", after=after)


WAITING = (*BUSY, queued())
FREE = (*WAITING, completed(1))
GRAVE = (declared(severity=1), *WAITING[1:])


def start(after: str | None = "ACT-1", action: int = 2, **fields: object) -> work.StartQueued:
    told = {"action": f"ACT-{action}", "after": after}
    return work.StartQueued.model_validate(told | fields)


def second(*history: ev.Event) -> Action:
    found = given(*history).action("ACT-2")
    assert found is not None
    return found


# --- waiting


def test_the_answer_to_a_busy_target_is_to_run_after_what_holds_it() -> None:
    command = work.ChangeAction(by="bo", action="ACT-2", status="in-progress")

    refusal = refused(given(*BUSY), command)

    assert refusal.code == "target-busy"
    assert refusal.message == (
        "mei has been on db in eu since 12:00 UTC with ACT-1. "
        "Run this one after it, or wait for it to end."
    )


def test_a_fix_can_wait_for_another_to_end() -> None:
    events = when(given(*BUSY), run_after("ACT-1"))

    assert events == [ev.ActionQueued(by="bo", at=LATER, action="ACT-2", after="ACT-1")]
    waiting = second(*BUSY, *events)
    assert (waiting.status, waiting.run_after, waiting.queued_by) == ("proposed", "ACT-1", "bo")


def test_waiting_for_the_same_again_changes_nothing() -> None:
    assert when(given(*WAITING), run_after("ACT-1")) == []


def test_a_fix_can_wait_for_one_of_another_incident() -> None:
    (event,) = when(given(*BUSY), run_after("INC-3/ACT-4"))

    assert isinstance(event, ev.ActionQueued)
    assert event.after == "INC-3/ACT-4"


def test_a_fix_can_wait_no_longer() -> None:
    events = when(given(*WAITING), run_after(""))

    assert events == [ev.ActionUnqueued(by="bo", at=LATER, action="ACT-2")]
    assert second(*WAITING, *events).run_after is None
    assert when(given(*BUSY), run_after("")) == []


def test_a_fix_can_wait_for_something_else_instead() -> None:
    events = when(given(*WAITING), run_after("INC-3/ACT-4", by="cy"))

    waiting = second(*WAITING, *events)
    assert (waiting.run_after, waiting.queued_by) == ("INC-3/ACT-4", "cy")


def test_a_fix_does_not_wait_for_itself() -> None:
    assert refusal(given(*BUSY), run_after("ACT-2")) == "bad-queue"


def test_fixes_do_not_wait_for_each_other_in_a_circle() -> None:
    circle: tuple[ev.Event, ...] = (
        declared(),
        *(proposed(number) for number in (1, 2, 3)),
        queued("ACT-1", 2),
        queued("ACT-2", 3),
    )

    assert refusal(given(*circle), run_after("ACT-3", 1)) == "bad-queue"
    assert refusal(given(*circle), run_after("ACT-2", 1)) == "bad-queue"


def test_a_fix_may_wait_for_one_that_waits_itself() -> None:
    chain = (*WAITING, proposed(3))

    assert len(when(given(*chain), run_after("ACT-2", 3))) == 1


def test_nothing_waits_for_what_is_not_there() -> None:
    assert refusal(given(*BUSY), run_after("ACT-9")) == "no-such-action"


@pytest.mark.parametrize("end", [completed(1), abandoned(1)], ids=lambda event: event.kind)
def test_nothing_waits_for_what_has_ended(end: ev.Event) -> None:
    assert refusal(given(*BUSY, end), run_after("ACT-1")) == "bad-transition"


def test_what_has_begun_waits_for_nothing() -> None:
    history = declared(), proposed(), started(), proposed(2)

    assert refusal(given(*history), run_after("ACT-2", 1)) == "bad-transition"


@pytest.mark.parametrize("status", ["in-progress", "abandoned"])
def test_what_is_started_or_given_up_by_hand_waits_no_longer(status: str) -> None:
    command = work.ChangeAction.model_validate({"by": "cy", "action": "ACT-2", "status": status})

    events = when(given(*FREE), command)

    waiting = second(*FREE, *events)
    assert (waiting.run_after, waiting.queued_by) == (None, None)
    assert when(given(*FREE, *events), start()) == []


# --- the other one ends


@pytest.mark.parametrize("end", [completed(1), abandoned(1)], ids=lambda event: event.kind)
def test_when_the_other_ends_the_waiting_fix_starts_by_itself(end: ev.Event) -> None:
    events = when(given(*WAITING, end), start())

    assert events == [
        ev.ActionStarted(
            by="system", at=LATER, action="ACT-2", owner="bo", after="ACT-1", asked_by="bo"
        )
    ]
    after = second(*WAITING, end, *events)
    assert (after.status, after.run_after, after.started_at) == ("in-progress", None, LATER)


def test_it_belongs_to_its_owner_or_else_to_who_had_it_wait() -> None:
    owned = (*FREE, ev.ActionReassigned(by="ada", at=NOON, action="ACT-2", owner="zoe"))

    (event,) = when(given(*owned), start())

    assert isinstance(event, ev.ActionStarted)
    assert (event.owner, event.asked_by) == ("zoe", "bo")


def test_it_starts_once() -> None:
    events = when(given(*FREE), start())

    assert when(given(*FREE, *events), start()) == []


def test_it_does_not_start_before_the_other_has_ended() -> None:
    apart = (declared(), proposed(1), started(1), proposed(2), queued())

    assert when(given(*apart), start()) == []
    assert when(given(*apart), start(None)) == []


def test_what_waits_for_something_else_by_now_does_not_start() -> None:
    history = (*FREE, queued("INC-3/ACT-4"))

    assert when(given(*history), start("ACT-1")) == []
    assert len(when(given(*history), start("INC-3/ACT-4"))) == 1


def test_what_does_not_wait_is_not_started() -> None:
    assert when(given(*BUSY), start()) == []
    assert when(given(*BUSY), start(action=9)) == []


def test_on_a_grave_incident_it_starts_only_if_it_is_still_approved() -> None:
    waiting = (*GRAVE, holds("ada"), approved(2), completed(1))

    assert [event.kind for event in when(given(*waiting), start())] == ["action_started"]
    withdrawn = ev.ApprovalWithdrawn(by="ada", at=NOON, action="ACT-2")
    events = when(given(*waiting, withdrawn), start())
    assert events == [
        ev.ActionUnqueued(by="system", at=LATER, action="ACT-2", reason="it is not approved")
    ]
    assert second(*waiting, withdrawn, *events).run_after is None


def test_what_the_severity_asks_for_by_now_counts() -> None:
    raised = ev.SeverityChanged(by="ada", at=NOON, severity=1, previous=3)

    (event,) = when(given(*FREE, raised), start())

    assert event.kind == "action_unqueued"


@pytest.mark.parametrize("end", [(resolved(),), (resolved(), closed()), (cancelled(),)])
def test_it_does_not_start_in_an_incident_that_is_over(end: tuple[ev.Event, ...]) -> None:
    (event,) = when(given(*FREE, *end), start())

    assert isinstance(event, ev.ActionUnqueued)
    assert event.reason == f"the incident is {end[-1].kind}"


def test_if_something_else_got_in_between_it_waits_for_that() -> None:
    third = (*FREE, proposed(3, target="db", region="eu"), started(3))

    events = when(given(*third), start())

    assert events == [ev.ActionQueued(by="system", at=LATER, action="ACT-2", after="ACT-3")]
    waiting = second(*third, *events)
    assert (waiting.run_after, waiting.queued_by) == ("ACT-3", "bo")


def test_of_two_that_wait_for_the_same_the_second_waits_for_the_first() -> None:
    two = (*WAITING, proposed(3, target="db", region="eu"), queued(action=3), completed(1))

    first = when(given(*two), start())
    then = when(given(*two, *first), start(action=3))

    assert [event.kind for event in first] == ["action_started"]
    assert then == [ev.ActionQueued(by="system", at=LATER, action="ACT-3", after="ACT-2")]


def test_if_another_incident_got_in_between_it_waits_for_that() -> None:
    (event,) = when(given(*FREE), start(conflicts=(held(),)))

    assert event == ev.ActionQueued(by="system", at=LATER, action="ACT-2", after="INC-9/ACT-9")


def test_while_what_it_waits_for_holds_the_target_still_it_goes_on_waiting() -> None:
    history = (*BUSY, queued("INC-9/ACT-9"), completed(1))

    assert when(given(*history), start("INC-9/ACT-9", conflicts=(held(),))) == []


def test_waiting_leaves_no_deadline() -> None:
    assert given(*WAITING, noted()).wake_at is None
