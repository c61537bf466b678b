"""The words in which people are told of things, as plain text.

A pure function of what happened. What people wrote is put on one line without anything that
could steer a program; it decides nothing, and knows no address. What is asked stands in `asks`.
"""

import unicodedata
from dataclasses import dataclass

from incident.core.values import TITLE_LIMIT

SENTENCE_LIMIT = 1000
"""Characters of what happened that a letter repeats; the rest is behind the link."""
PLACES_LIMIT = 300
"""Characters of what is affected; the rest is behind the link."""
STEERING = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
"""Marks that turn the direction of text, and so can make it read as what it is not."""
UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn"})
BREAKS = frozenset({"Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Notice:
    """What there is to tell.

    `headline` and `answer`: what is asked, see `asks`. `happened`: a sentence; empty where
    nothing may be repeated. `status`: such as `active, fixing`. `leads`: the commander's handle.
    """

    kind: str
    incident: str
    title: str
    severity: int
    drill: bool
    headline: str
    answer: str
    happened: str
    link: str
    services: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    status: str = ""
    leads: str | None = None
    possibly_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """`subject` is one line; `text` is lines that only this module broke."""

    subject: str
    text: str


def letter(notice: Notice) -> Letter:
    """What a person is told, in the order in which a lock screen cuts it off."""
    title = in_one_line(notice.title, TITLE_LIMIT)
    return Letter(subject=subject(notice, title), text="\n".join(lines(notice, title)) + "\n")


def subject(notice: Notice, title: str) -> str:
    """How bad, what is asked, of which incident: no two kinds of letter have the same."""
    drill = "DRILL " if notice.drill else ""
    asked = notice.headline if notice.headline.endswith("?") else f"{notice.headline}:"
    return f"{drill}SEV{notice.severity} {asked} {title} [{notice.incident}]"


def lines(notice: Notice, title: str) -> list[str]:
    """The text, line by line."""
    happened = in_one_line(notice.happened, SENTENCE_LIMIT)
    told = ["This is a drill: nothing is broken."] if notice.drill else []
    told += [title, affected(notice), f"Severity {notice.severity}{standing(notice)}"]
    told += ["", notice.answer, notice.link, ""]
    told += [happened] if happened else []
    if notice.possibly_repeated:
        told += ["You may have got this before: the first attempt was never confirmed."]
    return [*told, f"{notice.incident}. Sent by Incident Command. Nobody reads answers to it."]


def affected(notice: Notice) -> str:
    """Which services, and where."""
    services, regions = ", ".join(notice.services), ", ".join(notice.regions)
    if not services and not regions:
        return "Affected: nobody has said yet"
    where = f" in {regions}" if regions else ""
    return in_one_line(f"Affected: {services or 'services not named yet,'}{where}", PLACES_LIMIT)


def standing(notice: Notice) -> str:
    """How far it is, and who leads."""
    status = f", {notice.status}" if notice.status else ""
    return f"{status}. Incident commander: {notice.leads or 'nobody'}"


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
