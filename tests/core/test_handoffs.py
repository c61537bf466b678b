from datetime import datetime, timedelta
from typing import Any

import pytest

from incident.core import commands as do
from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.surroundings import Surroundings
from tests.builders import (
    LATER,
    MINUTE,
    NOON,
    accepted,
    around,
    cancelled,
    closed,
    declared,
    given,
    holds,
    offered,
    policy,
    promised,
    refusal,
    refused,
    released,
    resolved,
    rotation,
    when,
)

IC = "incident_commander"
LED = (declared(), holds("ada"))
OFFERED = (*LED, offered("bo", at=NOON))
"""Ada commands, and offered command to Bo at noon, until 12:15."""
EXPIRES = NOON + 15 * MINUTE
MOMENT = timedelta(milliseconds=1)
NOBODY = around()


def offer(to: str = "bo", role: str = IC, by: str = "ada", message: str = "") -> do.OfferRole:
    return do.OfferRole(by=by, role=role, to=to, message=message)


def accept(by: str = "bo", role: str = IC) -> do.AcceptRole:
    return do.AcceptRole(by=by, role=role)


def take(by: str = "bo", role: str = IC) -> do.AssignRole:
    return do.AssignRole(by=by, role=role, assignee=by)


def holder(*history: ev.Event, role: str = IC) -> str | None:
    return given(*history).role(role).holder


# --- at the declaration


def test_at_the_declaration_each_role_is_offered_to_who_is_on_call_for_it() -> None:
    duties = around(
        rotation("command", "mei", role=IC),
        rotation("words", "bo", role="communications_lead"),
        policy=policy(),
    )

    events = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, duties)

    offers = [event for event in events if isinstance(event, ev.RoleOffered)]
    assert [(one.role, one.to, one.by) for one in offers] == [
        (IC, "mei", "system"),
        ("communications_lead", "bo", "system"),
    ]
    assert all(one.why and one.expires_at == EXPIRES for one in offers)
    assert given(*events).commander is None


def test_the_offers_go_to_who_is_on_call_in_the_incidents_region() -> None:
    duties = around(
        rotation("us", "bo", role=IC, region="us-east"),
        rotation("eu", "mei", role=IC, region="eu-central"),
        policy=policy(),
    )
    command = do.Declare(by="ada", title="Slow", affected_regions=("eu-central-1",))

    events = when(Incident(), command, NOON, duties)

    assert [event.to for event in events if isinstance(event, ev.RoleOffered)] == ["mei"]


def test_a_role_that_is_given_out_with_the_declaration_is_not_offered() -> None:
    duties = around(rotation("command", "mei", role=IC), policy=policy())
    command = do.Declare(by="ada", title="Slow", roles={IC: "ada"})

    kinds = [event.kind for event in when(Incident(), command, NOON, duties)]

    assert kinds == ["declared", "role_assigned"]


def test_a_role_that_the_policy_adds_is_offered_too() -> None:
    roles: dict[str, object] = {**policy().roles, "database_expert": {}}
    duties = around(rotation("data", "mei", role="database_expert"), policy=policy(roles=roles))

    events = when(Incident(), do.Declare(by="ada", title="Slow"), NOON, duties)

    assert given(*events).role("database_expert").offer is not None


def test_a_notice_offers_nothing() -> None:
    duties = around(rotation("command", "mei", role=IC))
    command = do.Declare(by="ada", title="Slow", severity=5)

    assert len(when(Incident(), command, NOON, duties)) == 1


# --- offer


def test_an_offer_stands_for_a_quarter_of_an_hour_with_words_for_the_brief() -> None:
    events = when(given(*LED), offer(message="Mind the queue"), NOON, NOBODY)

    assert events == [offered("bo", message="Mind the queue")]
    standing = given(*LED, *events).role(IC).offer
    assert standing is not None
    assert (standing.to, standing.by, standing.message) == ("bo", "ada", "Mind the queue")
    assert (standing.at, standing.expires_at) == (NOON, EXPIRES)


def test_until_an_offer_is_accepted_the_old_holder_holds() -> None:
    assert holder(*OFFERED) == "ada"


@pytest.mark.parametrize("role", [IC, "scribe"])
def test_a_role_is_not_offered_to_its_holder(role: str) -> None:
    incident = given(declared(), holds("ada"), holds("ada", "scribe"))

    refusal = refused(incident, offer("ada", role))

    assert (refusal.code, refusal.facts) == ("role-held", {"holder": "ada"})


def test_a_held_role_is_offered_only_by_its_holder_the_commander_or_an_admin() -> None:
    incident = given(*LED, holds("mei", "scribe"))

    assert refusal(incident, offer("cy", "scribe", by="bo")) == "not-your-role"
    for by in ("mei", "ada"):
        assert len(when(incident, offer("cy", "scribe", by=by))) == 1
    by_admin = do.OfferRole(by="zoe", authority="admin", role="scribe", to="cy")
    assert len(when(incident, by_admin)) == 1


def test_anybody_offers_a_role_that_is_free() -> None:
    assert len(when(given(declared()), offer("cy", "scribe", by="bo"))) == 1


def test_a_new_offer_takes_the_old_one_back() -> None:
    events = when(given(*OFFERED), offer("cy"))

    assert [event.kind for event in events] == ["offer_withdrawn", "role_offered"]
    after = given(*OFFERED, *events)
    assert after.commander == "ada"
    assert refusal(after, accept("bo")) == "no-offer"
    assert when(after, accept("cy"))


def test_a_role_that_is_not_in_the_policy_is_not_offered_and_the_others_are_named() -> None:
    refusal = refused(given(declared()), offer("bo", "janitor"))

    assert refusal.code == "no-such-role"
    assert "scribe" in refusal.message


@pytest.mark.parametrize("end", [(resolved(),), (resolved(), closed()), (cancelled(),)])
def test_nothing_is_offered_in_what_has_ended(end: tuple[ev.Event, ...]) -> None:
    assert refusal(given(*LED, *end), offer()) == "not-open"


def test_the_end_takes_every_offer_with_it() -> None:
    incident = given(*OFFERED, resolved())

    assert incident.role(IC).offer is None
    assert refusal(incident, accept()) == "no-offer"


# --- accept


def test_accepting_hands_the_role_over_in_one_event() -> None:
    events = when(given(*OFFERED), accept())

    assert events == [accepted("bo", at=LATER, previous="ada", waited=10 * MINUTE)]
    role = given(*OFFERED, *events).role(IC)
    assert (role.holder, role.since, role.offer) == ("bo", LATER, None)


def test_accepting_twice_is_once() -> None:
    assert when(given(*OFFERED, accepted("bo")), accept()) == []


def test_an_offer_can_be_accepted_until_it_ends_and_not_then() -> None:
    assert when(given(*OFFERED), accept(), EXPIRES - MOMENT)
    refusal = refused(given(*OFFERED), accept(), EXPIRES)
    assert (refusal.code, refusal.facts) == ("no-offer", {"holder": "ada"})
    assert "12:15:00 UTC" in refusal.message


def test_nobody_accepts_what_is_offered_to_another() -> None:
    refusal = refused(given(*OFFERED), accept("cy"))

    assert refusal.code == "no-offer"
    assert "offered to bo" in refusal.message


def test_without_an_offer_there_is_nothing_to_accept() -> None:
    assert "Ask them" in refused(given(*LED), accept()).message
    assert "take it" in refused(given(declared()), accept()).message


def test_taking_a_role_that_is_offered_is_accepting_it() -> None:
    (event,) = when(given(*OFFERED), take())

    assert event.kind == "role_accepted"


def test_a_free_role_can_be_taken_although_its_offer_has_just_run_out() -> None:
    history = declared(), offered("bo", by="system")

    (event,) = when(given(*history), take(), EXPIRES)

    assert event == holds("bo", at=EXPIRES)


def test_a_held_role_cannot_be_taken_on_an_offer_that_has_run_out() -> None:
    assert refusal(given(*OFFERED), take(), EXPIRES) == "role-held"


def test_an_offer_that_waited_while_the_clock_stepped_back_waited_no_time() -> None:
    (event,) = when(given(*OFFERED), accept(), NOON - MINUTE)

    assert isinstance(event, ev.RoleAccepted)
    assert event.waited == timedelta(0)


def test_a_role_that_was_given_up_can_still_be_accepted() -> None:
    history = (*OFFERED, released("ada"))

    (event,) = when(given(*history), accept())

    assert event == accepted("bo", at=LATER, waited=10 * MINUTE)


def test_a_role_that_was_given_to_another_is_no_longer_offered() -> None:
    history = (*OFFERED, holds("cy", previous="ada"))

    assert refusal(given(*history), accept()) == "no-offer"
    assert holder(*history) == "cy"


# --- decline, withdraw, time out


def test_a_declined_offer_changes_no_holder() -> None:
    command = do.DeclineRole(by="bo", role=IC, reason="On a train")

    events = when(given(*OFFERED), command)

    assert events == [ev.OfferDeclined(by="bo", at=LATER, role=IC, to="bo", reason="On a train")]
    after = given(*OFFERED, *events)
    assert (after.commander, after.role(IC).offer) == ("ada", None)


def test_nobody_declines_for_another() -> None:
    assert refusal(given(*OFFERED), do.DeclineRole(by="cy", role=IC)) == "no-offer"
    assert refusal(given(*LED), do.DeclineRole(by="bo", role=IC)) == "no-offer"


def test_an_offer_that_nobody_answers_runs_out_and_the_holder_holds() -> None:
    assert when(given(*OFFERED), do.Tick(), EXPIRES - MOMENT) == []

    events = when(given(*OFFERED), do.Tick(), EXPIRES)

    assert events == [ev.OfferExpired(by="system", at=EXPIRES, role=IC, to="bo")]
    after = given(*OFFERED, *events)
    assert (after.commander, after.wake_at) == ("ada", None)


def test_who_offered_holds_commands_or_is_an_admin_takes_an_offer_back() -> None:
    history = (*LED, holds("mei", "scribe"), offered("bo", "scribe", by="mei"))

    assert refusal(given(*history), do.WithdrawOffer(by="cy", role="scribe")) == "not-your-role"
    assert refusal(given(*history), do.WithdrawOffer(by="bo", role="scribe")) == "not-your-role"
    for by in ("mei", "ada"):
        (event,) = when(given(*history), do.WithdrawOffer(by=by, role="scribe"))
        assert event == ev.OfferWithdrawn(by=by, at=LATER, role="scribe", to="bo")
        assert given(*history, event).role("scribe").offer is None


def test_who_offered_a_free_role_takes_it_back() -> None:
    history = declared(), offered("bo", by="cy")

    assert len(when(given(*history), do.WithdrawOffer(by="cy", role=IC))) == 1


def test_without_an_offer_there_is_nothing_to_take_back() -> None:
    assert refusal(given(*LED), do.WithdrawOffer(by="ada", role=IC)) == "no-offer"


# --- at a shift boundary

SHIFT: dict[str, Any] = {"role": IC, "handoff": "daily 13:00", "starts": "2026-02-28"}
SHIFTS = around(rotation("command", "bo", "mei", **SHIFT))
"""Bo is on call until 13:00, then Mei."""
BOUNDARY = NOON + 60 * MINUTE
ON_DUTY = (declared(severity=3), holds("bo", shift_ends=BOUNDARY))


def test_whoever_takes_a_role_they_are_on_call_for_has_it_until_the_shift_ends() -> None:
    (event,) = when(given(declared()), take("bo"), LATER, SHIFTS)

    assert event == holds("bo", at=LATER, shift_ends=BOUNDARY)
    assert given(declared(), event).wake_at == BOUNDARY


def test_whoever_accepts_a_role_they_are_on_call_for_has_it_until_the_shift_ends() -> None:
    (event,) = when(given(*OFFERED), accept(), LATER, SHIFTS)

    assert isinstance(event, ev.RoleAccepted)
    assert event.shift_ends == BOUNDARY


def test_whoever_is_not_on_call_for_a_role_has_no_shift() -> None:
    (event,) = when(given(declared()), take("ada"), LATER, SHIFTS)

    assert given(declared(), event).wake_at is None


def test_at_the_boundary_the_next_on_call_is_offered_the_role_and_the_holder_holds() -> None:
    assert when(given(*ON_DUTY), do.Tick(), BOUNDARY - MOMENT, SHIFTS) == []

    ended, offer = when(given(*ON_DUTY), do.Tick(), BOUNDARY, SHIFTS)

    assert ended == ev.ShiftEnded(by="system", at=BOUNDARY, role=IC, holder="bo", next="mei")
    assert isinstance(offer, ev.RoleOffered)
    assert (offer.to, offer.by, offer.role) == ("mei", "system", IC)
    assert holder(*ON_DUTY, ended, offer) == "bo"


def test_one_press_takes_the_role_over_at_the_boundary() -> None:
    history = (*ON_DUTY, *when(given(*ON_DUTY), do.Tick(), BOUNDARY, SHIFTS))

    (event,) = when(given(*history), accept("mei"), BOUNDARY + MINUTE, SHIFTS)

    assert isinstance(event, ev.RoleAccepted)
    assert (event.holder, event.previous, event.offered_by) == ("mei", "bo", "system")
    assert event.shift_ends == BOUNDARY + timedelta(days=1)


def test_the_holder_may_keep_the_role_and_take_the_offer_back() -> None:
    history = (*ON_DUTY, *when(given(*ON_DUTY), do.Tick(), BOUNDARY, SHIFTS))

    (event,) = when(given(*history), do.WithdrawOffer(by="bo", role=IC), BOUNDARY + MINUTE)

    after = given(*history, event)
    assert (after.commander, after.wake_at) == ("bo", None)


def test_where_nobody_follows_the_holder_hears_it() -> None:
    hours = {"from": "09:00", "to": "13:00"}
    alone = around(rotation("command", "bo", role=IC, hours=hours))

    (event,) = when(given(*ON_DUTY), do.Tick(), BOUNDARY, alone)

    assert event == ev.ShiftEnded(by="system", at=BOUNDARY, role=IC, holder="bo")
    assert holder(*ON_DUTY, event) == "bo"


def test_an_override_that_keeps_the_holder_on_call_extends_the_shift() -> None:
    longer = around(
        rotation("command", "bo", "mei", role=IC, handoff="daily 15:00", starts="2026-02-28")
    )

    (event,) = when(given(*ON_DUTY), do.Tick(), BOUNDARY, longer)

    ends = BOUNDARY + 120 * MINUTE
    assert event == ev.ShiftExtended(
        by="system", at=BOUNDARY, role=IC, holder="bo", shift_ends=ends
    )
    assert given(*ON_DUTY, event).wake_at == ends


def covered(start: datetime, end: datetime) -> Surroundings:
    """Mei covers for Bo for a while."""
    cover = {"id": "cover", "person": "bo", "with_person": "mei", "start": start, "end": end}
    made = {"created_by": "bo", "created_at": NOON}
    return around(rotation("command", "bo", "mei", **SHIFT | {"overrides": [cover | made]}))


def follow(
    *history: ev.Event, around: Surroundings = SHIFTS, now: datetime = LATER
) -> list[ev.Event]:
    """What a change of the rotations brings."""
    return when(given(*history), do.FollowRotations(), now, around)


def test_a_shift_that_somebody_covers_the_end_of_ends_when_they_begin() -> None:
    begins = NOON + 30 * MINUTE
    changed = covered(begins, BOUNDARY)

    (event,) = follow(*ON_DUTY, around=changed)

    assert event == ev.ShiftExtended(by="system", at=LATER, role=IC, holder="bo", shift_ends=begins)
    ended, offer = when(given(*ON_DUTY, event), do.Tick(), begins, changed)
    assert ended == ev.ShiftEnded(by="system", at=begins, role=IC, holder="bo", next="mei")
    assert isinstance(offer, ev.RoleOffered)
    assert offer.to == "mei"


NOT_ON_DUTY = {
    "somebody covers": covered(NOON, BOUNDARY),
    "the rotation is absent": NOBODY,
    "the holder is disabled": around(*SHIFTS.roster.schedules, people=("ada", "mei")),
}
"""Changes by which Bo has no duty from now on."""
over_now = pytest.mark.parametrize("changed", NOT_ON_DUTY.values(), ids=NOT_ON_DUTY)
SOON = LATER + MINUTE
"""When a shift ends that is over by a change of this moment."""


@over_now
def test_a_shift_that_is_over_by_a_change_ends_a_minute_later(changed: Surroundings) -> None:
    (event,) = follow(*ON_DUTY, around=changed)

    assert event == ev.ShiftExtended(by="system", at=LATER, role=IC, holder="bo", shift_ends=SOON)
    assert given(*ON_DUTY, event).wake_at == SOON


def test_who_covers_from_now_on_is_offered_the_role_after_that_minute() -> None:
    changed = NOT_ON_DUTY["somebody covers"]
    history = (*ON_DUTY, *follow(*ON_DUTY, around=changed))

    assert when(given(*history), do.Tick(), SOON - MOMENT, changed) == []
    ended, offer = when(given(*history), do.Tick(), SOON, changed)

    assert ended == ev.ShiftEnded(by="system", at=SOON, role=IC, holder="bo", next="mei")
    assert isinstance(offer, ev.RoleOffered)
    assert (offer.to, holder(*history, ended, offer)) == ("mei", "bo")


@over_now
def test_a_slip_that_is_undone_within_the_minute_prompts_nobody(changed: Surroundings) -> None:
    history = (*ON_DUTY, *follow(*ON_DUTY, around=changed))

    (event,) = follow(*history, now=LATER + MINUTE / 2)

    assert event.kind == "shift_extended"
    assert given(*history, event).role(IC).shift_ends == BOUNDARY
    assert when(given(*history, event), do.Tick(), SOON, SHIFTS) == []
    assert when(given(*history, event), do.Tick(), BOUNDARY, SHIFTS)[0].kind == "shift_ended"


@over_now
def test_a_slip_that_nobody_saw_undone_prompts_nobody_either(changed: Surroundings) -> None:
    history = (*ON_DUTY, *follow(*ON_DUTY, around=changed))

    (event,) = when(given(*history), do.Tick(), SOON, SHIFTS)

    assert event == ev.ShiftExtended(
        by="system", at=SOON, role=IC, holder="bo", shift_ends=BOUNDARY
    )


def test_a_shift_that_ends_within_the_minute_is_left_to_the_clock() -> None:
    history = (*ON_DUTY, *follow(*ON_DUTY, around=NOBODY))
    begins = covered(SOON - MINUTE / 4, BOUNDARY)

    assert follow(*ON_DUTY, around=NOBODY, now=BOUNDARY - MINUTE / 2) == []
    assert follow(*history, around=NOBODY, now=LATER + MINUTE / 2) == []
    assert follow(*history, around=begins, now=LATER + MINUTE / 2) == []


def test_a_cover_that_begins_within_the_minute_takes_a_minute_too() -> None:
    (event,) = follow(*ON_DUTY, around=covered(LATER + MINUTE / 2, BOUNDARY))

    assert given(*ON_DUTY, event).role(IC).shift_ends == SOON


def test_a_cover_that_is_taken_back_gives_a_shift_its_end_back() -> None:
    shorter = follow(*ON_DUTY, around=covered(NOON + 30 * MINUTE, BOUNDARY))

    (event,) = follow(*ON_DUTY, *shorter)

    assert isinstance(event, ev.ShiftExtended)
    assert given(*ON_DUTY, *shorter, event).role(IC).shift_ends == BOUNDARY


def test_a_change_that_leaves_a_shift_as_it_is_says_nothing() -> None:
    assert follow(*ON_DUTY) == []
    assert follow(*ON_DUTY, around=covered(BOUNDARY + 600 * MINUTE, BOUNDARY + 660 * MINUTE)) == []


def test_whoever_has_a_role_without_a_shift_keeps_it_whatever_is_changed() -> None:
    history = (*ON_DUTY, *when(given(*ON_DUTY), do.Tick(), BOUNDARY, NOBODY))

    assert follow(*LED) == []
    assert follow(*history, now=BOUNDARY + MINUTE) == []


def test_a_shift_goes_on_although_another_rotation_answers_for_the_role_by_now() -> None:
    later = rotation("later", "ada", "zoe", role=IC, handoff="daily 12:05", starts="2026-02-28")

    assert follow(*ON_DUTY, around=around(*SHIFTS.roster.schedules, later)) == []


def test_what_has_ended_follows_no_rotation() -> None:
    assert follow(*ON_DUTY, resolved(), around=NOBODY) == []


def test_a_shift_that_is_over_is_left_to_the_clock() -> None:
    assert follow(*ON_DUTY, around=NOBODY, now=BOUNDARY) == []


def test_who_is_offered_the_role_already_is_not_outbid_by_the_shift() -> None:
    history = (*ON_DUTY, offered("ada", by="bo", at=BOUNDARY - MINUTE))

    (event,) = when(given(*history), do.Tick(), BOUNDARY, SHIFTS)

    assert event.kind == "shift_ended"
    standing = given(*history, event).role(IC).offer
    assert standing is not None
    assert standing.to == "ada"


def test_an_offer_that_runs_out_at_the_boundary_gives_way_to_the_shift() -> None:
    history = (*ON_DUTY, offered("ada", by="bo", at=BOUNDARY - 15 * MINUTE))

    kinds = [event.kind for event in when(given(*history), do.Tick(), BOUNDARY, SHIFTS)]

    assert kinds == ["offer_expired", "shift_ended", "role_offered"]


def test_a_role_that_was_given_up_has_no_shift_to_end() -> None:
    assert given(*ON_DUTY, released("bo")).wake_at is None


def test_what_has_ended_prompts_nobody_at_a_shift_boundary() -> None:
    assert when(given(*ON_DUTY, resolved()), do.Tick(), BOUNDARY, SHIFTS) == []


def test_a_promise_is_not_moved_by_a_handoff() -> None:
    history = (*OFFERED, promised(due_at=EXPIRES))

    events = when(given(*history), accept())

    assert given(*history, *events).communications["customers"].due_at == EXPIRES
