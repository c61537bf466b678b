"""What clients are answered, field by field: the public shapes, described for OpenAPI.

The shapes themselves are made elsewhere; the tests hold every answer to what stands here.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from incident.core.values import EntryType, Health, Link, Phase, Status
from incident.web.command_schemas import (
    Action,
    Brief,
    Communications,
    Escalation,
    Hypothesis,
    Roles,
    RunningPolicy,
)
from incident.web.metadata import Metadata
from incident.web.oncall_schemas import ONCALL
from incident.web.past_schemas import PAST
from incident.web.people_schemas import IssuedToken, Person, SignInLink, Token
from incident.web.schema_parts import Shape, Time, Wrong


class Amendment(Shape):
    """What an entry says now."""

    message: str
    by: str
    at: Time
    number: int
    """The entry in which it was changed."""


class Attachment(Shape):
    """A file beside an entry."""

    id: str
    name: str
    type: str
    """A media type, such as image/png."""
    size: int
    """In bytes."""
    width: int | None
    """In pixels, of images."""
    height: int | None
    url: str


class Entry(Shape):
    """One line of the timeline: something that happened, or that somebody wrote."""

    seq: int
    """The commit that it came with; with `index` it names the entry."""
    index: int
    number: int
    """T1, T2, ...: its place in the incident."""
    timestamp: Time
    """When it happened."""
    recorded_at: Time
    """When it was written down."""
    author: str
    """A handle, or the name of a system."""
    type: EntryType
    kind: str
    """What happened, such as `action_started`."""
    message: str
    """A sentence, or what the person wrote at first; `amended` has what it says now."""
    late: bool
    """Told more than a minute after it happened."""
    approx: bool
    """The time is a guess."""
    pinned: bool
    amended: Amendment | None
    redacted: bool
    """The text was removed for good."""
    attachments: list[Attachment]
    data: dict[str, Any]
    """Facts for programs, by kind."""


class Times(Shape):
    start_time: Time | None
    """When the impact began."""
    detected_time: Time | None
    declared_time: Time | None
    acknowledged_time: Time | None
    mitigation_time: Time | None
    resolution_time: Time | None
    closed_time: Time | None


class Leads(Shape):
    commander: str | None
    comms_lead: str | None
    ops_lead: str | None


class Incident(Times, Leads):
    """An incident as it is, with its newest 200 entries, oldest first."""

    id: str
    seq: int
    """Grows by one with every commit; the ETag."""
    title: str
    description: str
    status: Status
    phase: Phase | None
    severity: int
    drill: bool
    visibility: Literal["public"]
    affected_services: list[str]
    affected_regions: list[str]
    health: dict[str, dict[str, Literal["slow", "down"]]]
    """What is not well, by service and region (`*` where no region is named)."""
    roles: Roles
    actions: list[Action]
    hypotheses: list[Hypothesis]
    escalation: Escalation
    communications: Communications
    command_due_at: Time | None
    """When it is paged that nobody commands."""
    resolve_due_at: Time | None
    postmortem_due_at: Time | None
    policy: RunningPolicy
    merged_into: str | None
    metadata: Metadata
    links: list[Link]
    entries: int
    """How many entries the timeline has in all."""
    timeline: list[Entry]


class LastEntry(Shape):
    number: int
    timestamp: Time
    author: str
    kind: str = ""
    """Absent in rows that an older version stored."""
    message: Annotated[str, Field(max_length=200)]


class Call(Shape):
    """Somebody who was paged beside the ladder, and has entered nothing since."""

    person: str
    by: str
    """Who paged them by name; `system` where it was because nobody commands."""


class Approval(Shape):
    action: str
    by: str
    """Who may approve it now."""


class Summary(Times, Leads):
    """An incident as a row of a list."""

    id: str
    seq: int
    title: str
    description: Annotated[str, Field(max_length=200)]
    status: Status
    phase: Phase | None
    severity: int
    drill: bool
    updated_time: Time
    affected_services: list[str]
    affected_regions: list[str]
    health: Health
    """The worst word about any of them."""
    acknowledged_by: str | None
    next_due_at: Time | None
    """What is due first, in the past where a promised update is late; then the post-mortem."""
    approvals: list[Approval]
    """Fixes that wait for approval, where somebody is there to give it."""
    open_actions: int
    paging: list[str]
    """Who is paged and has not answered."""
    page_round: int
    """Which page that is; an answer may name it."""
    offers: dict[str, str]
    """Roles that are offered, and to whom."""
    holders: dict[str, str]
    """Roles that are held, and by whom."""
    queued_behind: list[str]
    """Fixes that its own wait for, such as INC-7/ACT-4."""
    asked_until: Time | None
    """Until when whoever acknowledged is asked whether they are still on it."""
    calls: list[Call]
    """Who was paged by name, or to command, and is waited for."""
    no_commander_since: Time | None
    """Since when nobody commands, once somebody was paged for that."""
    last_entry: LastEntry = None  # type: ignore[assignment]  # absent until there is one


class Delivery(Shape):
    """One thing for one person by one way, and what became of it."""

    incident: str
    seq: int
    """The commit that it comes from."""
    person: str
    channel: str
    kind: str
    urgent: bool
    """Severity 1: quiet hours do not count."""
    state: Literal["waiting", "sent", "failed", "obsolete", "parked"]
    """`obsolete`: it need not be sent any more; `parked`: it breaks the program."""
    at: Time
    due_at: Time
    """When it is tried next, or was last."""
    done_at: Time | None
    attempts: int
    failures: int
    """Attempts in a row that went wrong."""
    possibly_repeated: bool
    """Nobody knows whether an earlier attempt arrived."""
    last_error: str | None
    """What went wrong last, or puts it off, such as `quiet`."""


class Problem(Shape):
    """Why something was not done (RFC 9457). Some codes bring further members."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, WithJsonSchema({"type": "string", "format": "uri-reference"})]
    title: str
    status: int
    detail: str
    """One sentence that says what to do."""
    code: str
    """For programs: stable, in kebab-case."""
    errors: list[Wrong] = []


class Alive(Shape):
    status: Literal["ok"]


class Components(Shape):
    database: Literal["ok", "down"]
    writes: Literal["ok", "degraded", "down"]
    """`degraded` while this server's signs of life do not arrive."""
    email: Literal["ok", "degraded"] | None = None
    """Absent where it is not configured; `degraded` while it is left alone after failures."""
    webhook: Literal["ok", "degraded"] | None = None


class Ready(Shape):
    status: Literal["ok", "degraded", "down"]
    components: Components


SHAPES: tuple[type[BaseModel], ...] = (
    *ONCALL,
    *PAST,
    Incident, Summary, Entry, Action, Brief, Person, Delivery, SignInLink, Token, IssuedToken,
    Problem, Alive, Ready,
)  # fmt: skip
