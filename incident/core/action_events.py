"""What can have happened to an action, from its proposal to its end.

Nothing here decides whether an event may happen.
"""

from typing import Literal

from incident.core.values import ActionStatus, Duration, Happening, Moment, Risk, Value


class Hold(Value):
    """A running action's right to a target in a region, as another action meets it."""

    incident: str
    action: str
    holder: str
    since: Moment
    target: str
    region: str


class ActionProposed(Happening):
    kind: Literal["action_proposed"] = "action_proposed"
    action: str
    description: str
    target: str | None = None
    region: str | None = None
    owner: str | None = None
    impact: str = ""
    risk: Risk | None = None
    estimate: Duration | None = None


class ActionApproved(Happening):
    kind: Literal["action_approved"] = "action_approved"
    action: str


class ApprovalWithdrawn(Happening):
    kind: Literal["approval_withdrawn"] = "approval_withdrawn"
    action: str


class ActionStarted(Happening):
    """`after`: it started by itself when that one had ended, as `asked_by` had asked."""

    kind: Literal["action_started"] = "action_started"
    action: str
    owner: str
    after: str | None = None
    asked_by: str | None = None


class ActionCompleted(Happening):
    """`executed_on`: where it really ran, when that is not its target.

    `late`: told more than a minute afterwards. `reason`: how it turned out.
    """

    kind: Literal["action_completed"] = "action_completed"
    action: str
    executed_on: str | None = None
    late: bool = False
    reason: str = ""


class ActionAbandoned(Happening):
    """`from_status`: what was given up, a proposal or a running action. `late`: as above."""

    kind: Literal["action_abandoned"] = "action_abandoned"
    action: str
    from_status: ActionStatus = "proposed"
    late: bool = False
    reason: str = ""


class ActionReassigned(Happening):
    kind: Literal["action_reassigned"] = "action_reassigned"
    action: str
    owner: str


class ActionDescribed(Happening):
    """Only what changed is set; the rest is None."""

    kind: Literal["action_described"] = "action_described"
    action: str
    description: str | None = None
    impact: str | None = None
    estimate: Duration | None = None


class ConflictOverridden(Happening):
    """The commander let an action start although others hold its target."""

    kind: Literal["conflict_overridden"] = "conflict_overridden"
    action: str
    reason: str
    conflicts: tuple[Hold, ...]


class ReservationCleared(Happening):
    """A hold was left behind by a start that never came; somebody else needed it."""

    kind: Literal["reservation_cleared"] = "reservation_cleared"
    action: str
    target: str


class ActionQueued(Happening):
    """It starts by itself when `after` ends (`ACT-4`, or `INC-3/ACT-4`), if still approved."""

    kind: Literal["action_queued"] = "action_queued"
    action: str
    after: str


class ActionUnqueued(Happening):
    """It no longer waits to be started by itself."""

    kind: Literal["action_unqueued"] = "action_unqueued"
    action: str
    reason: str = ""


class ActionOverdue(Happening):
    """It has been running for longer than its `estimate`."""

    kind: Literal["action_overdue"] = "action_overdue"
    action: str
    owner: str
    estimate: Duration
