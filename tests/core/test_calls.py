"""Who was paged beside the ladder is waited for until they enter something."""

from datetime import timedelta

from incident.core import events as ev
from incident.core.pieces import Call
from incident.core.policy import BUILT_IN
from tests.builders import NOON, declared, given, holds, noted, resolved


def by_name(*people: str, by: str = "ada") -> ev.PeopleCalled:
    return ev.PeopleCalled(by=by, at=NOON, people=people)


def for_command(*people: str) -> ev.CommanderMissing:
    found = tuple(ev.Called(person=person, why="on call") for person in people)
    return ev.CommanderMissing(by="system", at=NOON, since=NOON, people=found)


def test_whoever_is_paged_by_name_is_waited_for_until_they_enter_something() -> None:
    history: list[ev.Event] = [declared(severity=3), by_name("bo", "mei")]

    assert given(*history).calls == (Call(person="bo", by="ada"), Call(person="mei", by="ada"))
    assert given(*history, noted(by="bo")).calls == (Call(person="mei", by="ada"),)
    assert given(*history, noted(by="ada")).calls == given(*history).calls


def test_the_newest_call_of_a_person_counts_and_nobody_waits_for_themselves() -> None:
    calls = given(declared(severity=3), by_name("bo"), by_name("bo", "mei", by="mei")).calls

    assert calls == (Call(person="bo", by="mei"),)


def test_whoever_is_paged_to_command_is_waited_for_until_somebody_commands() -> None:
    history: list[ev.Event] = [
        declared(severity=1, terms=BUILT_IN.terms(0)),
        by_name("cy"),
        for_command("bo"),
    ]
    lowered = ev.SeverityChanged(by="ada", at=NOON + timedelta(minutes=1), severity=3, previous=1)

    assert given(*history).calls == (Call(person="cy", by="ada"), Call(person="bo", by="system"))
    assert given(*history, holds("mei")).calls == (Call(person="cy", by="ada"),)
    assert given(*history, lowered).calls == (Call(person="cy", by="ada"),)


def test_an_incident_that_has_ended_waits_for_nobody() -> None:
    assert given(declared(severity=3), by_name("bo"), resolved()).calls == ()
