"""The public shapes of the policy: its revisions, and what is wrong with a new one.

Nothing is decided here.
"""

import re
from typing import Any

from pydantic.alias_generators import to_camel

from incident.command_shapes import duration, rung, time
from incident.core.policy import Policy, RoleTerms, SeverityTerms
from incident.policy_file.faults import Fault
from incident.store.policies import PolicyRevision

STEP = re.compile(r"\[(\d{1,9})\]|([^.\[\]]+)")


def revision(one: PolicyRevision) -> dict[str, Any]:
    """A revision without what it says."""
    return {"revision": one.revision, "by": one.by, "at": time(one.at)}


def policy(one: PolicyRevision) -> dict[str, Any]:
    return revision(one) | {"policy": terms(one.policy)}


def terms(told: Policy) -> dict[str, Any]:
    """What can be sent back as it is."""
    return {
        "severities": {str(n): severity(one) for n, one in sorted(told.severities.items())},
        "escalation": [rung(n, level) for n, level in enumerate(told.escalation, start=1)],
        "roles": {name: role(one) for name, one in told.roles.items()},
    }


def severity(one: SeverityTerms) -> dict[str, Any]:
    return {
        "name": one.name,
        "respondWithin": duration(one.respond_within),
        "resolveWithin": duration(one.resolve_within),
        "updateEvery": {name: duration(span) for name, span in one.update_every.items()},
    }


def role(one: RoleTerms) -> dict[str, Any]:
    return {"description": one.description, "responsibilities": list(one.responsibilities)}


def fault_in_text(fault: Fault) -> dict[str, Any]:
    """A fault of a file: where it stands as a path, and in which line."""
    found = {"loc": steps(fault.path), "msg": fault.message}
    return found | {"line": fault.line, "column": fault.column}


def fault_in_json(fault: Fault) -> dict[str, Any]:
    """A fault of a body, whose lines are nobody's: the names are those of the body."""
    loc = [to_camel(one) if isinstance(one, str) else one for one in steps(fault.path)]
    if len(loc) > 1 and loc[0] == "roles":
        loc[1] = steps(fault.path)[1]
    return {"loc": loc, "msg": fault.message}


def steps(path: str) -> list[str | int]:
    """`escalation[0].page` as `["escalation", 0, "page"]`."""
    return [int(place) if place else name for place, name in STEP.findall(path)]
