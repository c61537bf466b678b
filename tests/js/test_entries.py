"""The browser's log of entries: contiguous, never changed, cut at either end."""

from typing import Any

from playwright.async_api import Page

LOG = """async ([numbers, work]) => {
  const { logOf } = await import("/static/js/entries.js");
  const of = (some) => some.map((number) => ({ number }));
  const log = logOf(of(numbers));
  const told = (one) => one?.[Symbol.iterator]
    ? [...one].map(({ number }) => number)
    : one?.number ?? one ?? null;
  const meant = (one) => (Array.isArray(one) ? of(one) : one);
  const asked = ([name, ...given]) =>
    typeof log[name] === "function" ? log[name](...given.map(meant)) : log[name];
  return work.map((one) => told(asked(one)));
}"""


async def asked(modules: Page, numbers: range, *work: list[Any]) -> list[Any]:
    answers: list[Any] = await modules.evaluate(LOG, [list(numbers), [list(one) for one in work]])
    return answers


async def test_every_entry_is_found_by_its_place_and_by_its_number(modules: Page) -> None:
    found = await asked(
        modules,
        range(301, 901),
        ["length"], ["first"], ["last"], ["at", 0], ["at", 599], ["at", 600], ["at", -1],
        ["at", -601], ["byNumber", 301], ["byNumber", 556], ["byNumber", 900], ["byNumber", 901],
        ["byNumber", 300], ["indexOf", 430],
    )  # fmt: skip

    assert found == [
        600, 301, 900, 301, 900, None, 900, None, 301, 556, 900, None, None, 129,
    ]  # fmt: skip


async def test_a_slice_is_what_that_of_an_array_is(modules: Page) -> None:
    numbers = range(1, 400)
    places = [[0], [0, 0], [5, 5], [0, 128], [127, 129], [128], [100, 300], [-3], [-300, -2]]
    places += [[380, 900], [399], [900], [10, 5], [-900, 2]]

    slices = await asked(modules, numbers, *(["slice", *place] for place in places))

    assert [list(numbers[slice(*place, *[None] * (2 - len(place)))]) for place in places] == slices


async def test_a_log_grows_at_both_ends_and_takes_nothing_twice(modules: Page) -> None:
    grown = await asked(
        modules,
        range(100, 300),
        ["with", [298, 299, 300, 301]],
        ["with", [299]],
        ["withEarlier", [97, 98, 99, 100]],
    )

    assert grown == [list(range(100, 302)), list(range(100, 300)), list(range(97, 300))]


async def test_nothing_is_found_in_an_empty_log(modules: Page) -> None:
    found = await asked(
        modules, range(0), ["first"], ["last"], ["at", 0], ["byNumber", 1], ["slice"], ["with", [1]]
    )

    assert found == [None, None, None, None, [], [1]]


async def test_a_change_makes_another_log_and_leaves_the_old_one(modules: Page) -> None:
    before, after, beside, nobody = await modules.evaluate(
        """async () => {
          const { logOf } = await import("/static/js/entries.js");
          const log = logOf(Array.from({ length: 300 }, (_, at) => ({ number: at + 1 })));
          const pinned = log.changed(7, (entry) => ({ ...entry, pinned: true }));
          const beside = log.at(200) === pinned.at(200);
          return [log.byNumber(7), pinned.byNumber(7), beside, log.changed(301, () => 0) === log];
        }"""
    )

    assert [before, after] == [{"number": 7}, {"number": 7, "pinned": True}]
    assert beside, "entries that were not meant are the same"
    assert nobody, "an entry that is not loaded changes nothing"


async def test_a_log_is_cut_at_the_end_that_nobody_reads(modules: Page) -> None:
    newest, oldest, whole = await asked(
        modules, range(1, 1001), ["newest", 300], ["oldest", 300], ["newest", 2000]
    )

    assert newest == list(range(newest[0], 1001))
    assert oldest == list(range(1, oldest[-1] + 1))
    assert 300 <= len(newest) < 300 + 128
    assert 300 <= len(oldest) < 300 + 128
    assert len(whole) == 1000


async def test_the_newest_that_is_wanted_is_found(modules: Page) -> None:
    found = await modules.evaluate(
        """async () => {
          const { logOf } = await import("/static/js/entries.js");
          const log = logOf(Array.from({ length: 500 }, (_, at) => ({ number: at + 1 })));
          const found = log.findLast(({ number }) => number % 200 === 0);
          return [found.number, log.findLast(() => false) ?? null];
        }"""
    )

    assert found == [400, None]
