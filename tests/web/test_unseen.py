"""What cannot be seen in a text is shown by its name, and everything else stays as it is."""

import json
from pathlib import Path

import pytest

from incident.web.unseen import visibly

CASES = json.loads(
    (Path(__file__).parents[1] / "js" / "fixtures" / "unseen.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_cannot_be_seen_is_named(case: dict[str, str]) -> None:
    assert visibly(case["text"]) == case["shown"]
