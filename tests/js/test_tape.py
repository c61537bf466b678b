"""The tape's arithmetic in the browser: ticks, lines, ends, marks, phases, the folded past."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

CASES = json.loads((Path(__file__).parent / "fixtures" / "weights.json").read_text())
HOUR = 3_600_000

LETTERS = """async (entries) => {
  const { letterOf } = await import("/static/js/room/tape-ticks.js");
  return entries.map(letterOf);
}"""
DRAWN = """async ([ticks, field]) => {
  const { Ticks, lines } = await import("/static/js/room/tape-ticks.js");
  const all = new Ticks();
  for (const [at, letter] of ticks) all.add(at, letter);
  return lines(all, field);
}"""
MANY = """async ([count, field]) => {
  const { Ticks, lines } = await import("/static/js/room/tape-ticks.js");
  const all = new Ticks();
  for (let at = 0; at < count; at += 1) all.add(at, "mhkco"[at % 5]);
  const drawn = lines(all, field);
  return [all.length, Object.values(drawn).map((d) => d.split("M").length - 1)];
}"""
NEAREST = """async ([ticks, at, letters]) => {
  const { Ticks } = await import("/static/js/room/tape-ticks.js");
  const all = new Ticks();
  for (const [when, letter] of ticks) all.add(when, letter);
  const plain = (found) => (Number.isFinite(found) ? found : null);
  return [plain(all.before(at, letters)), plain(all.after(at, letters))];
}"""
SCALE = """async ([name, ...args]) => {
  const scale = await import("/static/js/room/tape-scale.js");
  const time = await import("/static/js/time.js");
  const found = scale[name](...args, { ...time });
  return name === "marks" ? found.map(({ at, words }) => [at, words]) : found;
}"""
PHASES = """async ([phases, next]) => {
  const { withPhase } = await import("/static/js/room/tape-phases.js");
  return withPhase(phases, next);
}"""
FOLDED = """async ([frames, moments]) => {
  const { Reel } = await import("/static/js/replay/reel.js");
  const reel = new Reel();
  reel.add(frames);
  return moments.map((at) => {
    const { incident, entries } = reel.at(at);
    return { ...incident, timeline: [...entries].map(({ number }) => number) };
  });
}"""


async def test_a_tick_has_the_letter_that_the_server_gives_its_weight(modules: Page) -> None:
    by_weight = {"human": "h", "change": "c", "key decision": "k", "key comms": "k"}
    by_weight |= {"machine hot": "o"}

    letters = await modules.evaluate(LETTERS, [case["entry"] for case in CASES])

    hidden = {"entry_pinned", "entry_unpinned"}
    assert letters == [
        "-" if case["entry"]["kind"] in hidden else by_weight.get(case["weight"], "m")
        for case in CASES
    ]


async def test_decisions_stand_taller_than_people_and_people_taller_than_machines(
    modules: Page,
) -> None:
    field = {"from": 0, "to": 100, "width": 200, "height": 26}

    drawn = await modules.evaluate(DRAWN, [[[10, "m"], [20, "h"], [30, "k"], [40, "-"]], field])

    heights = {band: int(d.split("v-")[1]) for band, d in drawn.items() if d}
    assert heights["machine"] < heights["human"] < heights["key"]
    assert set(heights) == {"machine", "human", "key"}


async def test_thousands_of_ticks_are_one_line_each_two_pixels_at_most(modules: Page) -> None:
    field = {"from": 0, "to": 20_000, "width": 1_000, "height": 26}

    count, drawn = await modules.evaluate(MANY, [20_000, field])

    assert count == 20_000
    assert drawn == [500] * 5


async def test_key_entries_are_found_whatever_the_order_they_were_written_in(
    modules: Page,
) -> None:
    ticks = [[50, "k"], [10, "k"], [30, "h"], [40, "k"]]

    assert await modules.evaluate(NEAREST, [ticks, 40, "k"]) == [10, 50]
    assert await modules.evaluate(NEAREST, [ticks, 10, "k"]) == [None, 40]
    assert await modules.evaluate(NEAREST, [ticks, 50, "k"]) == [40, None]


async def test_an_open_incident_reaches_to_now_and_one_that_is_over_to_its_end(
    modules: Page,
) -> None:
    open_, over = {"from": 0, "to": None}, {"from": 0, "to": 100 * HOUR}

    assert await scaled(modules, "extent", open_, HOUR, 2 * HOUR) == {"from": 0, "to": 2 * HOUR}
    assert await scaled(modules, "extent", over, 0, 900 * HOUR) == {"from": 0, "to": 102 * HOUR}
    assert await scaled(modules, "latest", over) == 125 * HOUR


async def test_the_axis_has_round_times_of_the_zone_far_enough_apart_to_be_read(
    modules: Page,
) -> None:
    ends = {"from": 10 * 60_000, "to": 3 * HOUR}

    marks = await scaled(modules, "marks", ends, 600, "utc")

    assert [words for _, words in marks] == ["00:30", "01:00", "01:30", "02:00", "02:30"]


async def test_a_severity_is_said_where_there_is_room_and_before_its_line_at_the_end(
    modules: Page,
) -> None:
    severities = [{"at": at, "severity": s} for at, s in [(0, 3), (50, 2), (51, 3), (99, 1)]]

    steps = await scaled(modules, "severitySteps", severities, {"from": 0, "to": 100}, 1_000, [])

    assert [(one["words"], one["fits"], one["before"]) for one in steps] == [
        ("raised to SEV2", True, False),
        ("lowered to SEV3", False, False),
        ("raised to SEV1", True, True),
    ]


async def test_the_words_of_a_severity_never_cover_those_of_a_phase(modules: Page) -> None:
    phases = [
        {"state": "investigating", "from": 0, "to": 50},
        {"state": "fixing", "from": 50, "to": None},
    ]
    severities = [{"at": at, "severity": s} for at, s in [(0, 3), (5, 2), (50, 1), (80, 2)]]

    steps = await scaled(
        modules, "severitySteps", severities, {"from": 0, "to": 100}, 1_000, phases
    )

    assert [(one["fits"], one["before"]) for one in steps] == [
        (False, False), (True, True), (True, False),
    ]  # fmt: skip


async def test_a_phase_that_is_told_late_takes_the_place_of_those_after_it(modules: Page) -> None:
    phases = [
        {"state": "investigating", "from": 0, "to": 10},
        {"state": "fixing", "from": 10, "to": None},
    ]

    after = await modules.evaluate(PHASES, [phases, {"state": "mitigated", "from": 20}])
    late = await modules.evaluate(PHASES, [phases, {"state": "identified", "from": 5}])
    same = await modules.evaluate(PHASES, [phases, {"state": "fixing", "from": 20}])

    assert [(p["state"], p["to"]) for p in after] == [
        ("investigating", 10), ("fixing", 20), ("mitigated", None),
    ]  # fmt: skip
    assert [(p["state"], p["to"]) for p in late] == [("investigating", 5), ("identified", None)]
    assert [p["state"] for p in same] == ["investigating", "fixing"]


def frame(seq: int, number: int, at: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    when = f"2026-11-21T02:{at // 60:02}:{at % 60:02}.000Z"
    entry = {"number": number, "kind": "noted", "message": str(number), "data": {}}
    return {
        "seq": seq,
        "at": when,
        "entries": [entry],
        "patch": {"seen": {str(number): True}},
    } | more


async def test_any_moment_of_hundreds_of_frames_is_folded_in_whatever_order_it_is_sought(
    modules: Page,
) -> None:
    frames = [frame(n, n, n) for n in range(1, 301)]
    base = 1_795_226_400_000  # 02:00
    sought = [300, 1, 64, 63, 65, 299, 128, 0]

    found = await modules.evaluate(FOLDED, [frames, [base + at * 1_000 for at in sought]])

    assert [len(one["timeline"]) for one in found] == [300, 1, 64, 63, 65, 299, 128, 1]
    assert [len(one["seen"]) for one in found] == [300, 1, 64, 63, 65, 299, 128, 1]


async def test_where_clocks_of_servers_differ_the_newest_commit_of_a_moment_is_found(
    modules: Page,
) -> None:
    ats = [10, 14, 12, 11, 15, 15, 13, 20]
    frames = [frame(n, n, at) for n, at in enumerate(ats, start=1)]
    base = 1_795_226_400_000
    sought = range(10, 22)

    found = await modules.evaluate(FOLDED, [frames, [base + at * 1_000 for at in sought]])

    newest = [max(n for n, at in enumerate(ats, start=1) if at <= moment) for moment in sought]
    assert newest == [len(one["timeline"]) for one in found]


async def test_the_steps_of_an_import_are_all_folded_and_stand_in_the_order_of_the_log(
    modules: Page,
) -> None:
    frames = [frame(1, 2, 1, step=1), frame(1, 4, 2, step=2), frame(1, 3, 3, step=3)]

    [found] = await modules.evaluate(FOLDED, [frames, [1_795_226_400_000 + 60_000]])

    assert found["timeline"] == [2, 3, 4]
    assert found["seen"] == {"2": True, "4": True, "3": True}


async def scaled(modules: Page, name: str, *args: Any) -> Any:  # noqa: ANN401 - JSON
    return await modules.evaluate(SCALE, [name, *args])
