"""The pieces of an incident's state: roles and their offers, fixes, promises, the ladder.

They only hold what was recorded; what follows from it stands with the rules.
"""

from datetime import datetime
from typing import Literal

from incident.core.role_events import Verdict
from incident.core.values import (
    ActionStatus,
    Duration,
    Health,
    Moment,
    OptionalText,
    Risk,
    Value,
    in_utc_milliseconds,
)


class Offer(Value):
    """A role that `to` may take until `expires_at`."""

    to: str
    by: str
    at: Moment
    expires_at: Moment
    message: OptionalText = ""


class Call(Value):
    """`person` was paged beside the ladder, and has entered nothing since.

    `by` is who paged them by name, or `system`, because nobody commands.
    """

    person: str
    by: str


class Role(Value):
    holder: str | None = None
    since: Moment | None = None
    shift_ends: Moment | None = None
    offer: Offer | None = None

    @property
    def wake_at(self) -> datetime | None:
        expires = self.offer.expires_at if self.offer else None
        return earliest(expires, self.shift_ends if self.holder else None)


class Action(Value):
    """`run_after`: another one at whose end this one starts by itself; `queued_by` asked so.

    `reason`: how it ended.
    """

    id: str
    description: str
    status: ActionStatus = "proposed"
    target: str | None = None
    region: str | None = None
    owner: str | None = None
    impact: str = ""
    risk: Risk | None = None
    estimate: Duration | None = None
    created_by: str
    created_at: Moment
    approved_by: str | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    executed_on: str | None = None
    run_after: str | None = None
    queued_by: str | None = None
    overdue: bool = False
    reason: str = ""

    @property
    def wake_at(self) -> datetime | None:
        """When it has been running for longer than was estimated."""
        if self.status != "in-progress" or self.overdue:
            return None
        if self.started_at is None or self.estimate is None:
            return None
        return in_utc_milliseconds(self.started_at + self.estimate)


class Channel(Value):
    """What one audience was promised. `missed`: the promise was not kept, and that is recorded.

    `promised`: somebody gave that time; else it follows from the cadence of the severity.
    """

    last_sent_at: Moment | None = None
    due_at: Moment | None = None
    missed: bool = False
    promised: bool = False
    snoozed: bool = False

    @property
    def wake_at(self) -> datetime | None:
        return None if self.missed else self.due_at


class Ailing(Value):
    """A service that is not well in a region."""

    service: str
    region: str
    health: Health


class Hypothesis(Value):
    """`by`, `at` and `reason` are of the last verdict, or of whoever raised it.

    `speaks_for` and `speaks_against` are numbers of entries.
    """

    id: str
    description: str
    verdict: Verdict = "open"
    by: str
    at: Moment
    reason: str = ""
    speaks_for: tuple[int, ...] = ()
    speaks_against: tuple[int, ...] = ()


class Ladder(Value):
    """Where the escalation stands; see `Paged` for the words.

    `paused_at` and `paused_until`: the clocks stand still between them. `prove_by`: the
    acknowledgement must have led somewhere by then; `asked`: the question was put.
    """

    round: int = 0
    turn: int = 0
    level: int = 0
    paged: tuple[str, ...] = ()
    paged_at: Moment | None = None
    again: bool = False
    respond_by: Moment | None = None
    climb_at: Moment | None = None
    paused_at: Moment | None = None
    paused_until: Moment | None = None
    prove_by: Moment | None = None
    asked: bool = False
    ended: str = ""

    @property
    def runs(self) -> bool:
        """Whether it would page somebody by itself."""
        return self.climb_at is not None

    @property
    def wake_at(self) -> datetime | None:
        if self.paused_until:
            return self.paused_until
        return earliest(self.respond_by, self.climb_at, self.prove_by)

    def without_clocks(self) -> "Ladder":
        """The same place, at which nothing falls due."""
        return self.model_copy(update=NO_CLOCKS)


NO_CLOCKS: dict[str, Literal[False] | None] = {
    "respond_by": None,
    "climb_at": None,
    "paused_at": None,
    "paused_until": None,
    "prove_by": None,
    "asked": False,
}


def earliest(*moments: datetime | None) -> datetime | None:
    return min(filter(None, moments), default=None)
