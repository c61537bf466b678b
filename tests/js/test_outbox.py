"""What is written is kept in the browser before it is sent, and is sent once, in order, by whoever
wrote it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "https://room.test"
"""Of a secure page: others have no locks."""

OPEN = """async ([handle, hears]) => {
  const box = await import("/static/js/outbox.js");
  const { trouble, mayBeLost } = await import("/static/js/outbox/kept.js");
  Object.assign(window, { box, trouble, mayBeLost, handle, hears, told: [], waits: [] });
  const says = [];
  window.said = says;
  box.openOutbox({
    incident: "INC-7",
    whose: () => window.handle,
    hears: () => window.hears,
    say: (command) => new Promise((resolve, reject) => {
      says.push(command);
      window.waits.push({ command, resolve, reject });
      window.answerer?.(command).then(resolve, reject);
    }),
    answered: (record, ack) => window.told.push([record.command.message, ack.seq]),
  });
}"""

WRITE = """(messages) => messages.forEach((message) =>
  box.enter({ command: { type: "add_timeline", message }, at: "2026-11-21T03:41:00.000Z" }))"""
SAID = "() => said.map(({ message }) => message)"
KEPT = "() => box.records.value.map(({ command }) => command.message)"
ACKNOWLEDGES = "() => { let seq = 0; window.answerer = async () => ({ seq: (seq += 1) }); }"
REFUSES = """(problem) => { window.answerer = async (command) => {
  if (command.message.startsWith("bad")) throw problem;
  return { seq: 1 };
}; }"""


async def from_disk(route: Route) -> None:
    path = route.request.url.removeprefix(f"{ORIGIN}/static/")
    if path.startswith(ORIGIN):
        await route.fulfill(content_type="text/html", body="<!doctype html><title>room</title>")
    else:
        body = (STATIC / path).read_text()
        await route.fulfill(content_type="text/javascript; charset=utf-8", body=body)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context()
    await context.route("**/*", from_disk)
    yield context
    await context.close()


async def tab(context: BrowserContext, handle: str = "ada", *, hears: bool = True) -> Page:
    """A tab in which `handle` is signed in; `hears`: whether the server can be asked."""
    page = await context.new_page()
    await page.goto(ORIGIN)
    await page.evaluate(OPEN, [handle, hears])
    return page


async def until(page: Page, condition: str, wanted: object) -> None:
    told = json.dumps(wanted, separators=(",", ":"))
    await page.wait_for_function(f"(told) => JSON.stringify(({condition})()) === told", arg=told)


async def test_it_is_in_the_browser_before_it_is_sent(context: BrowserContext) -> None:
    page = await tab(context)
    await page.evaluate(
        """() => { window.answerer = async () => {
          window.atSend = Object.keys(localStorage);
          return { seq: 1 };
        }; }"""
    )

    await page.evaluate(WRITE, ["one"])
    await page.evaluate("() => box.empty()")

    kept: list[str] = await page.evaluate("() => atSend")
    assert [key.rpartition(":")[0] for key in kept] == ["out:INC-7:ada"]
    assert [] == await page.evaluate("() => Object.keys(localStorage)")


async def test_what_a_closed_tab_left_is_sent_once_and_in_order(context: BrowserContext) -> None:
    page = await tab(context, hears=False)
    await page.evaluate(WRITE, ["one", "two", "three"])
    await page.evaluate("() => box.empty()")
    first: list[dict[str, Any]] = await page.evaluate("() => box.records.value")
    await page.close()

    other = await tab(context)
    await other.evaluate(ACKNOWLEDGES)
    await other.evaluate("() => box.empty()")

    assert ["one", "two", "three"] == await other.evaluate(SAID)
    assert [one["ref"] for one in first] == await other.evaluate("() => said.map(({ ref }) => ref)")
    assert [["one", 1], ["two", 2], ["three", 3]] == await other.evaluate("() => told")
    assert [] == await other.evaluate("() => Object.keys(localStorage)")


async def test_an_unanswered_command_is_repeated_exactly_as_it_was(context: BrowserContext) -> None:
    page = await tab(context)
    await page.evaluate(WRITE, ["one", "two"])
    await page.evaluate("() => { window.begun = box.empty(); }")
    await until(page, SAID, ["one"])
    await page.evaluate(
        "() => { hears = false; waits[0].reject({ code: 'unanswered' }); return begun; }"
    )

    await page.evaluate(ACKNOWLEDGES)
    await page.evaluate("() => { hears = true; return box.empty(); }")

    said = await page.evaluate("() => said")
    assert said[0] == said[1]
    assert ["one", "one", "two"] == [command["message"] for command in said]


async def test_of_two_tabs_one_sends_and_the_other_sees_it_go(context: BrowserContext) -> None:
    away = await tab(context, hears=False)
    back = await tab(context)
    await back.evaluate(ACKNOWLEDGES)

    await away.evaluate(WRITE, ["one", "two"])
    await until(back, KEPT, ["one", "two"])
    await away.evaluate("() => { hears = true; window.answerer = async () => ({ seq: 9 }); }")
    await asyncio.gather(*(page.evaluate("() => box.empty()") for page in (away, back)))
    await until(away, KEPT, [])
    await until(back, KEPT, [])

    said = [*await away.evaluate(SAID), *await back.evaluate(SAID)]
    assert sorted(set(said)) == ["one", "two"]
    refs = [await page.evaluate("() => said.map(({ ref }) => ref)") for page in (away, back)]
    assert len({*refs[0], *refs[1]}) == 2


async def test_what_ada_wrote_is_never_sent_by_mei(context: BrowserContext) -> None:
    ada = await tab(context, hears=False)
    await ada.evaluate(WRITE, ["of ada"])
    await ada.close()

    mei = await tab(context, "mei")
    await mei.evaluate(ACKNOWLEDGES)
    await mei.evaluate(WRITE, ["of mei"])
    await mei.evaluate("() => box.empty()")

    assert ["of mei"] == await mei.evaluate(SAID)
    assert ["of ada"] == await mei.evaluate(KEPT)
    assert ["ada"] == await mei.evaluate("() => box.records.value.map(({ handle }) => handle)")


@pytest.mark.parametrize(
    ("status", "code", "same"),
    [
        (409, "closed", False),
        (422, "invalid", False),
        (422, "idempotency-key-reused", True),
        (500, "internal", True),
    ],
)
async def test_trying_again_is_a_new_command_only_where_the_old_one_was_surely_not_done(
    context: BrowserContext, status: int, code: str, *, same: bool
) -> None:
    page = await tab(context)
    await page.evaluate(REFUSES, {"status": status, "code": code, "detail": "No."})
    await page.evaluate(WRITE, ["bad", "good"])
    await page.evaluate("() => box.empty()")
    left = await page.evaluate("() => box.records.value")

    await page.evaluate(ACKNOWLEDGES)
    await page.evaluate("() => box.tryAgain(box.records.value[0])")
    await until(page, KEPT, [])

    assert ["bad", "good", "bad"] == await page.evaluate(SAID)
    assert [("bad", "refused", "No.")] == [
        (one["command"]["message"], one["state"], one["problem"]["detail"]) for one in left
    ]
    first, _, again = await page.evaluate("() => said.map(({ ref }) => ref)")
    assert (first == again) is same


async def test_a_refusal_is_still_there_after_a_reload(context: BrowserContext) -> None:
    page = await tab(context)
    await page.evaluate(REFUSES, {"status": 409, "detail": "Somebody was quicker."})
    await page.evaluate(WRITE, ["bad"])
    await page.evaluate("() => box.empty()")

    await page.reload()
    await page.evaluate(OPEN, ["ada", True])
    await page.evaluate("() => box.empty()")

    (left,) = await page.evaluate("() => box.records.value")
    assert (left["state"], left["problem"]["detail"]) == ("refused", "Somebody was quicker.")
    assert [] == await page.evaluate(SAID)


async def test_a_server_without_its_database_is_asked_again_before_anything_later(
    context: BrowserContext,
) -> None:
    page = await tab(context)
    await page.clock.install()
    await page.evaluate(
        """() => { window.answerer = async () => {
          throw { status: 503, detail: "Out of reach." };
        }; }"""
    )
    await page.evaluate(WRITE, ["one", "two"])
    await page.evaluate("() => box.empty()")
    held = await page.evaluate("() => box.records.value.map(({ state, kept }) => [state, kept])")

    await page.evaluate(ACKNOWLEDGES)
    await page.clock.run_for(6_000)
    await until(page, KEPT, [])

    assert held == [["waiting", True], ["waiting", False]]
    assert ["one", "one", "two"] == await page.evaluate(SAID)


async def test_what_was_taken_back_is_never_sent(context: BrowserContext) -> None:
    page = await tab(context, hears=False)
    await page.evaluate(WRITE, ["one", "two"])

    await page.evaluate("() => box.remove(box.records.value[0])")
    await page.evaluate(ACKNOWLEDGES)
    await page.evaluate("() => { hears = true; return box.empty(); }")

    assert ["two"] == await page.evaluate(SAID)


@pytest.mark.parametrize(
    ("fault", "trouble"), [("QuotaExceededError", "full"), ("SecurityError", "blocked")]
)
async def test_where_storage_takes_nothing_it_is_held_by_the_tab_which_says_so(
    context: BrowserContext, fault: str, trouble: str
) -> None:
    page = await tab(context, hears=False)
    await page.evaluate(
        """(name) => {
          Storage.prototype.setItem = () => { throw new DOMException("no", name); };
        }""",
        fault,
    )

    await page.evaluate(WRITE, ["one", "two"])
    held = await page.evaluate("() => [trouble.value, mayBeLost()]")
    await page.evaluate(ACKNOWLEDGES)
    await page.evaluate("() => { hears = true; return box.empty(); }")

    assert held == [trouble, True]
    assert ["one", "two"] == await page.evaluate(SAID)
    assert [None, False] == await page.evaluate("() => [trouble.value, mayBeLost()]")


async def test_what_is_refused_when_storage_has_become_full_is_sent_no_more(
    context: BrowserContext,
) -> None:
    page = await tab(context, hears=False)
    await page.evaluate(WRITE, ["bad", "good"])
    await page.evaluate(
        """() => {
          Storage.prototype.setItem = () => { throw new DOMException("no", "QuotaExceededError"); };
        }"""
    )

    await page.evaluate(REFUSES, {"status": 409, "detail": "Somebody was quicker."})
    await page.evaluate(
        """() => Object.defineProperty(window, "hears", { get: () => said.length < 9 })"""
    )
    await page.evaluate("() => box.empty()")

    assert ["bad", "good"] == await page.evaluate(SAID)
    assert [["bad", "refused"]] == await page.evaluate(
        "() => box.records.value.map(({ command, state }) => [command.message, state])"
    )


async def test_keys_that_are_not_ours_are_left_alone(context: BrowserContext) -> None:
    page = await tab(context, hears=False)
    await page.evaluate(
        """() => {
          localStorage.setItem("out:INC-7:ada:x", "{");
          localStorage.setItem("out:INC-7:ada:9", '{"command":null}');
        }"""
    )

    await page.evaluate(WRITE, ["one"])

    assert ["one"] == await page.evaluate(KEPT)
