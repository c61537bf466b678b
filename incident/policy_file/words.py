"""What pydantic refuses, in words that say what would be right.

Where it stands in the file is added by the reader.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from incident.core.oncall.schedule import HANDOFF_FORMS

EXAMPLES = {
    "page": "page: {role: operations_lead}",
    "level": "level: 1",
    "respond_within": "respond_within: 15m",
    "escalate_after": "escalate_after: 30m",
    "name": "name: Ada Okafor",
    "region": "region: eu-central",
    "contact": 'contact: "ada@example.com, +49 30 5550100"',
    "members": "members: [ada, mei]",
    "handoff": "handoff: weekly Mon 09:00",
    "starts": "starts: 2026-01-05",
    "timezone": "timezone: Europe/Berlin",
    "role": "role: operations_lead",
    "from": 'from: "09:00"',
    "to": 'to: "17:00"',
    "days": "days: [Mon, Tue, Wed, Thu, Fri]",
}
"""What a field looks like that is right."""

PATTERNS = {
    "0,39}$": "must be 1 to 40 of a-z, 0-9, dot, dash and underscore, such as ada",
    "[a-z0-9_]{0,39}$": "must be a role: 1 to 40 of a-z, 0-9 and underscore, such as tech_lead",
    "0,79}$": "must be a rotation: 1 to 80 of a-z, 0-9, dot, dash and underscore, such as db-eu",
}
"""How patterns of values end, and what matches them."""

NAMES_LIMIT = 12
"""Names that a sentence can list."""

LIMITS = {
    "string_pattern_mismatch": "{pattern}",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} of them",
    "too_short": "must have at least {min_length} of them",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
}
"""What is too long, too many or none of a few."""

FORMS = {
    "dict_type": "must be fields with names, such as `name: value`",
    "model_type": "must be fields with names, such as `name: value`",
    "model_attributes_type": "must be fields with names, such as `name: value`",
    "tuple_type": "must be a list, such as [ada, mei], or lines that begin with a dash",
    "list_type": "must be a list, such as [ada, mei], or lines that begin with a dash",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number such as 1",
    "int_parsing": "must be a whole number such as 1",
    "time_delta_type": "must be a duration such as 15m, 1h30m or 7d",
}


def sentence(error: ErrorDetails, fields: Iterable[str]) -> str:
    """What would be right instead of what `error` is about; `fields` are those of its place."""
    name = str(error["loc"][-1]) if error["loc"] else ""
    if name == "handoff" and error["type"] in FORMS:
        return f"must be text, such as {HANDOFF_FORMS}"
    match error["type"]:
        case "missing" if name == "layers":
            return "must have members: add them, as in `members: [ada, mei]`"
        case "missing":
            return f"`{name}` is missing: add it, as in `{EXAMPLES.get(name, name)}`"
        case "extra_forbidden":
            return unknown(name, fields)
        case known if known in LIMITS:
            return LIMITS[known].format(**{k: shown(v) for k, v in error["ctx"].items()})
        case known:
            return FORMS.get(known) or error["msg"].removeprefix("Value error, ")


def shown(limit: object) -> str:
    """A limit as people read it: a pattern as what matches it."""
    text = str(limit)
    return pattern(text) if text.startswith("^") else text


def pattern(expected: str) -> str:
    endings = sorted(PATTERNS, key=len, reverse=True)
    found = next((PATTERNS[end] for end in endings if expected.endswith(end)), None)
    return found or f"must match {expected}"


def unknown(name: str, known: Iterable[str]) -> str:
    """A name that means nothing here, and the one that was probably meant."""
    names = list(known)
    meant = nearest(name, names)
    right = f"do you mean `{meant}`?" if meant else f"there are {', '.join(names)}"
    return f"`{name[:80]}` means nothing here: {right}"


def missing(what: str, name: str, known: Iterable[str]) -> str:
    """Something is named that is not there, and what was probably meant."""
    names = list(known)
    told = f"there is no {what} `{name[:80]}`"
    if meant := nearest(name, names):
        return f"{told}: do you mean `{meant}`?"
    return f"{told}: there are {', '.join(names)}" if 0 < len(names) <= NAMES_LIMIT else told


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that was probably meant."""
    plain = {one.replace("_", "").lower(): one for one in known}
    wanted = name[:80].replace("_", "").replace("-", "").replace(" ", "").lower()
    found = get_close_matches(wanted, plain, n=1, cutoff=0.7)
    return plain[found[0]] if found else None
