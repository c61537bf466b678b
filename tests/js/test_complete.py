"""What a half-written line may go on with, and what of it Enter may take."""

from typing import Any

import pytest
from playwright.async_api import Page

SOURCES = {
    "verbs": [{"insert": "/page"}, {"insert": "/pause"}, {"insert": "/pin"}],
    "people": [
        {"insert": "@samir", "what": "Samir Haddad"},
        {"insert": "@mei", "what": "Mei Tanaka"},
        {"insert": "@sam", "what": "Sam Ode"},
    ],
    "roles": [
        {"insert": "ic", "what": "Incident commander"},
        {"insert": "ops", "what": "Operations"},
    ],
    "audiences": [{"insert": "customers"}, {"insert": "leadership"}],
    "severities": [{"insert": "1", "what": "Critical"}, {"insert": "2", "what": "High"}],
    "states": [{"insert": "mitigated"}, {"insert": "resolved"}],
    "lengths": [{"insert": "15m"}],
    "targets": [{"insert": "ledger-db"}, {"insert": "db/primary"}],
    "regions": [{"insert": "eu-west-1"}, {"insert": "*"}],
    "toApprove": [{"insert": "ACT-3", "what": "Drain the edge", "find": "3"}],
    "toStart": [{"insert": "ACT-3", "find": "3"}, {"insert": "ACT-2", "find": "2"}],
    "toEnd": [{"insert": "ACT-1", "find": "1"}],
    "toAbandon": [{"insert": "ACT-3"}, {"insert": "ACT-1"}],
    "entries": [{"insert": "T44", "what": "Errors are gone", "find": "44"}, {"insert": "T42"}],
}

COMPLETIONS = """async ([line, listed]) => {
  const { completions, taken } = await import("/static/js/room/complete.js");
  const kinds = Object.entries(listed);
  const sources = Object.fromEntries(kinds.map(([kind, all]) => [kind, () => all]));
  const [before, after = ""] = line.split("|");
  const found = completions(before + after, before.length, sources);
  return found && {
    words: found.options.map(({ insert }) => insert),
    closed: found.closed,
    taken: taken(before + after, found, found.options[0].insert),
  };
}"""


async def completed(modules: Page, line: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await modules.evaluate(COMPLETIONS, [line, SOURCES])
    return found


OFFERED = [
    ("/pa|", ["/page", "/pause"]),
    ("/fix restart it on |", ["ledger-db", "db/primary"]),
    ("/fix restart it on db|", ["db/primary", "ledger-db"]),
    ("/fix restart it on prim|", ["db/primary"]),
    ("/fix restart it on db/primary in |", ["eu-west-1", "*"]),
    ("/update |", ["customers", "leadership"]),
    ("/snooze customers |", ["15m"]),
    ("/sev |", ["1", "2"]),
    ("/severity hi|", ["2"]),
    ("/state m|", ["mitigated"]),
    ("/handoff |", ["ic", "ops"]),
    ("/handoff op|", ["ops"]),
    ("/handoff ic |", ["@samir", "@mei", "@sam"]),
    ("/ic te|", []),
    ("/ic ta|", ["@mei"]),
    ("/page @mei @sam|", ["@sam", "@samir"]),
    ("/approve |", ["ACT-3"]),
    ("/approve drain|", ["ACT-3"]),
    ("/start 2|", ["ACT-2"]),
    ("/done |", ["ACT-1"]),
    ("/abandon |", ["ACT-3", "ACT-1"]),
    ("/pin |", ["T44", "T42"]),
    ("/amend gone|", ["T44"]),
    ("/oncall |", ["ic", "ops", "eu-west-1", "*"]),
    ("ask @m|", ["@mei"]),
    ("ask @tanaka|", ["@mei"]),
    ("mail ops@m|", []),
    ("the pool on |", []),
    ("/fix on |", []),
    ("/fix restart it on db/primary|", []),
    ("1/2 of it|", []),
    (" /pa|", []),
    ("/update we know|", []),
    ("/decide fail over to |", []),
]


@pytest.mark.parametrize(("line", "words"), OFFERED)
async def test_a_line_goes_on_with_what_fits_where_the_caret_stands(
    modules: Page, line: str, words: list[str]
) -> None:
    found = await completed(modules, line)

    assert words == (found["words"] if found else [])


CLOSED = ["/|", "/pa|", "/handoff op|", "/sev 2|", "/state re|", "ask @m|", "/page @m|", "/done a|"]
OPEN = ["/handoff |", "ask @|", "/fix restart it on d|", "/page sa|", "/snooze customers 1|"]


@pytest.mark.parametrize("line", CLOSED)
async def test_where_one_of_the_words_has_to_be_said_the_first_is_chosen(
    modules: Page, line: str
) -> None:
    found = await completed(modules, line)

    assert found is None or found["closed"]


@pytest.mark.parametrize("line", OPEN)
async def test_where_anything_may_be_said_enter_takes_nothing_by_itself(
    modules: Page, line: str
) -> None:
    found = await completed(modules, line)

    assert found
    assert not found["closed"]


async def test_a_word_that_is_taken_stands_for_the_whole_word_at_the_caret(modules: Page) -> None:
    found = await completed(modules, "/handoff ic @me|ii and the rest")

    assert found
    assert found["taken"] == {"text": "/handoff ic @mei and the rest", "caret": 17}
