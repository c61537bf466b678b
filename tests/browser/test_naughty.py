"""Every line of the big list of naughty strings, wherever a person can write: it is text.

What the API refuses it refuses with a clear problem, and no more than it says.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Request, expect

from incident.core.commands import AddEntry
from incident.runtime import opened
from incident.settings import Settings
from incident.web.unseen import visibly
from tests.browser.people import DESKTOP, NARROW, Someone, overflow, someone
from tests.process import TOKEN, ServerProcess, served

LIST = (Path(__file__).parent / "vendor" / "blns.json").read_text(encoding="utf-8")
BLNS: list[str] = list(dict.fromkeys(json.loads(LIST)))  # some lines are there twice
AT_ONCE = 16  # requests under way
pytestmark = pytest.mark.timeout(480)  # hundreds of lines are written first
PATIENCE = 30_000  # ms
ODD = "img, iframe, object, embed, video, audio, marquee, base, meta[http-equiv], math, style"
ROWS = """() => [...document.querySelectorAll("#entries > [data-number]")].map((row) =>
  [Number(row.dataset.number), row.querySelector(".c > p:not(.who)").textContent])"""
WIDE = """() => [...document.querySelectorAll("#entries > *, #board .fix, #roles li")]
  .filter((one) => getComputedStyle(one).overflowX === "visible")
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.id || one.className)"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("naughty") / "data") as running:
        yield running


@pytest.fixture
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    """In whose browser nothing is executed, refused, asked for elsewhere, or made of text."""
    who = await someone(browser, server, "ada")
    who.page.on("request", lambda request: who.faults.extend(elsewhere(request, server)))
    yield who
    assert await who.page.locator(ODD).count() == 0
    assert await who.page.locator("[href^='javascript' i], [onerror], [onclick]").count() == 0
    assert who.faults == []


def elsewhere(request: Request, server: ServerProcess) -> list[str]:
    return [] if request.url.startswith((server.url, "data:")) else [request.url]


async def declared(server: ServerProcess) -> str:
    body = {"title": "Card payments fail", "severity": 5}
    return str((await server.call("POST", "/api/incidents", body)).json()["id"])


async def told_to_the_api(
    server: ServerProcess, ask: Callable[[str, str], tuple[str, str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """What the API made of each line; a refusal names the field and says why."""
    gate = asyncio.Semaphore(AT_ONCE)
    taken: dict[str, dict[str, Any]] = {}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(timeout=60, headers=headers) as client:

        async def one(number: int, text: str) -> None:
            method, path, body = ask(str(number), text)
            async with gate:
                answer = await client.request(method, server.url + path, json=body)
            if answer.status_code in {200, 201}:
                taken[text] = answer.json()
                return
            [error] = answer.json()["errors"]
            assert answer.status_code == 422
            assert error["msg"], text

        async with asyncio.TaskGroup() as asking:
            for number, text in enumerate(BLNS):
                asking.create_task(one(number, text))
    return taken


def longer_than(limit: int) -> set[str]:
    """The lines that cannot be a line of text: nothing to read in them, or too much."""
    blank = {text for text in BLNS if not text.strip()}
    split = {text for text in BLNS if re.search(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029\0]", text)}
    return blank | split | {text for text in BLNS if len(text) > limit}


def drawn(text: str) -> str:
    """How words read in the log: what cannot be seen has a name, back quotes make code."""
    return re.sub(r"`([^`\n]+)`", r"\1", visibly(text))


def plain(text: str) -> str:
    return " ".join(text.split())


async def test_every_line_as_an_entry_is_read_in_the_log_as_it_was_written(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}/timeline"
    taken = await told_to_the_api(server, lambda _, text: ("POST", path, {"message": text}))
    refused = {text for text in BLNS if not text.strip()}
    assert set(BLNS) - set(taken) == refused
    written = {entry["number"]: entry["message"] for entry in taken.values()}
    assert all(text == entry["message"] for text, entry in taken.items())

    for size in (DESKTOP, NARROW):
        await ada.look(size)
        await ada.open("/")  # so that the same address is opened anew
        await ada.open_room(f"{incident}#T{min(written)}")
        await expect(ada.page.locator(f"#T{min(written)}")).to_be_in_viewport(timeout=PATIENCE)
        read: dict[int, str] = {}
        async with asyncio.timeout(100):
            while not set(written) <= set(read):
                read |= {int(number): text for number, text in await ada.page.evaluate(ROWS)}
                assert await overflow(ada.page) <= 0
                assert await ada.page.evaluate(WIDE) == []
                await ada.page.evaluate("document.querySelector('#log').scrollBy(0, 1500)")
                await ada.page.evaluate("new Promise(requestAnimationFrame)")
        assert {n: drawn(text) for n, text in written.items()} == {n: read[n] for n in written}


async def test_every_line_as_a_fix_stands_on_the_board_as_it_was_written(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    path = f"/api/incidents/{incident}/actions"
    taken = await told_to_the_api(server, lambda _, text: ("POST", path, {"description": text}))
    assert set(BLNS) - set(taken) == {text for text in BLNS if not text.strip()}

    await ada.open_room(incident)
    for size in (DESKTOP, NARROW):
        await ada.look(size)
        cards = await ada.page.locator("#board .fix-t").all_text_contents()
        assert {plain(visibly(text)) for text in taken} >= {plain(card) for card in cards}
        assert len(cards) == len(taken)
        assert await overflow(ada.page) <= 0
        assert await ada.page.evaluate(WIDE) == []


async def test_every_line_as_a_title_is_a_row_of_the_list_and_the_head_of_its_room(
    ada: Someone, server: ServerProcess
) -> None:
    taken = await told_to_the_api(
        server, lambda _, text: ("POST", "/api/incidents", {"title": text, "severity": 5})
    )
    assert set(BLNS) - set(taken) == longer_than(200)

    for size in (DESKTOP, NARROW):
        await ada.look(size)
        await ada.open("/")
        rows = await ada.page.locator(".row-link").all_text_contents()
        assert {plain(visibly(text)) for text in taken} | {"Card payments fail"} >= {
            plain(row) for row in rows
        }
        assert len(rows) >= 100
        assert await overflow(ada.page) <= 0
    hardest = sorted(taken, key=len)[-3:] + [text for text in taken if "\u202e" in text][:1]
    hardest += [text for text in taken if "<script>" in text][:2]
    for text in hardest:
        await ada.open_room(taken[text]["id"])
        await expect(ada.page.locator(".band-title")).to_have_text(
            visibly(text), timeout=PATIENCE, use_inner_text=False
        )
        assert await overflow(ada.page) <= 0


async def test_every_line_as_a_name_is_who_wrote_and_who_has_a_role(
    ada: Someone, server: ServerProcess
) -> None:
    taken = await told_to_the_api(
        server, lambda n, text: ("POST", "/api/people", {"handle": f"p{n}", "name": text})
    )
    assert set(BLNS) - set(taken) == longer_than(100)
    names = {person["handle"]: text for text, person in taken.items()}
    incident = await declared(server)
    async with opened(Settings.read(data=server.data)) as runtime:
        await asyncio.gather(
            *(runtime.desk.submit(incident, AddEntry(by=one, message="Here.")) for one in names)
        )

    assert len(names) > 400
    await ada.open_room(f"{incident}#T1")
    await expect(ada.page.locator("#T1")).to_be_in_viewport(timeout=PATIENCE)
    seen: set[str] = set()
    async with asyncio.timeout(100):
        while len(seen) < len({plain(visibly(name)) for name in names.values()}):
            written = await ada.page.locator("#entries .who b").all_text_contents()
            seen.update(plain(name) for name in written)
            assert await overflow(ada.page) <= 0
            await ada.page.evaluate("document.querySelector('#log').scrollBy(0, 1500)")
            await ada.page.evaluate("new Promise(requestAnimationFrame)")
    assert {plain(visibly(name)) for name in names.values()} == seen
    await ada.open("/people")
    assert await overflow(ada.page) <= 0


async def test_the_worst_names_have_a_role_and_their_room_stays_in_shape(
    ada: Someone, server: ServerProcess
) -> None:
    incident = await declared(server)
    names = [
        "<script>alert(1)</script>",
        "ada\u202eada",
        "W" * 100,
        "\U0001f468\u200d\U0001f469" * 20,
    ]
    people = {f"worst{n}": name for n, name in enumerate(names)}
    await ada.open_room(incident)
    for handle, name in people.items():
        await server.call("POST", "/api/people", {"handle": handle, "name": name})
        path = f"/api/incidents/{incident}/roles/scribe"
        answer = await server.call("PUT", path, {"assignee": handle})
        assert answer.status_code == 200, answer.text
        await expect(ada.page.locator("#role-scribe .role-who")).to_contain_text(
            visibly(name), timeout=PATIENCE
        )
        for size in (NARROW, DESKTOP):
            await ada.look(size)
            assert await overflow(ada.page) <= 0
