"""Who must hear of an event beyond the war room: what a commit owes to people.

How they are told (mail, webhook, chat) and when is not known here.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from incident.core import events as ev
from incident.core.incident import Incident
from incident.core.values import ENDED, Value

Kind = Literal[
    "page",
    "question",
    "offer",
    "assigned",
    "shift",
    "update-overdue",
    "action-overdue",
    "commander-missing",
    "resolve-target",
    "postmortem",
]

URGENT = 1
"""The severity that no quiet hours hold back."""
PAGES: frozenset[Kind] = frozenset({"page", "commander-missing"})
"""Kinds that wake somebody: whoever gets one need not hear of an offer in the same breath."""


class Owed(Value):
    """`person` must hear of event number `index` of its commit."""

    index: int
    person: str
    kind: Kind
    urgent: bool = False


def owed(events: Sequence[ev.Event], after: Incident) -> tuple[Owed, ...]:
    """What a commit with these `events`, and this state after it, owes to whom."""
    told = [
        Owed(index=index, person=person, kind=kind, urgent=after.severity <= URGENT)
        for index, event in enumerate(events)
        for person, kind in hearers(event, after)
    ]

    def behind(one: Owed) -> tuple[bool, bool]:
        # A round that begins in the same breath voids the pages before it: those wake nobody.
        return not still_asked(events[one.index], one.person, after), one.kind != "page"

    pages = sorted((one for one in told if one.kind in PAGES), key=behind)
    woken = {one.person: one for one in reversed(pages)}
    return tuple(one for one in told if heard(one, woken.get(one.person)))


def heard(one: Owed, page: Owed | None) -> bool:
    """Whoever is woken is woken once, and hears of no offer in the same breath."""
    return one is page or page is None or one.kind not in {*PAGES, "offer"}


def hearers(event: ev.Event, after: Incident) -> Iterable[tuple[str, Kind]]:
    """The people who must hear of one event."""
    match event:
        case ev.Paged():
            yield from ((called.person, "page") for called in event.people)
        case ev.PeopleCalled():
            yield from ((person, "page") for person in event.people)
        case ev.AcknowledgementQuestioned():
            yield event.person, "question"
        case ev.RoleOffered() if event.to != event.by:
            yield event.to, "offer"
        case ev.RoleAssigned() if event.holder != event.by:
            yield event.holder, "assigned"
        case ev.ShiftEnded():
            yield event.holder, "shift"
        case ev.CommanderMissing():
            yield from ((called.person, "commander-missing") for called in event.people)
        case ev.UpdateMissed():
            speaker = after.role("communications_lead").holder or after.commander
            yield from ((who, "update-overdue") for who in [speaker] if who)
        case ev.ActionOverdue():
            yield event.owner, "action-overdue"
        case ev.ResolveTargetMissed():
            yield from ((who, "resolve-target") for who in [after.commander] if who)
        case ev.PostmortemOverdue():
            yield from ((who, "postmortem") for who in [event.owner] if who)
        case _:
            return


def still_asked(event: ev.Event, person: str, state: Incident) -> bool:
    """Whether what `event` asks of `person` still stands in `state`."""
    match event:
        case ev.PostmortemOverdue():
            return state.status == "resolved"
        case _ if state.status in ENDED:
            return False
        case ev.Paged():
            return event.round == state.ladder.round and state.acknowledged_by is None
        case ev.AcknowledgementQuestioned():
            return state.acknowledged_by == person and state.ladder.prove_by is not None
        case ev.RoleOffered():
            offer = state.role(event.role).offer
            return offer is not None and (offer.to, offer.at) == (event.to, event.at)
        case ev.RoleAssigned():
            return state.role(event.role).holder == person
        case ev.CommanderMissing():
            return state.commander is None
        case ev.UpdateMissed():
            return state.communications[event.audience].missed
        case ev.ActionOverdue():
            action = state.action(event.action)
            return action is not None and action.status == "in-progress"
        case _:
            return True
