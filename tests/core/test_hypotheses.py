import pytest

from incident.core import events as ev
from incident.core import work_commands as work
from incident.core.role_events import Verdict
from tests.builders import (
    LATER,
    NOON,
    cancelled,
    closed,
    declared,
    given,
    noted,
    refusal,
    refused,
    resolved,
    when,
)

RAISED = ev.HypothesisRaised(by="cy", at=NOON, hypothesis="H1", description="A bad deploy")
HISTORY = (declared(), noted(), RAISED)


def judge(verdict: Verdict, reason: str = "", *entries: int) -> work.JudgeHypothesis:
    return work.JudgeHypothesis(
        by="mei", hypothesis="H1", verdict=verdict, reason=reason, entries=entries
    )


def test_hypotheses_are_numbered_in_their_incident() -> None:
    (event,) = when(given(*HISTORY), work.RaiseHypothesis(by="bo", description="A full disk"))

    assert event == ev.HypothesisRaised(
        by="bo", at=LATER, hypothesis="H2", description="A full disk"
    )
    names = [one.id for one in given(*HISTORY, event).hypotheses]
    assert names == ["H1", "H2"]


def test_a_hypothesis_is_open_until_it_is_judged() -> None:
    (one,) = given(*HISTORY).hypotheses

    assert (one.verdict, one.by, one.at) == ("open", "cy", NOON)


@pytest.mark.parametrize("verdict", ["supported", "eliminated"])
def test_a_judgement_names_what_speaks_for_it(verdict: Verdict) -> None:
    events = when(given(*HISTORY), judge(verdict, "Same minute", 2))

    assert events == [
        ev.HypothesisJudged(
            by="mei",
            at=LATER,
            hypothesis="H1",
            verdict=verdict,
            reason="Same minute",
            entries=(2,),
        )
    ]
    (one,) = given(*HISTORY, *events).hypotheses
    assert (one.verdict, one.by, one.at) == (verdict, "mei", LATER)


def test_what_was_eliminated_can_be_opened_again() -> None:
    eliminated = when(given(*HISTORY), judge("eliminated"))

    opened = when(given(*HISTORY, *eliminated), judge("open"))

    assert given(*HISTORY, *eliminated, *opened).hypotheses[0].verdict == "open"


def test_the_same_verdict_again_is_told_only_with_something_new() -> None:
    eliminated = when(given(*HISTORY), judge("eliminated"))
    incident = given(*HISTORY, *eliminated)

    assert when(incident, judge("eliminated")) == []
    assert len(when(incident, judge("eliminated", "Rolled back, no change"))) == 1
    assert len(when(incident, judge("eliminated", "", 2))) == 1


def test_what_nobody_raised_is_not_judged() -> None:
    command = work.JudgeHypothesis(by="mei", hypothesis="H2", verdict="open")

    assert refusal(given(*HISTORY), command) == "no-such-hypothesis"


@pytest.mark.parametrize("entry", [0, -1, 4])
def test_an_entry_that_is_not_there_speaks_for_nothing(entry: int) -> None:
    refusal = refused(given(*HISTORY), judge("supported", "", 2, entry))

    assert (refusal.code, f"T{entry}" in refusal.message) == ("no-such-entry", True)


@pytest.mark.parametrize("end", [(resolved(), closed()), (cancelled(),)])
def test_what_is_over_is_still_judged_but_nothing_new_is_raised(end: tuple[ev.Event, ...]) -> None:
    incident = given(*HISTORY, *end)

    assert refusal(incident, work.RaiseHypothesis(by="bo", description="x")) == "not-open"
    assert len(when(incident, judge("supported"))) == 1
