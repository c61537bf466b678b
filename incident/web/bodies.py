"""What clients send, field by field, and the command that each body stands for.

Form is checked here and in the core's types; what the state forbids is not known here.
A field that is not given stays as it is; null is refused where it would mean nothing.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from incident.core import commands as do
from incident.core.health import HealthPatch
from incident.core.values import (
    NAMES_LIMIT,
    Audience,
    Handle,
    Link,
    Moment,
    Name,
    NoteType,
    OptionalText,
    Phase,
    RoleName,
    Severity,
    Status,
    Text,
    Title,
)
from incident.web.metadata import Metadata

Names = Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)]
AttachmentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
Files = Annotated[
    tuple[AttachmentId, ...],
    Field(max_length=do.ATTACHMENTS_LIMIT, json_schema_extra={"uniqueItems": True}),
]
Links = Annotated[tuple[Link, ...], Field(max_length=50)]
Reference = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")]
IncidentId = Annotated[str, Field(pattern=r"^INC-[1-9][0-9]{0,8}$")]


def in_iso(duration: object) -> object:
    """Durations are told in ISO 8601 and not in numbers of something."""
    if not isinstance(duration, str) or not duration.startswith("P"):
        raise ValueError("must be a duration such as PT30M")
    return duration


def a_number(severity: object) -> object:
    """Neither true nor "3" is a number."""
    if isinstance(severity, bool) or not isinstance(severity, int | float):
        raise ValueError("must be a number from 1 to 5")  # noqa: TRY004 (pydantic reports these)
    return severity


IsoDuration = Annotated[
    timedelta, BeforeValidator(in_iso), WithJsonSchema({"type": "string", "format": "duration"})
]
Promise = Annotated[IsoDuration, Field(ge=timedelta(minutes=1), le=timedelta(days=7))]
Level = Annotated[Severity, BeforeValidator(a_number)]
Who = Annotated[Handle, Field(json_schema_extra={"format": "handle"})]
"""A handle, or `me` for whoever asks; nobody else may be called that."""


class Body(BaseModel):
    """camelCase in JSON, closed to unknown fields."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False,
        extra="forbid", frozen=True, use_attribute_docstrings=True,
    )  # fmt: skip

    def given(self, **names: str) -> dict[str, Any]:
        """The fields that were sent, except the envelope of a socket message."""
        return {
            names.get(field, field): getattr(self, field)
            for field in self.model_fields_set
            if field not in {"type_", "ref", "action", "role", "seq", "index"}
        }


class DeclareBody(Body):
    title: Title
    """What is wrong, in one line."""
    description: OptionalText = ""
    """What is known so far."""
    severity: Level = 3
    """From 1, the worst, to 5."""
    status: Literal["triage", "active"] = "active"
    """`triage` when it is not yet sure that this is an incident."""
    start_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    """When the impact began; now when absent."""
    detected_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    """When somebody or something noticed."""
    affected_services: Names = ()
    affected_regions: Names = ()
    drill: StrictBool = False
    """An exercise: everything works, and nobody is to be alarmed."""
    visibility: Literal["public"] = "public"
    metadata: Metadata = {}
    """Whatever programs want to keep with the incident; names without $ and dots."""
    links: Links = ()
    commander: Who = None  # type: ignore[assignment]  # absent, but never null
    """Who takes incident command; a handle, or `me`."""
    comms_lead: Who = None  # type: ignore[assignment]  # absent, but never null
    """Who leads communications; a handle, or `me`."""
    ops_lead: Who = None  # type: ignore[assignment]  # absent, but never null
    """Who leads operations; a handle, or `me`."""

    def command(self, by: str) -> do.Declare:
        given = self.given()
        given.pop("visibility", None)
        leads: dict[RoleName, str] = {
            "incident_commander": given.pop("commander", None),
            "communications_lead": given.pop("comms_lead", None),
            "operations_lead": given.pop("ops_lead", None),
        }
        roles = {role: himself(who, by) for role, who in leads.items() if who}
        return do.Declare(by=by, roles=roles, **given)

    def people(self) -> dict[str, str]:
        """The handles that were named, by field."""
        named = {"commander": self.commander, "commsLead": self.comms_lead}
        named |= {"opsLead": self.ops_lead}
        return {field: who for field, who in named.items() if who and who != "me"}


class ChangeIncidentBody(Body):
    title: Title = None  # type: ignore[assignment]  # absent, but never null
    description: OptionalText = None  # type: ignore[assignment]  # absent, but never null
    severity: Level = None  # type: ignore[assignment]  # absent, but never null
    reason: OptionalText = ""
    """Why the severity changes."""
    affected_services: Names = None  # type: ignore[assignment]  # absent, but never null
    affected_regions: Names = None  # type: ignore[assignment]  # absent, but never null
    health: HealthPatch = {}
    """How affected services do, by region: `{"payments-api": {"eu-west-1": "down"}}`; the rest
    stays as it is. `*` is everywhere, as long as no region is named."""
    drill: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    visibility: Literal["public"] = "public"
    metadata: Metadata = None  # type: ignore[assignment]  # absent, but never null
    """Replaces what is there."""
    links: Links = None  # type: ignore[assignment]  # absent, but never null
    start_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    """When the impact began."""
    detected_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    declared_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    acknowledged_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    """Only where there is one to correct; likewise the two below."""
    mitigation_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    resolution_time: Moment = None  # type: ignore[assignment]  # absent, but never null

    def command(self, by: str) -> do.ChangeIncident:
        given = self.given()
        given.pop("visibility", None)
        return do.ChangeIncident(by=by, **given)


class EntryBody(Body):
    type: NoteType = "info"
    message: Text
    timestamp: Moment = None  # type: ignore[assignment]  # absent, but never null
    """When it happened, if not now; at most a minute ahead."""
    attachments: Files = ()
    """Ids of files that were uploaded to this incident before."""

    @field_validator("attachments")
    @classmethod
    def each_once(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        if len({*ids}) < len(ids):
            raise ValueError("must name each file once")
        return ids

    def command(self, by: str) -> do.AddEntry:
        """Without the files, which must be found first."""
        given = self.given()
        given.pop("attachments", None)
        return do.AddEntry(by=by, **given)


class MarkBody(Body):
    """Amend the message, or pin or unpin: one of them at a time."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    message: Text = None  # type: ignore[assignment]  # absent, but never null
    """What the entry should say; what it said stays readable."""
    pinned: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    """Whether the entry stands out."""

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if len(self.model_fields_set & {"message", "pinned"}) != 1:
            raise ValueError("give either message or pinned")
        return self

    def mark(self, by: str, entry: int) -> do.AmendEntry | do.PinEntry | do.UnpinEntry:
        if "message" in self.model_fields_set:
            return do.AmendEntry(by=by, entry=entry, message=self.message)
        kind = do.PinEntry if self.pinned else do.UnpinEntry
        return kind(by=by, entry=entry)


class NothingBody(Body):
    """An empty object: for what needs no words."""


class StatusBody(Body):
    status: Status
    phase: Phase | None = None
    """Of an active incident."""
    reason: OptionalText = ""
    """Why; needed to close, to cancel and to reopen."""
    merged_into: IncidentId = None  # type: ignore[assignment]  # absent, but never null
    """The incident that a cancelled one belongs to."""

    def command(self, by: str) -> do.SetStatus:
        return do.SetStatus(by=by, **self.given())


class AssignBody(Body):
    assignee: Who
    """A handle; `me` takes the role yourself."""

    def assignment(self, by: str, role: RoleName) -> do.AssignRole:
        return do.AssignRole(by=by, role=role, assignee=himself(self.assignee, by))

    def people(self) -> dict[str, str]:
        return {"assignee": self.assignee} if self.assignee != "me" else {}


class UpdateBody(Body):
    audience: Audience
    message: Text
    """What they are told."""
    next_update_in: Promise = None  # type: ignore[assignment]  # absent, but never null
    """Promises the next update within this time, from a minute to 7 days."""

    def command(self, by: str) -> do.PostUpdate:
        return do.PostUpdate(by=by, **self.given())


def himself(who: str, by: str) -> str:
    """`me` is whoever asks."""
    return by if who == "me" else who
