"""Modules that were joined do in a browser what they did apart."""

import json

from playwright.async_api import Browser, Page, Route

from incident.web.joining import chunk, mapped, read, stub
from tests.js.conftest import ORIGIN

BASE, MORE = "joined/base.js", "joined/more.js"
PLACES = {
    "js/state.js": BASE, "js/first.js": BASE, "js/never.js": BASE, "js/second.js": MORE,
}  # fmt: skip
SOURCES = {
    "js/state.js": "export const told = [];\ntold.push('state');",
    "js/first.js": """import { told } from "./state.js";
told.push("first");
export const later = () => import("./second.js");
export const again = () => import("./first.js");""",
    "js/second.js": """import * as all from "./state.js";
all.told.push("second");
export { told as heard } from "./state.js";""",
    "js/never.js": "throw new Error('nobody asked for this');",
    "js/alone.js": """import { later, again } from "./first.js";
import { told } from "./state.js";
const { heard } = await later();
export const found = [told, heard === told, (await again()).later === later];""",
}


def joined() -> dict[str, str]:
    """The chunks, what stands at the addresses of their modules, and the one that is apart."""
    modules = {path: read(path, SOURCES[path], PLACES) for path in PLACES}
    made = {path: stub(path, modules[path], place) for path, place in PLACES.items()}
    for own in (BASE, MORE):
        inside = {path: modules[path] for path, place in PLACES.items() if place == own}
        made[own] = chunk(own, BASE, inside, [BASE])
    return SOURCES | made


async def test_a_module_is_made_once_when_it_is_needed_and_is_the_same_everywhere(
    browser: Browser,
) -> None:
    files = joined()

    async def from_memory(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ORIGIN}/")
        kind = "text/javascript" if path in files else "text/html"
        await route.fulfill(content_type=kind, body=files.get(path, "<!doctype html>"))

    page: Page = await browser.new_page()
    await page.route("**/*", from_memory)
    await page.goto(ORIGIN)
    found = await page.evaluate("async () => (await import('/js/alone.js')).found")
    await page.close()

    assert found == [["state", "first", "second"], True, True]


def test_a_line_of_a_chunk_is_told_as_the_line_of_its_module() -> None:
    source = SOURCES["js/first.js"]
    module = read("js/first.js", source, PLACES)
    text = chunk(BASE, BASE, {"js/first.js": module}, [])
    told = json.loads(mapped(text, {"js/first.js": source}))
    (part,) = told["sections"]
    lines, meant = text.split("\n"), source.split("\n")

    assert part["map"]["sources"] == ["../js/first.js"]
    assert part["map"]["sourcesContent"] == [source]
    assert part["map"]["mappings"].count(";") == source.count("\n")
    for number, line in enumerate(meant[1:], start=1):
        said = line.removeprefix("export ").replace('import("./', "")
        assert said[:20] in lines[part["offset"]["line"] + number]
