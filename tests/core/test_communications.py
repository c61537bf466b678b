from datetime import timedelta

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.values import AUDIENCES, Audience
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    cancelled,
    closed,
    declared,
    given,
    promised,
    refusal,
    resolved,
    when,
)

MOMENT = timedelta(milliseconds=1)


def post(audience: Audience = "customers", within: timedelta | None = None) -> do.PostUpdate:
    return do.PostUpdate(by="bo", audience=audience, message="Still working", next_update_in=within)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_update_promises_the_next_one(audience: Audience) -> None:
    events = when(given(declared()), post(audience, 30 * MINUTE))

    due = LATER + 30 * MINUTE
    assert events == [
        ev.UpdatePosted(by="bo", at=LATER, audience=audience, message="Still working", due_at=due)
    ]
    after = given(declared(), *events)
    channel = after.communications[audience]
    assert (channel.last_sent_at, channel.due_at, channel.missed) == (LATER, due, False)
    assert after.wake_at == due


def test_an_update_may_promise_nothing_and_so_ends_a_promise() -> None:
    history = declared(), promised(due_at=LATER)

    assert given(*history, *when(given(*history), post())).wake_at is None


def test_an_update_after_a_missed_one_is_a_new_promise() -> None:
    missed = ev.UpdateMissed(by="system", at=NOON, audience="customers", due_at=NOON)
    history = declared(), promised(due_at=NOON), missed

    after = given(*history, *when(given(*history), post(within=MINUTE)))

    assert after.communications["customers"].missed is False
    assert after.wake_at == LATER + MINUTE


def test_audiences_are_promised_things_apart() -> None:
    history = declared(), promised("customers", due_at=LATER), promised("support", due_at=NOON)

    assert given(*history).wake_at == NOON
    assert given(*history, promised("support")).wake_at == LATER


def test_a_resolved_incident_still_informs_but_promises_nothing() -> None:
    (event,) = when(given(declared(), resolved()), post(within=MINUTE))

    assert isinstance(event, ev.UpdatePosted)
    assert event.due_at is None


@pytest.mark.parametrize("end", [(resolved(), closed()), (cancelled(),)])
def test_nothing_is_posted_once_it_is_over(end: tuple[ev.Event, ...]) -> None:
    assert refusal(given(declared(), *end), post()) == "not-open"


# --- what falls due

OWED = (
    declared(),
    promised("customers", due_at=LATER),
    promised("leadership", due_at=LATER + MINUTE),
)


def test_before_a_deadline_time_brings_nothing() -> None:
    assert when(given(*OWED), do.Tick(), LATER - MOMENT) == []


def test_at_its_deadline_each_promise_is_missed() -> None:
    assert when(given(*OWED), do.Tick(), LATER) == [
        ev.UpdateMissed(by="system", at=LATER, audience="customers", due_at=LATER)
    ]


def test_long_after_the_deadlines_all_are_missed_at_once() -> None:
    events = when(given(*OWED), do.Tick(), LATER + 60 * MINUTE)

    assert [event.kind for event in events] == ["update_missed", "update_missed"]


def test_a_deadline_is_missed_once() -> None:
    events = when(given(*OWED), do.Tick(), LATER)

    after = given(*OWED, *events)

    assert when(after, do.Tick(), LATER) == []
    assert after.wake_at == LATER + MINUTE
    assert after.communications["customers"].missed is True
    assert after.communications["customers"].due_at == LATER


def test_a_late_tick_after_the_end_misses_nothing() -> None:
    assert when(given(*OWED, resolved()), do.Tick(), LATER + 60 * MINUTE) == []
