"""The words in which people are told of things, as plain text.

A pure function of what happened. What people wrote is put on one line without anything that
could steer a program; it decides nothing, and knows no address.
"""

import unicodedata
from dataclasses import dataclass

from incident.core.values import TITLE_LIMIT

SENTENCE_LIMIT = 1000
"""Characters of what happened that a letter repeats; the rest is behind the link."""
STEERING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""Marks that turn the direction of text, and so can make it read as what it is not."""
UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
BREAKS = frozenset({"Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What there is to tell. `happened`: a sentence; empty where nothing may be repeated."""

    kind: str
    incident: str
    title: str
    severity: int
    drill: bool
    happened: str
    link: str
    possibly_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """`subject` is one line; `text` is lines that only this module broke."""

    subject: str
    text: str


HEADLINES = {
    "page": "You are paged",
    "question": "Still on it?",
    "offer": "A role is offered to you",
    "assigned": "You have a role",
    "shift": "Your shift is over",
    "update-overdue": "An update is overdue",
    "action-overdue": "A fix takes longer than estimated",
    "commander-missing": "Nobody is in command",
    "resolve-target": "The time to resolve this has passed",
    "postmortem": "The post-mortem is due",
}
NEXT = {
    "page": "Open the incident and acknowledge. While nobody does, others are paged.",
    "question": "You acknowledged, and nothing has been heard since. Take a role or write down "
    "what you see; else others are paged.",
    "offer": "Read the brief, then accept or decline. Until you accept, whoever holds the role "
    "keeps it.",
    "assigned": "It is yours from now on. Open the incident, or hand the role over.",
    "shift": "Hand your role over to whoever is on call now, or keep it.",
    "update-overdue": "Tell them where things stand, even if that is: nothing new.",
    "action-overdue": "Finish it, give it up, or write down why it takes longer.",
    "commander-missing": "Take command, or give it to somebody who can.",
    "resolve-target": "Look at what is missing, and whether more people are needed.",
    "postmortem": "Write it while people remember, or say why there will be none.",
}


def letter(notice: Notice) -> Letter:
    """What a person is told. A kind that has no words yet gets plain ones."""
    headline = HEADLINES.get(notice.kind, "Something needs you")
    title = in_one_line(notice.title, TITLE_LIMIT)
    drill = "DRILL " if notice.drill else ""
    return Letter(
        subject=f"[{drill}{notice.incident} SEV{notice.severity}] {headline}: {title}",
        text="\n".join(lines(notice, headline, title)) + "\n",
    )


def lines(notice: Notice, headline: str, title: str) -> list[str]:
    """The text, line by line."""
    happened = in_one_line(notice.happened, SENTENCE_LIMIT)
    told = [f"{headline}.", "", f"{notice.incident}, severity {notice.severity}: {title}"]
    told += [happened] if happened else []
    told += ["", NEXT.get(notice.kind, "Open the incident to see what is asked of you.")]
    told += [notice.link, ""]
    if notice.drill:
        told += ["This is a drill: nothing is broken."]
    if notice.possibly_repeated:
        told += ["You may have got this before: the first attempt was never confirmed."]
    return [*told, "Sent by Incident Command. Nobody reads answers to it."]


def in_one_line(text: str, limit: int) -> str:
    """`text` without breaks, control characters and marks of direction, cut to `limit`."""
    kept = "".join(seen(character) for character in text)
    line = " ".join(kept.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def seen(character: str) -> str:
    """`character` if it can be read; a space for what broke the line."""
    kind = unicodedata.category(character)
    if character.isspace() or kind in BREAKS:
        return " "
    return "" if kind in UNSEEN or character in STEERING else character
