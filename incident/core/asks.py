"""What an event asks of the person who hears of it: its headline, and what to do next.

Only what is true of the newest state is said: who leads, who has the offer, and whom the ladder
pages next by the rotations as they are. What people wrote is never repeated here.
"""

from dataclasses import dataclass
from datetime import datetime

from incident.core import events as ev
from incident.core.escalation import overtaken, upward
from incident.core.incident import Incident
from incident.core.phrases import clock, listed
from incident.core.standing import standing
from incident.core.surroundings import Surroundings
from incident.core.titles import role_title


@dataclass(frozen=True, slots=True)
class Ask:
    """`headline` tells letters of one incident apart; `answer` is sentences: what to do now."""

    headline: str
    answer: str


def ask(event: ev.Event, person: str, state: Incident, around: Surroundings, now: datetime) -> Ask:
    """What `event` asks of `person`, as things stand in `state` and `around` it."""
    match event:
        case ev.Paged():
            return Ask(of_page(event), coming(person, state, around, now))
        case ev.PeopleCalled():
            return Ask(f"{event.by} pages you by name", coming(person, state, around, now))
        case ev.CommanderMissing():
            return Ask("You are paged, as nobody leads",
                       "Take command, or give it to somebody who can.")  # fmt: skip
        case ev.AcknowledgementQuestioned():
            return Ask("Still on it?", proving(event, state, around, now))
        case ev.RoleOffered():
            return Ask(f"You are offered {role_title(event.role)}", accepting(event, person, state))
        case ev.RoleAssigned():
            return Ask(f"You are {role_title(event.role)} now",
                       "Open the incident and read the brief, or hand the role over.")  # fmt: skip
        case ev.ShiftEnded():
            headline = f"Your shift as {role_title(event.role)} is over"
            return Ask(headline, leaving(event, person, state))
        case ev.UpdateMissed():
            return Ask(f"The update to {event.audience} is overdue",
                       "Tell them where things stand, even if that is: nothing new.")  # fmt: skip
        case ev.ActionOverdue():
            return Ask(f"{event.action} takes longer than estimated",
                       "Finish it, give it up, or write down why it takes longer.")  # fmt: skip
        case ev.ResolveTargetMissed():
            return Ask("Not resolved in time",
                       "Look at what is missing, and whether more people are needed.")  # fmt: skip
        case ev.PostmortemOverdue():
            told = "Write it while people remember, or say why there will be none."
            return Ask("The post-mortem is due", told)
        case _:
            return Ask("Something needs you", "Open the incident to see what is asked of you.")


def of_page(event: ev.Paged) -> str:
    """No two pages of a round read alike."""
    again = " again" if event.again else ""
    level = f", level {event.level}" if event.level > 1 or event.turn > 1 else ""
    turn = f", turn {event.turn}" if event.turn > 1 else ""
    return f"You are paged{again}{level}{turn}"


def coming(person: str, state: Incident, around: Surroundings, now: datetime) -> str:
    """How to answer a page, and what the ladder does by itself if nobody does."""
    ladder, holder = state.ladder, state.acknowledged_by
    if holder:
        who = "You have" if holder == person else f"{holder} has"
        return f"Open the incident and write that you are there. {who} acknowledged it already."
    called = "Open the incident and acknowledge."
    if ladder.paused_until:
        return f"{called} The ladder is paused until {utc(ladder.paused_until)}."
    if not ladder.climb_at:
        return f"{called} Do not count on others: the ladder pages nobody now."
    first = ""
    if ladder.respond_by and ladder.respond_by < ladder.climb_at:
        first = f"level {ladder.level} is paged again at {clock(ladder.respond_by)} and "
    at = max(ladder.climb_at, now)
    [*_, step] = overtaken(state, around, at)
    if not isinstance(step, ev.Paged):
        return f"{called} If nobody does, {first}the ladder ends at {utc(at)}."
    return (
        f"{called} If nobody does, {first}{backup(step, person, state, around, f' at {utc(at)}')}."
    )


def proving(
    event: ev.AcknowledgementQuestioned, state: Incident, around: Surroundings, now: datetime
) -> str:
    """What keeps an acknowledgement, and what follows where nothing does."""
    by = state.ladder.prove_by or event.answer_by
    told = (
        f"Take a role, or write down what you see, by {utc(by)}. Else your acknowledgement is void"
    )
    for step in upward(state, around, max(by, now)):
        if isinstance(step, ev.Paged):
            told += f", and {backup(step, event.person, state, around)}"
    return f"{told}."


def backup(
    step: ev.Paged, person: str, state: Incident, around: Surroundings, when: str = ""
) -> str:
    """Whom `step`, which is still to come, pages: never anybody who does not stand there then."""
    if not step.people:
        return f"nobody is paged{when}, as nobody is on any level then"
    levels = (standing(level, state, around, step.at)[0] for level in state.terms.levels)
    if {one.person for people in levels for one in people} == {person}:
        return f"you are paged again{when}, as nobody else is on any level"
    who = listed(["you" if one.person == person else one.person for one in step.people])
    return f"level {step.level} ({who}) is paged{when}"


def accepting(event: ev.RoleOffered, person: str, state: Incident) -> str:
    holder = state.role(event.role).holder
    keeps = f"{holder} keeps the role" if holder else "Nobody has the role"
    told = f"Read the brief, then accept or decline by {utc(event.expires_at)}."
    return told if holder == person else f"{told} {keeps} until you accept."


def leaving(event: ev.ShiftEnded, person: str, state: Incident) -> str:
    """Who has the role by now, or has been offered it, or that nobody has."""
    role = state.role(event.role)
    if role.holder != person:
        return f"{role.holder or 'Nobody'} has the role now: nothing is asked of you."
    if role.offer:
        return (
            f"The role has been offered to {role.offer.to} already. You hold it until they accept; "
            "to keep it, take the offer back."
        )
    if event.next:
        return f"{event.next} is on call now: offer them the role, or keep it."
    return "Nobody is on call after you: hand the role to somebody, or keep it."


def utc(moment: datetime) -> str:
    return f"{clock(moment)} UTC"
