"""How a command is refused: a stable code for programs, one sentence for a tired person."""

from typing import Any, Literal

Code = Literal[
    "already-declared",
    "no-such-incident",
    "already-acknowledged",
    "bad-transition",
    "reason-required",
    "actions-running",
    "not-open",
    "bad-time",
    "bad-times",
    "role-held",
    "role-not-held",
    "not-your-role",
    "no-such-action",
    "no-such-entry",
    "not-amendable",
    "already-redacted",
    "not-admin",
    "approval-needed",
    "not-approver",
    "own-approval",
    "target-busy",
    "override-not-commander",
    "bad-history",
    "stale-page",
    "no-levels",
    "nobody-to-page",
    "nothing-to-pause",
    "no-such-person",
    "no-such-role",
    "no-offer",
    "nothing-due",
    "no-such-hypothesis",
    "bad-evidence",
    "not-affected",
    "bad-queue",
]
"""Every reason `decide` may give. Each is explained in docs/refusals.md."""


class Rejected(Exception):
    """The state forbids this command. `facts` are details that a program may want."""

    def __init__(self, code: Code, message: str, **facts: Any) -> None:  # noqa: ANN401 (facts are whatever a program may want)
        super().__init__(message)
        self.code: Code = code
        self.message = message
        self.facts = facts
