"""The ladder: who is paged when, until somebody acknowledges and something comes of it.

Each level has two clocks: `respond_within`, after which it is paged again, and
`escalate_after`, after which the next one is. Who stands on a level is looked up when it is
paged, so a change of shift counts from the next page on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from incident.core import events as ev
from incident.core.incident import Incident, evolve
from incident.core.pieces import Ladder
from incident.core.standing import next_on_duty, standing
from incident.core.surroundings import Surroundings

REPEAT_FROM = 3
"""After the last level the ladder repeats from this one (or the last, if there are fewer)."""
TURNS = 5
"""Passes through the ladder in one round; then it ends, and says so."""
LOOK_AGAIN = timedelta(hours=1)
"""Where nobody stands on any level, and somebody will: earlier only when they come."""
SYSTEM = "system"


def begin(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """A new round from the first level, if the severity waits for an answer."""
    if not waits(incident):
        return []
    before = incident.ladder
    unused = before.round > 0 and before.turn == 0  # a reopening has counted it already
    ladder = Ladder(round=before.round if unused else before.round + 1, turn=1)
    return climb(incident.model_copy(update={"ladder": ladder}), around, now, to=1)


def waits(incident: Incident) -> bool:
    """Whether an incident of this severity is to be acknowledged, and by somebody."""
    return answered_within(incident) is not None and bool(incident.terms.levels)


def answered_within(incident: Incident) -> timedelta | None:
    """How soon somebody must be on an incident of this severity."""
    return incident.terms.severity(incident.severity).respond_within


def why_not(incident: Incident) -> str:
    """Why nobody is paged for an incident like this."""
    if not incident.terms.levels:
        return "the policy has no levels"
    return f"severity {incident.severity} waits for no answer"


def climb(
    incident: Incident,
    around: Surroundings,
    now: datetime,
    *,
    to: int,
    **told: Any,  # noqa: ANN401 (fields of the event: by, reason, missed, turn)
) -> list[ev.Event]:
    """Page level `to`, or the next one in the ladder's order that has anybody."""
    turn = told.pop("turn", incident.ladder.turn)
    skipped: list[ev.Skipped] = []
    for number, wraps in from_level(to, len(incident.terms.levels)):
        people, why = standing(incident.terms.levels[number - 1], incident, around, now)
        if not people:
            skipped.append(ev.Skipped(level=number, why=why))
            continue
        told |= {"turn": turn + wraps, "people": people, "skipped": tuple(skipped)}
        return [paged(incident, now, number, **told)]
    last = len(incident.terms.levels)
    nobody = paged(incident, now, last, turn=turn, skipped=tuple(skipped), **told)
    soonest = next_on_duty(incident, around, now)
    if soonest:
        wait = max(incident.terms.levels[last - 1].escalate_after, LOOK_AGAIN)
        nobody = nobody.model_copy(update={"climb_at": min(soonest, now + wait)})
    return [nobody]


def from_level(first: int, last: int) -> Iterable[tuple[int, int]]:
    """Every level once, in the order in which they are tried, with 1 where a new turn begins."""
    repeat = min(REPEAT_FROM, last)
    yield from ((number, 0) for number in range(first, last + 1))
    yield from ((number, 1) for number in [*range(repeat, last + 1), *range(1, repeat)]
                if number < first)  # fmt: skip


def paged(incident: Incident, now: datetime, number: int, **told: Any) -> ev.Paged:  # noqa: ANN401 (fields of the event)
    """Level `number` is paged, and its clocks count from now."""
    level = incident.terms.levels[number - 1]
    nobody = not told.get("people")
    return ev.Paged(
        at=now,
        round=max(incident.ladder.round, 1),
        level=number,
        respond_by=None if nobody else now + level.respond_within,
        climb_at=now + level.escalate_after,
        **{"by": SYSTEM} | told,
    )


def fall_due(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """What the ladder does by `now`; a pause that is over comes first."""
    ladder = incident.ladder
    if ladder.paused_until:
        return after_the_pause(incident, around, now) if ladder.paused_until <= now else []
    if ladder.prove_by and ladder.prove_by <= now:
        return unproved(incident, around, now)
    if ladder.climb_at and ladder.climb_at <= now:
        return overtaken(incident, around, now)
    if ladder.respond_by and ladder.respond_by <= now:
        return [late(incident, around, now)]
    return []


def overtaken(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """Page the level that is due now; those that fell due before it were missed."""
    ladder, levels = incident.ladder, incident.terms.levels
    if not levels:
        return [ev.EscalationEnded(by=SYSTEM, at=now, why=why_not(incident))]
    assert ladder.climb_at is not None
    began, missed = ladder.climb_at, list[int]()
    turn, number = following(incident, ladder.turn, ladder.level)
    if not ladder.paged and somebody_comes(incident, around, now):
        turn = max(ladder.turn, 1)  # one that reached nobody does not count
    while turn <= TURNS:
        ends = began + levels[number - 1].escalate_after
        later_turn, later = following(incident, turn, number)
        if ends > now or later_turn > TURNS:
            break
        missed.append(number)
        began, turn, number = ends, later_turn, later
    if turn > TURNS:
        return [over(now)]
    told = climb(incident, around, now, to=number, turn=max(turn, 1), missed=tuple(missed))
    return [over(now) if isinstance(one, ev.Paged) and one.turn > TURNS else one for one in told]


def somebody_comes(incident: Incident, around: Surroundings, now: datetime) -> bool:
    """Whether somebody stands on any level by now, or will."""
    return (
        any(standing(level, incident, around, now)[0] for level in incident.terms.levels)
        or next_on_duty(incident, around, now) is not None
    )


def over(now: datetime) -> ev.EscalationEnded:
    return ev.EscalationEnded(by=SYSTEM, at=now, why=f"nobody answered in {TURNS} turns")


def following(incident: Incident, turn: int, number: int) -> tuple[int, int]:
    """The turn and level after this one."""
    last = len(incident.terms.levels)
    if number < last:
        return max(turn, 1), number + 1
    nobody = not incident.ladder.paged
    return turn + 1, 1 if nobody else min(REPEAT_FROM, last)


def late(incident: Incident, around: Surroundings, now: datetime) -> ev.Paged:
    """Page the level again: whoever stands on it now, or the same people where nobody does."""
    ladder = incident.ladder
    level = incident.terms.levels[ladder.level - 1]
    people, _ = standing(level, incident, around, now)
    same = tuple(ev.Called(person=who, why="paged before") for who in ladder.paged)
    return ev.Paged(
        by=SYSTEM,
        at=now,
        round=ladder.round,
        turn=ladder.turn,
        level=ladder.level,
        people=people or same,
        again=True,
        climb_at=ladder.climb_at,
    )


def unproved(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """Ask once whether somebody is still on it; then go on climbing."""
    person = incident.acknowledged_by or ""
    if not incident.ladder.asked:
        answer_by = now + (answered_within(incident) or timedelta(minutes=5))
        return [ev.AcknowledgementQuestioned(by=SYSTEM, at=now, person=person, answer_by=answer_by)]
    lapsed = ev.AcknowledgementLapsed(by=SYSTEM, at=now, person=person)
    return [lapsed, *upward(incident, around, now)]


def upward(incident: Incident, around: Surroundings, now: datetime, **told: Any) -> list[ev.Event]:  # noqa: ANN401 (fields of the event)
    """The next level, because somebody asked or an answer led nowhere; no turn is too many."""
    if not incident.terms.levels:
        return []
    turn, number = following(incident, incident.ladder.turn, incident.ladder.level)
    return climb(incident, around, now, to=number, turn=max(1, min(turn, TURNS)), **told)


def after_the_pause(incident: Incident, around: Surroundings, now: datetime) -> list[ev.Event]:
    """The clocks go on, and what was due in the very moment of the pause is due now."""
    over = resumed(incident.ladder, SYSTEM, now)
    return [over, *fall_due(evolve(incident, over), around, now)]


def resumed(ladder: Ladder, by: str, now: datetime) -> ev.EscalationResumed:
    """The clocks go on where they stood: what was left of them is left of them now."""
    assert ladder.paused_at is not None
    stood = now - ladder.paused_at
    return ev.EscalationResumed(
        by=by,
        at=now,
        respond_by=ladder.respond_by + stood if ladder.respond_by else None,
        climb_at=ladder.climb_at + stood if ladder.climb_at else None,
    )


def restart(
    before: Incident, incident: Incident, around: Surroundings, now: datetime
) -> list[ev.Event]:
    """New clocks after a change of severity or policy; `before` is the incident before it.

    A severity that is worse pages its level again, as a new round. Otherwise nobody is paged
    again, so the round goes on: whoever was paged can still answer. An acknowledgement
    holds, and what was to come of it has the new time.
    """
    ladder = incident.ladder
    if incident.acknowledged_by:
        return proved_anew(incident, now) if ladder.prove_by else []
    if incident.status not in {"triage", "active"} and not ladder.runs:
        return []
    if not waits(incident):
        return [ev.EscalationEnded(by=SYSTEM, at=now, why=why_not(incident))] if ladder.runs else []
    if not (ladder.runs and ladder.paged):
        return begin(incident, around, now)
    number = min(ladder.level, len(incident.terms.levels))
    if incident.severity < before.severity:
        up = ladder.model_copy(update={"round": ladder.round + 1})
        return climb(incident.model_copy(update={"ladder": up}), around, now, to=number)
    level = incident.terms.levels[number - 1]
    return [
        ev.EscalationRestarted(
            by=SYSTEM,
            at=now,
            round=ladder.round,
            level=number,
            respond_by=now + level.respond_within,
            climb_at=now + level.escalate_after,
        )
    ]


def proved_anew(incident: Incident, now: datetime) -> list[ev.Event]:
    ladder, within = incident.ladder, answered_within(incident)
    prove_by = now + within if within and waits(incident) else None
    return [
        ev.EscalationRestarted(
            by=SYSTEM, at=now, round=ladder.round, level=ladder.level, prove_by=prove_by
        )
    ]
