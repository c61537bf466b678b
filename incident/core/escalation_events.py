"""What can have happened on the escalation ladder: who was paged, who answered, what was put off.

Who was paged is recorded in the event, so that a later change of a rotation changes no
history. Nothing here decides whether an event may happen.
"""

from typing import Literal

from incident.core.policy import Terms
from incident.core.values import Audience, Happening, Moment, Value


class Called(Value):
    """Somebody who was paged, and why it was them: `on call for ...`, `named by the policy`."""

    person: str
    why: str


class Skipped(Value):
    """A level that had nobody to page, and why."""

    level: int
    why: str


class Paged(Happening):
    """A level was paged; `people` is empty where no level had anybody.

    `round` counts new beginnings (declaration, reopening, change of severity), `turn` the
    passes through the ladder within one. `again`: the same level, as nobody answered in
    time. `missed`: levels that were due while no server ran. `respond_by`: when this level
    is late; `climb_at`: when the next one is due.
    """

    kind: Literal["paged"] = "paged"
    round: int
    turn: int
    level: int
    people: tuple[Called, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    missed: tuple[int, ...] = ()
    again: bool = False
    reason: str = ""
    respond_by: Moment | None = None
    climb_at: Moment | None = None


class PeopleCalled(Happening):
    """Somebody was paged by name, beside the ladder."""

    kind: Literal["people_called"] = "people_called"
    people: tuple[str, ...]
    reason: str = ""


class PageUndelivered(Happening):
    """A page did not reach `person` by `channel` (`none`: there is no way to them).

    `person` is empty where the server has no way to anybody but the page itself.
    """

    kind: Literal["page_undelivered"] = "page_undelivered"
    person: str
    channel: str
    why: str


class Acknowledged(Happening):
    """`round`: which one was answered. `prove_by`: by then something must have come of it."""

    kind: Literal["acknowledged"] = "acknowledged"
    round: int = 0
    prove_by: Moment | None = None


class AcknowledgementQuestioned(Happening):
    """Nothing came of `person`'s acknowledgement; they are asked once."""

    kind: Literal["acknowledgement_questioned"] = "acknowledgement_questioned"
    person: str
    answer_by: Moment


class AcknowledgementLapsed(Happening):
    """Nothing came of it after the question either: the ladder goes on."""

    kind: Literal["acknowledgement_lapsed"] = "acknowledgement_lapsed"
    person: str


class EscalationPaused(Happening):
    kind: Literal["escalation_paused"] = "escalation_paused"
    until: Moment
    reason: str = ""


class EscalationResumed(Happening):
    """The clocks go on where they stood when they were paused.

    Without clocks: the pause ended because somebody climbed by hand.
    """

    kind: Literal["escalation_resumed"] = "escalation_resumed"
    respond_by: Moment | None = None
    climb_at: Moment | None = None


class EscalationRestarted(Happening):
    """The clocks of the level count anew; nobody is paged again. `prove_by`: likewise."""

    kind: Literal["escalation_restarted"] = "escalation_restarted"
    round: int
    level: int
    respond_by: Moment | None = None
    climb_at: Moment | None = None
    prove_by: Moment | None = None


class EscalationEnded(Happening):
    """Nobody is paged any more: `why` says what ended it."""

    kind: Literal["escalation_ended"] = "escalation_ended"
    why: str


class CommanderMissing(Happening):
    """Nobody has been incident commander since `since`; `people` were paged for that."""

    kind: Literal["commander_missing"] = "commander_missing"
    since: Moment
    people: tuple[Called, ...] = ()


class PolicyApplied(Happening):
    """The incident goes on under a newer policy, with new clocks."""

    kind: Literal["policy_applied"] = "policy_applied"
    terms: Terms
    previous: int
    resolve_by: Moment | None = None
    updates_due: dict[Audience, Moment] = {}
    updates_off: tuple[Audience, ...] = ()


class ResolveTargetMissed(Happening):
    kind: Literal["resolve_target_missed"] = "resolve_target_missed"
    resolve_by: Moment


class PostmortemOverdue(Happening):
    """`owner` is reminded: the incident commander, or who resolved the incident."""

    kind: Literal["postmortem_overdue"] = "postmortem_overdue"
    postmortem_by: Moment
    owner: str | None = None


class UpdateMissed(Happening):
    kind: Literal["update_missed"] = "update_missed"
    audience: Audience
    due_at: Moment


class UpdateSnoozed(Happening):
    kind: Literal["update_snoozed"] = "update_snoozed"
    audience: Audience
    until: Moment
    reason: str = ""


class ResponseMissed(Happening):
    """Retired: nobody had acknowledged in time, before there was a ladder."""

    kind: Literal["response_missed"] = "response_missed"
    respond_by: Moment
