"""The policy as people read it, in its revisions; for admins also as the file that it is.

It reads; checking and saving go over the API.
"""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from incident.command_shapes import time
from incident.core.escalation import REPEAT_FROM, TURNS
from incident.core.phrases import listed, span
from incident.core.policy import Level, Policy, SeverityTerms, Targets
from incident.core.titles import role_title
from incident.core.values import AUDIENCES
from incident.policy_file.writing import text_of
from incident.runtime import Runtime
from incident.store.policies import FIRST, PolicyRevision
from incident.web.pages import known, page
from incident.web.problems import Problem

SHOWN = 20
"""Revisions of the history."""
NUMBER = 9
"""Digits of a revision that is asked for."""


async def policy(request: Request) -> Response:
    """What holds; `?revision=` shows an older one."""
    runtime: Runtime = request.app.state.runtime
    admin = (await known(request)).authority == "admin"
    newest = await runtime.policies.newest()
    shown = await asked(runtime, request.query_params.get("revision"), newest)
    rotations = [one.schedule for one in await runtime.rotations.every()]
    holds = shown.revision == newest.revision
    return await page(
        request,
        "policy.html",
        nav="policy",
        shown=revision(shown),
        newest=revision(newest),
        holds=holds,
        history=[revision(one) for one in await history(runtime)],
        severities=[severity(n, one) for n, one in sorted(shown.policy.severities.items())],
        rungs=rungs(shown.policy),
        repeat_from=min(REPEAT_FROM, len(shown.policy.escalation)),
        turns=TURNS,
        roles=roles(shown.policy, [one.role for one in rotations if one.role]),
        text=text_of(shown.policy, rotations) if admin and holds else None,
    )


async def asked(runtime: Runtime, number: str | None, newest: PolicyRevision) -> PolicyRevision:
    """The revision of the address; raises a 404."""
    if number is None:
        return newest
    legible = number.isascii() and number.isdigit() and len(number) <= NUMBER
    found = await runtime.policies.at_revision(int(number)) if legible else None
    if found is None:
        raise Problem(404, "no-such-revision", "The policy has no such revision.")
    return found


async def history(runtime: Runtime) -> list[PolicyRevision]:
    """The newest first; the built-in one where there is room for it."""
    found = await runtime.policies.history(SHOWN)
    return [*found, FIRST] if len(found) < SHOWN else found


def revision(one: PolicyRevision) -> dict[str, Any]:
    return {"number": one.revision, "by": one.by, "at": time(one.at)}


def severity(number: int, terms: SeverityTerms) -> dict[str, Any]:
    """What is not promised is empty."""
    return {
        "number": number,
        "name": terms.name,
        "respond": words(terms.respond_within),
        "resolve": words(terms.resolve_within),
        "updates": cadences(terms),
    }


def words(length: timedelta | None) -> str:
    return span(length) if length else ""


def cadences(terms: SeverityTerms) -> list[str]:
    """`every 30 min` where it is the same for everybody, else one line an audience."""
    told = {name: terms.update_every[name] for name in AUDIENCES if name in terms.update_every}
    if len(told) == len(AUDIENCES) and len(set(told.values())) == 1:
        return [f"every {span(next(iter(told.values())))}"]
    return [f"{name} every {span(length)}" for name, length in told.items()]


def rungs(told: Policy) -> list[dict[str, Any]]:
    """The ladder; `after` is how long after the first page a level is reached."""
    found, after = [], timedelta()
    for number, level in enumerate(told.escalation, start=1):
        found.append(rung(number, level, after))
        after += level.escalate_after
    return found


def rung(number: int, level: Level, after: timedelta) -> dict[str, Any]:
    return {
        "number": number,
        "page": targets(level.page),
        "people": level.page.people,
        "after": f"after {span(after)}" if after else "at once",
        "respond": span(level.respond_within),
        "escalate": span(level.escalate_after),
    }


def targets(page_to: Targets) -> str:
    """The roles and rotations of a level; people are named beside them."""
    roles = [f"the {role_title(role)} on call" for role in page_to.roles]
    rotations = [f"the rotation {name}" for name in page_to.rotations]
    told = listed([*roles, *rotations]) if roles or rotations else ""
    return told[:1].upper() + told[1:]


def roles(told: Policy, served: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": role_title(name).capitalize(),
            "description": terms.description,
            "responsibilities": terms.responsibilities,
            "served": name in served,
        }
        for name, terms in told.roles.items()
    ]
