"""The policy over the API: read, replace and check it, as JSON or as a policy file in YAML.

What a policy may say is not known here.
"""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident import policy_shapes as shapes
from incident.policy_file.faults import Fault
from incident.policy_file.reading import PolicyFile
from incident.policy_file.verdict import Verdict, digest
from incident.policy_file.writing import text_of
from incident.store.policies import PolicyMoved, PolicyRevision
from incident.web.api_query import PolicyQuery, RevisionsQuery
from incident.web.conditions import expected_revision, moved
from incident.web.exchange import (
    as_json,
    asking,
    content,
    etag,
    next_link,
    parsed,
    runtime_of,
    unchanged,
)
from incident.web.heavy import in_turn
from incident.web.policy_bodies import PolicyBody
from incident.web.problems import ERRORS_LIMIT, Problem

YAML = "application/yaml"
YAMLS = frozenset({YAML, "application/x-yaml", "text/yaml", "text/x-yaml"})

Shown = Callable[[Fault], dict[str, Any]]


async def policy(request: Request) -> Response:
    query = PolicyQuery.of(request.query_params)
    told = await revision_asked(request, query)
    tag = {"ETag": etag(told.revision)}
    if unchanged(request, tag["ETag"]):
        return Response(status_code=304, headers=tag)
    if not wants_yaml(request):
        return as_json(shapes.policy(told), headers=tag)
    rotations = await runtime_of(request).rotations.every() if query.rotations else []
    text = text_of(told.policy, [rotation.schedule for rotation in rotations])
    return Response(text, 200, tag, f"{YAML}; charset=utf-8")


async def revision_asked(request: Request, query: PolicyQuery) -> PolicyRevision:
    policies = runtime_of(request).policies
    if query.revision is None:
        return await policies.newest()
    found = await policies.at_revision(query.revision)
    if found is None:
        raise Problem(404, "no-such-revision", f"There is no revision {query.revision}.")
    return found


def wants_yaml(request: Request) -> bool:
    """Whether a kind of YAML is named before any JSON."""
    for one in request.headers.get("accept", "").split(","):
        kind = one.partition(";")[0].strip().lower()
        if kind in YAMLS:
            return True
        if kind == "application/json":
            return False
    return False


async def replace(request: Request) -> Response:
    """Make a policy hold, with the people and rotations that a file names."""
    runtime = runtime_of(request)
    verdict, shown, text = await judged(request)
    if verdict.file is None:
        raise unfit(verdict, shown)
    newest = await runtime.policies.newest()
    expect = expected_revision(request, newest.revision)
    try:
        loaded = await runtime.loading.load(
            verdict.file, asking(request).handle, runtime.clock(), digest(text), expect
        )
    except PolicyMoved as error:
        raise moved("The policy", error.newest) from error
    await runtime.orders.refresh()
    holds = await runtime.policies.at_revision(loaded.revision)
    assert holds is not None
    told = shapes.policy(holds) | {
        "changes": list(loaded.told),
        "warnings": [shown(fault) for fault in verdict.warnings],
    }
    return as_json(told, headers={"ETag": etag(loaded.revision)})


async def check(request: Request) -> Response:
    """What would be wrong or doubtful; nothing is stored."""
    verdict, shown, _ = await judged(request)
    told = {
        "usable": verdict.file is not None,
        "errors": [shown(fault) for fault in verdict.errors],
        "warnings": [shown(fault) for fault in verdict.warnings],
        "policy": shapes.terms(verdict.file.policy) if verdict.file else None,
        "rotations": rotations_of(verdict.file),
    }
    return as_json(told)


def rotations_of(file: PolicyFile | None) -> list[str]:
    return [schedule.name for schedule in file.schedules] if file else []


async def judged(request: Request) -> tuple[Verdict, Shown, str]:
    """The policy that was sent, how its faults are told, and its text."""
    runtime = runtime_of(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in YAMLS:
        text, shown = yaml_text(await content(request)), shapes.fault_in_text
    else:
        text, shown = (await parsed(request, PolicyBody)).text(), shapes.fault_in_json
    async with in_turn(request):
        return await runtime.loading.read(text, runtime.clock()), shown, text


def yaml_text(told: bytes) -> str:
    try:
        return told.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(400, "unreadable", "The body is not text in UTF-8.") from error


def unfit(verdict: Verdict, shown: Shown) -> Problem:
    first = verdict.errors[0]
    where = f"{first.path}: " if first.path else ""
    told = f"{where}{first.message}".rstrip(".")
    errors = [shown(fault) for fault in verdict.errors[:ERRORS_LIMIT]]
    return Problem(422, "bad-policy", f"{told}.", errors=errors)


async def revisions(request: Request) -> Response:
    """The newest first, down to the built-in one."""
    query = RevisionsQuery.of(request.query_params)
    policies = runtime_of(request).policies
    found = await policies.history(query.limit + 1, query.before)
    first = await policies.at_revision(0)
    assert first is not None
    if len(found) <= query.limit:
        found.append(first)
    page = found[: query.limit]
    more = len(found) > query.limit
    link = next_link(request, before=str(page[-1].revision)) if more else None
    return as_json([shapes.revision(one) for one in page], headers=link)
