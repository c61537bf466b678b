"""Scripts without the comments that are written for whoever reads them here.

They are a fifth of what a browser would fetch. Lines keep their numbers, and nothing else is
touched; third-party files stay as they are, with their licences.
"""

import re

LINE = re.compile(r"^[ \t]*//[^\n]*$", re.MULTILINE)
BLOCK = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL)
"""Comments that have their lines for themselves."""
AFTER = re.compile(r"(?<=\S)[ \t]+// [^\n\"'`]*$", re.MULTILINE)
"""Comments behind code; one with a quote in it stays, as it might be the end of a text."""


def without(path: str, content: bytes) -> bytes:
    """What a browser is sent of the file."""
    if not path.endswith(".js") or path.startswith("vendor/"):
        return content
    text = BLOCK.sub(newlines, content.decode())
    return AFTER.sub("", LINE.sub("", text)).encode()


def newlines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")
