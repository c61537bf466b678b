import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.core.patches import difference, merged, without_nulls

FIXTURES = Path(__file__).resolve().parent.parent / "js" / "fixtures" / "merge_patch.json"
CASES: list[dict[str, Any]] = json.loads(FIXTURES.read_text())

NAMES = st.sampled_from(["a", "b", "__proto__", "a.b", ""])
SCALARS = st.none() | st.booleans() | st.integers(2, 5) | st.sampled_from(["", "x", "y"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=4)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_patch_is_applied_as_the_rfc_says(case: dict[str, Any]) -> None:
    before = json.dumps(case["target"])

    assert merged(case["target"], case["patch"]) == case["result"]
    assert json.dumps(case["target"]) == before


@pytest.mark.parametrize(
    "case", [c for c in CASES if isinstance(c["target"], dict) and isinstance(c["result"], dict)],
    ids=lambda case: str(case["name"]),
)  # fmt: skip
def test_the_difference_leads_from_target_to_result(case: dict[str, Any]) -> None:
    patch = difference(case["target"], case["result"])

    assert without_nulls(merged(case["target"], patch)) == without_nulls(case["result"])


@given(OBJECTS, OBJECTS)
def test_difference_and_merge_agree_up_to_nulls(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    reached = merged(before, difference(before, after))

    assert without_nulls(reached) == without_nulls(after)


@given(OBJECTS)
def test_between_equals_there_is_no_difference(value: dict[str, Any]) -> None:
    assert difference(value, json.loads(json.dumps(value))) == {}


@given(OBJECTS, OBJECTS)
def test_a_difference_names_only_what_changed(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    patch = difference(before, after)

    assert all(before.get(name) != after.get(name) for name in patch)


@given(OBJECTS, OBJECTS, OBJECTS)
def test_patches_in_order_lead_to_the_end(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    patches = difference(first, second), difference(second, third)

    reached = merged(merged(first, patches[0]), patches[1])

    assert without_nulls(reached) == without_nulls(third)


@given(OBJECTS, JSON)
def test_a_merge_patch_applied_twice_is_applied_once(target: dict[str, Any], patch: object) -> None:
    once = merged(target, patch)

    assert merged(once, patch) == once


def test_a_member_that_became_null_is_taken_away() -> None:
    assert difference({"a": 1, "b": {"c": 1}}, {"a": None, "b": {"c": None}}) == {
        "a": None,
        "b": {"c": None},
    }
