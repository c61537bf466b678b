"""What may follow the question mark, field by field; whatever else stands there is refused.

Lists are given by repeating a name or with commas between the values.
"""

import re
from typing import Annotated, Any, Self, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from starlette.datastructures import QueryParams

from incident.core.oncall.coverage import FORECAST
from incident.core.values import (
    NAMES_LIMIT,
    EntryType,
    Handle,
    Moment,
    Name,
    RoleName,
    Severity,
    Status,
)

PAGE = 100
PAGE_LIMIT = 500
SEQ_LIMIT = 2**53
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,15}")


def whole(text: object) -> object:
    """Digits only: other spellings of a number are refused."""
    if not isinstance(text, str) or not _WHOLE.fullmatch(text):
        raise ValueError("must be a whole number")
    return int(text)


def true_or_false(text: object) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


Seq = Annotated[int, Field(ge=1, le=SEQ_LIMIT), BeforeValidator(whole)]
After = Annotated[int, Field(ge=0, le=SEQ_LIMIT), BeforeValidator(whole)]
Flag = Annotated[bool, BeforeValidator(true_or_false), WithJsonSchema({"type": "boolean"})]
Limit = Annotated[int, Field(ge=1, le=PAGE_LIMIT), BeforeValidator(whole)]
Days = Annotated[int, Field(ge=1, le=FORECAST), BeforeValidator(whole)]
Level = Annotated[Severity, BeforeValidator(whole)]
IncidentId = Annotated[str, Field(pattern=r"^INC-[1-9][0-9]{0,8}$")]
Words = Annotated[str, Field(max_length=200)]
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Query(BaseModel):
    """Closed to names it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def of(cls, params: QueryParams) -> Self:
        """Raises `ValidationError`."""
        lists = {
            field.alias or name
            for name, field in cls.model_fields.items()
            if get_origin(field.annotation) is tuple
        }
        given: dict[str, Any] = {}
        for name in params:
            values = params.getlist(name)
            if name in lists:
                given[name] = tuple(one for value in values for one in value.split(","))
            else:
                given[name] = values[0] if len(values) == 1 else values
        return cls.model_validate(given)


class NoQuery(Query):
    pass


class ListQuery(Query):
    status: tuple[Status, ...] = ()
    """Only incidents in one of these states."""
    severity: tuple[Level, ...] = ()
    """Only of these severities."""
    service: tuple[Name, ...] = ()
    """Only incidents that affect one of these services."""
    region: tuple[Name, ...] = ()
    """Only incidents that affect one of these regions."""
    role: tuple[Handle, ...] = ()
    """Only incidents in which one of these people holds a role."""
    q: Words = ""
    """Words, or their beginnings, of the title, description, services, regions or id."""
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """Only incidents that were declared at this time or later."""
    to: Moment | None = None
    """Only incidents that were declared at this time or earlier."""
    drill: Flag | None = None
    """Only drills, or none."""
    limit: Limit = PAGE
    """How many at most."""
    cursor: Cursor | None = None
    """Where the next page begins; taken from the Link header of the page before."""


class TimelineQuery(Query):
    after: After | None = None
    """Only entries of commits after this `seq`."""
    before: Seq | None = None
    """Only entries of commits before this `seq`. Without `after`, the ones nearest to it."""
    type: tuple[EntryType, ...] = ()
    """Only entries of these types."""
    pinned: Flag | None = None
    """Only entries that are pinned now, or only others."""
    q: Words = ""
    """Only entries whose text holds this, in any case of letters."""
    limit: Limit = PAGE
    """How many at least before the page ends with its commit."""


class ReplayQuery(Query):
    at: Moment | None = None
    """The incident as it was at this time."""
    seq: Seq | None = None
    """The incident as this commit left it."""


class PeopleQuery(Query):
    limit: Limit = PAGE_LIMIT
    """How many at most."""
    cursor: Handle | None = None
    """Where the next page begins; taken from the Link header of the page before."""


class PolicyQuery(Query):
    revision: After | None = None
    """An older one; 0 is the built-in policy."""
    rotations: Flag = False
    """In YAML: with the rotations as they are now."""


class RevisionsQuery(Query):
    limit: Limit = PAGE
    """How many at most."""
    before: Seq | None = None
    """Only revisions before this one; taken from the Link header of the page before."""


class OnCallQuery(Query):
    at: Moment | None = None
    """When, within 10 years of now; now when absent."""
    region: tuple[Name, ...] = ()
    """Where, as an incident names its regions; anywhere when absent."""
    role: tuple[RoleName, ...] = ()
    """Only for these roles."""


class PagingQuery(Query):
    severity: Level
    """As it would be declared."""
    region: Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)] = ()
    """Where, as the incident would name its regions."""
    command: Flag = False
    """Whether you would take command with it."""


class ShiftsQuery(Query):
    from_: Annotated[Moment | None, Field(alias="from")] = None
    """The beginning, within 10 years of now; now when absent."""
    to: Moment | None = None
    """The end, at most 400 days after the beginning; 28 days after it when absent."""


class CoverageQuery(Query):
    role: tuple[RoleName, ...] = ()
    """Only of these roles; also of rotations that serve none when absent."""
    days: Days = FORECAST
    """How far to look."""


class DeliveriesQuery(Query):
    incident: IncidentId | None = None
    """Only of this incident."""
    limit: Limit = PAGE
    """How many at most."""
