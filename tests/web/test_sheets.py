"""A page has one style sheet: all that are named for its kind, joined, and paper's too."""

import re
from pathlib import Path

import pytest

from incident.web.assets import Assets, folder
from incident.web.sheets import SHEETS, joined
from incident.web.shelf import Shelf
from tests.world import World

CSS = folder("static") / "css"


@pytest.mark.parametrize("path", ["/signin", "/", "/declare", "/oncall", "/policy", "/you"])
async def test_a_page_has_one_style_sheet(shared: World, path: str) -> None:
    await shared.admin()
    page = (await (await shared.browser_of("root")).get(path)).text
    (sheet,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)

    answer = await shared.nobody().get(sheet)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/css")
    assert "@layer reset, tokens, base, layout, parts, print;" in answer.text
    assert "@media print" in answer.text


def test_every_style_sheet_is_named_for_a_kind_of_page() -> None:
    named = {name for names in SHEETS.values() for name in names}

    assert named == {path.stem for path in CSS.glob("*.css")}


@pytest.mark.parametrize("kind", SHEETS)
def test_a_joined_sheet_finds_what_its_parts_find(kind: str) -> None:
    shelf = Shelf(folder("static"))
    content = joined(shelf.files)[f"sheets/{kind}.css"].content.decode()
    places = re.findall(r'url\("\.\./([^"]+)"\)', content)

    assert places
    assert set(places) <= shelf.files.keys()
    assert content.count("{") == content.count("}")
    assert "/*" not in content


def test_no_value_holds_what_looks_like_a_comment() -> None:
    told = "".join(path.read_text() for path in CSS.glob("*.css"))

    assert (
        re.findall(r"\"[^\"\n]*/\*[^\"\n]*\"", re.sub(r"/\*.*?\*/", "", told, flags=re.DOTALL))
        == []
    )


def test_an_edit_is_seen_by_the_next_page_under_another_name(tmp_path: Path) -> None:
    for name in {name for names in SHEETS.values() for name in names}:
        (tmp_path / "css").mkdir(exist_ok=True)
        (tmp_path / "css" / f"{name}.css").write_text(f".{name} {{ color: red }}")
    assets = Assets(tmp_path)
    before = assets.sheet("room")

    (tmp_path / "css" / "room.css").write_text(".room { color: rebeccapurple }")
    assets.look_again()

    assert assets.sheet("room") != before


def test_looking_at_the_same_files_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export {};")
    shelf = Shelf(tmp_path)
    name, file = shelf.release, shelf.files["one.js"]

    assert not shelf.look_again()
    assert (shelf.release, shelf.files["one.js"]) == (name, file)


def test_a_file_that_was_added_or_taken_away_is_another_release(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("export {};")
    shelf = Shelf(tmp_path)
    names = [shelf.release]

    (tmp_path / "two.js").write_text("export {};")
    assert shelf.look_again()
    names.append(shelf.release)
    (tmp_path / "two.js").unlink()
    assert shelf.look_again()

    assert names[0] == shelf.release != names[1]
    assert set(shelf.files) == {"one.js"}
