from typing import Literal

import pytest

from incident.core import commands as do
from incident.core import events as ev
from tests.builders import (
    LATER,
    NOON,
    cancelled,
    closed,
    declared,
    given,
    holds,
    refusal,
    refused,
    resolved,
    when,
)

Authority = Literal["responder", "admin"]


def test_anybody_takes_a_free_role() -> None:
    events = when(given(declared()), do.AssignRole(by="bo", role="scribe", assignee="bo"))

    assert events == [ev.RoleAssigned(by="bo", at=LATER, role="scribe", holder="bo")]
    role = given(declared(), *events).roles["scribe"]
    assert (role.holder, role.since) == ("bo", LATER)


def test_anybody_gives_a_free_role_to_somebody() -> None:
    command = do.AssignRole(by="bo", role="incident_commander", assignee="mei")

    assert given(declared(), *when(given(declared()), command)).commander == "mei"


def test_giving_a_role_to_its_holder_changes_nothing() -> None:
    incident = given(declared(), holds("mei", "scribe"))

    assert when(incident, do.AssignRole(by="bo", role="scribe", assignee="mei")) == []


WHO_MAY: list[tuple[str, Authority, bool]] = [
    ("mei", "responder", True),  # holds it
    ("ada", "responder", True),  # commands
    ("bo", "responder", False),  # holds another role
    ("zoe", "admin", True),
    ("zoe", "responder", False),
]
LED = (declared(), holds("ada"), holds("mei", "scribe"), holds("bo", "tech_lead"))


@pytest.mark.parametrize(("by", "authority", "may"), WHO_MAY)
def test_a_held_role_moves_only_with_its_holder_the_commander_or_an_admin(
    by: str,
    authority: Authority,
    may: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    command = do.AssignRole(by=by, authority=authority, role="scribe", assignee="cy")

    if may:
        (event,) = when(given(*LED), command)
        assert event == ev.RoleAssigned(by=by, at=LATER, role="scribe", holder="cy", previous="mei")
    else:
        refusal = refused(given(*LED), command)
        assert (refusal.code, refusal.facts) == ("role-held", {"holder": "mei"})
        assert "mei" in refusal.message


@pytest.mark.parametrize(("by", "authority", "may"), WHO_MAY)
def test_a_role_is_given_up_only_by_its_holder_the_commander_or_an_admin(
    by: str,
    authority: Authority,
    may: bool,  # noqa: FBT001 (a column of the table)
) -> None:
    command = do.ReleaseRole(by=by, authority=authority, role="scribe")

    if may:
        events = when(given(*LED), command)
        assert events == [ev.RoleReleased(by=by, at=LATER, role="scribe", holder="mei")]
        after = given(*LED, *events)
        assert (after.roles["scribe"].holder, after.roles["scribe"].since) == (None, None)
    else:
        assert refusal(given(*LED), command) == "not-your-role"


def test_command_itself_is_not_taken_by_surprise() -> None:
    incident = given(declared(), holds("ada"))
    command = do.AssignRole(by="bo", role="incident_commander", assignee="bo")

    assert refusal(incident, command) == "role-held"


def test_a_role_that_nobody_holds_cannot_be_given_up() -> None:
    assert refusal(given(declared()), do.ReleaseRole(by="bo", role="scribe")) == "role-not-held"


def test_a_role_that_was_given_up_is_free() -> None:
    released = ev.RoleReleased(by="mei", at=NOON, role="scribe", holder="mei")
    incident = given(declared(), holds("mei", "scribe"), released)

    assert len(when(incident, do.AssignRole(by="bo", role="scribe", assignee="bo"))) == 1


def test_one_person_may_hold_several_roles() -> None:
    incident = given(declared(), holds("ada"))

    assert len(when(incident, do.AssignRole(by="ada", role="scribe", assignee="ada"))) == 1


@pytest.mark.parametrize(
    "end", [(resolved(), closed()), (cancelled(),)], ids=["closed", "cancelled"]
)
def test_roles_stay_as_they_were_once_it_is_over(end: tuple[ev.Event, ...]) -> None:
    incident = given(declared(), holds("ada"), *end)

    assert refusal(incident, do.AssignRole(by="ada", role="scribe", assignee="bo")) == "not-open"
    assert refusal(incident, do.ReleaseRole(by="ada", role="incident_commander")) == "not-open"


def test_a_resolved_incident_may_still_change_hands() -> None:
    incident = given(declared(), holds("ada"), resolved())

    command = do.AssignRole(by="ada", role="incident_commander", assignee="bo")

    assert len(when(incident, command)) == 1


def test_only_a_closed_incident_is_told_to_be_reopened() -> None:
    command = do.AssignRole(by="ada", role="scribe", assignee="bo")

    over = refused(given(declared(), cancelled()), command)
    closed_one = refused(given(declared(), resolved(), closed()), command)

    assert "Reopen" in closed_one.message
    assert "Reopen" not in over.message
