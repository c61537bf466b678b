"""How much an entry weighs in the browser, held to what the server says."""

import json
from pathlib import Path

from playwright.async_api import Page

CASES = json.loads((Path(__file__).parent / "fixtures" / "weights.json").read_text())

WEIGHTS = """async (entries) => {
  const { weight } = await import("/static/js/room/rows.js");
  return entries.map(weight);
}"""


async def test_every_entry_weighs_what_the_server_says(modules: Page) -> None:
    weights = await modules.evaluate(WEIGHTS, [case["entry"] for case in CASES])

    assert [case["weight"] for case in CASES] == weights
