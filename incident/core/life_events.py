"""What can have happened to the incident as a whole: its status, severity, details and times.

Nothing here decides whether an event may happen.
"""

from typing import Any, Literal

from incident.core.policy import Terms
from incident.core.values import Audience, Happening, Health, Link, Moment, Phase, Status


class Declared(Happening):
    """`terms`: what the incident keeps of the policy it begins under.

    `respond_by` is retired: when somebody had to acknowledge, before there was a ladder.
    """

    kind: Literal["declared"] = "declared"
    title: str
    severity: int
    status: Status = "active"
    phase: Phase | None = None
    description: str = ""
    start_time: Moment
    detected_time: Moment | None = None
    affected_services: tuple[str, ...] = ()
    affected_regions: tuple[str, ...] = ()
    drill: bool = False
    visibility: Literal["public"] = "public"
    metadata: dict[str, Any] = {}
    links: tuple[Link, ...] = ()
    terms: Terms | None = None
    resolve_by: Moment | None = None
    updates_due: dict[Audience, Moment] = {}
    respond_by: Moment | None = None


class Imported(Happening):
    kind: Literal["imported"] = "imported"
    source: str


class Activated(Happening):
    kind: Literal["activated"] = "activated"
    phase: Phase
    reason: str = ""


class PhaseChanged(Happening):
    kind: Literal["phase_changed"] = "phase_changed"
    phase: Phase
    reason: str = ""


class Mitigated(Happening):
    kind: Literal["mitigated"] = "mitigated"
    reason: str = ""


class Resolved(Happening):
    kind: Literal["resolved"] = "resolved"
    reason: str = ""
    postmortem_by: Moment | None = None


class Closed(Happening):
    kind: Literal["closed"] = "closed"
    reason: str


class Cancelled(Happening):
    kind: Literal["cancelled"] = "cancelled"
    reason: str
    merged_into: str | None = None


class Reopened(Happening):
    kind: Literal["reopened"] = "reopened"
    phase: Phase
    reason: str
    resolve_by: Moment | None = None
    updates_due: dict[Audience, Moment] = {}


class SeverityChanged(Happening):
    """The clocks of the new severity count from here, but that of the post-mortem.

    `updates_off`: audiences to whom nothing is due any more. `respond_by` is retired.
    """

    kind: Literal["severity_changed"] = "severity_changed"
    severity: int
    previous: int
    reason: str = ""
    resolve_by: Moment | None = None
    updates_due: dict[Audience, Moment] = {}
    updates_off: tuple[Audience, ...] = ()
    postmortem_by: Moment | None = None
    respond_by: Moment | None = None


class DetailsChanged(Happening):
    """Only what changed is set; the rest is None."""

    kind: Literal["details_changed"] = "details_changed"
    title: str | None = None
    description: str | None = None
    affected_services: tuple[str, ...] | None = None
    affected_regions: tuple[str, ...] | None = None
    drill: bool | None = None
    metadata: dict[str, Any] | None = None
    links: tuple[Link, ...] | None = None


class HealthChanged(Happening):
    """How `service` does in `region` now; `*` stands for everywhere, where no region is named."""

    kind: Literal["health_changed"] = "health_changed"
    service: str
    region: str
    health: Health
    previous: Health = "ok"


class TimesCorrected(Happening):
    """Only what was corrected is set; the rest is None."""

    kind: Literal["times_corrected"] = "times_corrected"
    start_time: Moment | None = None
    detected_time: Moment | None = None
    declared_time: Moment | None = None
    acknowledged_time: Moment | None = None
    mitigation_time: Moment | None = None
    resolution_time: Moment | None = None
