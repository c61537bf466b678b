from datetime import timedelta

import pytest

from incident.core import events as ev
from incident.core.chronicle import entry_type, sentence
from incident.core.policy import BUILT_IN
from incident.core.values import EntryType
from tests.builders import (
    BY_ADA,
    LATER,
    MINUTE,
    NOON,
    accepted,
    offered,
    paged,
)

SYSTEM: dict[str, object] = {"by": "system", "at": NOON}
LEVEL = {"level": 2, "why": "there is nobody called lead"}


def paused(**fields: object) -> ev.EscalationPaused:
    return ev.EscalationPaused.model_validate(BY_ADA | {"until": LATER} | fields)


def resumed(**fields: object) -> ev.EscalationResumed:
    return ev.EscalationResumed.model_validate(BY_ADA | fields)


def restarted(**fields: object) -> ev.EscalationRestarted:
    return ev.EscalationRestarted.model_validate(SYSTEM | {"round": 1, "level": 2} | fields)


def missing(*people: str) -> ev.CommanderMissing:
    called = tuple(ev.Called(person=who, why="on call") for who in people)
    return ev.CommanderMissing(by="system", at=LATER, since=NOON, people=called)


def judged(**fields: object) -> ev.HypothesisJudged:
    told = {"hypothesis": "H1", "verdict": "eliminated"}
    return ev.HypothesisJudged.model_validate(BY_ADA | told | fields)


def cited(**fields: object) -> ev.EvidenceCited:
    told: dict[str, object] = {"by": "bo", "at": NOON, "hypothesis": "H1"}
    return ev.EvidenceCited.model_validate(told | fields)


def shift_ended(following: str | None) -> ev.ShiftEnded:
    return ev.ShiftEnded(by="system", at=NOON, role="scribe", holder="mei", next=following)


def extended(**fields: object) -> ev.ShiftExtended:
    return ev.ShiftExtended.model_validate(SYSTEM | {"role": "scribe", "holder": "mei"} | fields)


def queued(after: str) -> ev.ActionQueued:
    return ev.ActionQueued(by="cy", at=NOON, action="ACT-1", after=after)


def unqueued(reason: str = "") -> ev.ActionUnqueued:
    return ev.ActionUnqueued(by="system", at=NOON, action="ACT-1", reason=reason)


def snoozed(reason: str = "") -> ev.UpdateSnoozed:
    return ev.UpdateSnoozed(by="bo", at=NOON, audience="customers", until=LATER, reason=reason)


PAGES: list[tuple[ev.Event, str]] = [
    (paged("mei"), "Paged mei (named by the policy) on level 1"),
    (
        paged("mei", why="turn 9 of nights, every 12h Europe/London"),
        "Paged mei (on call for nights) on level 1",
    ),
    (
        paged("mei", "bo", why="on call", turn=2, level=3),
        "Paged mei (on call) and bo (on call) on level 3, turn 2",
    ),
    (
        paged("mei", by="ada", reason="It spreads"),
        "Paged mei (named by the policy) on level 1: It spreads",
    ),
    (
        paged("cto", level=3, skipped=(LEVEL,)),
        (
            "Paged cto (named by the policy) on level 3; "
            "nobody on level 2: there is nobody called lead"
        ),
    ),
    (
        paged(level=2, skipped=(LEVEL,)),
        "Nobody could be paged; nobody on level 2: there is nobody called lead",
    ),
    (paged("mei", again=True), "Paged level 1 again, as nobody answered: mei"),
    (
        paged("mei", level=3, missed=(2,)),
        (
            "Paged mei (named by the policy) on level 3; "
            "level 2 fell due while no server ran and was not paged"
        ),
    ),
    (
        paged("mei", level=4, missed=(2, 3)),
        (
            "Paged mei (named by the policy) on level 4; "
            "levels 2 and 3 fell due while no server ran and were not paged"
        ),
    ),
    (ev.PeopleCalled(by="ada", at=NOON, people=("bo", "mei")), "ada paged bo and mei"),
    (
        ev.PeopleCalled(by="ada", at=NOON, people=("bo",), reason="You know the queue"),
        "ada paged bo: You know the queue",
    ),
    (
        ev.PageUndelivered(
            by="system", at=NOON, person="bo", channel="e-mail", why="550 no such user"
        ),
        "The page to bo by e-mail did not arrive: 550 no such user",
    ),
    (
        ev.PageUndelivered(by="system", at=NOON, person="bo", channel="none", why="no address"),
        "The page to bo went nowhere: no address",
    ),
    (
        ev.PageUndelivered(by="system", at=NOON, person="", channel="none", why="no mail"),
        "Pages show in browsers only: no mail",
    ),
    (
        ev.AcknowledgementQuestioned(by="system", at=NOON, person="bo", answer_by=LATER),
        (
            "bo acknowledged, took no role and wrote nothing since: still on it? "
            "The ladder goes on at 12:10 UTC"
        ),
    ),
    (
        ev.AcknowledgementLapsed(by="system", at=NOON, person="bo"),
        "Nothing came of the acknowledgement of bo: the ladder goes on",
    ),
    (paused(), "ada paused the escalation until 12:10 UTC"),
    (paused(reason="We know"), "ada paused the escalation until 12:10 UTC: We know"),
    (resumed(by="system", climb_at=LATER), "The escalation goes on; next level at 12:10 UTC"),
    (resumed(by="system"), "The escalation goes on"),
    (resumed(climb_at=LATER), "ada ended the pause; next level at 12:10 UTC"),
    (resumed(), "ada ended the pause"),
    (
        restarted(respond_by=NOON + MINUTE, climb_at=LATER),
        "The clocks of level 2 count anew; next level at 12:10 UTC",
    ),
    (restarted(prove_by=LATER), "The acknowledgement has until 12:10 UTC to lead somewhere"),
    (restarted(), "Nothing more is asked of the acknowledgement"),
    (
        ev.EscalationEnded(by="system", at=NOON, why="nobody answered in 5 turns"),
        "Nobody is paged any more: nobody answered in 5 turns",
    ),
    (
        missing("mei", "bo"),
        "Nobody has been incident commander since 12:00 UTC: paged mei and bo",
    ),
    (
        missing(),
        "Nobody has been incident commander since 12:00 UTC, and nobody is there to be paged",
    ),
    (
        ev.ResolveTargetMissed(by="system", at=NOON, resolve_by=NOON),
        "It was to be resolved by 2026-03-01 12:00 UTC",
    ),
    (
        ev.PostmortemOverdue(by="system", at=NOON, postmortem_by=NOON),
        "The post-mortem was due by 2026-03-01 12:00 UTC",
    ),
]

OFFERS: list[tuple[ev.Event, str]] = [
    (offered("bo", "scribe"), "bo is offered scribe by ada"),
    (
        offered("bo", message="Mind the queue"),
        "bo is offered incident commander by ada: Mind the queue",
    ),
    (
        offered("bo", by="system", why="turn 3 of nights"),
        "bo is offered incident commander (turn 3 of nights)",
    ),
    (
        offered("bo", by="system", why="turn 641 of nights, every 12h at 09:00 Europe/London"),
        "bo is offered incident commander (on call for nights)",
    ),
    (
        offered("bo", by="system", why="covers for mei (override O1): turn 2 of nights, Mon"),
        "bo is offered incident commander (covers for mei (override O1): on call for nights)",
    ),
    (accepted("bo"), "bo accepted incident commander in 1 min"),
    (accepted("bo", waited=timedelta(0)), "bo accepted incident commander at once"),
    (accepted("bo", previous="ada"), "ada handed incident commander to bo, accepted in 1 min"),
    (
        ev.OfferDeclined(by="bo", at=NOON, role="scribe", to="bo", reason="On a train"),
        "bo declined scribe: On a train",
    ),
    (
        ev.OfferExpired(by="system", at=NOON, role="scribe", to="bo"),
        "bo did not answer the offer of scribe",
    ),
    (
        ev.OfferWithdrawn(by="ada", at=NOON, role="scribe", to="bo"),
        "Scribe is no longer offered to bo",
    ),
    (shift_ended("bo"), "The shift of mei as scribe is over; bo is on call now"),
    (shift_ended(None), "The shift of mei as scribe is over, and nobody is on call"),
    (extended(), "mei is still on call as scribe"),
    (extended(shift_ends=LATER), "The shift of mei as scribe now ends at 2026-03-01 12:10 UTC"),
]

OTHERS: list[tuple[ev.Event, str, EntryType]] = [
    (
        ev.PolicyApplied(by="ada", at=NOON, terms=BUILT_IN.terms(4), previous=3),
        "The policy as it is now holds from here on (revision 4, before 3)",
        "decision",
    ),
    (
        ev.HypothesisRaised(by="bo", at=NOON, hypothesis="H1", description="A bad deploy"),
        "H1: A bad deploy",
        "info",
    ),
    (judged(), "H1 is ruled out", "info"),
    (
        judged(verdict="supported", entries=(4, 7), reason="Same minute"),
        "H1 is supported by T4 and T7: Same minute",
        "info",
    ),
    (judged(verdict="open"), "H1 is open again", "info"),
    (judged(entries=(4,), reason="No change"), "H1 is ruled out by T4: No change", "info"),
    (
        judged(entries=(4, 7), against=(9,)),
        "H1 is ruled out by T9, although T4 and T7 speak for it",
        "info",
    ),
    (
        judged(verdict="supported", entries=(4,), against=(9,)),
        "H1 is supported by T4, although T9 speaks against it",
        "info",
    ),
    (cited(entries=(4,)), "T4 speaks for H1", "info"),
    (cited(against=(4, 7), reason="Too late"), "T4 and T7 speak against H1: Too late", "info"),
    (cited(entries=(4,), against=(7,)), "T4 speaks for H1; T7 speaks against H1", "info"),
    (cited(), "Nothing new speaks for or against H1", "info"),
    (queued("INC-3/ACT-4"), "ACT-1 starts by itself when INC-3/ACT-4 ends", "action"),
    (unqueued(), "ACT-1 does not start by itself", "action"),
    (
        unqueued("it is not approved"),
        "ACT-1 does not start by itself: it is not approved",
        "action",
    ),
    (
        ev.ActionOverdue(by="system", at=NOON, action="ACT-1", owner="cy", estimate=90 * MINUTE),
        "ACT-1 of cy runs for longer than the estimated 1 h 30 min",
        "action",
    ),
    (snoozed(), "bo put the update to customers off until 12:10 UTC", "communication"),
    (
        snoozed("No news"),
        "bo put the update to customers off until 12:10 UTC: No news",
        "communication",
    ),
]

SENTENCES: list[tuple[ev.Event, str, EntryType]] = [
    *((event, told, "escalation") for event, told in PAGES),
    *((event, told, "role") for event, told in OFFERS),
    *OTHERS,
]


@pytest.mark.parametrize(("event", "told", "kind"), SENTENCES, ids=lambda v: getattr(v, "kind", ""))
def test_every_event_of_command_reads_as_a_sentence(
    event: ev.Event, told: str, kind: EntryType
) -> None:
    assert sentence(event) == told
    assert entry_type(event) == kind


def test_the_full_stop_of_a_reason_goes_where_the_sentence_goes_on() -> None:
    reason = "The database is down."

    alone = sentence(paged("mei", reason=reason))
    followed = sentence(paged("mei", reason=reason, skipped=(LEVEL,)))

    assert alone.endswith("on level 1: The database is down.")
    assert "The database is down; nobody on level 2: there is nobody called lead" in followed
