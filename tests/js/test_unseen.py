"""The browser names what cannot be seen in a text as the server's pages do."""

import json
from pathlib import Path

from playwright.async_api import Page

CASES = json.loads((Path(__file__).parent / "fixtures" / "unseen.json").read_text("utf-8"))


async def test_what_cannot_be_seen_is_named(modules: Page) -> None:
    shown = await modules.evaluate(
        """async (texts) => {
          const { visibly } = await import("/static/js/unseen.js");
          return texts.map(visibly);
        }""",
        [case["text"] for case in CASES],
    )

    assert {case["name"]: case["shown"] for case in CASES} == dict(
        zip((case["name"] for case in CASES), shown, strict=True)
    )
