"""Where each rung of the ladder stands, read off the state and the entries of its round."""

from typing import Any

import pytest
from playwright.async_api import Page

RUNGS = """async ([escalation, entries]) => {
  const { rungsOf } = await import("/static/js/room/ladder-facts.js");
  return rungsOf(escalation, entries).map(({ state, at, call, note }) =>
    [state, at && new Date(at).toISOString().slice(11, 16), call?.number ?? null, note]);
}"""


def rung(level: int, minutes: int) -> dict[str, Any]:
    page = {"roles": ["operations_lead"], "people": [], "rotations": []}
    return {"level": level, "page": page, "escalateAfter": f"PT{minutes}M"}


def ladder(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 (members of an escalation)
    rungs = [rung(1, 15), rung(2, 30), rung(3, 60)]
    at = "2026-11-21T03:45:00.000Z"
    some = {"round": 1, "turn": 1, "level": 2, "levels": 3, "paged": ["mei"], "climbAt": at}
    return {**some, "rungs": rungs, **fields}


def paged(number: int, level: int, *people: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 (facts of an entry)
    called = [{"person": person, "why": "on call"} for person in people]
    data = {"round": 1, "level": level, "people": called, "skipped": [], "missed": [], **facts}
    return {"number": number, "kind": "paged", "timestamp": "2026-11-21T03:15:00Z", "data": data}


async def rungs(modules: Page, escalation: dict[str, Any], *log: dict[str, Any]) -> list[list[Any]]:
    drawn: list[list[Any]] = await modules.evaluate(RUNGS, [escalation, list(log)])
    return drawn


async def test_each_rung_says_who_was_paged_who_is_and_when_the_next_is(modules: Page) -> None:
    drawn = await rungs(modules, ladder(), paged(2, 1, "ada"), paged(5, 2, "mei"))

    assert [
        ["silent", None, 2, ""],
        ["ringing", None, 5, ""],
        ["next", "03:45", None, ""],
    ] == drawn


async def test_levels_without_anybody_and_levels_missed_while_down_say_so(modules: Page) -> None:
    call = paged(2, 3, "mei", skipped=[{"level": 1, "why": "nobody on call"}], missed=[2])

    drawn = await rungs(modules, ladder(level=3), call)

    assert [
        ["skipped", None, None, "nobody on call"],
        ["missed", None, None, ""],
        ["ringing", None, 2, ""],
    ] == drawn


async def test_pages_of_an_older_round_count_no_more(modules: Page) -> None:
    now = ladder(round=2, level=1)
    drawn = await rungs(modules, now, paged(2, 2, "ada"), paged(7, 1, "mei", round=2))

    assert ["ringing", "next", "next"] == [state for state, *_ in drawn]


async def test_clocks_that_were_set_anew_go_on_from_the_pages_before(modules: Page) -> None:
    anew = {
        "number": 7,
        "kind": "escalation_restarted",
        "timestamp": "2026-11-21T03:20:00Z",
        "data": {"round": 2, "level": 2, "climbAt": "2026-11-21T03:45:00Z"},
    }
    log = (paged(2, 1, "ada"), paged(5, 2, "mei"), anew)

    drawn = await rungs(modules, ladder(round=2), *log)

    assert ["silent", "ringing", "next"] == [state for state, *_ in drawn]


@pytest.mark.parametrize(
    ("change", "states"),
    [
        ({"acknowledgedBy": "mei", "climbAt": None}, ["silent", "acked", "next"]),
        ({"pausedUntil": "2026-11-21T04:00:00Z", "climbAt": None}, ["silent", "ringing", "next"]),
        ({"climbAt": None, "ended": "nobody answered"}, ["silent", "silent", "next"]),
    ],
)
async def test_an_answer_a_pause_and_the_end_stop_the_clocks(
    modules: Page, change: dict[str, Any], states: list[str]
) -> None:
    drawn = await rungs(modules, ladder(**change), paged(2, 1, "ada"), paged(5, 2, "mei"))

    assert states == [state for state, *_ in drawn]
    assert [at for _, at, *_ in drawn] == [None, None, None]


async def test_how_long_an_answer_took_is_counted_from_the_last_page(modules: Page) -> None:
    said = {
        "number": 6,
        "kind": "acknowledged",
        "author": "mei",
        "timestamp": "2026-11-21T03:16:48Z",
        "data": {"round": 1},
    }
    now = ladder(acknowledgedBy="mei", climbAt=None)

    answer = await modules.evaluate(
        """async ([escalation, entries]) => {
          const { answerOf } = await import("/static/js/room/ladder-facts.js");
          return answerOf(escalation, entries);
        }""",
        [now, [paged(5, 2, "mei"), said]],
    )

    assert (answer["by"], answer["took"]) == ("mei", 108_000)


@pytest.mark.parametrize(
    ("duration", "length"),
    [("PT15M", 900), ("PT1H30M", 5_400), ("P1DT2H", 93_600), ("PT0.5S", 0.5), (None, 0)],
)
async def test_a_duration_of_the_api_is_read_as_its_length(
    modules: Page, duration: str | None, length: float
) -> None:
    read = await modules.evaluate(
        """async (iso) => (await import("/static/js/time.js")).lengthOf(iso)""", duration
    )

    assert read == length * 1000
