"""How a fix turned out, and how long it takes: said with its end, and while it is worked on."""

from datetime import timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.chronicle import sentence
from incident.core.incident import evolve
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    approved,
    declared,
    given,
    holds,
    proposed,
    refusal,
    started,
    when,
)

RUNNING = (declared(severity=3), proposed(), started())


def changed(**fields: object) -> work.ChangeAction:
    return work.ChangeAction.model_validate({"by": "cy", "action": "ACT-1", **fields})


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("completed", "ACT-1 completed: errors are gone"),
        ("abandoned", "ACT-1 abandoned while in progress: errors are gone"),
    ],
)
def test_the_end_of_a_fix_says_how_it_turned_out(status: str, told: str) -> None:
    incident = given(*RUNNING)

    events = when(incident, changed(status=status, reason="errors are gone"))

    assert [sentence(event) for event in events] == [told]
    assert given(*RUNNING, *events).actions[0].reason == "errors are gone"


@pytest.mark.parametrize("fields", [{}, {"status": "in-progress"}, {"owner": "mei"}])
def test_nothing_but_an_end_turned_out_somehow(fields: dict[str, str]) -> None:
    incident = given(declared(severity=3), proposed())

    assert refusal(incident, changed(reason="errors are gone", **fields)) == "bad-transition"


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_who_ends_a_fix_after_somebody_else_hears_that_their_word_on_it_is_not_kept(
    status: str,
) -> None:
    ended = when(given(*RUNNING), changed(status=status, reason="errors are gone"))
    incident = given(*RUNNING, *ended)

    assert refusal(incident, changed(status=status, reason="it took two tries")) == "bad-transition"
    assert when(incident, changed(status=status, reason="errors are gone")) == []
    assert when(incident, changed(status=status)) == []


def test_how_a_fix_turned_out_goes_with_a_redaction() -> None:
    history = (*RUNNING, *when(given(*RUNNING), changed(status="completed", reason="of Eve Doe")))
    incident = given(*history)
    command = do.RedactEntry(by="root", authority="admin", entry=4, original=history[-1])

    events = when(incident, command)

    assert [event.fields for event in events if isinstance(event, ev.EntryRedacted)] == [
        ("actions.ACT-1.reason",)
    ]
    assert "Eve" not in evolve(incident, events[0]).model_dump_json()


def test_another_estimate_takes_no_approval_back() -> None:
    incident = given(declared(severity=1), holds("ada"), proposed(), approved())

    events = when(incident, changed(estimate=timedelta(minutes=20)))

    assert [event.kind for event in events] == ["action_described"]
    assert sentence(events[0]) == "ACT-1 is estimated to take 20 min"


def test_a_fix_is_no_longer_overdue_once_it_is_said_to_take_longer() -> None:
    late = ev.ActionOverdue(by="system", at=LATER, action="ACT-1", owner="cy", estimate=MINUTE)
    incident = given(*RUNNING, late)
    assert incident.actions[0].overdue

    events = when(incident, changed(estimate=timedelta(hours=1)))

    action = evolve(incident, events[0]).actions[0]
    assert not action.overdue
    assert action.wake_at == NOON + timedelta(hours=1)
