"""Modules are joined without a change of what they do, and what cannot be joined is refused."""

from graphlib import CycleError

import pytest

from incident.web.assets import folder
from incident.web.chunks import CHUNKS, Chunks
from incident.web.joining import UnknownForm, read
from incident.web.modules import needed
from incident.web.shelf import File, Shelf

FILES = {path: f for path, f in Shelf(folder("static")).files.items() if path.endswith(".js")}
PLACES = {"js/a.js": "joined/one.js", "js/b.js": "joined/one.js", "js/c.js": "joined/two.js"}


def code_of(source: str) -> str:
    return read("js/a.js", source, PLACES).code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('import { b } from "./b.js";', 'const { b } = $need("js/b.js");'),
        ('import { b as d, e } from "./b.js";', 'const { b: d, e } = $need("js/b.js");'),
        ('import * as all from "./b.js";', 'const all = $need("js/b.js");'),
        ('import "./b.js";', '$need("js/b.js");'),
        ("const later = () => import('./c.js');",
         'const later = () => import("./two.js").then((all) => all.$need("js/c.js"));'),
        ('const later = () => import("./room/alone.js");',
         'const later = () => import("../js/room/alone.js");'),
        ('const said = "please import { b } from here";',
         'const said = "please import { b } from here";'),
    ],
)  # fmt: skip
def test_an_import_is_said_otherwise(source: str, code: str) -> None:
    assert code_of(source) == code


@pytest.mark.parametrize(
    ("source", "exports"),
    [
        ("export const a = 1;", {"a": "a"}),
        ("export async function a() {}", {"a": "a"}),
        ("export function* a() {}", {"a": "a"}),
        ("export class A {}", {"A": "A"}),
        ("const a = 1;\nexport { a as b };", {"b": "a"}),
        ('export { b as d } from "./b.js";', {"d": '$need("js/b.js").b'}),
    ],
)
def test_an_export_is_remembered(source: str, exports: dict[str, str]) -> None:
    assert read("js/a.js", source, PLACES).exports == exports


@pytest.mark.parametrize(
    "source",
    [
        "export default 1;",
        "export let a = 1;",
        "export const { a, b } = c;",
        'export * from "./b.js";',
        'import b from "./b.js";',
        "await work();",
        "const $need = 1;",
    ],
)
def test_another_form_is_refused_by_name(source: str) -> None:
    with pytest.raises(UnknownForm, match=r"^js/a\.js: "):
        code_of(source)


def test_a_line_stays_the_line_it_was() -> None:
    source = 'import {\n  b,\n  d,\n} from "./b.js";\nexport {\n  e,\n} from "./b.js";\nfail();'

    assert code_of(source).split("\n")[7] == "fail();"


def test_every_module_of_a_chunk_can_be_joined_and_stands_at_its_own_address_too() -> None:
    chunks = Chunks(FILES)
    joined = chunks.joined()
    written = [f"js/{entry}" for entries in CHUNKS.values() for entry in entries]
    starts = [path.replace("js/../", "") for path in written]

    assert set(starts) <= FILES.keys()
    for path in [*starts, *needed(FILES, starts)]:
        (place,) = chunks.of([path])
        assert place.startswith("joined/")
        assert f'"{path}"()'.encode() in joined[place].content
        assert len(joined[path].content) < 1_500


@pytest.mark.parametrize(
    ("entries", "ahead", "others"),
    [
        (["js/palette.js", "js/room/start.js"], ["js/room/main.js"], {"joined/base.js"}),
        (["js/palette.js", "js/list.js"], [], {"joined/base.js"}),
        (["js/palette.js"], [], {"joined/base.js"}),
    ],
)
def test_a_page_is_sent_no_module_that_it_does_not_need(
    entries: list[str], ahead: list[str], others: set[str]
) -> None:
    """Beside what every page has: a chunk for two kinds of page holds what both of them need."""
    chunks = Chunks(FILES)
    needs = {*entries, *needed(FILES, entries, ahead)}
    sent = set(chunks.of([*needs]))

    for path in FILES:
        (place,) = chunks.of([path])
        if place in sent - others:
            assert path in needs


def test_what_every_page_brings_later_is_no_part_of_another_page() -> None:
    later = ["js/palette/dialog.js", "js/palette/help.js"]

    assert set(Chunks(FILES).of([*later, *needed(FILES, later)])) == {
        "joined/palette.js",
        "joined/base.js",
    }


def test_files_of_which_one_is_missing_are_joined_without_it() -> None:
    files = {"js/palette.js": File(b'export const a = "a";', "text/javascript")}

    made = {"js/palette.js", "joined/base.js", "joined/base.js.map"}

    assert set(Chunks(files).joined()) == made


def test_modules_that_need_each_other_are_refused_by_name() -> None:
    files = {
        "js/palette.js": File(b'import "./a.js";', "text/javascript"),
        "js/a.js": File(b'import "./palette.js";', "text/javascript"),
    }

    with pytest.raises(CycleError, match=r"js/a\.js"):
        Chunks(files).joined()
