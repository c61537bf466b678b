"""A policy file put into force, each part of it only where it differs: new people and rotations,
then the policy, then the rotations that change. So no policy names a rotation still to come.

The same file twice changes nothing. What goes wrong half way is mended by loading it again.
How a file is read is not known here.
"""

import asyncio
import shlex
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from incident.core.oncall.schedule import Schedule
from incident.core.policy import Policy
from incident.core.values import Value
from incident.policy_file.contacts import NewPerson
from incident.policy_file.doubts import Known
from incident.policy_file.faults import Unloadable, line_of
from incident.policy_file.reading import PolicyFile
from incident.policy_file.tree import SIZE_LIMIT
from incident.policy_file.verdict import Verdict, digest, read
from incident.store.connection import Database
from incident.store.directory import Directory, Person, Taken
from incident.store.policies import Policies, PolicyMoved, PolicyRevision
from incident.store.revisions import Revisions
from incident.store.rotations import Rotation, RotationMoved, Rotations

ATTEMPTS = 5
"""Races with others who change the same, after which they may have the last word."""
AT_START = "system"
"""Who loads the file that a setting names."""


class Loaded(Value):
    """What loading did: `told` in words, `revision` of the policy that holds now."""

    revision: int
    changed: bool
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A policy to be made to hold: by whom, when, read from which text, and over which revision."""

    policy: Policy
    by: str
    at: datetime
    source: str | None
    expect: int | None


@dataclass(frozen=True, slots=True)
class Loading:
    """Puts files into force. Raises `StoreAway` when the database is out of reach."""

    policies: Policies
    rotations: Rotations
    directory: Directory
    revisions: Revisions

    @classmethod
    def on(cls, database: Database) -> Self:
        return cls(
            Policies(database), Rotations(database), Directory(database), Revisions(database)
        )

    async def known(self) -> Known:
        """Who and which rotations there are, for reading a file."""
        everyone, every = await self.directory.everyone(), await self.rotations.every()
        return Known(
            people={one.handle: one.email for one in everyone},
            disabled=frozenset(one.handle for one in everyone if one.disabled),
            rotations=tuple(rotation.schedule for rotation in every),
        )

    async def read(self, text: str, now: datetime) -> Verdict:
        """`text` beside what there is; in a thread, as long files take a while."""
        return await asyncio.to_thread(read, text, now, await self.known())

    async def load(
        self,
        file: PolicyFile,
        by: str,
        at: datetime,
        source: str | None = None,
        expect: int | None = None,
    ) -> Loaded:
        """Make what `file` says hold.

        Raises `PolicyMoved` when `expect` is not the revision that holds: nothing is stored then,
        except where somebody is quicker between the first look and the write. New people and
        rotations may be there after that, and nothing else. The text that made the newest
        revision may be sent again under an older `expect`: that only finishes what broke off.
        """
        newest = await self.policies.newest()
        if expect not in {None, newest.revision}:
            if source is None or newest.source != source:
                raise PolicyMoved(newest.revision)
            return loaded(newest.revision, await self._finished(file, newest, by, at))
        new = [
            *[line for one in file.people if (line := await self._person(one, at))],
            *[line for one in file.schedules if (line := await self._new(one, by, at))],
        ]
        made = Making(policy=file.policy, by=by, at=at, source=source, expect=expect)
        revision, policy = await self._policy(made, await self._changing(file))
        after = [line for one in file.schedules if (line := await self._rotation(one, by, at))]
        return loaded(revision, [*new, *policy, *after])

    async def _changing(self, file: PolicyFile) -> tuple[tuple[str, int], ...]:
        """The rotations that are there and that `file` changes, with their revisions."""
        there = {one.schedule.name: one for one in await self.rotations.every()}
        return tuple(
            (one.name, there[one.name].revision)
            for one in file.schedules
            if one.name in there and definition(there[one.name].schedule) != definition(one)
        )

    async def _finished(
        self, file: PolicyFile, made: PolicyRevision, by: str, at: datetime
    ) -> list[str]:
        """Change the rotations that the load of `made` did not come to; one that anybody has
        written since has another revision, and stays as it is.
        """
        told = []
        revisions = dict(made.changing)
        for schedule in file.schedules:
            before = await self.rotations.find(schedule.name)
            if before is None or before.revision != revisions.get(schedule.name):
                continue
            with suppress(RotationMoved):
                await self.rotations.put(schedule, by, at, before.revision)
                told.append(changed(schedule, before))
        return told

    async def at_start(self, path: Path, now: datetime) -> Loaded | None:
        """Load the file that a setting names, unless this very text was loaded from there before:
        what people have changed since stays. Raises `Unloadable`, with every error.
        """
        try:
            text = await asyncio.to_thread(text_of, path)
        except Unloadable as error:
            raise unusable(path, f"{error}.") from None
        if await self.revisions.loaded() == digest(text):
            return None
        verdict = await self.read(text, now)
        if verdict.file is None:
            head = f"{path} cannot be used, and nothing of it was loaded:"
            raise unusable(path, head, *(line_of(path, fault) for fault in verdict.errors))
        told = await self.load(verdict.file, AT_START, now, digest(text))
        await self.revisions.note_loaded(digest(text))
        return told

    async def _person(self, new: NewPerson, at: datetime) -> str | None:
        """Whoever is there already stays as they are."""
        if await self.directory.find(new.handle) is not None:
            return None
        try:
            await self.directory.add(Person(created_at=at, **new.model_dump()))
        except Taken:
            return None
        return f"{new.name} is in the directory now, as {new.handle}."

    async def _new(self, schedule: Schedule, by: str, at: datetime) -> str | None:
        """A rotation that is there already stays as it is."""
        if await self.rotations.find(schedule.name) is not None:
            return None
        try:
            await self.rotations.put(schedule, by, at, 0)
        except RotationMoved:
            return None
        return changed(schedule, None)

    async def _rotation(self, schedule: Schedule, by: str, at: datetime) -> str | None:
        for _ in range(ATTEMPTS):
            before = await self.rotations.find(schedule.name)
            if before and definition(before.schedule) == definition(schedule):
                return None
            try:
                await self.rotations.put(schedule, by, at, before.revision if before else 0)
            except RotationMoved:
                continue
            return changed(schedule, before)
        return None

    async def _policy(
        self, made: Making, changing: tuple[tuple[str, int], ...]
    ) -> tuple[int, list[str]]:
        """The revision that holds now, and what to say if it is new. Raises `PolicyMoved`."""
        newest = await self.policies.newest()
        for _ in range(ATTEMPTS):
            if made.expect not in {None, newest.revision}:
                raise PolicyMoved(newest.revision)
            if newest.policy == made.policy:
                break
            try:
                added = await self.policies.add(
                    made.policy, made.by, made.at, newest.revision, made.source, changing
                )
            except PolicyMoved:
                newest = await self.policies.newest()
                continue
            return added.revision, [f"The policy is at revision {added.revision} now."]
        return newest.revision, []


def loaded(revision: int, told: list[str]) -> Loaded:
    return Loaded(revision=revision, changed=bool(told), told=tuple(told))


def definition(schedule: Schedule) -> Schedule:
    """A rotation without its overrides, which no file tells."""
    return schedule.model_copy(update={"overrides": ()})


def changed(schedule: Schedule, before: Rotation | None) -> str:
    if before is None:
        return f"The rotation {schedule.name} is there now."
    kept = len(before.schedule.overrides)
    also = "; its override stays" if kept == 1 else f"; its {kept} overrides stay" if kept else ""
    return f"The rotation {schedule.name} has changed{also}."


def unusable(path: Path, *told: str) -> Unloadable:
    """What is wrong, a line each, and what to type to see that it no longer is."""
    again = f"Mend it, and look again with: incident policy check {shlex.quote(str(path))}"
    return Unloadable("\n".join([*told, again]))


def text_of(path: Path) -> str:
    """The text of a file; raises `Unloadable`."""
    try:
        with path.expanduser().open("rb") as opened:
            content = opened.read(SIZE_LIMIT + 1)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Unloadable(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Unloadable(f"{path} is not UTF-8 text: byte {error.start + 1} is wrong") from None
