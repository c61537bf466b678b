"""The sentences of the ladder, of roles that are offered, and of clocks that ran out.

Each says what happened and, where nobody can know it, why.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from incident.core import events as ev
from incident.core.phrases import clock, date_and_clock, listed, span
from incident.core.titles import role_title

SECOND = timedelta(seconds=1)
TURN = re.compile(r"^(?P<before>.*: )?turn \d+ of (?P<rotation>[^,:]+), .*$")


def shortly(why: str) -> str:
    """Why it was them; which turn of which rhythm it is, only the facts of the entry say."""
    return TURN.sub(lambda told: f"{told['before'] or ''}on call for {told['rotation']}", why)


def paged(event: ev.Paged) -> str:
    """Who was paged on which level and why; which levels had nobody or were missed."""
    who = listed([f"{called.person} ({shortly(called.why)})" for called in event.people])
    level = f"level {event.level}" + (f", turn {event.turn}" if event.turn > 1 else "")
    if event.again:
        told = f"Paged {level} again, as nobody answered: {names(event.people)}"
    elif event.people:
        told = f"Paged {who} on {level}"
    else:
        told = "Nobody could be paged"
    parts = [f"{told}: {event.reason}" if event.reason else told]
    parts += [f"nobody on level {skipped.level}: {skipped.why}" for skipped in event.skipped]
    if event.missed:
        several, was = ("s", "were") if len(event.missed) > 1 else ("", "was")
        levels = listed([str(level) for level in event.missed])
        parts.append(f"level{several} {levels} fell due while no server ran and {was} not paged")
    first, *others = parts
    return "; ".join([first.rstrip("."), *others]) if others else first


def utc(moment: datetime) -> str:
    return f"{clock(moment)} UTC"


def names(people: Sequence[ev.Called]) -> str:
    return listed([called.person for called in people])


def called(event: ev.PeopleCalled) -> str:
    told = f"{event.by} paged {listed(event.people)}"
    return f"{told}: {event.reason}" if event.reason else told


def undelivered(event: ev.PageUndelivered) -> str:
    if not event.person:
        return f"Pages show in browsers only: {event.why}"
    if event.channel == "none":
        return f"The page to {event.person} went nowhere: {event.why}"
    return f"The page to {event.person} by {event.channel} did not arrive: {event.why}"


def questioned(event: ev.AcknowledgementQuestioned) -> str:
    return (
        f"{event.person} acknowledged, took no role and wrote nothing since: still on it? "
        f"The ladder goes on at {utc(event.answer_by)}"
    )


def restarted(event: ev.EscalationRestarted) -> str:
    if event.climb_at:
        return f"The clocks of level {event.level} count anew; next level at {utc(event.climb_at)}"
    if event.prove_by:
        return f"The acknowledgement has until {utc(event.prove_by)} to lead somewhere"
    return "Nothing more is asked of the acknowledgement"


def resumed(event: ev.EscalationResumed) -> str:
    by_itself = event.by == "system"
    told = "The escalation goes on" if by_itself else f"{event.by} ended the pause"
    return f"{told}; next level at {utc(event.climb_at)}" if event.climb_at else told


def commander_missing(event: ev.CommanderMissing) -> str:
    told = f"Nobody has been incident commander since {utc(event.since)}"
    return (
        f"{told}: paged {names(event.people)}"
        if event.people
        else f"{told}, and nobody is there to be paged"
    )


def offered(event: ev.RoleOffered) -> str:
    """Whose offer it is, or why it is them, and what who offers it adds to the brief."""
    by = "" if event.by == "system" else f" by {event.by}"
    why = f" ({shortly(event.why)})" if event.why else ""
    words = f": {event.message}" if event.message else ""
    return f"{event.to} is offered {role_title(event.role)}{by}{why}{words}"


def accepted(event: ev.RoleAccepted) -> str:
    title = role_title(event.role)
    took = f"in {span(event.waited)}" if event.waited >= SECOND else "at once"
    if event.previous:
        return f"{event.previous} handed {title} to {event.holder}, accepted {took}"
    return f"{event.holder} accepted {title} {took}"


def shift_ended(event: ev.ShiftEnded) -> str:
    told = f"The shift of {event.holder} as {role_title(event.role)} is over"
    return (
        f"{told}; {event.next} is on call now" if event.next else f"{told}, and nobody is on call"
    )


def shift_extended(event: ev.ShiftExtended) -> str:
    """It may be shorter by now, too, and end although the holder is not on call any more."""
    if event.shift_ends is None:
        return f"{event.holder} is still on call as {role_title(event.role)}"
    ends = date_and_clock(event.shift_ends)
    return f"The shift of {event.holder} as {role_title(event.role)} now ends at {ends}"


def judged(event: ev.HypothesisJudged) -> str:
    """The verdict with what it rests on, and what speaks the other way."""
    words = {"open": "is open again", "supported": "is supported", "eliminated": "is ruled out"}
    ruled_out = event.verdict == "eliminated"
    speaks_for, against = event.evidence
    grounds, contrary = (against, speaks_for) if ruled_out else (speaks_for, against)
    told = f"{event.hypothesis} {words[event.verdict]}"
    told += f" by {entries(grounds)}" if grounds else ""
    told += (
        f", although {speaking(contrary, 'for' if ruled_out else 'against')} it" if contrary else ""
    )
    return f"{told}: {event.reason}" if event.reason else told


def cited(event: ev.EvidenceCited) -> str:
    sides = zip(event.evidence, ("for", "against"), strict=True)
    parts = [f"{speaking(numbers, side)} {event.hypothesis}" for numbers, side in sides if numbers]
    told = "; ".join(parts) or f"Nothing new speaks for or against {event.hypothesis}"
    return f"{told}: {event.reason}" if event.reason else told


def speaking(numbers: Sequence[int], side: str) -> str:
    return f"{entries(numbers)} {'speaks' if len(numbers) == 1 else 'speak'} {side}"


def entries(numbers: Sequence[int]) -> str:
    return listed([f"T{number}" for number in numbers])
