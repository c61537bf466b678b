"""What programs and operators rely on is written down: codes, kinds, settings, close codes.

Each source is named here, and has to be there; nothing is asked about the prose.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from incident.core import events as ev
from incident.core.rejected import Code
from incident.settings import Settings
from incident.web.problems import REJECTED_STATUS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
REFUSALS = (ROOT / "docs/refusals.md").read_text()
EVENTS = (ROOT / "docs/events.md").read_text()

KINDS: tuple[type[ev.Event], ...] = get_args(get_args(ev.Event)[0])
CODES: tuple[str, ...] = get_args(Code)
SOCKETS = ("incident/web/live.py", "incident/web/members.py", "static/js/wire.js")
"""Where sockets are closed, and where the browser says what a close code means."""
CLOSE_CODE = re.compile(r"\b(?:100[1-9]|101[0-5]|44(?!00)[0-9]{2})\b")
"""4400 itself is only where those codes begin after which nobody comes back."""


def rows(text: str) -> dict[str, list[str]]:
    """The rows of the tables in `text`, by what stands in their first cell."""
    cells = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return {first.strip(): [cell.strip() for cell in rest] for first, *rest in cells}


def quoted(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def modules() -> Iterator[ast.Module]:
    for path in sorted((ROOT / "incident").rglob("*.py")):
        yield ast.parse(path.read_text())


def problem_codes() -> set[str]:
    """Every code that is written out where a problem is made."""
    calls = (node for tree in modules() for node in ast.walk(tree) if isinstance(node, ast.Call))
    told = [
        value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in {"Problem", "invalid"}
        for value in [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "code")]
    ]
    return {v.value for v in told if isinstance(v, ast.Constant) and isinstance(v.value, str)}


def rejected_codes() -> set[str]:
    """Every code with which the core refuses something."""
    calls = (node for tree in modules() for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "Rejected"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def settings() -> set[str]:
    """Every setting, and every variable that some sentence or program names."""
    fields = {f"INCIDENT_{name.upper()}" for name in Settings.model_fields}
    texts = (
        node.value
        for tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    named = {name for text in texts for name in re.findall(r"\bINCIDENT_[A-Z_]*[A-Z]\b", text)}
    return fields | named


@pytest.mark.parametrize("code", CODES)
def test_every_rejection_is_explained_with_its_status(code: str) -> None:
    status, explanation = rows(REFUSALS)[f"`{code}`"]

    assert status == str(REJECTED_STATUS.get(code, 409))
    assert len(explanation) > len("What to do.")


def test_every_rejection_that_is_explained_can_happen() -> None:
    assert rejected_codes() == set(CODES)


def test_every_problem_is_explained_and_no_other() -> None:
    explained = {code for first in rows(REFUSALS) for code in quoted(first)}

    assert problem_codes() - explained == set()
    assert explained - problem_codes() - set(CODES) == set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.model_fields["kind"].default))
def test_every_kind_of_event_is_explained_with_its_fields(kind: type[ev.Event]) -> None:
    fields, meaning = rows(EVENTS)[f"`{kind.model_fields['kind'].default}`"]

    assert quoted(fields) == kind.model_fields.keys() - {"kind", "by", "at"}
    assert meaning.endswith(".")


def test_no_kind_of_event_is_explained_that_does_not_exist() -> None:
    explained = {name for first in rows(EVENTS) for name in quoted(first)}

    assert explained == {kind.model_fields["kind"].default for kind in KINDS}


def test_every_setting_is_explained_and_no_other() -> None:
    explained = {
        name for first in rows(README) for name in quoted(first) if name.startswith("INCIDENT_")
    }

    assert explained == settings()


@pytest.mark.parametrize("source", SOCKETS)
def test_every_close_code_is_explained(source: str) -> None:
    used = set(CLOSE_CODE.findall((ROOT / source).read_text()))

    assert used
    assert used <= rows(REFUSALS).keys()
