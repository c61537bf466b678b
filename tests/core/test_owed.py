from collections.abc import Sequence

import pytest

from incident.core import events as ev
from incident.core.owed import Kind, Owed, owed
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    acknowledged,
    declared,
    given,
    holds,
    noted,
    offered,
    paged,
    proposed,
    resolved,
    started,
)

LED = (declared(severity=2), holds("ada"))


def owing(*events: ev.Event, before: Sequence[ev.Event] = LED) -> list[tuple[str, Kind]]:
    """Who must hear of `events`, and as what."""
    return [(one.person, one.kind) for one in owed(events, given(*before, *events))]


def shift_ended() -> ev.ShiftEnded:
    return ev.ShiftEnded(by="system", at=NOON, role="scribe", holder="mei", next="bo")


def missing(*people: str) -> ev.CommanderMissing:
    called = tuple(ev.Called(person=who, why="on call") for who in people)
    return ev.CommanderMissing(by="system", at=NOON, since=NOON, people=called)


UPDATE_MISSED = ev.UpdateMissed(by="system", at=NOON, audience="customers", due_at=NOON)

HEARD: list[tuple[ev.Event, list[tuple[str, Kind]]]] = [
    (paged("mei", "bo"), [("mei", "page"), ("bo", "page")]),
    (paged("mei", again=True), [("mei", "page")]),
    (paged(), []),
    (ev.PeopleCalled(by="ada", at=NOON, people=("bo",)), [("bo", "page")]),
    (
        ev.AcknowledgementQuestioned(by="system", at=NOON, person="bo", answer_by=LATER),
        [("bo", "question")],
    ),
    (offered("bo", "scribe"), [("bo", "offer")]),
    (offered("bo", "scribe", by="bo"), []),
    (holds("bo", by="ada"), [("bo", "assigned")]),
    (holds("bo"), []),
    (shift_ended(), [("mei", "shift")]),
    (missing("mei"), [("mei", "commander-missing")]),
    (UPDATE_MISSED, [("ada", "update-overdue")]),
    (
        ev.ActionOverdue(by="system", at=NOON, action="ACT-1", owner="cy", estimate=MINUTE),
        [("cy", "action-overdue")],
    ),
    (
        ev.ResolveTargetMissed(by="system", at=NOON, resolve_by=NOON),
        [("ada", "resolve-target")],
    ),
    (
        ev.PostmortemOverdue(by="system", at=NOON, postmortem_by=NOON, owner="mei"),
        [("mei", "postmortem")],
    ),
    (ev.PostmortemOverdue(by="system", at=NOON, postmortem_by=NOON), []),
    (noted(), []),
    (resolved(), []),
    (acknowledged("mei"), []),
]


@pytest.mark.parametrize(("event", "hearers"), HEARD, ids=lambda v: getattr(v, "kind", ""))
def test_people_hear_of_what_concerns_them(
    event: ev.Event, hearers: list[tuple[str, Kind]]
) -> None:
    assert owing(event) == hearers


def test_who_speaks_for_the_incident_hears_of_missed_updates_before_the_commander() -> None:
    assert owing(UPDATE_MISSED, before=(*LED, holds("bo", "communications_lead"))) == [
        ("bo", "update-overdue")
    ]
    assert owing(UPDATE_MISSED, before=(declared(),)) == []


def test_nobody_hears_of_a_missed_target_where_nobody_commands() -> None:
    target = ev.ResolveTargetMissed(by="system", at=NOON, resolve_by=NOON)

    assert owing(target, before=(declared(),)) == []


def test_what_is_owed_names_its_event_in_the_commit() -> None:
    events = (noted(), paged("mei"), proposed(), started())

    assert owed(events, given(*LED, *events)) == (Owed(index=1, person="mei", kind="page"),)


@pytest.mark.parametrize(("severity", "urgent"), [(1, True), (2, False), (5, False)])
def test_only_the_worst_severity_is_urgent(severity: int, urgent: bool) -> None:  # noqa: FBT001 (a column of the table)
    history = (declared(severity=severity), paged("mei"))

    (one,) = owed(history, given(*history))

    assert one.urgent is urgent


def test_whoever_is_paged_hears_of_no_offer_in_the_same_breath() -> None:
    assert owing(offered("mei"), offered("bo", "scribe"), paged("mei")) == [
        ("bo", "offer"),
        ("mei", "page"),
    ]


def test_whoever_is_paged_for_two_reasons_at_once_is_paged_once() -> None:
    both = (paged("mei", "bo", again=True), missing("mei", "cy"))

    assert owing(*both) == [("mei", "page"), ("bo", "page"), ("cy", "commander-missing")]


def test_a_page_hides_no_question_and_no_shift() -> None:
    question = ev.AcknowledgementQuestioned(by="system", at=NOON, person="mei", answer_by=LATER)

    assert owing(question, shift_ended(), missing("mei")) == [
        ("mei", "question"),
        ("mei", "shift"),
        ("mei", "commander-missing"),
    ]
