"""What a client may say on the socket: the bodies of the API, each with a type and a `ref`.

`ref` is the idempotency key. Parsing happens here, doing elsewhere.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.values import ActionId, NoteType
from incident.web import action_bodies, bodies
from incident.web.command_messages import CommandMessage
from incident.web.envelope import Sent
from incident.web.problems import invalid


class AddTimeline(bodies.EntryBody, Sent):
    """`type` names the message here, so the entry's own type is `entryType`."""

    type: Literal["add_timeline"]  # type: ignore[assignment]  # the envelope's type comes first
    entry_type: NoteType = "info"

    def command(self, by: str) -> do.AddEntry:
        given = self.given()
        kind = given.pop("entry_type", "info")
        given.pop("attachments", None)  # they are found first
        return do.AddEntry(by=by, type=kind, **given)


class AddAction(action_bodies.ActionBody, Sent):
    type: Literal["add_action"]


class UpdateAction(action_bodies.ChangeActionBody, Sent):
    type: Literal["update_action"]
    action: ActionId

    def command(self, by: str) -> work.ChangeAction:
        return self.change(by, self.action)


class UpdateIncident(bodies.ChangeIncidentBody, Sent):
    type: Literal["update_incident"]


class SetStatus(bodies.StatusBody, Sent):
    type: Literal["set_status"]


class PostUpdate(bodies.UpdateBody, Sent):
    type: Literal["post_update"]


class AmendEntry(bodies.MarkBody, Sent):
    type: Literal["amend_entry"]
    seq: Annotated[int, Field(ge=1, le=2**53)]
    index: Annotated[int, Field(ge=0, le=2**31)]


class Ping(bodies.Body):
    type: Literal["ping"]


class Here(bodies.Body):
    """Where in the room somebody is looking, and at what; or that they are typing."""

    type: Literal["here"]
    place: Literal["timeline", "fixes", "roles", "communications", "typing", "away"]
    on: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = None  # type: ignore[assignment]  # absent, but never null
    """Such as ACT-4, H1 or customers."""


Command = (
    CommandMessage
    | AddTimeline
    | AddAction
    | UpdateAction
    | UpdateIncident
    | SetStatus
    | PostUpdate
    | AmendEntry
)

Message = Command | Ping | Here

MESSAGES: dict[str, type[Message]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(Message)
}


class Envelope(BaseModel):
    """What tells messages apart, whatever else is wrong with them."""

    type: Any = None
    ref: Any = None

    @property
    def sound_ref(self) -> str | None:
        """The `ref`, if it is one, so that its sender recognises the refusal."""
        try:
            return REFERENCE.validate_python(self.ref)
        except ValidationError:
            return None


REFERENCE: TypeAdapter[str] = TypeAdapter(bodies.Reference)


def parsed(text: str, envelope: Envelope) -> Message:
    """The message in `text`; raises `ValidationError`, or `Problem` for one of no known type."""
    kind = MESSAGES.get(envelope.type) if isinstance(envelope.type, str) else None
    if kind is None:
        raise invalid("type", msg=f"must be one of {', '.join(MESSAGES)}")
    return kind.model_validate_json(text)
