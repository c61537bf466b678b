"""An incident at a moment of its past, and what led from one moment to the next.

An import is one commit that tells of many moments; everything else became so when it was
recorded. What a moment inside an import holds is for the core.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incident import shapes
from incident.command_shapes import time
from incident.core.moments import Scene, is_import, scene_at, scenes
from incident.core.patches import difference
from incident.core.record import Recorded, lines
from incident.runtime import Runtime
from incident.store.commit import Commit, Told, after
from incident.web.forgotten import as_it_may_be_told, forgetful
from incident.web.reading import TIMELINE, whole_incident

Frame = dict[str, Any]


async def after_commit(runtime: Runtime, newest: Commit, seq: int) -> dict[str, Any] | None:
    """The incident as that commit left it; None where there is no such commit."""
    commit = await runtime.journal.at_seq(newest.incident, seq)
    return await as_it_was(runtime, commit, newest) if commit else None


async def at_moment(runtime: Runtime, newest: Commit, moment: datetime) -> dict[str, Any] | None:
    """The incident as it was at `moment`; None before it had begun."""
    commit = await runtime.journal.at_time(newest.incident, moment)
    if commit is not None:
        return await as_it_was(runtime, commit, newest)
    stored = await runtime.journal.at_seq(newest.incident, 1)
    assert stored is not None
    first = forgetful(stored, newest.state.redacted)
    scene = scene_at(first.events, first.at, moment) if is_import(first.events) else None
    return within(first, scene) if scene else None


async def as_it_was(runtime: Runtime, commit: Commit, newest: Commit) -> dict[str, Any]:
    """After `commit`, without what was redacted since, up to `newest`."""
    clean = await as_it_may_be_told(runtime, commit, newest)
    gone = newest.state.redacted
    return await whole_incident(runtime, clean, gone) | {"at": time(commit.at)}


def within(commit: Commit, scene: Scene) -> dict[str, Any]:
    """An imported incident in one of its moments."""
    entries = entries_of(commit, scene.places)[-TIMELINE:]
    return shapes.incident(in_scene(commit, scene)) | {"timeline": entries, "at": time(scene.at)}


def entries_of(commit: Told, places: Collection[int]) -> list[dict[str, Any]]:
    """The entries in these places of the commit, as they read while there are no others."""
    events = commit.events
    recorded = [
        Recorded(number=commit.first + place, event=events[place], recorded_at=commit.at)
        for place in places
    ]
    return [
        shapes.entry(commit.incident, commit.seq, line.number - commit.first, line)
        for line in lines(recorded)
    ]


class Teller:
    """Tells commit after commit in frames as on the socket, from `base` on or from nothing."""

    def __init__(self, base: Commit | None) -> None:
        self._base = base
        self._shape = shapes.keyed(shapes.incident(base)) if base else {}

    def frames(self, told: Told, step: int = 0) -> Iterator[Frame]:
        """What led to `told`, the next commit; an import makes one for each of its moments.

        `step`: so many of those are left out.
        """
        for stage in stages(self._base, told):
            self._base = stage.commit
            if stage.step and stage.step < step:
                continue
            before, self._shape = self._shape, shapes.keyed(shapes.incident(stage.commit))
            if not stage.step or stage.step > step:
                yield frame(stage, difference(before, self._shape))


@dataclass(frozen=True, slots=True)
class Stage:
    """What one frame tells; `step` counts those of an import from 1, and is 0 elsewhere."""

    commit: Commit
    at: datetime
    entries: list[dict[str, Any]]
    step: int = 0


def stages(base: Commit | None, told: Told) -> Iterator[Stage]:
    if not is_import(told.events):
        yield Stage(after(base, told), told.at, shapes.entries([told]))
        return
    for step, scene in enumerate(scenes(told.events, told.at), start=1):
        yield Stage(in_scene(told, scene), scene.at, entries_of(told, scene.places), step)


def in_scene(told: Told, scene: Scene) -> Commit:
    return Commit(
        told.incident, told.seq, told.at, told.origin, told.commands, told.first, scene.state
    )


def frame(stage: Stage, patch: dict[str, Any]) -> Frame:
    told = {
        "type": "commit",
        "incident": stage.commit.incident,
        "seq": stage.commit.seq,
        "at": time(stage.at),
        "entries": stage.entries,
        "patch": patch,
    }
    return told | ({"step": stage.step} if stage.step else {})
