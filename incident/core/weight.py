"""How much an entry weighs on the page: whether people wrote it, decided it, or machines told it.

The browser keeps its own copy of these rules; both are held to the same examples. What an
entry looks like is not said here.
"""

from collections.abc import Mapping
from typing import Any, Literal

Weight = Literal[
    "key decision", "key comms", "human", "change", "machine", "machine hot", "machine paging"
]

SYSTEM = "system"
HIDDEN = frozenset({"entry_pinned", "entry_unpinned"})
"""Kinds that are no lines of their own: they only move a mark."""
HOT = frozenset({
    "response_missed", "update_missed", "acknowledgement_lapsed", "commander_missing",
    "page_undelivered", "resolve_target_missed", "action_overdue",
})  # fmt: skip
"""Something did not happen that should have: somebody has to act."""
PAGING = frozenset({
    "paged", "people_called", "acknowledgement_questioned", "escalation_ended",
})  # fmt: skip
"""Who was called and what became of it."""

LETTERS: Mapping[Weight, str] = {
    "human": "h",
    "key decision": "k",
    "key comms": "k",
    "change": "c",
    "machine": "m",
    "machine paging": "m",
    "machine hot": "o",
}
"""A weight as one letter, where thousands of entries are told at once."""
NO_LINE = "-"
"""The letter of kinds that are hidden."""


def weight(kind: str, entry_type: str, author: str, *, nobody: bool = False) -> Weight:
    """`nobody`: a page that found nobody to call."""
    if entry_type == "decision":
        return "key decision"
    if kind == "update_posted":
        return "key comms"
    if kind in HOT or (kind == "paged" and nobody):
        return "machine hot"
    if kind in PAGING:
        return "machine paging"
    if kind == "action_started":
        return "change"
    if entry_type == "alert" or author == SYSTEM:
        return "machine"
    if kind != "noted":
        return "change"
    return "key comms" if entry_type == "communication" else "human"


def weight_of(entry: Mapping[str, Any]) -> Weight:
    """The weight of an entry in its public shape."""
    nobody = not entry["data"].get("people")
    return weight(entry["kind"], entry["type"], entry["author"], nobody=nobody)


def letter(kind: str, entry_type: str, author: str, *, nobody: bool = False) -> str:
    if kind in HIDDEN:
        return NO_LINE
    return LETTERS[weight(kind, entry_type, author, nobody=nobody)]
