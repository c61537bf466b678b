"""Addresses of the web in what people write are links, on the server's pages as in the room.

Only http and https, with the text shown as it is; the full stop after an address is not of it.
The same ones as in static/js/room/sentence.js.
"""

import re

from markupsafe import Markup, escape

from incident.web.unseen import visibly

PIECE = re.compile(
    r"(`[^`\n]+`|(?<![A-Za-z0-9_])[Hh]ttps?://[^\s<>\"`/?#.,:;!)][^\s<>\"`]*)"  # or code: no links
)
OPENING, CLOSING, STOPS = "([{", ")]}", ".,:;!?'\"*_~»”’…"
LINK = Markup('<a href="{0}" dir="ltr" target="_blank" rel="noopener noreferrer">{0}</a>')


def linked(text: str | None) -> Markup:
    """`text` as HTML, with the names of what cannot be seen in it, and with links."""
    return Markup("").join(drawn(piece) for piece in PIECE.split(visibly(text)))


def drawn(piece: str) -> Markup:
    if PIECE.fullmatch(piece) is None or piece.startswith("`"):
        return escape(piece)
    end = end_of(piece)
    return LINK.format(piece[:end]) + escape(piece[end:])


def end_of(address: str) -> int:
    """Where it ends but for the stops, quotes and brackets that were opened before it."""
    end = depth = 0
    for at, letter in enumerate(address):
        if letter in OPENING:
            depth += 1
        elif letter not in CLOSING:
            end = end if letter in STOPS else at + 1
        elif depth > 0:
            depth, end = depth - 1, at + 1
    return end
