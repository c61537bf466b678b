"""What a line in the composer means: the cases of fixtures/lines.json, for any parser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

TABLE = json.loads((Path(__file__).parent / "fixtures" / "lines.json").read_text())
CASES = [
    pytest.param(case["line"], TABLE["context"] | case.get("context", {}), case["expect"])
    for case in TABLE["lines"]
]

PARSE = """async ([line, { now, people, entries, ...context }]) => {
  const { parse } = await import("/static/js/room/parse.js");
  const find = (number) => entries.find((entry) => entry.number === number);
  const whoIs = (text) => {
    const wanted = text.replace(/^@/, "").toLowerCase();
    return people.find(({ handle, name }) => [handle, name.toLowerCase()].includes(wanted))?.handle;
  };
  const byHandle = Object.fromEntries(people.map((one) => [one.handle, one]));
  const around = { now: Date.parse(now), find, whoIs, people: byHandle, ...context };
  const { words, sort, ...meant } = parse(line, around);
  return meant;
}"""


async def parsed(modules: Page, line: str) -> dict[str, Any]:
    meant: dict[str, Any] = await modules.evaluate(PARSE, [line, TABLE["context"]])
    return meant


@pytest.mark.parametrize(("line", "context", "expect"), CASES)
async def test_a_line_means_a_command_or_a_question_or_is_told_what_would_be_right(
    modules: Page, line: str, context: dict[str, Any], expect: dict[str, Any]
) -> None:
    meant = await modules.evaluate(PARSE, [line, context])

    assert expect == meant


@pytest.mark.parametrize("line", ["/", "/var/log is full"])
async def test_a_verb_that_is_none_is_told_how_to_be_a_note(modules: Page, line: str) -> None:
    meant = await parsed(modules, line)

    assert meant["problem"].startswith(f"There is no {line.split(maxsplit=1)[0]}. Did you mean /")
    assert meant["problem"].endswith("To post it as a note, begin with a space.")


VERBS = """async () => (await import("/static/js/room/parse.js")).VERBS.map(([verb]) => verb)"""
SAID = {case["line"].split()[0].lower() for case in TABLE["lines"] if case["line"].startswith("/")}


async def test_the_table_has_a_line_for_every_verb_there_is(modules: Page) -> None:
    verbs = await modules.evaluate(VERBS)

    assert set(verbs) - SAID == set()
    assert len(verbs) == len(set(verbs))
