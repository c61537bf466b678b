from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from incident.core import commands as do
from incident.core import events as ev
from incident.core.decide import decide
from incident.core.incident import Incident, evolve, fold
from incident.core.rejected import Code, Rejected
from incident.core.values import ENDED
from tests.builders import NOON
from tests.core.strategies import EVENTS, commands, events, valid

Session = tuple[do.Declare, list[tuple[do.Command, int]]]
SESSIONS: st.SearchStrategy[Session] = st.tuples(
    valid(do.Declare), st.lists(st.tuples(commands, st.integers(0, 10_000)), max_size=12)
)
"""A declaration and what people did then, each with the seconds since the last."""


def lived(session: Session) -> tuple[list[ev.Event], Incident, datetime]:
    """The log, the state and the time after a session; what was refused left no trace."""
    declaration, steps = session
    now = NOON + timedelta(days=2)  # after every time that the strategies know
    log: list[ev.Event] = []
    incident = Incident()
    begun: list[tuple[do.Command, int]] = [(declaration, 0)]
    for command, seconds in begun + steps:
        now += timedelta(seconds=seconds)
        chosen = chosen_or_none(incident, command, now)
        log += chosen
        incident = fold(chosen, incident)
    return log, incident, now


def chosen_or_none(incident: Incident, command: do.Command, now: datetime) -> list[ev.Event]:
    answer = events_or_refusal(incident, command, now)
    return [] if isinstance(answer, Rejected) else answer


def events_or_refusal(
    incident: Incident, command: do.Command, now: datetime
) -> list[ev.Event] | Rejected:
    try:
        return decide(incident, command, now)
    except Rejected as refusal:
        return refusal


def as_stored(value: object) -> object:
    """What the database gives back: tuples as lists, durations as numbers."""
    match value:
        case dict():
            return {name: as_stored(member) for name, member in value.items()}
        case list() | tuple():
            return [as_stored(member) for member in value]
        case _:
            return value


def read_again(events: Sequence[ev.Event]) -> list[ev.Event]:
    return [
        ev.EVENT.validate_python(as_stored(event.model_dump(exclude_none=True))) for event in events
    ]


@given(SESSIONS, commands)
def test_whatever_is_asked_is_answered_with_events_or_refused(
    session: Session, command: do.Command
) -> None:
    _, incident, now = lived(session)

    answer = events_or_refusal(incident, command, now)

    if isinstance(answer, Rejected):
        assert answer.message.endswith(".")
        assert "\n" not in answer.message
        assert answer.code in get_args(Code)
    else:
        assert fold(answer, incident).entries == incident.entries + len(answer)


@given(SESSIONS, commands)
def test_the_same_question_has_the_same_answer(session: Session, command: do.Command) -> None:
    _, incident, now = lived(session)

    assert chosen_or_none(incident, command, now) == chosen_or_none(incident, command, now)


@given(SESSIONS)
def test_the_state_is_the_fold_of_its_log(session: Session) -> None:
    log, incident, _ = lived(session)

    assert fold(log) == incident
    assert fold(read_again(log)) == incident
    assert incident.entries == len(log)
    assert all(moment.microsecond % 1000 == 0 for moment in moments(incident.model_dump()))


@given(SESSIONS, commands)
def test_an_ended_incident_has_no_deadline(session: Session, command: do.Command) -> None:
    _, incident, now = lived(session)

    incident = fold(chosen_or_none(incident, command, now), incident)

    assert incident.wake_at is None or incident.status not in ENDED


@given(SESSIONS)
def test_after_its_deadline_and_a_tick_the_next_one_lies_ahead(session: Session) -> None:
    _, incident, now = lived(session)
    due = incident.wake_at
    assume(due is not None)

    assert due is not None
    late = max(due, now)
    after = fold(decide(incident, do.Tick(), late), incident)

    assert after.wake_at is None or after.wake_at > late


@given(st.lists(events, max_size=15))
def test_any_history_can_be_told_and_stored(told: list[ev.Event]) -> None:
    incident = fold(told)

    assert incident.entries == len(told)
    assert incident.wake_at is None or incident.status not in ENDED
    assert Incident.model_validate(as_stored(incident.model_dump())) == incident
    assert Incident.model_validate_json(incident.model_dump_json()) == incident


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.model_fields["kind"].default))
@settings(max_examples=4)
@given(told=st.lists(events, max_size=3), data=st.data())
def test_every_kind_of_event_is_told_of_any_state(
    kind: type[ev.Event], told: list[ev.Event], data: st.DataObject
) -> None:
    incident = fold(told)
    event = data.draw(valid(kind))

    assert isinstance(event, kind)
    assert evolve(incident, event).entries == incident.entries + 1


@given(events)
def test_an_event_is_read_as_it_was_stored(event: ev.Event) -> None:
    assert ev.EVENT.validate_python(as_stored(event.model_dump())) == event
    assert ev.EVENT.validate_python(as_stored(event.model_dump(exclude_none=True))) == event
    assert ev.EVENT.validate_json(event.model_dump_json()) == event


def moments(value: object) -> list[datetime]:
    match value:
        case datetime():
            return [value]
        case dict():
            return [moment for member in value.values() for moment in moments(member)]
        case list() | tuple():
            return [moment for member in value for moment in moments(member)]
        case _:
            return []
