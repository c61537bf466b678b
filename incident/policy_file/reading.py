"""A policy file as values, or everything that is wrong with it, with line and column.

What is left out takes its built-in value. It asks no database: who and which rotations
there are already is told to it, or is not known.
"""

from collections.abc import Mapping
from typing import Any

from incident.core.oncall.schedule import Schedule
from incident.core.policy import (
    BUILT_IN,
    LEVELS_LIMIT,
    ROLES_LIMIT,
    Level,
    Policy,
    RoleTerms,
    SeverityTerms,
    Targets,
)
from incident.core.values import RoleName, Value
from incident.policy_file import form
from incident.policy_file.contacts import NewPerson
from incident.policy_file.crew import Crew
from incident.policy_file.faults import Path
from incident.policy_file.parts import Parts
from incident.policy_file.tree import Tree
from incident.policy_file.words import missing, unknown

SEVERITIES = {str(number): number for number in range(1, 6)}
ROLES_ADDED = ROLES_LIMIT - len(BUILT_IN.roles)
ROTATIONS_LIMIT = 500


class PolicyFile(Value):
    """What a file says. `people` are those whom the short form names."""

    policy: Policy = BUILT_IN
    schedules: tuple[Schedule, ...] = ()
    people: tuple[NewPerson, ...] = ()


class Draft:
    """A policy file while it is read, section by section."""

    def __init__(self, tree: Tree, by_email: Mapping[str, str]) -> None:
        self.parts = Parts(tree)
        self.crew = Crew(self.parts, by_email)
        self.schedules: dict[str, Schedule] = {}
        sections = self.parts.fields(tree.content, ())
        for name in sections:
            if name not in form.SECTIONS:
                self.parts.misnamed((name,), unknown(name, form.SECTIONS))
        self.roles = self._roles(sections.get("roles"))
        self.severities = self._severities(sections.get("severities"))
        self.levels = self._levels(sections)
        self._rotations(sections.get("rotations"))

    def file(self) -> PolicyFile:
        """What was read; only where nothing was wrong."""
        policy = Policy(severities=self.severities, escalation=self.levels, roles=self.roles)
        schedules = tuple(self.schedules.values())
        return PolicyFile(policy=policy, schedules=schedules, people=self.crew.people)

    def _severities(self, told: object) -> dict[int, SeverityTerms]:
        found = dict(BUILT_IN.severities)
        for name, terms in self.parts.fields(told, ("severities",)).items():
            path = ("severities", name)
            if name not in SEVERITIES:
                self.parts.misnamed(path, "must be a severity: 1, 2, 3, 4 or 5")
            elif read := self.parts.value(form.SeverityForm, terms, path):
                number = SEVERITIES[name]
                given = read.model_dump(exclude={"name"})
                found[number] = SeverityTerms(name=read.name or found[number].name, **given)
        return found

    def _roles(self, told: object) -> dict[str, RoleTerms]:
        found = dict(BUILT_IN.roles)
        for name, terms in self._some(told, ("roles",), ROLES_LIMIT):
            path = ("roles", name)
            if not self.parts.named(RoleName, path):
                continue
            before = found.get(name, RoleTerms())
            found[name] = before
            if read := self.parts.value(form.RoleForm, terms, path):
                given = read.model_dump(exclude={"rotation"}, exclude_none=True)
                found[name] = before.model_copy(update=given)
                self._short(name, read.rotation or ())
        if len(found) > ROLES_LIMIT:
            self.parts.misnamed(("roles",), f"must add at most {ROLES_ADDED} roles")
        return found

    def _some(self, told: object, path: Path, limit: int) -> list[tuple[str, Any]]:
        """Names and values, not more than there may be."""
        fields = list(self.parts.fields(told, path).items())
        if len(fields) > limit:
            self.parts.misnamed(path, f"must be at most {limit} of them")
        return fields[:limit]

    def _short(self, role: str, members: tuple[form.MemberForm, ...]) -> None:
        """The short form: a rotation that is named like its role."""
        path = ("roles", role, "rotation")
        if members and (made := self.crew.rotation(role, members, path)):
            self.schedules[role] = made

    def _levels(self, sections: dict[str, Any]) -> tuple[Level, ...]:
        if sections.get("escalation") is None:
            return BUILT_IN.escalation
        levels = self.parts.items(sections["escalation"], ("escalation",))
        if len(levels) > LEVELS_LIMIT:
            self.parts.wrong(("escalation",), f"must be at most {LEVELS_LIMIT} levels")
        read = [self._level(level, place) for place, level in enumerate(levels[:LEVELS_LIMIT])]
        return tuple(level for level in read if level)

    def _level(self, told: object, place: int) -> Level | None:
        path = ("escalation", place)
        number = told.get("level") if isinstance(told, dict) else None
        if isinstance(number, str) and number.isdecimal() and number != str(place + 1):
            right = "levels are numbered 1, 2, 3, in order and without gaps"
            self.parts.wrong((*path, "level"), f"must be {place + 1}: {right}")
        for named in ("role", "roles"):
            self._refuse_unknown_roles((*path, "page", named))
        level = self.parts.value(form.LevelForm, told, path)
        if level is None:
            return None
        page = level.page
        return Level(
            page=Targets(
                roles=page.every_role(), people=page.people, rotations=page.every_rotation()
            ),
            respond_within=level.respond_within,
            escalate_after=level.escalate_after,
        )

    def _rotations(self, told: object) -> None:
        for name, terms in self._some(told, ("rotations",), ROTATIONS_LIMIT):
            path = ("rotations", name)
            if self.parts.named(form.NewRotationName, path) and (
                made := self._rotation(name, terms)
            ):
                if name in self.schedules:
                    right = "the short form of the role has this name: take another one"
                    self.parts.misnamed(path, right)
                self.schedules[name] = made

    def _rotation(self, name: str, told: object) -> Schedule | None:
        path = ("rotations", name)
        fields = self.parts.fields(told, path)
        if not fields:
            self.parts.misnamed(path, "must have members: add them, as in `members: [ada, mei]`")
            return None
        for field in ("name", "overrides"):
            if field in fields:
                self.parts.misnamed((*path, field), unknown(field, form.OF_A_ROTATION))
        self._refuse_unknown_roles((*path, "role"))
        rest = {field: fields[field] for field in fields if field not in {"name", "overrides"}}
        return self.parts.made(lambda: form.schedule(name, rest), path, form.OF_A_ROTATION)

    def _refuse_unknown_roles(self, path: Path) -> None:
        """Whoever names a role, or several, means such as there are."""
        for where in self.parts.tree.below(path):
            role = self.parts.tree.said(where)
            if isinstance(role, str) and role not in self.roles:
                self.parts.wrong(where, missing("role", role, self.roles))
