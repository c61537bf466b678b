"""Third-party files of the browser side are those that were pinned and recorded.
Nothing is fetched here.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RECORD = "static/vendor/VENDOR.json"


def vendor_check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / ".ci/vendor.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in (".ci", "static", "tests/browser/vendor"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def test_the_vendored_files_are_those_that_were_recorded() -> None:
    checked = vendor_check(ROOT)

    assert checked.stdout == ""
    assert checked.returncode == 0, checked.stderr


def test_an_edited_vendored_file_is_named(copy: Path) -> None:
    with (copy / "static/vendor/lit/lit-html.js").open("a") as module:
        module.write("// edited\n")

    checked = vendor_check(copy)

    assert checked.returncode == 1
    assert "static/vendor/lit/lit-html.js" in checked.stdout


def test_a_vendored_file_that_nobody_recorded_is_named(copy: Path) -> None:
    (copy / "static/vendor/lit/extra.js").write_text("")

    checked = vendor_check(copy)

    assert checked.returncode == 1
    assert "static/vendor/lit/extra.js" in checked.stdout


def test_a_missing_vendored_file_is_named(copy: Path) -> None:
    (copy / "static/fonts/next-latin.woff2").unlink()

    checked = vendor_check(copy)

    assert checked.returncode == 1
    assert "static/fonts/next-latin.woff2" in checked.stdout


def test_a_pin_that_moved_without_a_new_record_is_noticed(copy: Path) -> None:
    record = json.loads((copy / RECORD).read_text())
    record["packages"]["lit-html"]["version"] = "0.0.0"
    (copy / RECORD).write_text(json.dumps(record))

    checked = vendor_check(copy)

    assert checked.returncode == 1
    assert "other versions" in checked.stdout


def test_every_vendored_package_comes_with_its_licence() -> None:
    files = json.loads((ROOT / RECORD).read_text())["files"]

    folders = {path.rpartition("/")[0] for path in files} - {"static/vendor/lit/directives"}
    licensed = {path.rpartition("/")[0] for path in files if path.endswith("LICENSE")}

    assert folders == licensed


def test_a_font_that_is_not_as_its_package_has_it_says_from_what_it_was_made() -> None:
    record = json.loads((ROOT / RECORD).read_text())
    fonts = {path for path in record["files"] if path.endswith(".woff2")}

    assert record["made"].keys() == fonts
    for path, made in record["made"].items():
        assert made["from"] != record["files"][path]
        assert "fonttools" in made["by"]


def test_styles_name_the_characters_that_the_first_file_of_a_font_has() -> None:
    spec = importlib.util.spec_from_file_location("fonts", ROOT / ".ci/fonts.py")
    assert spec is not None
    assert spec.loader is not None
    fonts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fonts)
    styles = (ROOT / "static/css/tokens.css").read_text()
    faces = re.findall(r"/([a-z-]+)\.woff2.*?unicode-range: ([^;]+);", styles, re.DOTALL)

    for name, ranges in faces:
        bounds = [one.strip().removeprefix("U+").split("-") for one in ranges.split(",")]
        named = {n for b in bounds for n in range(int(b[0], 16), int(b[-1], 16) + 1)}
        assert (named == fonts.FIRST) == name.endswith("-latin"), name
        assert named & fonts.FIRST in (set(), fonts.FIRST), name
