"""What a file is called: by whoever sends it, as it is kept, and as it is told to a browser.

A name is a person's text. It is kept readable, and never leads anywhere.
"""

import re
import unicodedata
from typing import Annotated
from urllib.parse import quote

from pydantic import Field

from incident.web.api_query import Query

NAME_LIMIT = 1_000
"""Characters that are taken; what is kept of them is shorter."""
KEPT = 120
ENDING = 16
"""Characters of an ending that is kept where the rest is cut."""
UNNAMED = "unnamed"
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Categories of what cannot be seen, or turns the text around it."""
PLAIN = re.compile(r"[^A-Za-z0-9 ._()+-]")


class UploadQuery(Query):
    name: Annotated[str, Field(max_length=NAME_LIMIT)] = ""
    """What the file is called, such as graph.png."""


def readable(given: str) -> str:
    """The last part of a path, without what cannot be seen; cut before its ending."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    seen = (" " if c in "\t\r\n" else c for c in last)
    text = "".join(c for c in seen if unicodedata.category(c) not in UNSEEN)
    name = " ".join(text.split()).strip(". ")
    return shortened(name) or UNNAMED


def shortened(name: str) -> str:
    if len(name) <= KEPT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > ENDING:
        return name[:KEPT].rstrip()
    return f"{stem[: KEPT - len(ending) - 1].rstrip()}.{ending}"


def disposition(kind: str, name: str) -> str:
    """Content-Disposition (RFC 6266): in ASCII for old readers, and as it is."""
    return f"{kind}; filename=\"{PLAIN.sub('_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"
