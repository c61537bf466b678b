"""Files in the war room: chosen, pasted, dropped, shown where they are, and never waiting."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Route, expect

from tests.browser.people import DESKTOP, NARROW, PHONE, Someone, axe, overflow, someone
from tests.browser.relay import whole
from tests.parts.pictures import png
from tests.process import TOKEN, ServerProcess, served

GRAPH = png(1200, 630)
HOSTILE = "\u202egnp.<img src=x onerror=alert(1)>" + "x" * 100 + ".png"
PASTES = """(what) => {
  const given = new DataTransfer();
  given.items.add(new File([Uint8Array.from(what.bytes)], what.name, {type: 'image/png'}));
  if (what.words) given.setData('text/plain', what.words);
  const place = document.querySelector(what.place);
  const about = {bubbles: true, cancelable: true};
  if (what.kind === 'paste') place.dispatchEvent(
    new ClipboardEvent('paste', {...about, clipboardData: given}));
  else for (const kind of ['dragenter', 'dragover', 'drop']) place.dispatchEvent(
    new DragEvent(kind, {...about, dataTransfer: given}));
}"""


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    async with served(tmp_path_factory.mktemp("files") / "data") as running:
        yield running


@pytest.fixture(scope="module")
async def ada(browser: Browser, server: ServerProcess) -> AsyncIterator[Someone]:
    who = await someone(browser, server, "ada")
    yield who
    assert who.faults == []
    await who.context.close()


async def declared(server: ServerProcess) -> str:
    answer = await server.call("POST", "/api/incidents", {"title": "Payments fail", "severity": 3})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def room(who: Someone) -> str:
    """A room of its own, with the paperclip there."""
    incident = await declared(who.server)
    await who.open_room(incident)
    await who.page.get_by_role("button", name="Attach files").wait_for()
    return incident


async def choose(who: Someone, *files: tuple[str, bytes]) -> None:
    chosen: Any = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files
    ]
    await who.page.set_input_files("#choose-files", chosen)


def chips(who: Someone, state: str = "") -> Locator:
    return who.page.locator(f".files li{f'[data-state={state}]' if state else ''}")


async def noted(server: ServerProcess, incident: str) -> list[dict[str, Any]]:
    entries = (await server.call("GET", f"/api/incidents/{incident}/timeline")).json()
    return [entry for entry in entries if entry["kind"] == "noted"]


async def uploaded(server: ServerProcess, incident: str, *files: tuple[str, bytes]) -> None:
    """An entry with these files, over the API."""
    ids = []
    for name, content in files:
        ids.append((await post_file(server, incident, name, content))["id"])
    body = {"message": "Look at this", "attachments": ids}
    answer = await server.call("POST", f"/api/incidents/{incident}/timeline", body)
    assert answer.status_code == 201, answer.text


async def post_file(
    server: ServerProcess, incident: str, name: str, content: bytes
) -> dict[str, Any]:
    async with httpx2.AsyncClient(timeout=30) as client:
        answer = await client.post(
            f"{server.url}/api/incidents/{incident}/attachments",
            params={"name": name},
            content=content,
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_picture_and_a_file_go_with_a_note_and_are_seen_by_others(
    browser: Browser, server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    mei = await someone(browser, server, "mei")
    await mei.open_room(incident)

    await choose(ada, ("graph.png", GRAPH), ("errors.log", b"502 " * 300))
    await expect(chips(ada, "done")).to_have_count(2)
    await ada.say("Errors since 03:10")

    for who in (ada, mei):
        await who.sees("Errors since 03:10")
        picture = who.page.locator(".attached .shot img")
        await expect(picture).to_have_js_property("naturalWidth", 1200)
        await expect(picture).to_have_attribute("alt", "graph.png")
        await expect(who.page.locator(".attached a.file")).to_have_text("errors.log 1 KB")
    await expect(chips(ada)).to_have_count(0)
    assert mei.faults == []
    await mei.context.close()


async def test_a_picture_opens_at_full_size_and_escape_goes_back_to_it(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await uploaded(server, incident, ("graph.png", GRAPH))
    await ada.open_room(incident)
    opener = ada.page.get_by_role("button", name="Open graph.png")

    await opener.click()
    dialog = ada.page.get_by_role("dialog", name="graph.png")
    await expect(dialog.locator("img")).to_have_js_property("naturalWidth", 1200)
    await ada.page.keyboard.press("Escape")

    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()


async def test_nothing_moves_when_a_picture_comes(server: ServerProcess, ada: Someone) -> None:
    incident = await declared(server)
    sizes = ((1200, 630), (20, 20), (300, 2000), (2000, 10))
    for width, height in sizes:
        await uploaded(server, incident, (f"{width}.png", png(width, height)))
    gate = asyncio.Event()

    async def later(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    await ada.page.route("**/attachments/*", later)
    await ada.open_room(incident)
    shots = ada.page.locator(".attached .shot img")
    await expect(shots).to_have_count(len(sizes))
    before = [await shots.nth(n).bounding_box() for n in range(len(sizes))]
    gate.set()
    for n, (width, _) in enumerate(sizes):
        await shots.nth(n).scroll_into_view_if_needed()
        await expect(shots.nth(n)).to_have_js_property("naturalWidth", width)
    after = [await shots.nth(n).bounding_box() for n in range(len(sizes))]
    await ada.page.unroute("**/attachments/*")

    for was, became in zip(before, after, strict=True):
        assert was is not None
        assert became is not None
        assert (was["width"], was["height"]) == pytest.approx(
            (became["width"], became["height"]), abs=0.5
        )


async def test_a_pasted_picture_is_attached_and_a_pasted_table_stays_text(ada: Someone) -> None:
    await room(ada)
    given = {"kind": "paste", "place": "#say", "bytes": list(GRAPH), "name": "image.png"}

    await ada.page.evaluate(PASTES, given | {"words": "a table"})
    await expect(chips(ada)).to_have_count(0)
    await ada.page.evaluate(PASTES, given)

    await expect(chips(ada, "done")).to_have_text("image.png 3 KB")


async def test_a_file_is_dropped_onto_the_log_and_never_takes_the_place_of_the_page(
    ada: Someone,
) -> None:
    await room(ada)
    url = ada.page.url
    given = {"kind": "drop", "place": "#log", "bytes": list(GRAPH), "name": "graph.png"}

    await ada.page.evaluate(PASTES, given | {"place": "#band"})
    await expect(chips(ada)).to_have_count(0)
    await ada.page.evaluate(PASTES, given)

    await expect(chips(ada, "done")).to_have_count(1)
    assert ada.page.url == url
    assert await ada.page.locator("[data-drop]").count() == 0


async def test_a_line_waits_for_its_file_and_its_text_stays_until_then(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    gate = asyncio.Event()

    async def later(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    await ada.page.route("**/attachments?*", later)
    await choose(ada, ("graph.png", GRAPH))
    await ada.say("The graph")
    await ada.page.get_by_text("Posted as soon as the files are there").wait_for()
    assert await ada.page.input_value("#say") == "The graph"
    assert await noted(server, incident) == []
    gate.set()

    await ada.page.locator(".attached .shot").wait_for()
    [entry] = await noted(server, incident)
    assert ("The graph", 1) == (entry["message"], len(entry["attachments"]))
    assert await ada.page.input_value("#say") == ""
    await ada.page.unroute("**/attachments?*")


async def test_files_without_words_are_posted_under_their_names(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    await choose(ada, ("a.png", png(30, 20)), ("b.png", png(20, 30)))
    await expect(chips(ada, "done")).to_have_count(2)

    await ada.page.get_by_role("button", name="Post", exact=True).click()
    await ada.page.locator(".attached .shot").nth(1).wait_for()

    assert ["a.png, b.png"] == [entry["message"] for entry in await noted(server, incident)]


async def test_what_failed_says_why_keeps_the_text_and_is_tried_again(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    await ada.page.route("**/attachments?*", lambda route: route.abort())
    await choose(ada, ("graph.png", GRAPH))
    await ada.page.get_by_text("The connection broke off").wait_for()
    await ada.say("The graph")
    await ada.page.get_by_text("is not uploaded. Try again, or remove it").wait_for()
    assert await ada.page.input_value("#say") == "The graph"
    await ada.page.unroute("**/attachments?*")

    await ada.page.get_by_role("button", name="Try again: graph.png").click()
    await expect(chips(ada, "done")).to_have_count(1)
    await ada.page.press("#say", "Enter")

    await ada.page.locator(".attached .shot").wait_for()
    assert ["The graph"] == [entry["message"] for entry in await noted(server, incident)]


async def test_what_is_too_large_or_empty_is_said_without_sending_it(ada: Someone) -> None:
    await room(ada)

    await choose(ada, ("big.bin", bytes(5 * 1024 * 1024 + 1)), ("none.txt", b""))

    await expect(chips(ada, "failed").nth(0)).to_contain_text("at most 5 MB")
    await expect(chips(ada, "failed").nth(1)).to_contain_text("empty")
    assert await ada.page.get_by_role("button", name="Try again").count() == 0
    for name in ("big.bin", "none.txt"):
        await ada.page.get_by_role("button", name=f"Remove {name}").click()
    await expect(chips(ada)).to_have_count(0)


async def test_files_do_not_go_with_a_command(ada: Someone) -> None:
    await room(ada)
    await choose(ada, ("graph.png", GRAPH))
    await expect(chips(ada, "done")).to_have_count(1)

    await ada.say("/sev 2")

    await ada.page.get_by_text("Files go with notes and decisions").wait_for()
    assert await ada.page.input_value("#say") == "/sev 2"
    await expect(chips(ada, "done")).to_have_count(1)


async def test_without_the_server_a_file_says_that_it_cannot_wait(
    browser: Browser, tmp_path: Path
) -> None:
    async with served(tmp_path / "data") as server:
        ada = await someone(browser, server, "ada")
        await room(ada)
        await ada.page.fill("#say", "The graph")
        await server.kill()
        await ada.page.get_by_text("Connected", exact=True).first.wait_for(state="detached")
        await choose(ada, ("graph.png", GRAPH))
        await ada.page.get_by_text("A file cannot wait in this browser").wait_for()
        text = await ada.page.input_value("#say")
        await server.start()
        await ada.page.get_by_text("Connected", exact=True).first.wait_for()
        await ada.page.get_by_role("button", name="Try again: graph.png").click()
        await expect(chips(ada, "done")).to_have_count(1)
        await ada.context.close()

    assert text == "The graph"


async def test_what_is_taken_back_has_its_files_beside_it_again(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    await whole(ada.page)
    await choose(ada, ("graph.png", GRAPH), ("errors.log", b"502"))
    await expect(chips(ada, "done")).to_have_count(2)
    await ada.context.set_offline(True)
    await ada.say("The graph")
    strip = ada.page.locator("#outbox")
    await strip.get_by_role("button", name="Show what is kept").click()
    await strip.get_by_role("button", name="Edit").click()
    await expect(chips(ada, "done")).to_have_text(["graph.png 3 KB", "errors.log 3 B"])
    line = await ada.page.input_value("#say")
    await ada.context.set_offline(False)
    await ada.page.get_by_text("Connected", exact=True).first.wait_for()
    await ada.page.press("#say", "Enter")
    await ada.page.locator(".attached .shot").wait_for()
    [entry] = await noted(server, incident)

    assert line == "The graph"
    assert ["graph.png", "errors.log"] == [one["name"] for one in entry["attachments"]]


async def test_a_refused_note_is_edited_with_its_files_beside_it(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await room(ada)
    async with ada.page.expect_response("**/attachments?*") as answer:
        await choose(ada, ("graph.png", GRAPH))
    file = (await (await answer.value).json())["id"]
    await expect(chips(ada, "done")).to_have_count(1)
    path = f"/api/incidents/{incident}/timeline"
    body = {"message": "the same", "attachments": [file]}
    same = (await server.call("POST", path, body)).json()
    gone = await server.call("DELETE", f"{path}/{same['seq']}/{same['index']}")
    assert gone.status_code == 200
    await ada.say("The graph")
    await ada.page.locator(".ev.failed").get_by_role("button", name="Edit").click()

    await expect(chips(ada, "done")).to_have_text("graph.png 3 KB")
    await ada.page.get_by_role("button", name="Remove graph.png").click()
    await ada.page.press("#say", "Enter")
    await ada.page.locator("#entries .ev:not(.pending)").get_by_text("The graph").wait_for()


async def test_a_redacted_picture_is_gone_from_the_page(
    server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await uploaded(server, incident, ("graph.png", GRAPH))
    await ada.open_room(incident)
    await ada.page.locator(".attached .shot").wait_for()
    [entry] = await noted(server, incident)

    path = f"/api/incidents/{incident}/timeline/{entry['seq']}/{entry['index']}"
    assert (await server.call("DELETE", path)).status_code == 200

    await expect(ada.page.locator(".attached")).to_have_count(0)


async def test_the_first_paint_draws_files_as_the_scripts_do(
    browser: Browser, server: ServerProcess, ada: Someone
) -> None:
    incident = await declared(server)
    await uploaded(server, incident, ("graph.png", GRAPH), (HOSTILE, b"x" * 70_000))
    context = await browser.new_context(java_script_enabled=False)
    await context.add_cookies(await ada.context.cookies())  # type: ignore[arg-type]  # what one context gives, another takes
    still = await context.new_page()
    await still.goto(f"{server.url}/incidents/{incident}")
    await ada.open_room(incident)
    await ada.page.locator("button.shot").wait_for()

    for page in (still, ada.page):
        picture, file = page.locator(".attached img"), page.locator(".attached a.file")
        sides = [await picture.get_attribute(side) for side in ("width", "height")]
        assert [float(side or 0) for side in sides] == [420, 220.5]
        assert (await file.inner_text()).split()[-2:] == ["68", "KB"]
    await context.close()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_files_have_no_fault_of_accessibility_and_keep_the_page_in_its_width(
    server: ServerProcess, ada: Someone, scheme: str, size: tuple[int, int]
) -> None:
    incident = await declared(server)
    await uploaded(server, incident, ("graph.png", GRAPH), (HOSTILE, b"x"), (HOSTILE, png(50, 50)))
    await ada.look(size, "light" if scheme == "light" else "dark")
    await ada.open_room(incident)
    await ada.page.get_by_role("button", name="Attach files").wait_for()
    await choose(ada, (HOSTILE, GRAPH), ("big.bin", bytes(5 * 1024 * 1024 + 1)))
    await expect(chips(ada, "done")).to_have_count(1)

    found = await axe(ada.page)
    await ada.page.locator("button.shot").first.click()
    found += await axe(ada.page)
    await ada.page.keyboard.press("Escape")
    clip = await ada.page.get_by_role("button", name="Attach files").bounding_box()
    await ada.look(NARROW)
    wide = await overflow(ada.page)
    await ada.look(DESKTOP)

    assert [] == found
    assert 0 == wide
    assert clip is not None
    if size == PHONE:
        assert min(clip["width"], clip["height"]) >= 44
