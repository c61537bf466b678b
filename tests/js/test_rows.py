"""Which rows the timeline has: weights, folds, days, and the place where one looked away."""

from typing import Any

from playwright.async_api import Page

ROWS = """async ([entries, filter, opened, awayAfter, muted]) => {
  const { logOf } = await import("/static/js/entries.js");
  const { rowsOf } = await import("/static/js/room/rows.js");
  const dayOf = ({ timestamp }) => timestamp.slice(0, 10);
  const sets = { opened: new Set(opened), muted: new Set(muted) };
  const look = { filter, awayAfter: awayAfter ?? Infinity, dayOf, ...sets };
  const told = ({ rows }) => rows.map(({ row, entry, run, count }) =>
    [row, row === "fold" ? (run.length === count ? count : "stale") :
      row === "day" ? dayOf(entry) : row === "gap" ? null : entry.number]);
  let [log, grown] = [logOf([]), null];
  for (const entry of entries) grown = rowsOf((log = log.with([entry])), look, grown);
  return [told(rowsOf(log, look)), told(grown)];
}"""


def entry(number: int, kind: str = "noted", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (members of an entry)
    some = {"type": "info", "author": "mei", "pinned": False, "timestamp": "2026-11-21T03:00:00Z"}
    return {"number": number, "kind": kind, **some, **fields}


def alert(number: int, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (members of an entry)
    return entry(number, type="alert", author="alertmanager", **fields)


async def rows(
    modules: Page,
    entries: list[dict[str, Any]],
    shown: str = "all",
    opened: tuple[int, ...] = (),
    away_after: int | None = None,
    muted: tuple[str, ...] = (),
) -> list[list[Any]]:
    """The rows of the whole log, which are those of a log that grew entry by entry."""
    asked = [entries, shown, opened, away_after, muted]
    whole: list[list[Any]]
    whole, grown = await modules.evaluate(ROWS, asked)
    assert whole == grown
    return whole


DAY = ["day", "2026-11-21"]


async def test_three_lines_of_machines_fold_into_one(modules: Page) -> None:
    log = [entry(1), alert(2), alert(3), entry(4), alert(5), alert(6), alert(7)]

    drawn = await rows(modules, log)

    alone = [["entry", 1], ["entry", 2], ["entry", 3], ["entry", 4]]
    assert [DAY, *alone, ["fold", 3]] == drawn


async def test_what_one_person_did_to_fixes_within_a_second_folds(modules: Page) -> None:
    later = {"timestamp": "2026-11-21T03:00:01Z"}
    log = [
        *(entry(number, "action_proposed", type="action") for number in range(1, 6)),
        *(entry(number, "action_started", type="action", **later) for number in (6, 7)),
        entry(8, "action_completed", type="action", author="ada", **later),
    ]

    drawn = await rows(modules, log)

    assert [DAY, ["fold", 5], ["entry", 6], ["entry", 7], ["entry", 8]] == drawn


async def test_an_opened_fold_shows_its_lines(modules: Page) -> None:
    drawn = await rows(modules, [alert(1), alert(2), alert(3)], opened=(1,))

    assert [DAY, ["fold", 3], ["entry", 1], ["entry", 2], ["entry", 3]] == drawn


async def test_a_long_run_folds_into_one_row_and_opens_into_all(modules: Page) -> None:
    log = [entry(1), *(alert(number) for number in range(2, 12)), entry(12)]

    closed = await rows(modules, log)
    opened = await rows(modules, log, opened=(2,))

    assert [DAY, ["entry", 1], ["fold", 10], ["entry", 12]] == closed
    lines = [["entry", number] for number in range(2, 12)]
    assert [DAY, ["entry", 1], ["fold", 10], *lines, ["entry", 12]] == opened


async def test_alerts_of_a_muted_source_are_put_away_unless_they_are_pinned(modules: Page) -> None:
    other = entry(4, type="alert", author="grafana")
    log = [entry(1), alert(2), alert(3, pinned=True), other, entry(5, author="alertmanager")]

    drawn = await rows(modules, log, muted=("alertmanager",))

    assert [DAY, ["entry", 1], ["entry", 3], ["entry", 4], ["entry", 5]] == drawn


async def test_a_day_that_comes_twice_has_two_rows_with_names_of_their_own(modules: Page) -> None:
    late = {"timestamp": "2026-11-20T23:00:00Z"}

    keys = await modules.evaluate(
        """async (entries) => {
          const { rowsOf } = await import("/static/js/room/rows.js");
          const dayOf = ({ timestamp }) => timestamp.slice(0, 10);
          return rowsOf(entries, { dayOf }).rows.map(({ key }) => key);
        }""",
        [entry(1), entry(2, **late), entry(3)],
    )

    assert ["day 1", "T1", "day 2", "T2", "day 3", "T3"] == keys


async def test_a_pinned_line_is_never_folded_away(modules: Page) -> None:
    drawn = await rows(modules, [alert(1), alert(2, pinned=True), alert(3), alert(4)])

    assert [DAY, ["entry", 1], ["entry", 2], ["entry", 3], ["entry", 4]] == drawn


async def test_a_new_day_gets_a_line_and_ends_a_fold(modules: Page) -> None:
    late = {"timestamp": "2026-11-22T00:01:00Z"}

    drawn = await rows(modules, [alert(1), alert(2), alert(3, **late), entry(4, **late)])

    first, second = [["entry", 1], ["entry", 2]], [["entry", 3], ["entry", 4]]
    assert [DAY, *first, ["day", "2026-11-22"], *second] == drawn


async def test_what_came_while_one_looked_away_is_below_a_line(modules: Page) -> None:
    drawn = await rows(modules, [entry(1), entry(2), entry(3), entry(4)], away_after=2)

    assert [DAY, ["entry", 1], ["entry", 2], ["gap", None], ["entry", 3], ["entry", 4]] == drawn


async def test_nothing_new_needs_no_line(modules: Page) -> None:
    drawn = await rows(modules, [entry(1), entry(2)], away_after=2)

    assert [DAY, ["entry", 1], ["entry", 2]] == drawn


async def test_pins_are_no_rows_of_their_own(modules: Page) -> None:
    drawn = await rows(modules, [entry(1), entry(2, "entry_pinned"), entry(3, "entry_amended")])

    assert [DAY, ["entry", 1], ["entry", 3]] == drawn


async def test_each_filter_shows_what_it_names(modules: Page) -> None:
    log = [
        entry(1, "declared", type="milestone"),
        entry(2),
        entry(3, type="decision"),
        entry(4, "update_posted", type="communication"),
        alert(5),
        entry(6, "update_missed", type="communication", author="system"),
        entry(7, "action_started", type="action", pinned=True),
    ]

    shown = {
        name: [number for row, number in await rows(modules, log, name) if row == "entry"]
        for name in ("people", "decisions", "changes", "alerts", "pinned")
    }

    assert {
        "people": [2, 3, 4],
        "decisions": [3],
        "changes": [1, 7],
        "alerts": [5, 6],
        "pinned": [7],
    } == shown


def by_system(number: int, kind: str, **data: Any) -> dict[str, Any]:  # noqa: ANN401 (facts of an entry)
    return entry(number, kind, type="escalation", author="system", data=data)


async def test_who_was_paged_is_never_folded_away(modules: Page) -> None:
    called = [{"person": "mei", "why": "on call"}]
    log = [by_system(number, "paged", people=called) for number in (1, 2, 3)]
    offers = [by_system(number, "role_offered", to="mei") for number in (4, 5, 6)]

    drawn = await rows(modules, [*log, *offers])

    assert [DAY, ["entry", 1], ["entry", 2], ["entry", 3], ["fold", 3]] == drawn


async def test_what_somebody_has_to_act_upon_is_hot_and_what_ran_out_by_itself_is_not(
    modules: Page,
) -> None:
    nobody = by_system(1, "paged", people=[])
    missing = by_system(2, "commander_missing", people=[])
    expired = by_system(3, "offer_expired", to="mei")
    started = entry(4, "action_started", type="action", author="system")
    changed = entry(5, "policy_applied", type="decision")

    weights = await modules.evaluate(
        """async (entries) => {
          const { weight } = await import("/static/js/room/rows.js");
          return entries.map(weight);
        }""",
        [nobody, missing, expired, started, changed],
    )

    assert ["machine hot", "machine hot", "machine", "change", "key decision"] == weights
