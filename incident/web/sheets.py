"""Which style sheets a kind of page is made of: they go out joined, as one.

A new file under `static/css/` is named in one of these lists, or no page has it.
"""

import re
from collections.abc import Mapping

from incident.web.shelf import File

FRAME_STYLES = ("tokens", "base", "layout", "parts", "palette")
PAGE_STYLES = ("pages",)
LIST_STYLES = ("pages", "command", "home")
ONCALL_STYLES = ("pages", "oncall")
POLICY_STYLES = ("pages", "oncall", "policy")
ROOM_STYLES = (
    "room", "log", "room-extra", "command", "band", "wall",
    "offline", "writing", "tape", "replay", "catch-up", "facts",
    "attach",
)  # fmt: skip

SHEETS: dict[str, tuple[str, ...]] = {
    kind: (*FRAME_STYLES, *styles, "print")
    for kind, styles in {
        "page": PAGE_STYLES,
        "list": LIST_STYLES,
        "oncall": ONCALL_STYLES,
        "policy": POLICY_STYLES,
        "room": ROOM_STYLES,
    }.items()
}
"""In the order in which they are joined; `print` says for itself that it is for paper."""

COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def path_of(kind: str) -> str:
    """Beside `css/`, so that addresses relative to a style sheet stay true."""
    return f"sheets/{kind}.css"


def joined(files: Mapping[str, File]) -> dict[str, File]:
    """The sheet of every kind of page, without the comments."""
    return {path_of(kind): sheet(files, names) for kind, names in SHEETS.items()}


def sheet(files: Mapping[str, File], names: tuple[str, ...]) -> File:
    text = "\n".join(files[f"css/{name}.css"].content.decode() for name in names)
    return File(COMMENT.sub("", text).encode(), "text/css")
