import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incident.core.markdown import heading, inline, item, link, paragraphs

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

PIECES = (
    *r"\`*_{}[]<>()#+-.!|~$&;:=@'/?,^",
    '"',
    *(" ", "\t", "\n", "\r\n", "\n\n", "    ", "\u2028", "\u00a0"),
    *("a", "Z", "0", "9", "é", "語", "1. ", "2) ", "- ", "* ", "> ", "# ", "---", "***", "___"),
    *("```", "~~~", "===", ":-:", "|---|", "<script>", "</p>", "<!--", "-->", "&amp;", "&#35;"),
    *("![x](y)", "[a](javascript:b)", "[x]: /y", "<http://a>", "https://e.org/a_b*c?d=(e)&f=g#h."),
)
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def blocks(text: str) -> list[tuple[str, str, int]]:
    return [(token.type, token.tag, token.level) for token in PARSER.parse(text)]


def shown(text: str) -> list[str]:
    """What a reader sees, line by line."""
    found = ""
    for token in PARSER.parse(text):
        for child in token.children or ():
            found += "\n" if child.type in {"hardbreak", "softbreak"} else child.content
    return found.split("\n")


def children(text: str) -> list[Token]:
    return [child for token in PARSER.parse(text) for child in token.children or ()]


def readable(text: str) -> list[str]:
    """The lines of `text`, as plainly as possible."""
    parts = re.split("\r\n|[\n\r\u2028]", text.replace("\t", " "))
    return [part.strip() for part in parts if part.strip()]


@given(HOSTILE)
def test_a_list_item_says_what_was_written_and_is_one_item(text: str) -> None:
    lines = readable(text)

    written = f"- {item(text)}"

    assert blocks(written) == blocks("- x" if lines else "- ")
    assert shown(written) == (lines or [""])


@given(HOSTILE)
def test_a_cell_says_what_was_written_and_stays_one_cell(text: str) -> None:
    written = f"| {inline(text)} | b |\n| --- | --- |\n| {inline(text)} | d |\n"

    assert blocks(written) == blocks("| a | b |\n| --- | --- |\n| c | d |\n")
    said = " / ".join(readable(text))
    assert shown(written) == [f"{said}b{said}d"]


@given(HOSTILE)
def test_a_heading_says_what_was_written_and_stays_one_heading(text: str) -> None:
    written = f"# INC-1: {heading(text)}\n\nx\n"

    assert blocks(written) == blocks("# INC-1: x\n\nx\n")
    assert shown(written) == [f"INC-1: {' / '.join(readable(text))}".strip() + "x"]


@given(HOSTILE)
def test_a_text_keeps_its_paragraphs_and_nothing_else_becomes_a_block(text: str) -> None:
    written = paragraphs(text)

    assert blocks("\n\n".join(written)) == blocks("\n\n".join("x" for _ in written))
    assert [line for part in written for line in shown(part)] == readable(text)


@given(HOSTILE)
def test_no_text_makes_an_image_a_tag_or_a_link_that_shows_another_address(text: str) -> None:
    found = children(item(text)) + children(link(text, text))

    assert not {token.type for token in found} & {"image", "html_inline", "code_inline", "em_open"}
    addresses = [str(token.attrGet("href")) for token in found if token.type == "link_open"]
    assert all(address.startswith(("http://", "https://")) for address in addresses)


@pytest.mark.parametrize(
    "plain",
    [
        "max_wal_senders raised from 3 to 32; db1/primary -> db2.",
        "3.5 GB (about 80 %) at 60 Mbit/s, 100,000 rows!",
        "Rollback? No: fix-forward & verify = done @ 12:00",
        "5 < 6",
    ],
)
def test_ordinary_text_hardly_changes(plain: str) -> None:
    assert item(plain) == plain.replace("<", "&lt;")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("see https://a.b/c_d_e?x=1&y=2.", "see <https://a.b/c_d_e?x=1&y=2>."),
        ("(https://a.b/c)", "(<https://a.b/c>)"),
        ("https://a.b/c_(d)", "<https://a.b/c_(d)>"),
        ("https://", "https://"),
        ("https://a.b|c", r"<https://a.b>\|c"),
        ("ftp://a.b/c", "ftp://a.b/c"),
    ],
)
def test_web_addresses_stay_links_to_themselves(text: str, written: str) -> None:
    assert inline(text) == written


def test_a_link_to_anything_but_the_web_is_text() -> None:
    assert link("javascript:alert(1)", "report") == "report javascript:alert(1)"
    assert link("https://a.b/c", "a [report]") == r"[a \[report\]](<https://a.b/c>)"
    assert link("https://a.b/c") == "<https://a.b/c>"


def test_what_a_page_cannot_show_is_replaced_and_what_reorders_it_is_dropped() -> None:
    assert inline("a\x1b[31mb\x07 \u202ecod.exe\u202c") == "a\ufffd\\[31mb\ufffd cod.exe"
