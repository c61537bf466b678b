"""What is shipped is whole; what it depends on, and each lint exception, is explained.
It installs nothing, and builds the wheel without asking a registry.
"""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    table = project()["project"]
    extras = [line for extra in table["optional-dependencies"].values() for line in extra]
    lines = [*table["dependencies"], *extras, *project()["build-system"]["requires"]]
    return {canonical(re.split(r"[<>=;\[ ]", line)[0]) for line in lines}


def test_every_dependency_is_explained() -> None:
    bold = re.findall(r"\*\*([^*]+)\*\*", (ROOT / "docs/dependencies.md").read_text())

    assert declared() - {canonical(name) for name in bold} == set()


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {canonical(line.split("==")[0]) for line in lines if "==" in line}

    assert declared() - pinned == set()


def test_every_lint_exception_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    exceptions = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]*",', line)]

    assert exceptions
    assert [line for line in exceptions if "#" not in line] == []


def test_the_image_is_tagged_with_the_version_of_the_code() -> None:
    package = (ROOT / "incident/__init__.py").read_text()
    [version] = re.findall(r'__version__ = "(.+)"', package)

    assert f"incident-command:{version}\n" in (ROOT / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    [built] = folder.glob("*.whl")
    return built


def test_the_wheel_contains_every_template_and_static_file(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("incident/")}
    beside = [path for part in ("static", "templates") for path in (ROOT / part).rglob("*")]

    expected = {
        f"incident/{path.relative_to(ROOT).as_posix()}" for path in beside if path.is_file()
    }

    assert expected - shipped == set()


def test_the_wheel_contains_nothing_but_the_package(wheel: Path) -> None:
    shipped = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0].split("-")[0] for name in shipped} == {
        "incident",
        "incident_command",
    }
