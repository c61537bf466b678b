"""People's text as Markdown that says exactly what they wrote and means nothing more.

CommonMark with GitHub's tables: no text can begin a heading, a list, a link to elsewhere
than it shows, a cell or a tag. Web addresses stay links. Nothing here knows incidents.
"""

import re

_LINE_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_REORDERING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
"""Marks that make text run the other way, also over what stands around it."""

_ADDRESS = re.compile(r"https?://[^\W_][^\s<>\"`\\|\x00-\x20\x7f-\x9f]*")
_AFTER_ADDRESS = ".,;:!?'*_~([{"
BRACKETS = ((")", "("), ("]", "["), ("}", "{"))
_MEANING = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_+|_+(?![^\W_])")
"""Characters that format; an underscore inside a word does not."""
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_BEGINS_A_BLOCK = re.compile(r"[#>+=-]|:(?=-)")
_BEGINS_A_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def inline(text: str) -> str:
    """`text` within a line; its line breaks become " / "."""
    return " / ".join(with_addresses(line) for line in _lines(text))


def opening(text: str) -> str:
    """`text` within a line that it begins, such as the name at the head of a list item."""
    return item(" / ".join(_lines(text)))


def heading(text: str) -> str:
    """`text` as a heading, whose closing # would otherwise be taken for decoration."""
    return re.sub(r"(#+)$", r"\\\1", inline(text))


def item(text: str, indent: int = 2) -> str:
    """`text` as one list item or paragraph that keeps its line breaks.

    `indent` is how far the item's text stands from the margin.
    """
    return ("\\\n" + " " * indent).join(_begun(line) for line in _lines(text))


def paragraphs(text: str) -> tuple[str, ...]:
    """`text` at the margin, with its paragraphs and line breaks."""
    blocks: list[list[str]] = [[]]
    for line in _LINE_BREAK.split(text):
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return tuple(item("\n".join(block), indent=0) for block in blocks if block)


def link(url: str, label: str = "") -> str:
    """A link where `url` is one that can do no harm; otherwise the text of both."""
    if not _ADDRESS.fullmatch(url):
        return opening(f"{label} {url}")
    shown = " / ".join(_escaped(line) for line in _lines(label))
    return f"[{shown}](<{url}>)" if shown else f"<{url}>"


def local(path: str, label: str) -> str:
    """A link to a path of this server, of parts that are escaped for it already."""
    return f"[{' / '.join(_escaped(line) for line in _lines(label))}](<{path}>)"


def with_addresses(line: str) -> str:
    """One line, escaped but for its web addresses, which become links to themselves."""
    written, end = "", 0
    for found in _ADDRESS.finditer(line):
        address = _without_what_follows(found[0])
        written += f"{_escaped(line[end : found.start()])}<{address}>"
        end = found.start() + len(address)
    return written + _escaped(line[end:])


def _without_what_follows(address: str) -> str:
    """`address` without the full stop or the bracket of the sentence that it stands in."""
    end = len(address)
    unopened = {sign: address.count(sign) - address.count(opens) for sign, opens in BRACKETS}
    while address[end - 1] in _AFTER_ADDRESS or unopened.get(address[end - 1], 0) > 0:
        end -= 1
        if address[end] in unopened:
            unopened[address[end]] -= 1
    return address[:end]


def _escaped(text: str) -> str:
    text = _MEANING.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;")


def _begun(line: str) -> str:
    """One line so escaped that it may stand at the beginning of a block."""
    numbered = _BEGINS_A_NUMBER.match(line)
    if numbered:
        number, sign = numbered.groups()
        return f"{number}\\{sign}{with_addresses(line[numbered.end() :])}"
    return ("\\" if _BEGINS_A_BLOCK.match(line) else "") + with_addresses(line)


def _lines(text: str) -> list[str]:
    """What there is to read of each line, without what a page cannot show."""
    cleaned = (
        _REORDERING.sub("", _CONTROL.sub("\ufffd", line.replace("\t", " ")))
        for line in _LINE_BREAK.split(text)
    )
    return [line.strip() for line in cleaned if line.strip()]
