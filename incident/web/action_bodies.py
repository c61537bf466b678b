"""What clients send about fixes, field by field, and the command that each body stands for.

Only form is checked here; what the state forbids is not known here.
"""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictBool

from incident.core import work_commands as work
from incident.core.values import (
    LONGEST,
    ActionStatus,
    Moment,
    Name,
    OptionalText,
    Risk,
    Target,
    Text,
)
from incident.web.bodies import Body, IsoDuration, Who, himself

ACTION_ID = re.compile(r"ACT-[1-9][0-9]{0,5}")

Estimate = Annotated[IsoDuration, Field(gt=timedelta(0), le=LONGEST)]
RunAfter = Annotated[str, Field(pattern=work.RUN_AFTER)]


class ActionBody(Body):
    description: Text
    """What is to be done."""
    target: Target = None  # type: ignore[assignment]  # absent, but never null
    """What it touches: a path such as `db/primary` or `waf/*`."""
    region: Name = None  # type: ignore[assignment]  # absent, but never null
    """Where; everywhere when absent."""
    owner: Who = None  # type: ignore[assignment]  # absent, but never null
    """Who will do it; a handle, or `me`."""
    impact: OptionalText = ""
    """What it may break."""
    risk: Risk = None  # type: ignore[assignment]  # absent, but never null
    estimate: Estimate = None  # type: ignore[assignment]  # absent, but never null
    """How long it takes, at most 30 days."""

    def command(self, by: str) -> work.ProposeAction:
        given = self.given()
        if "owner" in given:
            given["owner"] = himself(given["owner"], by)
        return work.ProposeAction(by=by, **given)

    def people(self) -> dict[str, str]:
        return {"owner": self.owner} if self.owner and self.owner != "me" else {}


class ChangeActionBody(Body):
    """These fields and no others."""

    status: ActionStatus = None  # type: ignore[assignment]  # absent, but never null
    """`in-progress` starts it, `completed` and `abandoned` end it."""
    owner: Who = None  # type: ignore[assignment]  # absent, but never null
    """Who does it; a handle, or `me`."""
    approved: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """Approve it, or take the approval back."""
    description: Text = None  # type: ignore[assignment]  # absent, but never null
    impact: OptionalText = None  # type: ignore[assignment]  # absent, but never null
    estimate: Estimate = None  # type: ignore[assignment]  # absent, but never null
    """How long it takes, at most 30 days; an approval stays."""
    override: Text = None  # type: ignore[assignment]  # absent, but never null
    """The commander's reason to start although others are on the target."""
    run_after: RunAfter | None = None
    """Start by itself when that one ends: `ACT-4`, or `INC-3/ACT-4`; null or empty: no longer."""
    timestamp: Moment = None  # type: ignore[assignment]  # absent, but never null
    """When it ended, if not now: with `completed` and `abandoned` only, not before it started."""
    reason: OptionalText = ""
    """How it turned out, or why it was given up: with `completed` and `abandoned` only."""

    def change(self, by: str, action: str) -> work.ChangeAction:
        given = self.given()
        if "run_after" in given:
            given["run_after"] = given["run_after"] or ""
        if "owner" in given:
            given["owner"] = himself(given["owner"], by)
        return work.ChangeAction(by=by, action=action, **given)

    def people(self) -> dict[str, str]:
        return {"owner": self.owner} if self.owner and self.owner != "me" else {}


def is_action_id(text: str) -> bool:
    return ACTION_ID.fullmatch(text) is not None
