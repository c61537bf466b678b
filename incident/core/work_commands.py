"""What somebody can want of the work itself: of the fixes, and of what may be the cause.

`commands` has these among all others; what is wrong in form never becomes one.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from incident.core.action_events import Hold
from incident.core.role_events import Verdict
from incident.core.values import (
    NAMES_LIMIT,
    ActionId,
    ActionStatus,
    Duration,
    Handle,
    Intent,
    Moment,
    Name,
    OptionalText,
    Risk,
    Target,
    Text,
)

RUN_AFTER = r"^((INC-[1-9][0-9]{0,8}/)?ACT-[1-9][0-9]{0,5})?$"

HypothesisId = Annotated[str, StringConstraints(pattern=r"^H[1-9][0-9]{0,5}$")]


class ProposeAction(Intent):
    description: Text
    target: Target | None = None
    region: Name | None = None
    owner: Handle | None = None
    impact: OptionalText = ""
    risk: Risk | None = None
    estimate: Duration | None = None


class ChangeAction(Intent):
    """Several changes at once happen in the order approval, owner, description, status.

    `override` is the commander's reason to start in spite of a conflict. `conflicts` are
    the holds of others that a start would overlap; whoever keeps the holds fills them in.
    `run_after`: start by itself when that action ends; empty: no longer. `timestamp`: when
    it ended, if not now. `reason`: how it ended.
    """

    action: ActionId
    status: ActionStatus | None = None
    owner: Handle | None = None
    approved: bool | None = None
    description: Text | None = None
    impact: OptionalText | None = None
    estimate: Duration | None = None
    override: Text | None = None
    run_after: Annotated[str, StringConstraints(pattern=RUN_AFTER)] | None = None
    timestamp: Moment | None = None
    reason: OptionalText = ""
    conflicts: tuple[Hold, ...] = ()


class StartQueued(Intent):
    """What the action waited for, `after`, has ended. Sent by the server, never by a person.

    `after` is None for whatever it waits for by now. `conflicts`: as in `ChangeAction`.
    """

    by: str = "system"
    action: ActionId
    after: str | None = None
    conflicts: tuple[Hold, ...] = ()


class ClearReservation(Intent):
    """Take back a hold that was reserved for a start which never came."""

    action: ActionId


class RaiseHypothesis(Intent):
    description: Text


class JudgeHypothesis(Intent):
    """What speaks for it and against it; with a `verdict`, what is thought of it now.

    Where that is that it is eliminated, `entries` speak against it if `against` is empty.
    """

    hypothesis: HypothesisId
    verdict: Verdict | None = None
    reason: OptionalText = ""
    entries: Annotated[tuple[int, ...], Field(max_length=NAMES_LIMIT)] = ()
    against: Annotated[tuple[int, ...], Field(max_length=NAMES_LIMIT)] = ()
