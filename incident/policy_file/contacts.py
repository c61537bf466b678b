"""People as the short form of a rotation names them: a name and how they are reached.

Who of them is in the directory already is not known here.
"""

import re
import unicodedata

from incident.core.values import Handle, Name, Value

ADDRESS = re.compile(r"[^@\s\x00-\x20<>\",;]{1,64}@[^@\s\x00-\x20<>\",;]{1,189}")
NUMBER = re.compile(r"\+?[0-9][0-9 ().-]{1,28}[0-9]", re.ASCII)
HANDLE_LIMIT = 40
RESERVED = frozenset({"me", "system", "admin"})
"""Handles that are nobody's to take."""
UNWRITTEN = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "đ": "d"})
"""Letters that are no base letter with a mark."""


class NewPerson(Value):
    """Somebody whom a file names, for the directory where they are not there."""

    handle: Handle
    name: Name
    email: str | None = None
    phone: str | None = None
    region: Name | None = None
    timezone: str = "UTC"


class Contact(Value):
    email: str | None = None
    phone: str | None = None


def contact_of(text: object) -> Contact:
    """`ada@example.com, +49 30 5550100`; raises ValueError."""
    parts = re.split(r"[,;]", text) if isinstance(text, str) else [""]
    found: dict[str, str] = {}
    for part in (part.strip() for part in parts):
        kind = "email" if ADDRESS.fullmatch(part) else "phone" if NUMBER.fullmatch(part) else None
        if kind is None or kind in found:
            raise ValueError("must be an address and a number: ada@example.com, +49 30 5550100")
        found[kind] = part
    return Contact(**found)


def handle_of(name: str, email: str | None) -> str | None:
    """`noor.haddad` of her address, or else of her name; None where neither gives one."""
    local = (email or "").partition("@")[0].partition("+")[0]
    return next((made for made in (slug(local), slug(name)) if made), None)


def not_reserved(handle: str) -> str:
    if handle in RESERVED:
        raise ValueError(f"must be another handle: {handle} is reserved")
    return handle


def slug(text: str) -> str | None:
    plain = unicodedata.normalize("NFKD", text.translate(UNWRITTEN)).encode("ascii", "ignore")
    made = re.sub(r"[^a-z0-9._-]+", ".", plain.decode().lower()).strip("._-")[:HANDLE_LIMIT]
    return None if not made or made in RESERVED else made
