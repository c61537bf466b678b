"""A page names every module that it is about to need, and none that it may need later."""

import re

import pytest

from incident.web.assets import Assets, folder
from incident.web.chunks import Chunks
from incident.web.modules import imports, needed
from incident.web.shelf import File, Shelf
from tests.world import World

FILES = {path: f for path, f in Shelf(folder("static")).files.items() if path.endswith(".js")}
NAIVE = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']""")
"""Where any specifier stands, also in places where no import can."""


def script(text: str) -> File:
    return File(text.encode(), "text/javascript")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('import { a } from "./a.js";', ["js/a.js"]),
        ('import {\n  a, b as c,\n} from "../vendor/a.js";', ["vendor/a.js"]),
        ('import "./a.js";', ["js/a.js"]),
        ("import * as a from './a.js';", ["js/a.js"]),
        ('import a, { b } from "./room/a.js";', ["js/room/a.js"]),
        ('export { a } from "./a.js";', ["js/a.js"]),
        ('export * from "./a.js";', ["js/a.js"]),
        ('import{t as e}from"./a.js";import{x}from"./b.js";', ["js/a.js", "js/b.js"]),
        ('/** licence */\nimport{t}from"./a.js";', ["js/a.js"]),
        ('const a = () => import("./a.js");', []),
        ('// import { a } from "./a.js";', []),
        ('export const path = "./a.js";', []),
        ('export const told = { from: "./a.js" };', []),
        ('await import("./a.js");\nimport { b } from "./b.js";', ["js/b.js"]),
    ],
)
def test_what_is_imported_before_a_module_runs_is_found(source: str, found: list[str]) -> None:
    assert list(imports(source, "js/main.js")) == found


@pytest.mark.parametrize("path", FILES)
def test_no_import_of_ours_is_overlooked(path: str) -> None:
    source = FILES[path].content.decode()
    folder_of = path.rpartition("/")[0]
    written = [line for line in NAIVE.findall(source) if line.startswith(".")]

    assert len(list(imports(source, path))) == len(written), folder_of
    assert set(imports(source, path)) <= FILES.keys()


def test_what_an_entry_brings_by_itself_is_named_with_all_that_it_imports() -> None:
    files = {
        "js/start.js": script('import "./a.js";\nimport("./main.js");'),
        "js/main.js": script('import "./a.js";\nimport "./b.js";'),
        "js/a.js": script(""),
        "js/b.js": script(""),
    }

    assert needed(files, ["js/start.js"]) == ["js/a.js"]
    assert sorted(needed(files, ["js/start.js"], ["js/main.js"])) == [
        "js/a.js",
        "js/b.js",
        "js/main.js",
    ]


def test_modules_that_import_each_other_are_named_once() -> None:
    files = {
        "js/main.js": script('import "./a.js";\nimport "./b.js";'),
        "js/a.js": script('import "./b.js";'),
        "js/b.js": script('import "./a.js";\nconst later = () => import("./c.js");'),
        "js/c.js": script(""),
    }

    assert needed(files, ["js/main.js"]) == ["js/a.js", "js/b.js"]


@pytest.mark.parametrize("path", ["/", "/declare", "/oncall", "/people", "/incidents/{room}"])
async def test_a_page_names_each_file_of_its_modules_once(shared: World, path: str) -> None:
    room = (await (await shared.person("ada")).declares("Checkout is down"))["id"]
    await shared.admin()
    page = (await (await shared.browser_of("root")).get(path.format(room=room))).text
    release = Assets().release
    named = re.findall(rf'rel="modulepreload" href="/static/{release}/([^"]+)"', page)
    entries = re.findall(rf'<script type="module" src="/static/{release}/([^"]+)"', page)

    assert entries
    assert len(named) == len(set(named))
    brought = ["js/room/main.js"] if "js/room/start.js" in entries else []
    needs = [*entries, *needed(FILES, entries, brought)]
    assert {*named, *entries} == {*Chunks(FILES).of(needs), *entries}
    assert "joined/base.js" in named
    assert 'blocking="render"' not in page


async def test_a_page_without_scripts_names_none(shared: World) -> None:
    page = (await shared.nobody().get("/signin")).text

    assert "modulepreload" not in page
    assert 'type="module"' not in page
