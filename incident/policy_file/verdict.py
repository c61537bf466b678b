"""A policy file read and weighed: the one way in.

What becomes of a file that can be used is settled elsewhere.
"""

import hashlib
from datetime import datetime

from incident.core.values import Value
from incident.policy_file.doubts import Doubts, Known
from incident.policy_file.faults import Fault, in_order
from incident.policy_file.holes import holes
from incident.policy_file.reading import Draft, PolicyFile
from incident.policy_file.tree import parse


class Verdict(Value):
    """`file` is None when one of the faults is an error."""

    file: PolicyFile | None
    faults: tuple[Fault, ...] = ()

    @property
    def errors(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity == "error")

    @property
    def warnings(self) -> tuple[Fault, ...]:
        return tuple(fault for fault in self.faults if fault.severity == "warning")


def read(text: str, now: datetime, known: Known | None = None) -> Verdict:
    """What `text` says, and everything that is wrong or doubtful about it.

    With `known`, people and rotations are looked up. A large file takes up to a few seconds:
    call it in a thread where others wait.
    """
    tree = parse(text)
    by_email = {email.lower(): h for h, email in known.people.items() if email} if known else {}
    draft = Draft(tree, by_email)
    faults = draft.parts.faults
    if not tree.whole or any(fault.severity == "error" for fault in faults):
        return Verdict(file=None, faults=in_order(faults))
    file = draft.file()
    doubts = Doubts(tree, file, known)
    return Verdict(file=file, faults=in_order([*faults, *doubts.all(), *holes(doubts, now)]))


def digest(text: str) -> str:
    """Tells texts apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
