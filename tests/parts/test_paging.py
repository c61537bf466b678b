"""Pages that are easily lost: void at once, due in empty hours, or reported in other words."""

from datetime import datetime, timedelta
from typing import cast

from incident.answers import KeyReused
from incident.core import commands as do
from incident.core import events as ev
from incident.core.escalation import LOOK_AGAIN
from incident.core.incident import Incident
from incident.core.oncall.roster import Roster
from incident.core.owed import Kind, owed
from incident.desk import Desk
from incident.paging import reporting
from tests.builders import (
    MINUTE,
    NOON,
    around,
    called,
    declared,
    given,
    paged,
    policy,
    rotation,
    rung,
    when,
)

MONDAY = NOON + timedelta(days=1, hours=-3)
"""09:00; noon is on a Sunday."""
WORKDAYS = {"days": "mon-fri", "from": "09:00", "to": "17:00"}
DAYS = around(
    rotation("days", "mei", hours=WORKDAYS), policy=policy(rung(5, 15, rotations=["days"]))
)


def owing(*events: ev.Event) -> list[tuple[int, str, Kind]]:
    after = given(declared(severity=1), *events)
    return [(one.index, one.person, one.kind) for one in owed(events, after)]


def test_of_two_rounds_in_one_commit_the_page_of_the_later_one_is_sent() -> None:
    assert owing(paged("mei", "bo"), paged("mei", round=2)) == [
        (0, "bo", "page"),
        (1, "mei", "page"),
    ]


def test_a_page_that_stands_goes_before_the_call_for_a_commander() -> None:
    mei = (ev.Called(person="mei", why="on call"),)
    missing = ev.CommanderMissing(by="system", at=NOON, since=NOON, people=mei)

    assert owing(paged("mei"), missing, paged("mei", round=2)) == [(2, "mei", "page")]
    assert owing(missing, paged("mei")) == [(1, "mei", "page")]


def until(moment: datetime, *events: ev.Event) -> list[ev.Event]:
    """What time brings about, deadline by deadline."""
    told = list(events)
    while (due := given(*told).wake_at) and due <= moment:
        told += when(given(*told), do.Tick(), due, DAYS)
    return told


def test_whoever_comes_on_call_after_many_empty_hours_is_paged_then() -> None:
    """From Sunday noon to Monday morning: 84 times as long as the level waits."""
    told = until(MONDAY, *when(Incident(), do.Declare(by="ada", title="Slow"), NOON, DAYS))

    last = told[-1]
    assert isinstance(last, ev.Paged)
    assert (last.at, called(last), last.turn) == (MONDAY, ("mei",), 1)
    assert [one.at - NOON for one in told if isinstance(one, ev.Paged)] == [
        hour * LOOK_AGAIN for hour in range(22)
    ]


def test_whoever_comes_on_call_after_the_last_turn_ran_empty_is_paged_then() -> None:
    first = declared(severity=3, terms=DAYS.policy.terms(0))
    empty = paged(turn=5, respond_by=None)

    last = until(MONDAY, first, empty)[-1]

    assert isinstance(last, ev.Paged)
    assert (last.at, called(last), last.turn) == (MONDAY, ("mei",), 5)


def test_where_nobody_will_ever_come_the_ladder_ends() -> None:
    nobody = DAYS.model_copy(update={"roster": Roster()})
    told = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, nobody)
    while due := given(*told).ladder.climb_at:
        told += when(given(*told), do.Tick(), due, nobody)

    assert isinstance(told[-1], ev.EscalationEnded)
    assert told[-1].at == NOON + 5 * 15 * MINUTE


class Told:
    """A desk that has heard of everything before, in other words."""

    async def submit(self, *_: object, **__: object) -> None:
        raise KeyReused


async def test_a_page_that_was_reported_for_another_reason_is_not_reported_again() -> None:
    report = reporting(cast("Desk", Told()))

    await report(incident="INC-1", person="mei", channel="email", why="It is away", key="1")
