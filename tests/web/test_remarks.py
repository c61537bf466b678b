"""Comments stay here; code goes out as it was written, line for line."""

import pytest

from incident.web.assets import folder
from incident.web.remarks import BLOCK, LINE, without

STATIC = folder("static")
SCRIPTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("js/**/*.js"))


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("// one\nlet a = 1;\n", "\nlet a = 1;\n"),
        ("  // one\nlet a = 1; // two\n", "\nlet a = 1; // two\n"),
        ("/** one\n * two\n */\nlet a;\n", "\n\n\nlet a;\n"),
        ("/* one */ let a;\n/* two */\n", "/* one */ let a;\n\n"),
        ('let a = "// one";\n', 'let a = "// one";\n'),
        ("let a = 4 /\n  2;\n", "let a = 4 /\n  2;\n"),
    ],
)
def test_a_comment_that_has_its_line_for_itself_is_left_out(source: str, sent: str) -> None:
    assert without("js/a.js", source.encode()).decode() == sent


@pytest.mark.parametrize("path", ["vendor/lit/lit-html.js", "css/room.css", "icons/icons.svg"])
def test_what_is_no_script_of_ours_is_sent_as_it_is(path: str) -> None:
    content = b"/* licence */\n// one\n"

    assert without(path, content) == content


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_text_of_ours_looks_like_a_comment(path: str) -> None:
    """Between backticks a line may begin as a comment does and be text: none of ours may."""
    source = (STATIC / path).read_text()
    rest = BLOCK.sub("", source)

    for block in BLOCK.finditer(source):
        assert LINE.sub("", source[: block.start()]).count("`") % 2 == 0, block[0]
    for line in LINE.finditer(rest):
        assert LINE.sub("", rest[: line.start()]).count("`") % 2 == 0, line[0]
    assert without(path, source.encode()).count(b"\n") == source.count("\n")
