"""The words on the pages of a PDF as Chromium writes it; nothing of how they look."""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
LENGTH = re.compile(rb"/Length (\d+)")
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|(<[0-9A-Fa-f]+>|\((?:\\.|[^\\)])*\))|(ET)", re.DOTALL)
RANGES = re.compile(rb"beginbfrange\n(.*?)endbfrange", re.DOTALL)
CHARS = re.compile(rb"beginbfchar\n(.*?)endbfchar", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
HEX = re.compile(rb"<([0-9A-Fa-f]+)>")


def words_of(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it is drawn."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    return [page_words(page, objects) for page in pages]


def page_words(page: bytes, objects: dict[int, bytes]) -> str:
    fonts = {name: letters_of(objects[int(at)], objects) for name, at in FONT.findall(page)}
    narrow = {name for name, at in FONT.findall(page) if b"/Type0" not in objects[int(at)]}
    (content,) = re.findall(rb"/Contents (\d+) 0 R", page)
    found, letters, size = list[str](), dict[int, str](), 2
    for font, text, ends in SHOWN.findall(inflated(objects[int(content)])):
        if font:
            letters, size = fonts.get(font, {}), 1 if font in narrow else 2
        elif text:
            found.append("".join(letters.get(glyph, "") for glyph in codes_of(text, size)))
        elif ends:
            found.append("\n")
    return "".join(found)


def codes_of(text: bytes, size: int) -> list[int]:
    """The glyphs of a string, each of so many bytes, whichever way it is written."""
    inner = text[1:-1]
    plain = bytes.fromhex(inner.decode()) if text.startswith(b"<") else unescaped(inner)
    return [int.from_bytes(plain[at : at + size], "big") for at in range(0, len(plain), size)]


def unescaped(text: bytes) -> bytes:
    def meant(found: re.Match[bytes]) -> bytes:
        code = found[1]
        return bytes([int(code, 8)]) if code.isdigit() else ESCAPES.get(code, code)

    return re.sub(rb"\\([0-7]{3}|.)", meant, text, flags=re.DOTALL)


def letters_of(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """What each glyph of a font means."""
    named = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if named is None:
        return {}
    table = inflated(objects[int(named[1])])
    letters = dict[int, str]()
    for part in CHARS.findall(table):
        codes = HEX.findall(part)
        letters |= {int(a, 16): utf16(b) for a, b in zip(codes[::2], codes[1::2], strict=True)}
    for part in RANGES.findall(table):
        codes = HEX.findall(part)
        for first, last, start in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            base = int(first, 16)
            for code in range(base, int(last, 16) + 1):
                letters[code] = chr(int(start, 16) + code - base)
    return letters


def utf16(code: bytes) -> str:
    return bytes.fromhex(code.decode()).decode("utf-16-be", "replace")


def inflated(body: bytes) -> bytes:
    head, _, rest = body.partition(b"stream\n")
    told = LENGTH.search(head)
    assert told is not None
    content = rest[: int(told[1])]
    return zlib.decompress(content) if b"/FlateDecode" in head else content
