"""The moments inside an import: what was there, and what stood in the log, at each of them.

An import is one commit, made long after what it tells; so its events count by their own time.
Of everything else the log says when it was recorded, and that is not asked here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from incident.core import events as ev
from incident.core.incident import UNDECLARED, Incident, evolve
from incident.core.values import Moment


@dataclass(frozen=True, slots=True)
class Scene:
    """`places` are those of the events, in the order of the log; `state` is what all led to.

    In a row of scenes the places are of the events that are new since the one before.
    """

    at: Moment
    places: tuple[int, ...]
    state: Incident


def is_import(events: Iterable[ev.Event]) -> bool:
    return any(isinstance(event, ev.Imported) for event in events)


def scene_at(events: Sequence[ev.Event], recorded_at: Moment, moment: Moment) -> Scene | None:
    """An imported incident as it was at `moment`; None before it had begun."""
    times = times_of(events, recorded_at)
    places = tuple(place for place, at in enumerate(times) if at <= moment)
    if not places:
        return None
    state = counted(folded(events, places), len(places))
    return Scene(at=max(times[place] for place in places), places=places, state=state)


def scenes(events: Sequence[ev.Event], recorded_at: Moment) -> Iterator[Scene]:
    """Every moment of an imported incident at which something happened, in the order of time."""
    times = times_of(events, recorded_at)
    by_time = sorted(range(len(events)), key=lambda place: (times[place], place))
    so_far: list[int] = []
    state = UNDECLARED
    for at, group in groupby(by_time, key=lambda place: times[place]):
        new = tuple(group)
        in_order = not so_far or so_far[-1] < new[0]
        so_far += new
        if in_order:
            state = folded(events, new, state)
        else:
            so_far.sort()
            state = folded(events, so_far)
        yield Scene(at=at, places=new, state=counted(state, len(so_far)))


def times_of(events: Sequence[ev.Event], recorded_at: Moment) -> list[Moment]:
    """When each of the events counts.

    Without its declaration there is no incident, so that one is there from the first moment on:
    when the impact began, or of something earlier that is told.
    """
    times = [min(event.at, recorded_at) for event in events]
    match events[0]:
        case ev.Declared(start_time=began):
            times[0] = min(began, *times)
        case _:
            pass
    return times


def folded(
    events: Sequence[ev.Event], places: Iterable[int], start: Incident = UNDECLARED
) -> Incident:
    """The state after the events in these places; each keeps the number that it has in the log."""
    state = start
    for place in places:
        if state.entries != place:
            state = counted(state, place)
        state = evolve(state, events[place])
    return state


def counted(state: Incident, entries: int) -> Incident:
    return state.model_copy(update={"entries": entries})
