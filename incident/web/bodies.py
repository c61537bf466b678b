"""What clients send, field by field, and the command that each body stands for.

Form is checked here and in the core's types; what the state forbids is not known here.
A field that is not given stays as it is; null is refused where it would mean nothing.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from pydantic.alias_generators import to_camel

from incident.core import commands as do
from incident.core.values import (
    ActionStatus,
    Audience,
    Duration,
    Handle,
    Link,
    Moment,
    Name,
    NoteType,
    OptionalText,
    Phase,
    Risk,
    RoleName,
    Severity,
    Status,
    Target,
    Text,
    Title,
)
from incident.web.metadata import Metadata

Names = Annotated[tuple[Name, ...], Field(max_length=do.NAMES_LIMIT)]
Links = Annotated[tuple[Link, ...], Field(max_length=50)]
Reference = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,128}$")]
IncidentId = Annotated[str, Field(pattern=r"^INC-[1-9][0-9]{0,8}$")]
Promise = Annotated[Duration, Field(ge=timedelta(minutes=1), le=timedelta(days=7))]
Estimate = Annotated[Duration, Field(gt=timedelta(0), le=timedelta(days=30))]
Me = Literal["me"]


class Body(BaseModel):
    """camelCase in JSON, closed to unknown fields."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=False,
        extra="forbid", frozen=True,
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
    description: OptionalText = ""
    severity: Severity = 3
    status: Literal["triage", "active"] = "active"
    start_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    detected_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    affected_services: Names = ()
    affected_regions: Names = ()
    drill: StrictBool = False
    visibility: Literal["public"] = "public"
    metadata: Metadata = {}
    links: Links = ()
    commander: Handle | Me = None  # type: ignore[assignment]  # absent, but never null
    comms_lead: Handle | Me = None  # type: ignore[assignment]  # absent, but never null
    ops_lead: Handle | Me = None  # type: ignore[assignment]  # absent, but never null

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
    severity: Severity = None  # type: ignore[assignment]  # absent, but never null
    reason: OptionalText = ""
    affected_services: Names = None  # type: ignore[assignment]  # absent, but never null
    affected_regions: Names = None  # type: ignore[assignment]  # absent, but never null
    drill: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    visibility: Literal["public"] = "public"
    metadata: Metadata = None  # type: ignore[assignment]  # absent, but never null
    links: Links = None  # type: ignore[assignment]  # absent, but never null
    start_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    detected_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    declared_time: Moment = None  # type: ignore[assignment]  # absent, but never null
    acknowledged_time: Moment = None  # type: ignore[assignment]  # absent, but never null
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

    def command(self, by: str) -> do.AddEntry:
        return do.AddEntry(by=by, **self.given())


class MarkBody(Body):
    """Amend the message, or pin or unpin: one of them at a time."""

    message: Text = None  # type: ignore[assignment]  # absent, but never null
    pinned: StrictBool = None  # type: ignore[assignment]  # absent, but never null

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


class ActionBody(Body):
    description: Text
    target: Target = None  # type: ignore[assignment]  # absent, but never null
    region: Name = None  # type: ignore[assignment]  # absent, but never null
    owner: Handle | Me = None  # type: ignore[assignment]  # absent, but never null
    impact: OptionalText = ""
    risk: Risk = None  # type: ignore[assignment]  # absent, but never null
    estimate: Estimate = None  # type: ignore[assignment]  # absent, but never null

    def command(self, by: str) -> do.ProposeAction:
        given = self.given()
        if "owner" in given:
            given["owner"] = himself(given["owner"], by)
        return do.ProposeAction(by=by, **given)

    def people(self) -> dict[str, str]:
        return {"owner": self.owner} if self.owner and self.owner != "me" else {}


class ChangeActionBody(Body):
    """These fields and no others."""

    status: ActionStatus = None  # type: ignore[assignment]  # absent, but never null
    owner: Handle | Me = None  # type: ignore[assignment]  # absent, but never null
    approved: StrictBool = None  # type: ignore[assignment]  # absent, but never null
    description: Text = None  # type: ignore[assignment]  # absent, but never null
    impact: OptionalText = None  # type: ignore[assignment]  # absent, but never null
    override: Text = None  # type: ignore[assignment]  # absent, but never null

    def change(self, by: str, action: str) -> do.ChangeAction:
        given = self.given()
        if "owner" in given:
            given["owner"] = himself(given["owner"], by)
        return do.ChangeAction(by=by, action=action, **given)

    def people(self) -> dict[str, str]:
        return {"owner": self.owner} if self.owner and self.owner != "me" else {}


class NothingBody(Body):
    """An empty object: for what needs no words."""


class StatusBody(Body):
    status: Status
    phase: Phase | None = None
    reason: OptionalText = ""
    merged_into: IncidentId = None  # type: ignore[assignment]  # absent, but never null

    def command(self, by: str) -> do.SetStatus:
        return do.SetStatus(by=by, **self.given())


class AssignBody(Body):
    assignee: Handle | Me

    def assignment(self, by: str, role: RoleName) -> do.AssignRole:
        return do.AssignRole(by=by, role=role, assignee=himself(self.assignee, by))

    def people(self) -> dict[str, str]:
        return {"assignee": self.assignee} if self.assignee != "me" else {}


class UpdateBody(Body):
    audience: Audience
    message: Text
    next_update_in: Promise = None  # type: ignore[assignment]  # absent, but never null

    def command(self, by: str) -> do.PostUpdate:
        return do.PostUpdate(by=by, **self.given())


def himself(who: str, by: str) -> str:
    """`me` is whoever asks."""
    return by if who == "me" else who
