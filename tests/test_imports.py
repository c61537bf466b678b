"""Imports run one way: the core knows nobody, the store alone knows MongoDB, the web no program.

Every import counts, also one inside a function or for types only.
"""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATABASE = {"motor", "pymongo", "bson", "gridfs"}
IMPURE = {"asyncio", "logging", "os", "random", "secrets", "socket", "subprocess", "threading"}
IMPURE |= {"time", "uuid"}
"""Parts of the standard library that the core does without."""
CLOCKS = {"now", "utcnow", "today"}

ALLOWED: dict[str, tuple[str, ...]] = {
    "core": ("core",),
    "settings": (),
    "supervised": (),
    "policy_file": ("core", "policy_file"),
    "store": ("core", "store"),
    "command_shapes": ("core",),
    "shapes": ("command_shapes", "core", "store.commit"),
    "answers": ("core", "store.commit"),
    "feed": ("core", "shapes", "store"),
    "drafting": ("answers", "core", "store.commit"),
    "lane": ("answers", "core", "drafting", "store"),
    "reservations": ("answers", "core", "store"),
    "successors": ("answers", "core", "reservations", "store"),
    "desk": (
        "answers",
        "core",
        "feed",
        "lane",
        "reservations",
        "shapes",
        "store",
        "successors",
    ),
    "orders": ("core", "store"),
    "policy_loading": ("core", "policy_file", "store"),
    "watch": ("feed", "store"),
    "agenda": ("store.deadlines",),
    "alarms": ("agenda", "core", "desk", "store"),
    "shift_ends": ("core", "desk", "store"),
    "breaker": (),
    "channels": ("channels", "core", "settings", "store"),
    "errands": ("breaker", "channels", "core", "store"),
    "courier": ("breaker", "channels", "core", "errands", "store"),
}
"""What a part of `incident` may import of the others. A part that is not named here may import
any but the pages and the command line."""


@cache
def known() -> dict[str, Path]:
    """Every module of the package, by its full name."""
    files = sorted((ROOT / "incident").rglob("*.py"))
    return {name_of(path): path for path in files}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part_of(module: str) -> str:
    """`store` of `incident.store.journal`; empty for `incident` itself."""
    return module.partition(".")[2].partition(".")[0]


@cache
def imported(module: str) -> frozenset[str]:
    """Full names of what `module` imports; names of this package as far as they are modules."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(known()[module].read_text())):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                assert node.level == 0, f"{module} imports relatively"
                assert node.module is not None
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= {name if name in known() else node.module for name in names}
            case _:
                pass
    return frozenset(found)


def ours(module: str) -> set[str]:
    """What `module` imports of this package; the version in the package itself is for everybody."""
    return {name for name in imported(module) if name.startswith("incident.")}


def within(name: str, parts: tuple[str, ...]) -> bool:
    return any(name == f"incident.{p}" or name.startswith(f"incident.{p}.") for p in parts)


def test_every_part_that_is_named_here_exists() -> None:
    assert ALLOWED.keys() <= {part_of(module) for module in known()}


@pytest.mark.parametrize("module", known())
def test_a_module_imports_only_what_lies_below_it(module: str) -> None:
    part = part_of(module)
    upward = (
        {name for name in ours(module) if not within(name, ALLOWED[part])}
        if part in ALLOWED
        else set()
    )

    assert upward == set()


@pytest.mark.parametrize("module", known())
def test_the_web_is_known_by_the_command_line_alone(module: str) -> None:
    part = part_of(module)
    mine = {"web": ("web",), "cli": ("web", "cli"), "__main__": ("cli",)}.get(part, ())
    edges = {name for name in ours(module) if within(name, ("web", "cli"))}

    assert {name for name in edges if not within(name, mine)} == set()
    assert "incident.web.app" not in edges or part == "cli"


@pytest.mark.parametrize("module", known())
def test_only_the_store_knows_the_database(module: str) -> None:
    packages = {name.partition(".")[0] for name in imported(module)}

    assert packages.isdisjoint(DATABASE) or part_of(module) == "store"


@pytest.mark.parametrize("module", [name for name in known() if part_of(name) == "core"])
def test_the_core_is_pure(module: str) -> None:
    packages = {name.partition(".")[0] for name in imported(module)} - {"incident", "pydantic"}
    tree = ast.parse(known()[module].read_text())
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    clocks = {f.attr for f in calls if isinstance(f, ast.Attribute) and f.attr in CLOCKS}
    waits = [n for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef | ast.Await)]

    assert packages <= sys.stdlib_module_names
    assert packages.isdisjoint(IMPURE)
    assert (clocks, waits) == (set(), [])


def test_what_the_shapes_know_of_the_store_is_pure() -> None:
    below = ours("incident.store.commit")

    assert {name for name in below if not within(name, ("core",))} == set()
    assert imported("incident.store").isdisjoint(DATABASE)
    assert ours("incident.store") == set()
