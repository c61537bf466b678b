"""What a policy file may say, and what will probably not do what was meant: warnings.

A doubt keeps nothing from being used. Holes in the coverage are found elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from incident.core.oncall.schedule import Schedule
from incident.core.policy import Level
from incident.core.values import Handle, Value
from incident.policy_file.faults import Fault, Path, warning
from incident.policy_file.reading import PolicyFile
from incident.policy_file.tree import Tree
from incident.policy_file.words import missing

PROMPT = (1, 2)
"""Severities for which somebody has to be paged."""


class Known(Value):
    """Who there is, with their addresses, and which rotations, beside the file.

    Those of `people` who are `disabled` cannot be called.
    """

    people: dict[Handle, str | None] = {}
    disabled: frozenset[Handle] = frozenset()
    rotations: tuple[Schedule, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubts:
    """The doubts about one file. Without `known` nothing is said about who is there."""

    tree: Tree
    file: PolicyFile
    known: Known | None

    def all(self) -> Iterator[Fault]:
        yield from self._severities()
        yield from self._levels()
        yield from self._roles()
        yield from self._rotations()

    @property
    def schedules(self) -> dict[str, Schedule]:
        """By name; those of the file take the place of those that are there."""
        before = self.known.rotations if self.known else ()
        return {schedule.name: schedule for schedule in (*before, *self.file.schedules)}

    def served(self) -> set[str]:
        """The roles that somebody is on call for."""
        return {schedule.role for schedule in self.schedules.values() if schedule.role}

    def exists(self, handle: str) -> bool:
        return self.known is None or handle in self.present()

    def present(self) -> frozenset[str]:
        """Everybody who can be called, as far as that is known."""
        there = self.known.people.keys() - self.known.disabled if self.known else set()
        return frozenset({*there, *self._newcomers()})

    def _at(self, path: Path, message: str) -> Fault:
        return warning(self.tree.place(path), path, message)

    def _named(self, path: Path, message: str) -> Fault:
        return warning(self.tree.name(path), path, message)

    def _severities(self) -> Iterator[Fault]:
        for number in PROMPT:
            terms = self.file.policy.severities[number]
            if terms.respond_within is None and self.file.policy.escalation:
                told = "has no `respond_within`, so that nobody is paged for it"
                yield self._named(("severities", str(number)), told)
        if not self.file.policy.escalation:
            yield self._named(("escalation",), "has no levels, so that nobody is ever paged")

    def _levels(self) -> Iterator[Fault]:
        told = ("escalation", 0) in self.tree.values
        for place, level in enumerate(self.file.policy.escalation):
            path: Path = ("escalation", place, "page") if told else ()
            subject = f"level {place + 1}" if told else f"the built-in level {place + 1}"
            if told:
                yield from self._strangers(level.page.people, path)
            yield from self._unknown_rotations(level, path)
            if not self._reaches(level):
                why = "; ".join(self._silences(level))
                yield self._at(path, f"{subject} will find nobody: {why}")

    def _unknown_rotations(self, level: Level, path: Path) -> Iterator[Fault]:
        for name in level.page.rotations:
            if name not in self.schedules:
                below = self.tree.below(path)
                where = next((w for w in below if self.tree.said(w) == name), path)
                yield self._at(where, missing("rotation", name, self.schedules))

    def _reaches(self, level: Level) -> bool:
        """Whether anybody could be found. Without any rotation, they are somewhere else."""
        page = level.page
        roles = not self.schedules or self.served().intersection(page.roles)
        return bool(
            (page.roles and roles)
            or any(map(self.exists, page.people))
            or self.schedules.keys() & set(page.rotations)
        )

    def _silences(self, level: Level) -> Iterator[str]:
        yield from (f"the role {role} has no rotation" for role in level.page.roles)
        yield from (f"there is no person {handle}" for handle in level.page.people)
        yield from (f"there is no rotation {name}" for name in level.page.rotations)

    def _strangers(self, handles: Iterable[str], path: Path) -> Iterator[Fault]:
        """Handles that nobody has, where they stand."""
        for handle in handles:
            if not self.exists(handle):
                below = self.tree.below(path)
                where = next((w for w in below if self.tree.said(w) == handle), path)
                told = missing("person", handle, sorted(self.present()))
                yield warning(self.tree.place(where), where, told, "people")

    def _newcomers(self) -> set[str]:
        return {person.handle for person in self.file.people}

    def _roles(self) -> Iterator[Fault]:
        for role in self.file.policy.roles:
            path = ("roles", role)
            if path in self.tree.values and self.schedules and role not in self.served():
                yield self._named(path, f"the role {role} has no rotation: nobody is offered it")

    def _rotations(self) -> Iterator[Fault]:
        paged = {name for level in self.file.policy.escalation for name in level.page.rotations}
        for schedule in self.file.schedules:
            path = ("rotations", schedule.name)
            if path not in self.tree.values:
                continue
            yield from self._strangers(sorted(schedule.people()), path)
            if schedule.role is None and schedule.name not in paged:
                yield self._named(path, "serves no role, and no level pages it: add `role`")
            if not any(where[-1] == "timezone" for where in self.tree.below(path)):
                yield self._named(path, "has no `timezone`, so that its times are in UTC: add it")
