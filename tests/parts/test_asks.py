"""What people are asked is true as things stand, told apart by subject, and well spelt."""

import re
from datetime import datetime, timedelta
from typing import get_args

import pytest

from incident.channels.letters import Letter, Notice, letter
from incident.core import events as ev
from incident.core.asks import ask
from incident.core.chronicle import sentence
from incident.core.escalation import TURNS
from incident.core.incident import Incident, evolve
from incident.core.owed import Kind, hearers
from incident.core.surroundings import Surroundings
from tests.builders import (
    MINUTE,
    NOON,
    acknowledged,
    around,
    declared,
    given,
    holds,
    offered,
    paged,
    rotation,
)

BY: dict[str, object] = {"by": "system", "at": NOON}
SEVERE = declared(severity=1, affected_services=("payments-api",), affected_regions=("eu-west-1",))
BEGUN = given(SEVERE, paged("mei"))
ON_CALL = rotation("ops", "mei", role="operations_lead")
"""Mei is level 1 of the built-in policy; the others are lead, manager and cto."""
FULL = around(ON_CALL, people=("mei", "lead", "manager", "cto"))
ALONE = around(ON_CALL, people=("mei",))


def by_name(person: str = "mei", reason: str = "") -> ev.PeopleCalled:
    return ev.PeopleCalled(by="ada", at=NOON, people=(person,), reason=reason)


def questioned(person: str = "mei") -> ev.AcknowledgementQuestioned:
    return ev.AcknowledgementQuestioned(by="system", at=NOON, person=person,
                                        answer_by=NOON + 5 * MINUTE)  # fmt: skip


def shift_over(**fields: object) -> ev.ShiftEnded:
    told = {"role": "incident_commander", "holder": "mei", "next": "zoe"}
    return ev.ShiftEnded.model_validate(BY | told | fields)


LED = given(SEVERE, holds("mei"), holds("mei", "communications_lead"))
TOLD: dict[str, tuple[ev.Event, Incident]] = {
    "page": (paged("mei"), BEGUN),
    "question": (questioned(), given(SEVERE, paged("mei"), acknowledged("mei"), questioned())),
    "offer": (offered("mei"), given(SEVERE, offered("mei"))),
    "assigned": (holds("mei", by="ada"), LED),
    "shift": (shift_over(), given(SEVERE, holds("mei"), shift_over(), offered("zoe"))),
    "update-overdue": (
        ev.UpdateMissed.model_validate(BY | {"audience": "customers", "due_at": NOON}),
        LED,
    ),
    "action-overdue": (
        ev.ActionOverdue.model_validate(
            BY | {"action": "ACT-3", "owner": "mei", "estimate": timedelta(minutes=20)}
        ),
        LED,
    ),
    "commander-missing": (
        ev.CommanderMissing.model_validate(
            BY | {"since": NOON, "people": ({"person": "mei", "why": "on call"},)}
        ),
        BEGUN,
    ),
    "resolve-target": (ev.ResolveTargetMissed.model_validate(BY | {"resolve_by": NOON}), LED),
    "postmortem": (
        ev.PostmortemOverdue.model_validate(BY | {"postmortem_by": NOON, "owner": "mei"}),
        LED,
    ),
}
"""An event of each kind of letter, and the incident then."""
OTHERS: dict[str, tuple[ev.Event, Incident]] = {
    "page again": (paged("mei", again=True), BEGUN),
    "page of level 2": (paged("mei", level=2), BEGUN),
    "page of level 3 in turn 2": (paged("mei", level=3, turn=2), BEGUN),
    "page by name": (by_name(reason="Please come, this is yours."), BEGUN),
    "offer of another role": (offered("mei", "scribe"), BEGUN),
    "shift of another role": (
        shift_over(role="scribe", next=None),
        given(SEVERE, holds("mei", "scribe")),
    ),
    "update of another audience": (
        ev.UpdateMissed.model_validate(BY | {"audience": "leadership", "due_at": NOON}),
        LED,
    ),
}


def written(event: ev.Event, state: Incident, person: str = "mei") -> Letter:
    """The letter that `person` gets of it."""
    asked = ask(event, person, state, FULL, NOON)
    return letter(
        Notice(
            kind="any",
            incident="INC-7",
            title=state.title,
            severity=state.severity,
            drill=state.drill,
            headline=asked.headline,
            answer=asked.answer,
            happened=sentence(event),
            link="https://incidents.example.com/i/7",
            services=state.affected_services,
            regions=state.affected_regions,
            status=state.status,
            leads=state.commander,
        )
    )


def answer(
    event: ev.Event,
    state: Incident,
    person: str = "mei",
    here: Surroundings = FULL,
    now: datetime = NOON,
) -> str:
    return ask(event, person, state, here, now).answer


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_of_thing_that_is_owed_has_words_of_its_own(kind: str) -> None:
    event, state = TOLD[kind]

    assert [("mei", kind)] == list(hearers(event, state))
    assert ask(event, "mei", state, FULL, NOON).headline != "Something needs you"


def test_what_has_no_words_yet_is_told_all_the_same() -> None:
    subject = written(ev.Noted(by="ada", at=NOON, message="Hello"), BEGUN).subject

    assert subject == "SEV1 Something needs you: Card payments failing [INC-7]"


def test_no_two_kinds_of_letter_of_one_incident_have_the_same_subject() -> None:
    subjects = {name: written(*told).subject for name, told in (TOLD | OTHERS).items()}

    assert len(set(subjects.values())) == len(subjects), subjects


@pytest.mark.parametrize("name", [*TOLD, *OTHERS])
def test_no_mark_of_punctuation_follows_another(name: str) -> None:
    told = written(*(TOLD | OTHERS)[name])

    for line in [told.subject, *told.text.splitlines()]:
        assert not re.search(r"[.,:;?!]\s*[.,:;?!]", line.replace("https://", "")), line


def test_a_page_says_when_which_level_is_paged_next() -> None:
    assert answer(paged("mei"), BEGUN) == (
        "Open the incident and acknowledge. If nobody does, level 1 is paged again at 12:05 "
        "and level 2 (lead) is paged at 12:15 UTC."
    )


def test_a_page_that_was_repeated_speaks_of_the_next_level_only() -> None:
    again = paged("mei", again=True, respond_by=None)

    assert answer(again, evolve(BEGUN, again)).endswith(
        "If nobody does, level 2 (lead) is paged at 12:15 UTC."
    )


def test_the_last_page_of_all_says_that_the_ladder_ends() -> None:
    last = paged("mei", level=len(BEGUN.terms.levels), turn=TURNS, respond_by=None)

    assert answer(last, evolve(BEGUN, last)).endswith(
        "If nobody does, the ladder ends at 12:15 UTC."
    )


AGAIN = paged("mei", again=True, respond_by=None)


@pytest.mark.parametrize(
    ("here", "told"),
    [
        (around(ON_CALL, people=("mei", "manager")), "level 3 (manager) is paged at 12:15 UTC."),
        (around(ON_CALL, rotation("second", "bo", role="operations_lead"),
                people=("mei", "bo", "cto")), "level 4 (cto) is paged at 12:15 UTC."),
        (ALONE, "you are paged again at 12:15 UTC, as nobody else is on any level."),
        (around(), "nobody is paged at 12:15 UTC, as nobody is on any level then."),
    ],
    ids=["level 2 empty", "levels 2 and 3 empty", "all others empty", "nobody at all"],
)  # fmt: skip
def test_a_page_promises_nobody_who_does_not_stand_on_the_ladder(
    here: Surroundings, told: str
) -> None:
    assert answer(AGAIN, evolve(BEGUN, AGAIN), here=here).endswith(f"If nobody does, {told}")


def test_a_page_to_somebody_on_two_levels_says_that_the_next_is_them_again() -> None:
    here = around(rotation("ops", "lead", role="operations_lead"), people=("lead", "cto"))
    again = paged("lead", again=True, respond_by=None)

    assert answer(again, given(SEVERE, again), "lead", here).endswith(
        "If nobody does, level 2 (you) is paged at 12:15 UTC."
    )


def test_a_page_names_whoever_is_on_call_when_the_level_is_paged() -> None:
    by_turns = rotation("ops", "mei", "zoe", role="operations_lead",
                        handoff="daily 12:10", starts="2026-02-28")  # fmt: skip
    here = around(by_turns, people=("mei", "zoe"))

    assert answer(AGAIN, evolve(BEGUN, AGAIN), here=here).endswith(
        "If nobody does, level 1 (zoe) is paged at 12:15 UTC."
    )


def test_the_last_turn_of_a_ladder_with_one_level_manned_is_the_end() -> None:
    last = paged("mei", turn=TURNS, respond_by=None)
    state = evolve(BEGUN, last)

    assert answer(last, state, here=ALONE).endswith("If nobody does, the ladder ends at 12:15 UTC.")
    assert answer(last, state).endswith("If nobody does, level 2 (lead) is paged at 12:15 UTC.")


def test_a_letter_that_is_late_promises_no_page_in_the_past() -> None:
    told = answer(AGAIN, evolve(BEGUN, AGAIN), now=NOON + 20 * MINUTE)

    assert told.endswith("If nobody does, level 2 (lead) is paged at 12:20 UTC.")


@pytest.mark.parametrize(
    ("here", "told"),
    [
        (around(ON_CALL, people=("mei", "manager")), "level 3 (manager) is paged."),
        (ALONE, "you are paged again, as nobody else is on any level."),
        (around(), "nobody is paged, as nobody is on any level then."),
    ],
    ids=["level 2 empty", "all others empty", "nobody"],
)
def test_a_question_threatens_with_nobody_who_does_not_stand_on_the_ladder(
    here: Surroundings, told: str
) -> None:
    assert answer(*TOLD["question"], here=here).endswith(f"acknowledgement is void, and {told}")


def test_a_page_by_name_promises_nobody_else_where_no_ladder_pages_anybody() -> None:
    quiet = given(declared(severity=5))

    assert answer(by_name(), quiet) == (
        "Open the incident and acknowledge. Do not count on others: the ladder pages nobody now."
    )


def test_a_page_by_name_while_somebody_is_on_it_says_who() -> None:
    told = answer(by_name(), given(SEVERE, paged("bo"), acknowledged("bo")))

    assert told == (
        "Open the incident and write that you are there. bo has acknowledged it already."
    )


def test_a_page_while_the_ladder_is_paused_says_until_when() -> None:
    until = NOON + 30 * MINUTE
    paused = evolve(BEGUN, ev.EscalationPaused(by="ada", at=NOON, until=until))

    assert answer(by_name(), paused).endswith("The ladder is paused until 12:30 UTC.")


def test_whoever_is_asked_hears_until_when_and_what_follows() -> None:
    event, state = TOLD["question"]

    assert answer(event, state) == (
        "Take a role, or write down what you see, by 12:05 UTC. "
        "Else your acknowledgement is void, and level 2 (lead) is paged."
    )


def test_an_offer_says_who_has_the_role_until_it_is_accepted() -> None:
    held = given(SEVERE, holds("ada"), offered("mei"))

    assert answer(offered("mei"), held).endswith("ada keeps the role until you accept.")
    assert answer(*TOLD["offer"]).endswith("Nobody has the role until you accept.")


def test_the_end_of_a_shift_says_who_has_been_offered_the_role() -> None:
    assert answer(*TOLD["shift"]) == (
        "The role has been offered to zoe already. You hold it until they accept; "
        "to keep it, take the offer back."
    )


@pytest.mark.parametrize(
    ("state", "following", "told"),
    [
        (given(SEVERE, holds("mei")), "zoe",
         "zoe is on call now: offer them the role, or keep it."),
        (given(SEVERE, holds("mei")), None,
         "Nobody is on call after you: hand the role to somebody, or keep it."),
        (given(SEVERE, holds("zoe")), "zoe", "zoe has the role now: nothing is asked of you."),
    ],
)  # fmt: skip
def test_the_end_of_a_shift_says_whose_turn_it_is(
    state: Incident, following: str | None, told: str
) -> None:
    assert answer(shift_over(next=following), state) == told
