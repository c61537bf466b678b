import json
from pathlib import Path
from typing import Any, get_args

import pytest

from incident.core import events as ev
from incident.core.chronicle import TYPES
from incident.core.weight import HIDDEN, LETTERS, letter, weight_of

FIXTURES = Path(__file__).resolve().parent.parent / "js" / "fixtures" / "weights.json"
CASES: list[dict[str, Any]] = json.loads(FIXTURES.read_text())


def named(case: dict[str, Any]) -> str:
    return " ".join(str(value) for value in case["entry"].values())


def kinds() -> set[str]:
    """Every kind of event that there is."""
    union, *_ = get_args(ev.Event)
    return {one.model_fields["kind"].default for one in get_args(union)}


@pytest.mark.parametrize("case", CASES, ids=named)
def test_an_entry_weighs_what_the_browser_says_too(case: dict[str, Any]) -> None:
    assert weight_of(case["entry"]) == case["weight"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_letter_of_an_entry_is_that_of_its_weight(case: dict[str, Any]) -> None:
    entry = case["entry"]
    nobody = not entry["data"].get("people")

    told = letter(entry["kind"], entry["type"], entry["author"], nobody=nobody)

    assert LETTERS[case["weight"]] == told


def test_every_kind_of_event_has_an_example() -> None:
    assert kinds() - HIDDEN <= {case["entry"]["kind"] for case in CASES}


def test_the_examples_have_the_types_that_entries_have() -> None:
    typed = {one["kind"]: one["type"] for one in (case["entry"] for case in CASES)}

    assert {kind: typed[kind] for kind in TYPES} == TYPES


@pytest.mark.parametrize("kind", sorted(HIDDEN))
def test_what_is_no_line_has_no_tick(kind: str) -> None:
    assert "-" == letter(kind, "info", "mei")
