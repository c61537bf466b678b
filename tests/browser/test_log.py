"""A log of thousands of entries: few of them in the page, all of them within reach."""

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Literal

import httpx2
import pytest
from playwright.async_api import Browser, Route, expect

from incident.core.commands import AddEntry
from incident.runtime import opened
from incident.settings import Settings
from tests.browser.people import DESKTOP, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import rests
from tests.process import TOKEN, ServerProcess, served

pytestmark = pytest.mark.timeout(480)  # thousands of entries are written first
ENTRIES = 5_000
AT_ONCE = 32  # entries that are written at a time
DRAWN = 200  # rows in the page at most
PATIENCE = 30_000  # ms; the server may have much else to do
NUMBERS = """() => [...document.querySelectorAll("#entries [data-number]")]
  .map(({ dataset }) => Number(dataset.number))"""
FIRST_IN_VIEW = """() => {
  const top = document.getElementById("log").getBoundingClientRect().top;
  const rows = [...document.querySelectorAll("#entries [data-number]")];
  const row = rows.find((one) => one.getBoundingClientRect().top >= top);
  return [Number(row.dataset.number), Math.round(row.getBoundingClientRect().top - top)];
}"""
ROWS = "document.querySelectorAll('#entries > [data-row]').length"
TO_TOP = "document.getElementById('log').scrollTop = 0"
LEFT = """(() => {
  const log = document.getElementById("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight;
})()"""
GROWS = """async () => {
  document.getElementById("log").scrollTop -= 10;
  const last = [...document.querySelectorAll("#entries .ev")].at(-1);
  last.style.paddingBlockEnd = `${last.offsetHeight + 150}px`;
  for (let left = 5; left > 0; left -= 1) await new Promise(requestAnimationFrame);
}"""
# What a key moves goes on for a while after the key.
STILL = """async () => {
  const log = document.getElementById("log");
  for (let last = NaN, since = 0; since < 10; since = log.scrollTop === last ? since + 1 : 0) {
    last = log.scrollTop;
    await new Promise(requestAnimationFrame);
  }
}"""
# With the next scroll somebody asks for the end of a busy page; `calm` is some pictures later.
END_IN_MID_SCROLL = """chip => {
  const log = document.getElementById("log");
  const asked = new Promise((resolve) => log.addEventListener("scroll", () => {
    chip.click();
    for (const free = performance.now() + 150; performance.now() < free;);
    resolve();
  }, { once: true }));
  const picture = () => new Promise(requestAnimationFrame);
  window.calm = asked.then(async () => {
    for (let left = 40; left > 0; left -= 1) await picture();
  });
}"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("log") / "data") as running:
        yield running


@pytest.fixture(scope="module")
async def long(server: ServerProcess) -> str:
    """An incident with 5,000 entries. T2 is a decision, T3 is pinned; one note says "needle"."""
    incident = await declared(server)
    await noted(server, incident, "Fail over", type="decision")
    await noted(server, incident, "The pool was full")
    pin = await server.call("PATCH", f"/api/incidents/{incident}/timeline/3/0", {"pinned": True})
    assert pin.status_code == 200, pin.text
    await filled(server, incident, 600)
    await noted(server, incident, "The needle in it")
    await filled(server, incident, ENTRIES - 605)
    return incident


async def filled(server: ServerProcess, incident: str, count: int) -> None:
    """The same as `many`, but straight into the log, since it is only there to be long."""
    async with opened(Settings.read(data=server.data)) as runtime:
        for begin in range(0, count, AT_ONCE):
            lines = [line(number) for number in range(begin, min(count, begin + AT_ONCE))]
            told = [AddEntry(by="mei", message=text, type=sort) for text, sort in lines]
            await asyncio.gather(*(runtime.desk.submit(incident, one) for one in told))


def line(number: int) -> tuple[str, Literal["alert", "info"]]:
    """A note, and an alert every tenth."""
    return f"Line {number} of many", "alert" if number % 10 == 0 else "info"


async def declared(server: ServerProcess) -> str:
    body = {"title": "Card payments fail", "severity": 5}
    return str((await server.call("POST", "/api/incidents", body)).json()["id"])


async def noted(server: ServerProcess, incident: str, message: str, **told: str) -> int:
    body = {"message": message, **told}
    answer = await server.call("POST", f"/api/incidents/{incident}/timeline", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def the_api() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=60, headers={"Authorization": f"Bearer {TOKEN}"})


async def many(server: ServerProcess, incident: str, count: int) -> None:
    """Lines that others write while the room is open."""
    gate = asyncio.Semaphore(AT_ONCE)

    async with the_api() as client, asyncio.TaskGroup() as writers:

        async def write(number: int) -> None:
            message, sort = line(number)
            body = {"message": message, "type": sort}
            async with gate:
                path = f"{server.url}/api/incidents/{incident}/timeline"
                answer = await client.post(path, json=body)
                assert answer.status_code == 201, answer.text

        for number in range(count):
            writers.create_task(write(number))


async def numbers(who: Someone) -> list[int]:
    """The entries in the page, each once and in order, and no more than a view needs."""
    found: list[int] = await who.page.evaluate(NUMBERS)
    assert found == sorted(set(found))
    assert await who.page.evaluate(ROWS) < DRAWN
    return found


async def in_view(who: Someone, row: str) -> None:
    await expect(who.page.locator(row)).to_be_in_viewport(timeout=PATIENCE)


async def in_the_room(browser: Browser, server: ServerProcess, incident: str) -> Someone:
    who = await someone(browser, server, "ada")
    await who.open_room(incident)
    return who


async def test_a_room_of_thousands_draws_only_what_is_near_and_ends_with_the_newest(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)

    newest = (await server.call("GET", f"/api/incidents/{long}")).json()["entries"]
    await in_view(ada, f"#T{newest}")
    assert (await numbers(ada))[-1] == newest
    assert ada.faults == []


async def test_scrolling_up_loads_what_is_earlier_by_itself_down_to_the_first_entry(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    await ada.page.locator("#log").focus()
    seen: set[int] = set()

    async with asyncio.timeout(240):
        while 1 not in seen:
            first, *_ = drawn = await numbers(ada)
            seen.update(drawn)
            await ada.page.keyboard.press("PageUp")
            await ada.page.evaluate(TO_TOP)
            if first > 1:
                earlier = ada.page.locator("#entries [data-number]").first
                await expect(earlier).not_to_have_attribute(
                    "data-number", str(first), timeout=PATIENCE
                )

    await in_view(ada, "#T1")
    assert await ada.page.get_by_role("button", name="Show earlier entries").count() == 0
    await ada.page.get_by_role("button", name="Everything").click()
    newest = (await server.call("GET", f"/api/incidents/{long}")).json()["entries"]
    await in_view(ada, f"#T{newest}")
    assert ada.faults == []


async def test_the_end_that_is_asked_for_while_the_log_still_moves_is_where_it_stays(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    newest = (await numbers(ada))[-1]
    await ada.page.locator("#log").focus()
    await ada.page.keyboard.press("PageUp")
    await ada.page.keyboard.press("PageUp")
    await expect(ada.page.locator(f"#T{newest}")).not_to_be_in_viewport()
    await ada.page.evaluate(STILL)
    everything = ada.page.get_by_role("button", name="Everything")

    await everything.evaluate(END_IN_MID_SCROLL)
    await ada.page.keyboard.press("PageUp")
    await ada.page.evaluate("calm")

    assert await ada.page.evaluate(LEFT) <= 1
    await in_view(ada, f"#T{newest}")
    await ada.page.keyboard.press("PageUp")
    await expect(ada.page.locator(f"#T{newest}")).not_to_be_in_viewport()


async def test_a_log_that_grows_as_it_is_moved_a_little_is_at_its_end_still(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    await filled(server, incident, 60)
    ada = await in_the_room(browser, server, incident)
    await ada.page.evaluate(GROWS)

    assert await ada.page.evaluate(LEFT) <= 1
    await ada.page.evaluate("document.getElementById('log').scrollTop -= 200")
    await ada.page.evaluate(GROWS)
    assert await ada.page.evaluate(LEFT) > 100


async def test_what_is_fetched_for_who_reads_back_is_let_go_once_they_are_at_the_end(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await someone(browser, server, "ada")
    await ada.open_room(f"{long}#T1500")
    await in_view(ada, "#T1500")
    late: asyncio.Queue[Route] = asyncio.Queue()
    await ada.page.route("**/timeline?*before=*", late.put, times=1)
    await ada.page.evaluate(TO_TOP)
    earlier = await late.get()
    await ada.page.get_by_role("button", name="Everything").click()
    newest = (await server.call("GET", f"/api/incidents/{long}")).json()["entries"]
    await in_view(ada, f"#T{newest}")

    async with ada.page.expect_response("**/timeline?*before=*") as answer:
        await earlier.continue_()
    await (await answer.value).finished()
    first, *_ = await numbers(ada)
    await ada.page.locator("#log").press("PageUp")
    await ada.page.evaluate(TO_TOP)
    top = ada.page.locator("#entries [data-number]").first
    await expect(top).not_to_have_attribute("data-number", str(first), timeout=PATIENCE)

    assert (await numbers(ada))[0] > 2_000, "nothing of what was read before"
    assert ada.faults == []


async def test_what_is_read_stays_where_it_is_while_others_write(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    await ada.page.mouse.move(*(side / 2 for side in DESKTOP))
    await ada.page.mouse.wheel(0, -1_500)
    newest = (await numbers(ada))[-1]
    await expect(ada.page.locator(f"#T{newest}")).not_to_be_in_viewport()
    before = await ada.page.evaluate(FIRST_IN_VIEW)

    await many(server, long, 60)
    await ada.page.get_by_role("button", name="60 new").wait_for()

    number, top = await ada.page.evaluate(FIRST_IN_VIEW)
    assert before[0] == number
    assert abs(before[1] - top) <= 1
    await ada.page.get_by_role("button", name="60 new").click()
    await in_view(ada, f"#T{newest + 60}")
    await numbers(ada)


async def test_a_storm_at_the_end_of_the_log_leaves_few_rows_and_the_newest_in_view(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    newest = (await numbers(ada))[-1]

    await many(server, long, 500)
    await ada.page.locator(f"#T{newest + 500}").wait_for()

    await in_view(ada, f"#T{newest + 500}")
    found = await numbers(ada)
    assert found[-1] == newest + 500
    shown = await ada.page.evaluate("document.querySelectorAll('#entries .fold').length")
    assert len(found) + shown > 20
    assert ada.faults == []


async def test_a_link_to_an_entry_far_back_shows_it_among_its_neighbours(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await someone(browser, server, "ada")
    await ada.open_room(f"{long}#T1500")

    await in_view(ada, "#T1500")
    near = await numbers(ada)
    assert {1495, 1505} <= set(near)
    await ada.page.mouse.move(*(side / 2 for side in DESKTOP))
    async with asyncio.timeout(120):
        while (await numbers(ada))[-1] < 1_800:
            await ada.page.mouse.wheel(0, 1_200)
    await numbers(ada)
    await ada.page.evaluate("location.hash = '#T2600'")
    await in_view(ada, "#T2600")
    await numbers(ada)
    assert ada.faults == []


async def test_decisions_and_pins_are_counted_and_shown_however_old_they_are(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)

    await ada.page.get_by_role("button", name="Decisions 1").click()
    await in_view(ada, "#T2")
    await ada.page.get_by_role("button", name="Pinned 1").click()
    await in_view(ada, "#T3")

    number = await noted(server, long, "Back to the old one", type="decision")
    await ada.page.get_by_role("button", name="Decisions 2").click()
    assert [2, number] == await numbers(ada)
    pin = {"pinned": True}
    await server.call("PATCH", f"/api/incidents/{long}/timeline/40/0", pin)
    await ada.page.get_by_role("button", name="Pinned 2").wait_for()
    await server.call("PATCH", f"/api/incidents/{long}/timeline/40/0", {"pinned": False})
    await ada.page.get_by_role("button", name="Pinned 1").wait_for()


async def test_the_ladder_knows_whom_it_found_however_many_entries_came_since(
    browser: Browser, server: ServerProcess
) -> None:
    body = {"title": "Card payments fail", "severity": 1}
    incident = str((await server.call("POST", "/api/incidents", body)).json()["id"])
    await filled(server, incident, 400)

    ada = await in_the_room(browser, server, incident)

    nobody = ada.page.locator("#ladder").get_by_text("nobody: no rotation serves the role")
    await expect(nobody).to_be_visible(timeout=PATIENCE)
    assert await ada.page.locator("#T3").count() == 0, "its entry is not in the page"


async def test_a_search_finds_what_is_not_loaded_leads_there_and_escape_leads_back(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    newest = (await numbers(ada))[-1]
    await ada.page.get_by_role("button", name="Search in the log").click()
    await ada.page.get_by_role("searchbox").fill("NEEDLE")
    result = ada.page.locator("#find").get_by_role("button", name="The needle in it")

    await result.click()
    found = ada.page.locator("#entries .ev.found")
    await expect(found).to_contain_text("The needle in it", timeout=PATIENCE)
    await expect(found).to_be_in_viewport()
    assert await axe(ada.page) == []
    await result.press("Escape")

    await in_view(ada, f"#T{newest}")
    assert await ada.page.locator("#sought").count() == 0
    await ada.look(PHONE)
    await ada.page.get_by_role("button", name="Search in the log").click()
    await ada.page.get_by_role("searchbox").fill("T3")
    await ada.page.get_by_role("searchbox").press("Enter")
    await in_view(ada, "#T3")
    assert await overflow(ada.page) <= 0
    assert ada.faults == []


async def test_results_on_a_low_phone_leave_the_field_the_log_and_the_composer_in_sight(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    for number in range(8):
        await noted(server, incident, f"A needle in line {number}")
    ada = await in_the_room(browser, server, incident)
    await ada.look((390, 700))
    await ada.page.get_by_role("button", name="Search in the log").click()
    await ada.page.get_by_role("searchbox").fill("needle")
    await ada.page.locator(".find-list li").nth(5).wait_for()

    boxes = [
        await ada.page.locator(place).bounding_box()
        for place in ("#sought", ".find-list", "#log", "#composer", "#tabs")
    ]
    edges = [(box["y"], box["y"] + box["height"]) for box in boxes if box]
    assert len(edges) == len(boxes)
    assert all(end <= begin + 1 for (_, end), (begin, _) in pairwise(edges)), edges
    assert edges[1][1] - edges[1][0] > 40
    assert edges[2][1] - edges[2][0] > 40
    await ada.context.close()


async def test_a_search_that_found_nothing_so_far_can_look_further_back(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)

    async def nothing_so_far(route: Route) -> None:
        link = f'</api/incidents/{long}/timeline?q=needle&before=999>; rel="next"'
        await route.fulfill(json=[], headers={"Link": link})

    await ada.page.route("**/timeline?q=*", nothing_so_far, times=1)
    await ada.page.get_by_role("button", name="Search in the log").click()
    await ada.page.get_by_role("searchbox").fill("needle")
    await expect(ada.page.locator("#find")).to_contain_text("0 so far")

    await ada.page.get_by_role("button", name="Look further back").click()

    result = ada.page.locator("#find").get_by_role("button", name="The needle in it")
    await expect(result).to_be_visible(timeout=PATIENCE)


async def test_arrow_keys_walk_through_rows_that_were_not_drawn(
    browser: Browser, server: ServerProcess, long: str
) -> None:
    ada = await in_the_room(browser, server, long)
    newest = (await numbers(ada))[-1]
    await ada.page.locator(f"#T{newest} .ref").focus()

    for _ in range(150):
        await ada.page.keyboard.press("ArrowUp")

    focused = await ada.page.evaluate("document.activeElement.closest('[data-number]')?.id ?? ''")
    assert re.fullmatch(r"T\d+", focused)
    assert int(focused[1:]) <= newest - 150
    await in_view(ada, f"#{focused}")
    await numbers(ada)


async def test_copied_entries_are_lines_with_time_name_and_words(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    ada = await in_the_room(browser, server, incident)
    await ada.say_each("Replica lag is 4 s", "and falling")
    await ada.page.locator("#T3").wait_for()
    times = [
        entry["timestamp"][11:19]
        for entry in (await server.call("GET", f"/api/incidents/{incident}")).json()["timeline"]
    ]

    copied = await ada.page.evaluate(
        """() => {
          const words = (id) => document.querySelector(`#${id} .c > p:last-child`);
          getSelection().setBaseAndExtent(words("T2"), 0, words("T3"), 1);
          const told = new ClipboardEvent("copy", { clipboardData: new DataTransfer() });
          document.dispatchEvent(told);
          return told.clipboardData.getData("text/plain");
        }"""
    )

    assert copied == f"{times[1]}Z Ada: Replica lag is 4 s\n{times[2]}Z Ada: and falling\n"


async def test_a_long_text_is_cut_until_somebody_wants_all_of_it(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    await noted(server, incident, "\n".join(f"line {number} of a trace" for number in range(60)))
    ada = await in_the_room(browser, server, incident)
    words = ada.page.locator("#T2 .c > p:last-of-type")
    cut = await words.bounding_box()
    await ada.page.get_by_role("button", name="Show all").click()
    whole = await words.bounding_box()

    assert cut
    assert whole
    assert cut["height"] * 3 < whole["height"]
    await ada.page.get_by_role("button", name="Show less").wait_for()


async def test_a_muted_source_is_put_away_in_this_browser_until_it_is_shown_again(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    await noted(server, incident, "CPU is high", type="alert")
    await noted(server, incident, "Somebody looks")
    ada = await in_the_room(browser, server, incident)
    await ada.page.locator("#T2").hover()
    await ada.page.get_by_role("button", name="Mute alerts of Administrator for you").click()

    await ada.page.locator("#T2").wait_for(state="detached")
    await ada.open_room(incident)
    note = ada.page.locator("#notes")
    await note.get_by_text("1 put away").wait_for()
    assert await ada.page.locator("#T2").count() == 0
    assert await axe(ada.page) == []
    await note.get_by_role("button", name="Show them").click()
    await ada.page.locator("#T2").wait_for()


async def test_an_entry_is_cited_in_what_is_being_written_and_a_pin_is_undone(
    browser: Browser, server: ServerProcess
) -> None:
    incident = await declared(server)
    await noted(server, incident, "The pool is full")
    ada = await in_the_room(browser, server, incident)
    await ada.page.fill("#say", "as said in")
    await ada.page.locator("#T2").hover()
    await ada.page.get_by_role("button", name="Cite T2").click()
    assert await ada.page.input_value("#say") == "as said in T2 "

    await ada.page.locator("#T2").hover()
    await ada.page.get_by_role("button", name="Pin T2").click()
    await ada.page.get_by_role("button", name="Pinned 1").wait_for()
    await ada.page.locator("#toasts").get_by_role("button", name="Undo").click()
    await ada.page.get_by_role("button", name="Pinned", exact=True).wait_for()
    assert ada.faults == []


SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
  .observe({ type: "layout-shift", buffered: true });"""
SEEN_TO_MOVE = 0.03  # of the screen times the way; Core Web Vitals call 0.1 good


@pytest.mark.parametrize("size", [DESKTOP, (1440, 2000)])
async def test_the_log_of_a_desk_stands_still_while_it_comes_alive(
    browser: Browser, server: ServerProcess, long: str, size: tuple[int, int]
) -> None:
    ada = await someone(browser, server, "ada", size=size)
    await ada.open_room(long)  # its fonts are known from then on, and move nothing when they come
    await ada.page.add_init_script(SHIFTS)
    await ada.open_room(long)
    await rests(ada.page)
    newest = (await numbers(ada))[-1]
    await in_view(ada, f"#T{newest}")
    await ada.page.evaluate("new Promise((seen) => requestAnimationFrame(() => setTimeout(seen)))")

    assert await ada.page.evaluate("Math.max(0, ...shifts)") < SEEN_TO_MOVE
