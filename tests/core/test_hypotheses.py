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


def cite(*entries: int, against: tuple[int, ...] = (), reason: str = "") -> work.JudgeHypothesis:
    told = {"by": "bo", "hypothesis": "H1", "entries": entries, "against": against}
    return work.JudgeHypothesis.model_validate(told | {"reason": reason})


def evidence(*history: ev.Event) -> tuple[tuple[int, ...], tuple[int, ...]]:
    (one,) = given(*HISTORY, *history).hypotheses
    return one.speaks_for, one.speaks_against


def test_entries_speak_for_and_against_it_without_a_verdict() -> None:
    events = when(given(*HISTORY), cite(2, against=(1,), reason="Before the deploy"))

    assert events == [
        ev.EvidenceCited(
            by="bo",
            at=LATER,
            hypothesis="H1",
            reason="Before the deploy",
            entries=(2,),
            against=(1,),
        )
    ]
    (one,) = given(*HISTORY, *events).hypotheses
    assert (one.verdict, one.by, one.at, one.reason) == ("open", "cy", NOON, "")
    assert evidence(*events) == ((2,), (1,))


def test_what_was_cited_is_kept_and_what_is_cited_the_other_way_changes_sides() -> None:
    first = when(given(*HISTORY), cite(1, 2))
    second = when(given(*HISTORY, *first), cite(3, against=(2,)))

    assert evidence(*first) == ((1, 2), ())
    assert evidence(*first, *second) == ((1, 3), (2,))


@pytest.mark.parametrize("verdict", [None, "supported", "eliminated"])
def test_no_entry_speaks_both_ways_at_once(verdict: Verdict | None) -> None:
    command = cite(1, 2, against=(2,)).model_copy(update={"verdict": verdict})

    assert refusal(given(*HISTORY), command) == "bad-evidence"


def test_what_is_cited_already_is_cited_again_only_with_a_reason() -> None:
    incident = given(*HISTORY, *when(given(*HISTORY), cite(2)))

    assert when(incident, cite(2)) == []
    assert when(incident, cite()) == []
    assert when(incident, cite(reason="Because")) == []
    assert len(when(incident, cite(2, reason="It begins in that minute"))) == 1


@pytest.mark.parametrize(
    ("command", "sides"),
    [
        (judge("supported", "", 2), ((2,), ())),
        (judge("open", "Not sure", 2), ((2,), ())),
        (judge("eliminated", "", 2), ((), (2,))),
    ],
)
def test_the_entries_of_a_verdict_speak_for_that_verdict(
    command: work.JudgeHypothesis, sides: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    assert evidence(*when(given(*HISTORY), command)) == sides


def test_what_is_ruled_out_may_have_something_that_speaks_for_it() -> None:
    command = judge("eliminated", "", 2).model_copy(update={"against": (1,)})

    assert evidence(*when(given(*HISTORY), command)) == ((2,), (1,))


def test_a_verdict_keeps_its_reason_until_the_next_one() -> None:
    ruled_out = when(given(*HISTORY), judge("eliminated", "Rolled back, no change"))
    opened = when(given(*HISTORY, *ruled_out), judge("open"))

    assert given(*HISTORY, *ruled_out).hypotheses[0].reason == "Rolled back, no change"
    assert given(*HISTORY, *ruled_out, *opened).hypotheses[0].reason == ""


@pytest.mark.parametrize("entry", [0, -1, 4])
def test_an_entry_that_is_not_there_is_not_cited(entry: int) -> None:
    assert refusal(given(*HISTORY), cite(2, entry)) == "no-such-entry"
    assert refusal(given(*HISTORY), cite(against=(entry,))) == "no-such-entry"


@pytest.mark.parametrize("entry", [0, -1, 4])
def test_an_entry_that_is_not_there_speaks_for_nothing(entry: int) -> None:
    refusal = refused(given(*HISTORY), judge("supported", "", 2, entry))

    assert (refusal.code, f"T{entry}" in refusal.message) == ("no-such-entry", True)


@pytest.mark.parametrize("end", [(resolved(), closed()), (cancelled(),)])
def test_what_is_over_is_still_judged_but_nothing_new_is_raised(end: tuple[ev.Event, ...]) -> None:
    incident = given(*HISTORY, *end)

    assert refusal(incident, work.RaiseHypothesis(by="bo", description="x")) == "not-open"
    assert len(when(incident, judge("supported"))) == 1
