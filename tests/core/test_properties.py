from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from incident.core import commands as do
from incident.core import events as ev
from incident.core.decide import decide
from incident.core.incident import Incident, evolve, fold
from incident.core.rejected import Code, Rejected
from incident.core.surroundings import Surroundings
from incident.core.values import ENDED
from tests.builders import NOON
from tests.core.effort import examples
from tests.core.strategies import EVENTS, commands, events, histories, surroundings, valid

Step = tuple[do.Command, int, Surroundings]
Session = tuple[do.Declare, Surroundings, list[Step]]
SESSIONS: st.SearchStrategy[Session] = st.tuples(
    valid(do.Declare),
    surroundings,
    st.lists(st.tuples(commands, st.integers(0, 10_000), surroundings), max_size=12),
)
"""A declaration and what people did then, each with the seconds since the last and with the
policy and the people of that moment."""
MOMENT = timedelta(milliseconds=1)


class Lived(NamedTuple):
    """The log, the state, the time and the surroundings after a session."""

    log: list[ev.Event]
    incident: Incident
    now: datetime
    around: Surroundings


def lived(session: Session) -> Lived:
    """What a session came to; what was refused left no trace."""
    declaration, around, steps = session
    now = NOON + timedelta(days=2)  # after every time that the strategies know
    log: list[ev.Event] = []
    incident = Incident()
    first: Step = (declaration, 0, around)
    for command, seconds, around in [first, *steps]:
        now += timedelta(seconds=seconds)
        chosen = chosen_or_none(incident, command, now, around)
        log += chosen
        incident = fold(chosen, incident)
    return Lived(log, incident, now, around)


def chosen_or_none(
    incident: Incident, command: do.Command, now: datetime, around: Surroundings
) -> list[ev.Event]:
    answer = events_or_refusal(incident, command, now, around)
    return [] if isinstance(answer, Rejected) else answer


def events_or_refusal(
    incident: Incident, command: do.Command, now: datetime, around: Surroundings
) -> list[ev.Event] | Rejected:
    try:
        return decide(incident, command, now, around)
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
    _, incident, now, around = lived(session)

    answer = events_or_refusal(incident, command, now, around)

    if isinstance(answer, Rejected):
        assert answer.message.endswith(".")
        assert "\n" not in answer.message
        assert answer.code in get_args(Code)
    else:
        assert fold(answer, incident).entries == incident.entries + len(answer)


@given(SESSIONS, commands)
def test_the_same_question_has_the_same_answer(session: Session, command: do.Command) -> None:
    _, incident, now, around = lived(session)

    once = chosen_or_none(incident, command, now, around)

    assert chosen_or_none(incident, command, now, around) == once


@given(SESSIONS)
def test_the_state_is_the_fold_of_its_log(session: Session) -> None:
    log, incident, _, _ = lived(session)

    assert fold(log) == incident
    assert fold(read_again(log)) == incident
    assert Incident.model_validate(as_stored(incident.model_dump(exclude_none=True))) == incident
    assert incident.entries == len(log)
    times = [*moments(incident.model_dump()), *filter(None, [incident.wake_at])]
    assert all(moment.microsecond % 1000 == 0 for moment in times)


@given(SESSIONS, commands)
def test_an_ended_incident_has_no_deadline_but_its_post_mortem(
    session: Session, command: do.Command
) -> None:
    _, incident, now, around = lived(session)

    incident = fold(chosen_or_none(incident, command, now, around), incident)

    assert incident.wake_at == incident.postmortem_by or incident.status not in ENDED


@given(SESSIONS)
def test_a_deadline_passes_once_and_not_before_its_time(session: Session) -> None:
    _, incident, now, around = lived(session)
    due = incident.wake_at
    assume(due is not None)

    assert due is not None
    late = max(due, now)
    events = decide(incident, do.Tick(), late, around)
    after = fold(events, incident)

    assert events
    assert after.wake_at is None or after.wake_at > late
    assert decide(after, do.Tick(), late, around) == []
    assert decide(incident, do.Tick(), due - MOMENT, around) == []


@given(SESSIONS, surroundings)
def test_left_alone_every_incident_falls_silent(session: Session, around: Surroundings) -> None:
    _, incident, now, _ = lived(session)

    for _ in range(200):
        if incident.wake_at is None:
            break
        now = max(now, incident.wake_at)
        incident = fold(decide(incident, do.Tick(), now, around), incident)

    assert incident.wake_at is None


PAGES = (
    ev.Paged,
    ev.PeopleCalled,
    ev.CommanderMissing,
    ev.RoleOffered,
    ev.AcknowledgementQuestioned,
)


@given(histories, surroundings)
def test_what_is_only_told_afterwards_pages_nobody(
    told: tuple[ev.Event, ...], around: Surroundings
) -> None:
    now = NOON + timedelta(days=2)
    incident = fold(decide(Incident(), do.Import(by="bo", source="x", events=told), now, around))

    for _ in range(20):
        now = max(now, incident.wake_at or now)
        events = decide(incident, do.Tick(), now, around)
        incident = fold(events, incident)
        assert not [event for event in events if isinstance(event, PAGES)]

    assert incident.wake_at is None


@given(st.lists(events, max_size=15))
def test_any_history_can_be_told_and_stored(told: list[ev.Event]) -> None:
    incident = fold(told)

    assert incident.entries == len(told)
    assert incident.wake_at == incident.postmortem_by or incident.status not in ENDED
    assert Incident.model_validate(as_stored(incident.model_dump())) == incident
    assert Incident.model_validate_json(incident.model_dump_json()) == incident


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: str(kind.model_fields["kind"].default))
@settings(max_examples=examples(3, 10))
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
