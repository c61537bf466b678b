"""Modules stay small, their names say something, and every exception to a check has a reason."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CEILING = 300
"""Lines of a module that one person can hold in mind."""
BANNED = {"manager", "service", "helper", "util", "utils", "handler", "processor"}
BANNED |= {"data", "info", "base", "common"}
VAGUE = ("do_", "handle_", "get_")
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b", re.IGNORECASE)
REASONED = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*|type:\s*ignore\[[\w, -]+\])"
    r"\s+(?:\(\S.*\)|-\s+\S.*|#\s*\S.*)$"
)
"""The codes it is about, and then words: in parentheses, after a dash or after a second #."""

PYTHON = sorted((ROOT / "incident").rglob("*.py"))
BROWSER = sorted(path for path in (ROOT / "static/js").rglob("*.js") if "vendor" not in path.parts)
CHECKED = [*PYTHON, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / ".ci").rglob("*.py"))]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at() -> None:
    assert PYTHON
    assert BROWSER


@pytest.mark.parametrize("path", [*PYTHON, *BROWSER], ids=shown)
def test_a_module_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= CEILING


@pytest.mark.parametrize("path", [*PYTHON, *BROWSER], ids=shown)
def test_the_name_of_a_module_says_what_it_is_about(path: Path) -> None:
    names = [part.removesuffix(path.suffix) for part in path.relative_to(ROOT).parts]
    words = {word for name in names for word in re.split(r"[_-]", name)}

    assert words & BANNED == set()
    assert [name for name in names if name.startswith(VAGUE)] == []


@pytest.mark.parametrize("path", CHECKED, ids=shown)
def test_every_exception_to_a_check_has_its_reason(path: Path) -> None:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    comments = [t.string for t in tokens if t.type == tokenize.COMMENT]

    assert [c for c in comments if EXCEPTION.search(c) and not REASONED.search(c)] == []
