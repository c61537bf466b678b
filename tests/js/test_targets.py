"""The page sees the same conflicts between fixes as the server, over one table of cases."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from incident.core.targets import overlapping

CASES = json.loads((Path(__file__).parent / "fixtures" / "targets.json").read_text())["cases"]

OVERLAPPING = """async ([one, other]) => {
  const { overlapping } = await import("/static/js/room/targets.js");
  return [overlapping(...one, ...other), overlapping(...other, ...one)];
}"""


@pytest.mark.parametrize(("one", "other", "meet"), CASES)
async def test_two_targets_meet_in_the_page_as_they_do_on_the_server(
    modules: Page, one: list[Any], other: list[Any], *, meet: bool
) -> None:
    shown = await modules.evaluate(OVERLAPPING, [one, other])

    assert [meet, meet] == shown
    assert [meet, meet] == [overlapping(*one, *other), overlapping(*other, *one)]
