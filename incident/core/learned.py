"""What is known of an incident beyond its log, read from its metadata and ready for Markdown.

Metadata is free-form: whatever does not have the expected shape is passed over, and
nothing here can fail because of it.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeGuard

from incident.core.markdown import inline, item, link, opening
from incident.core.phrases import listed, number, span

DEPTH = 4
TIME = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:00(\.000)?)?Z")

Metadata = Mapping[str, Any]


def texts(metadata: Metadata, name: str) -> tuple[str, ...]:
    """The list of texts called `name`, as list items."""
    return tuple(item(text) for text in _list(metadata, name) if _readable(text))


def names(metadata: Metadata, name: str) -> tuple[str, ...]:
    """The list of names called `name`, as they are."""
    return tuple(text for text in _list(metadata, name) if isinstance(text, str))


def follow_ups(metadata: Metadata) -> tuple[str, ...]:
    """What is to be done, as the text of check boxes: `Alarm on queue age (detect)`."""
    wanted = []
    for one in _list(metadata, "followUps"):
        told = one if isinstance(one, Mapping) else {"title": one}
        title, kind = told.get("title"), told.get("type")
        if _readable(title):
            wanted.append(inline(title) + (f" ({inline(kind)})" if _readable(kind) else ""))
    return tuple(wanted)


def sources(metadata: Metadata) -> tuple[str, ...]:
    return tuple(link(url) for url in _list(metadata, "sources") if _readable(url))


def impact(metadata: Metadata) -> tuple[str, ...]:
    """Lines such as `Comments lost: 5,000`: how long first, then by name."""
    told = metadata.get("impact")
    if _readable(told):
        return (item(told),)
    if not isinstance(told, Mapping):
        return ()
    return tuple(
        f"{opening(words(name).capitalize())}: {amount(name, told[name])}"
        for name in sorted(told, key=durations_first)
    )


def durations_first(name: object) -> tuple[bool, str]:
    return (not str(name).endswith("Minutes"), str(name))


def words(name: str) -> str:
    """`downtimeMinutes` as `downtime`; the unit is said with the number."""
    separate = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", str(name)).lower()
    return re.sub(r" (minutes|percent)$", "", separate)


def amount(name: str, value: Any, depth: int = DEPTH) -> str:  # noqa: ANN401 (any JSON value)
    """`value` with the unit that `name` ends in."""
    if isinstance(value, Mapping | list | tuple) and depth == 0:
        return "…"
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case int() | float() if name.endswith("Minutes"):
            return minutes(value)
        case int() | float():
            return number(value) + (" %" if name.endswith("Percent") else "")
        case list() | tuple():
            return listed([amount(name, one, depth - 1) for one in value])
        case {"from": earlier, "to": later, **others} if not others:
            return f"{amount('', earlier, depth - 1)} to {amount('', later, depth - 1)}"
        case Mapping():
            return listed(
                [counted(str(key), value[key], depth - 1) for key in sorted(value, key=str)]
            )
        case _:
            return inline(TIME.sub(r"\1 \2 UTC", str(value)))


def counted(name: str, value: Any, depth: int) -> str:  # noqa: ANN401 (any JSON value)
    """`5,000,000 hooks`, or `note: some text`."""
    if isinstance(value, int | float) and not name.endswith(("Minutes", "Percent")):
        return f"{amount(name, value)} {inline(words(name))}"
    return f"{inline(words(name))}: {amount(name, value, depth)}"


def minutes(amount: float) -> str:
    """`24 h 11 min (1,451 minutes)`."""
    if not 60 <= amount < 10**6:  # noqa: PLR2004 (an hour; and what a timedelta surely holds)
        return f"{number(amount)} minutes"
    return f"{span(timedelta(minutes=amount))} ({number(amount)} minutes)"


def _list(metadata: Metadata, name: str) -> list[Any]:
    found = metadata.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def _readable(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and bool(text.strip())
