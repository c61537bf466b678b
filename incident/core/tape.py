"""The tape of an incident: its phases, its severities, and a tick for every entry.

Made from the little of each event that a tick needs, so that thousands are told at once.
Nothing here knows what an entry says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident.core.chronicle import TYPES
from incident.core.values import ENDED
from incident.core.weight import letter

PHASED = frozenset({
    "declared", "activated", "phase_changed", "mitigated", "resolved", "closed", "cancelled",
    "reopened",
})  # fmt: skip
"""Kinds of events that take the incident to another phase or status."""
TURNING = PHASED | {"severity_changed"}
"""Kinds that the tape shows as more than a tick."""
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Tick:
    """What the tape needs of an event: its number in the incident, and the commit it came with.

    `type` is that of a note; `nobody` says that a page found nobody. `status`, `phase` and
    `severity` are as the event has them.
    """

    seq: int
    number: int
    at: datetime
    kind: str
    by: str
    type: str | None = None
    nobody: bool = False
    status: str | None = None
    phase: str | None = None
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """`state` is the phase of an active incident, else its status; without an end it goes on."""

    state: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on it had this severity; entry `number` says so."""

    at: datetime
    severity: int
    number: int


@dataclass(frozen=True, slots=True)
class Tape:
    """`end`: when the incident ended. `ats`: milliseconds since `start`, one for each weight."""

    start: datetime
    end: datetime | None
    phases: tuple[Stretch, ...]
    severities: tuple[Step, ...]
    ats: tuple[int, ...]
    weights: str


def tape(ticks: Sequence[Tick], began: datetime, after: int) -> Tape:
    """`ticks`: those of commits in which something turned, and all of commits after `after`."""
    turned = [one for one in ticks if one.kind in TURNING]
    start = min([began, *(one.at for one in ticks if one.seq == ticks[0].seq)])
    phases = stretches(one for one in turned if one.kind in PHASED)
    new = [one for one in ticks if one.seq > after]
    return Tape(
        start=start,
        end=ended(phases),
        phases=phases,
        severities=tuple(Step(t.at, t.severity, t.number) for t in turned if t.severity),
        ats=tuple((one.at - start) // MILLISECOND for one in new),
        weights="".join(letter_of(one) for one in new),
    )


def letter_of(tick: Tick) -> str:
    return letter(tick.kind, tick.type or TYPES.get(tick.kind, "info"), tick.by, nobody=tick.nobody)


def stretches(turned: Iterable[Tick]) -> tuple[Stretch, ...]:
    """One for every phase that lasted; what was told afterwards may name a phase too late."""
    begun: list[tuple[str, datetime]] = []
    for tick in turned:
        while begun and begun[-1][1] >= tick.at:
            begun.pop()
        state = named(tick)
        if not begun or begun[-1][0] != state:
            begun.append((state, tick.at))
    ends = [*(start for _, start in begun[1:]), None]
    return tuple(
        Stretch(state, start, end) for (state, start), end in zip(begun, ends, strict=True)
    )


def ended(phases: Sequence[Stretch]) -> datetime | None:
    """When the incident ended for good, as far as is known; closing it later moves nothing."""
    end: datetime | None = None
    for one in reversed(phases):
        if one.state not in ENDED:
            break
        end = one.start
    return end


def named(tick: Tick) -> str:
    """The word for where the incident stands after the event."""
    if tick.kind in {"mitigated", "resolved", "closed", "cancelled"}:
        return tick.kind
    if tick.kind == "declared":
        return tick.phase or ("triage" if tick.status == "triage" else "active")
    return tick.phase or "active"
