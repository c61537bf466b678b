"""An update as one message, and what changed since the one before, word by word."""

from typing import Any

import pytest
from playwright.async_api import Page

DIFFERENCE = """async ([before, after]) => {
  const { difference } = await import("/static/js/room/update-diff.js");
  return difference(before, after).map(({ kind, text }) => [kind, text]);
}"""

CASES = [
    ("", "", []),
    ("", "all is well", [["ins", "all is well"]]),
    ("all is well", "", [["del", "all is well"]]),
    ("all is well", "all is well", [["same", "all is well"]]),
    (
        "Some payments fail. Next by 03:52 UTC.",
        "Most payments work. Next by 04:22 UTC.",
        [
            ["del", "Some "],
            ["ins", "Most "],
            ["same", "payments "],
            ["del", "fail. "],
            ["ins", "work. "],
            ["same", "Next by "],
            ["del", "03:52 "],
            ["ins", "04:22 "],
            ["same", "UTC."],
        ],
    ),
    ("a b c", "b c", [["del", "a "], ["same", "b c"]]),
    ("a b", "a b c", [["same", "a b "], ["ins", "c"]]),
    ("a\n\nb", "a b", [["same", "a b"]]),
]


@pytest.mark.parametrize(("before", "after", "parts"), CASES)
async def test_a_difference_tells_the_words_that_went_and_those_that_came(
    modules: Page, before: str, after: str, parts: list[Any]
) -> None:
    told = await modules.evaluate(DIFFERENCE, [before, after])

    assert parts == told


async def test_the_words_that_stay_and_came_are_the_new_text(modules: Page) -> None:
    before = " ".join(str(number % 97) for number in range(1500))
    after = " ".join(str(number % 89) for number in range(1500))

    told = await modules.evaluate(DIFFERENCE, [before, after])

    assert "".join(text for kind, text in told if kind != "del") == after


MESSAGE = """async ([draft, next]) => {
  const { messageOf, answersIn } = await import("/static/js/room/update-draft.js");
  const message = messageOf(draft, next, Date.parse("2026-11-21T03:22:40Z"));
  return [message, answersIn(message)];
}"""


async def test_three_answers_become_one_message_and_can_be_read_out_of_it_again(
    modules: Page,
) -> None:
    draft = {"see": "Some payments fail. ", "doing": "We fail over.\n\nIt takes a while."}

    message, answers = await modules.evaluate(MESSAGE, [draft, "PT30M"])

    assert message == (
        "Some payments fail.\n\nWe fail over.\n\nIt takes a while.\n\nNext update by 03:52 UTC."
    )
    assert answers == {"see": "Some payments fail.", "doing": "We fail over.\n\nIt takes a while."}


async def test_without_a_promise_none_is_written(modules: Page) -> None:
    message, _ = await modules.evaluate(MESSAGE, [{"see": "It is over.", "doing": ""}, ""])

    assert message == "It is over."
