"""A policy and its rotations as a file that reads back as the same.

Overrides are no part of a file, nor are people: rotations name them by handle.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import yaml

from incident.core.oncall.schedule import Layer, Schedule
from incident.core.policy import Level, Policy, RoleTerms, SeverityTerms, Targets
from incident.core.values import AUDIENCES
from incident.policy_file.form import SUN
from incident.policy_file.spans import written

UNNAMED = Layer.model_fields["name"].default
WIDTH = 100
"""Columns of a line."""


def text_of(policy: Policy, schedules: Iterable[Schedule] = ()) -> str:
    """The whole as YAML."""
    told: dict[str, object] = {
        "severities": {n: severity(terms) for n, terms in sorted(policy.severities.items())},
        "escalation": [level(place, rung) for place, rung in enumerate(policy.escalation, start=1)],
        "roles": {name: role(terms) for name, terms in policy.roles.items()},
        "rotations": {one.name: rotation(one) for one in schedules},
    }
    sections = {name: section for name, section in told.items() if section or name == "escalation"}
    return "\n".join(dumped({name: section}) for name, section in sections.items())


def dumped(section: dict[str, object]) -> str:
    """Fields and lists that hold no others on one line, as far as it reaches."""
    return yaml.safe_dump(
        section, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=None
    )


def without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in (None, "", (), [], {})}


def span(duration: timedelta | None) -> str | None:
    return written(duration) if duration else None


def severity(terms: SeverityTerms) -> dict[str, Any]:
    every = {audience: written(terms.update_every[audience]) for audience in AUDIENCES
             if audience in terms.update_every}  # fmt: skip
    same = len(every) == len(AUDIENCES) and len(set(every.values())) == 1
    return without_nothing({
        "name": terms.name,
        "respond_within": span(terms.respond_within),
        "resolve_within": span(terms.resolve_within),
        "update_every": next(iter(every.values())) if same else every,
    })  # fmt: skip


def level(number: int, rung: Level) -> dict[str, Any]:
    return {
        "level": number,
        "page": page(rung.page),
        "respond_within": written(rung.respond_within),
        "escalate_after": written(rung.escalate_after),
    }


def page(targets: Targets) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for one, many, names in (
        ("role", "roles", targets.roles),
        ("rotation", "rotations", targets.rotations),
    ):
        if names:
            told |= {one: names[0]} if len(names) == 1 else {many: list(names)}
    return told | ({"people": list(targets.people)} if targets.people else {})


def role(terms: RoleTerms) -> dict[str, Any]:
    """Both are written even where they are empty: left out, they would be the built-in ones."""
    return {"description": terms.description, "responsibilities": list(terms.responsibilities)}


def rotation(schedule: Schedule) -> dict[str, Any]:
    told = without_nothing({"role": schedule.role, "region": schedule.region})
    layers = [layer(one) for one in schedule.layers]
    first = schedule.layers[0]
    named = SUN if first.stations else UNNAMED
    if len(layers) == 1 and (first.name, first.priority) == (named, 0):
        return told | {name: value for name, value in layers[0].items() if name != "name"}
    return told | {"layers": layers}


def layer(one: Layer) -> dict[str, Any]:
    told = one.model_dump(mode="json", exclude_defaults=True)
    zone = {} if one.stations else {"timezone": one.timezone}
    return {"name": one.name, **zone, **{k: v for k, v in told.items() if k != "name"}}
