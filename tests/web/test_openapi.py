"""The OpenAPI document tells the truth: a fuzzer that has read it finds nothing to complain of."""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from incident.web.api_table import TABLE
from incident.web.openapi import PATH, REFUSALS, SENT, TAGS, TOLD, document, refusals
from tests.world import World

HERE = Path(__file__).parent
PATIENCE = 300
"""Seconds until a run counts as hung; it takes less than half of that on two idle cores."""
FUZZ = "from schemathesis.cli import schemathesis; schemathesis()"


def parts(value: Any) -> list[Any]:  # noqa: ANN401 (any JSON value)
    """`value` and everything in it."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(part for one in inside for part in parts(one))]


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    wanted = {part["$ref"] for part in parts(whole) if isinstance(part, dict) and "$ref" in part}

    for reference in wanted:
        found: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]

        assert found


def test_every_operation_has_a_name_of_its_own_and_a_summary() -> None:
    assert len(TABLE) == len({one.name for one in TABLE})
    assert len(TABLE) == len({one.summary for one in TABLE})


def test_every_operation_uses_words_that_are_explained() -> None:
    for one in TABLE:
        assert one.tag in TAGS
        assert set(one.headers) <= set(SENT)
        assert {name for reply in one.replies.values() for name in reply.headers} <= set(TOLD)
        assert refusals(one) <= set(REFUSALS)
        assert set(re.findall(r"{(\w+)}", one.path)) <= set(PATH)


def test_every_field_that_clients_send_says_what_it_is_for_or_says_it_by_name() -> None:
    schemas = document()["components"]["schemas"]
    plain = {"message", "email", "region", "links", "phase", "risk", "type", "audience", "label"}
    plain |= {"url", "visibility", "impact", "description", "severity", "status", "drill", "title"}
    plain |= {"affectedServices", "affectedRegions", "metadata", "name", "role", "timezone"}

    silent = {
        f"{model}.{name}"
        for model, schema in schemas.items()
        if model.endswith("Body")
        for name, field in schema.get("properties", {}).items()
        if "description" not in field and name not in plain and not name.endswith("Time")
    }

    assert set() == silent


def test_every_address_is_explained_with_its_methods_and_no_other() -> None:
    text = (HERE.parent.parent / "docs" / "api.md").read_text()
    rows = re.findall(r"^\| `(/[^`]*)` \| (.*) \|$", text, re.MULTILINE)

    explained = {path: set(re.findall(r"`([A-Z]+)`", told)) for path, told in rows}
    assert explained == {
        path: {one.method for one in TABLE if one.path == path} for path in {t.path for t in TABLE}
    }


async def test_the_document_is_served_as_it_was_made(shared: World) -> None:
    ada = await shared.person()

    assert document() == await ada.reads("/api/openapi.json")


@pytest.mark.timeout(PATIENCE + 30)
async def test_a_fuzzer_that_has_read_the_document_finds_nothing(world: World) -> None:
    keeper = await world.person("keeper", "admin")
    mei = await world.person("mei")
    incident = await keeper.declares(commander="mei")
    await mei.notes(incident["id"], "Looking at the proxies")
    proposal = {"description": "Restart the proxies", "target": "proxies"}
    await mei.does("POST", f"/api/incidents/{incident['id']}/actions", proposal)
    layers = [{"timezone": "Europe/Berlin", "members": ["keeper", "mei"]}]
    await keeper.does("PUT", "/api/rotations/berlin", {"role": "scribe", "layers": layers})
    tokens = await keeper.reads("/api/tokens")
    own = next(token["id"] for token in tokens if token["handle"] == "keeper")

    told, status = await fuzzed(
        f"{world.address}/api/openapi.json",
        {"FUZZ_HANDLE": "keeper", "FUZZ_TOKEN": own},
        f"Authorization: Bearer {keeper.token}",
    )

    assert 0 == status, told
    assert await world.commits() > 20, "it hardly wrote anything"


async def fuzzed(url: str, environment: dict[str, str], header: str) -> tuple[str, int | None]:
    """What schemathesis says, and its exit status."""
    options = ["--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"]
    # One worker: two threads that parse source at once confuse CPython 3.11 (SystemError: AST
    # constructor recursion depth mismatch), which the fuzzer then counts as a fault of its own.
    options += ["--max-examples", "5", "--workers", "1"]
    options += ["--generation-deterministic", "--no-color", "-H", header]
    config = ["--config-file", str(HERE / "schemathesis.toml")]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FUZZ, *config, "run", url, *options,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | environment | {"SCHEMATHESIS_HOOKS": "tests.web.fuzzing"},
        cwd=HERE.parent.parent,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            told, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        told, _ = await process.communicate()
    return told.decode(errors="replace")[-8_000:], process.returncode
