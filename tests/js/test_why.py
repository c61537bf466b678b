"""Why it was somebody, in the browser as in the sentences of the log."""

import pytest
from playwright.async_api import Page

from incident.core.ladder_sentences import shortly

SHORTLY = """async (why) => {
  const { shortly } = await import("/static/js/room/words.js");
  return shortly(why);
}"""


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("turn 641 of commanders, every 12h", "on call for commanders"),
        ("override by ada: turn 3 of db/primary, every week", None),
        ("commanders: turn 3 of follow the sun, weekdays, by day", None),
        ("named by the policy", "named by the policy"),
        ("a turn 3 of luck, she said", "a turn 3 of luck, she said"),
        ("", ""),
    ],
)
async def test_a_page_leaves_out_turn_and_rhythm_as_the_log_does(
    modules: Page, why: str, said: str | None
) -> None:
    shown = await modules.evaluate(SHORTLY, why)

    assert shown == shortly(why)
    assert said in {None, shown}
