"""What each part of a policy file may say, field by field.

Everything arrives as text, lists and mappings. What spans several parts is checked by the
reader; rotations are values of their own already.
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from incident.core.oncall.clockwork import Zone
from incident.core.oncall.schedule import MEMBERS_LIMIT, Hours, Layer, Schedule, Station
from incident.core.policy import PEOPLE_LIMIT, RotationName
from incident.core.values import AUDIENCES, Audience, Handle, Name, OptionalText, RoleName, Value
from incident.policy_file.contacts import Contact, contact_of, not_reserved
from incident.policy_file.spans import Span

CALENDAR = ".ics"
"""What follows the name of a rotation in the address of its calendar."""


def not_a_calendar(name: str) -> str:
    """At the address of such a rotation the calendar of another one would be read."""
    if name.endswith(CALENDAR):
        raise ValueError(f"must not end in {CALENDAR}: that is the address of a calendar")
    return name


NewRotationName = Annotated[RotationName, AfterValidator(not_a_calendar)]
"""The name of a rotation that is defined now; what is stored keeps the name that it has."""


def for_every_audience(told: object) -> object:
    """One cadence is that of all audiences."""
    return dict.fromkeys(AUDIENCES, told) if isinstance(told, str) else told or {}


def one_or_many(told: object) -> object:
    """`ada` is `[ada]`."""
    return [told] if isinstance(told, str) else told


class SeverityForm(Value):
    """What is left out is not promised."""

    name: Name | None = None
    respond_within: Span | None = None
    resolve_within: Span | None = None
    update_every: Annotated[dict[Audience, Span], BeforeValidator(for_every_audience)] = {}


Many = BeforeValidator(one_or_many)
Several = Field(max_length=PEOPLE_LIMIT)


class PageForm(Value):
    role: RoleName | None = None
    roles: Annotated[tuple[RoleName, ...], Many, Several] = ()
    people: Annotated[tuple[Handle, ...], Many, Several] = ()
    rotation: RotationName | None = None
    rotations: Annotated[tuple[RotationName, ...], Many, Several] = ()

    def every_role(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*filter(None, [self.role]), *self.roles]))

    def every_rotation(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*filter(None, [self.rotation]), *self.rotations]))


class LevelForm(Value):
    level: int
    page: PageForm
    respond_within: Span
    escalate_after: Span

    @field_validator("page")
    @classmethod
    def somebody(cls, page: PageForm) -> PageForm:
        if not (page.every_role() or page.people or page.every_rotation()):
            raise ValueError("must name a role, people or a rotation, as {role: operations_lead}")
        if max(len(page.every_role()), len(page.every_rotation())) > PEOPLE_LIMIT:
            raise ValueError(f"must name at most {PEOPLE_LIMIT} roles and {PEOPLE_LIMIT} rotations")
        return page

    @field_validator("escalate_after")
    @classmethod
    def late_enough(cls, after: Span, told: ValidationInfo) -> Span:
        if (within := told.data.get("respond_within")) and within > after:
            raise ValueError("must not be shorter than respond_within")
        return after


class MemberForm(Value):
    """One person of one region, in the short form of a rotation."""

    name: Name
    region: Name
    contact: Annotated[Contact, BeforeValidator(contact_of)] = Contact()
    timezone: Zone | None = None
    handle: Annotated[Handle, AfterValidator(not_reserved)] | None = None


class RoleForm(Value):
    description: OptionalText | None = None
    responsibilities: Annotated[tuple[Name, ...], Many, Field(max_length=50)] | None = None
    rotation: Annotated[tuple[MemberForm, ...], Field(max_length=MEMBERS_LIMIT)] | None = None


SUN = "sun"
"""What the layer of a rotation is called that follows the sun."""
SECTIONS = ("severities", "escalation", "roles", "rotations")
OF_A_LAYER = tuple(name for name in Layer.model_fields if name not in {"name", "priority"})
OF_A_ROTATION = ("role", "region", "layers", *OF_A_LAYER)
FIELDS: dict[str, tuple[str, ...]] = {
    "page": tuple(PageForm.model_fields),
    "rotation": tuple(MemberForm.model_fields),
    "hours": tuple(field.alias or name for name, field in Hours.model_fields.items()),
    "layers": tuple(Layer.model_fields),
    "stations": tuple(Station.model_fields),
    "update_every": AUDIENCES,
}
"""The fields of what stands under a name, for those who wrote another one."""


def rotation_form(name: str, told: dict[str, object]) -> dict[str, object]:
    """A rotation as its value reads it: what stands beside `layers` is said for all of them."""
    layers = told.get("layers")
    shared = {field: told[field] for field in OF_A_LAYER if field in told}
    rest = {field: value for field, value in told.items() if field not in shared}
    if "layers" not in told and "stations" in told:
        return {"name": name, **rest, "layers": [{"name": SUN, **shared}]}
    if not isinstance(layers, list):
        return {"name": name, **told}
    numbered = [
        {"name": f"layer {place}", **shared, **layer} if isinstance(layer, dict) else layer
        for place, layer in enumerate(layers, start=1)
    ]
    return {"name": name, **rest, "layers": numbered}


def schedule(name: str, told: dict[str, object]) -> Schedule:
    """Raises pydantic's ValidationError."""
    return Schedule.model_validate(rotation_form(name, told))
