"""Comments stay here; code goes out as it was written, line for line."""

import pytest

from incident.web.assets import folder
from incident.web.remarks import AFTER, BLOCK, LINE, without

STATIC = folder("static")
SCRIPTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("js/**/*.js"))


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ("// one\nlet a = 1;\n", "\nlet a = 1;\n"),
        ("  // one\nlet a = 1; // two\nlet b;\n", "\nlet a = 1;\nlet b;\n"),
        ("let a = 1; // it's one\n", "let a = 1; // it's one\n"),
        ('let a = "b // c";\n', 'let a = "b // c";\n'),
        ("let a = 1; //# sourceURL=a\n", "let a = 1; //# sourceURL=a\n"),
        ("/** one\n * two\n */\nlet a;\n", "\n\n\nlet a;\n"),
        ("/* one */ let a;\n/* two */\n", "/* one */ let a;\n\n"),
        ('let a = "// one";\n', 'let a = "// one";\n'),
        ("let a = 4 /\n  2;\n", "let a = 4 /\n  2;\n"),
    ],
)
def test_a_comment_is_left_out(source: str, sent: str) -> None:
    assert without("js/a.js", source.encode()).decode() == sent


@pytest.mark.parametrize("path", ["vendor/lit/lit-html.js", "css/room.css", "icons/icons.svg"])
def test_what_is_no_script_of_ours_is_sent_as_it_is(path: str) -> None:
    content = b"/* licence */\n// one\n"

    assert without(path, content) == content


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_text_of_ours_looks_like_a_comment(path: str) -> None:
    """Between backticks a line may read as a comment does and be text: none of ours may."""
    source = (STATIC / path).read_text()
    rest = BLOCK.sub("", source)

    for block in BLOCK.finditer(source):
        assert LINE.sub("", source[: block.start()]).count("`") % 2 == 0, block[0]
    for line in LINE.finditer(rest):
        assert LINE.sub("", rest[: line.start()]).count("`") % 2 == 0, line[0]
    rest = LINE.sub("", rest)
    for after in AFTER.finditer(rest):
        assert AFTER.sub("", rest[: after.start()]).count("`") % 2 == 0, after[0]
    assert without(path, source.encode()).count(b"\n") == source.count("\n")
