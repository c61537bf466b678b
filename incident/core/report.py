"""The import format: what the report of a past incident tells, field by field.

docs/import-format.md describes it for people. Nothing here knows events, files or YAML.
"""

import itertools
import json
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)

from incident.core.freeform import camel, freeform
from incident.core.values import (
    NAMES_LIMIT,
    Moment,
    Name,
    NoteType,
    OptionalText,
    RoleName,
    Text,
    Title,
    Value,
)

ENTRIES_LIMIT = 2_000
ACTIONS_LIMIT = 200
LETTERS_LIMIT = 1_000_000
"""Characters of all entries together. A history is stored as one document of bounded size."""
METADATA_LIMIT = 16 * 1024
"""Bytes as JSON."""
LIST_LIMIT = 100

PARTS: dict[str, RoleName] = {
    "ic": "incident_commander",
    "comms": "communications_lead",
    "ops": "operations_lead",
}
"""The roles as the files call them."""

IN_ORDER = ("started", "mitigated", "resolved")
NEVER_BEFORE_THE_START = ("detected", "declared", "identified")
LIFECYCLE = frozenset({*IN_ORDER, *NEVER_BEFORE_THE_START})
METADATA = (
    "impact",
    "contributing_factors",
    "what_went_well",
    "what_could_be_improved",
    "what_surprised_us",
    "follow_ups",
    "expected_metrics",
    "sources",
    "helpers",
    "not_told",
)
"""What is kept beside the log, in this order."""


def _as_list(names: object) -> object:
    return [names] if isinstance(names, str) else names


def _in_order(milestones: dict[str, Moment]) -> dict[str, Moment]:
    """An incident begins, is mitigated and resolved in that order; nothing before it began."""
    for required in ("started", "resolved"):
        if required not in milestones:
            raise ValueError(f"{required} is missing")
    known = [name for name in IN_ORDER if name in milestones]
    pairs = list(itertools.pairwise(known))
    pairs += [("started", name) for name in NEVER_BEFORE_THE_START if name in milestones]
    for earlier, later in pairs:
        if milestones[later] < milestones[earlier]:
            raise ValueError(f"{later} lies before {earlier}")
    return milestones


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Names = Annotated[tuple[Name, ...], Field(max_length=NAMES_LIMIT)]
People = Annotated[Names, BeforeValidator(_as_list)]
Texts = Annotated[tuple[Text, ...], Field(max_length=LIST_LIMIT)]
Address = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^https?://[^\s\x00-\x20<>\"]+$")
]
Milestones = Annotated[dict[Slug, Moment], Field(max_length=LIST_LIMIT), AfterValidator(_in_order)]


class Cast(Value):
    """Who held which role; of several names the first leads and the others help."""

    ic: People = ()
    comms: People = ()
    ops: People = ()


class PastEntry(Value):
    """`who` is a role of the cast, or a system or team by name."""

    at: Moment
    type: NoteType = "info"
    who: Name
    text: Text
    approx: StrictBool = False


class PastAction(Value):
    """Reports give no times for actions. `executed_on`: where it really ran."""

    title: Title
    target: Name | None = None
    executed_on: Name | None = None
    region: Name | None = None
    owner: Name | None = None
    status: Literal["proposed", "completed", "abandoned"]
    approved: StrictBool = False

    @model_validator(mode="after")
    def _ran_if_it_ran_elsewhere(self) -> Self:
        if self.executed_on and self.status != "completed":
            raise ValueError("executed_on is kept for completed actions only")
        return self


class FollowUp(Value):
    title: Title
    type: Literal["prevent", "detect", "mitigate", "process"] | None = None


class History(Value):
    """One past incident, as a file tells it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]
    title: Title
    description: OptionalText = ""
    severity: Annotated[StrictInt, Field(ge=1, le=5)]
    services: Names = ()
    regions: Names = ()
    drill: StrictBool = False
    roles: Cast = Cast()
    milestones: Milestones
    timeline: Annotated[tuple[PastEntry, ...], Field(max_length=ENTRIES_LIMIT)] = ()
    actions: Annotated[tuple[PastAction, ...], Field(max_length=ACTIONS_LIMIT)] = ()
    impact: Annotated[dict[str, Any], BeforeValidator(freeform)] = {}
    contributing_factors: Texts = ()
    what_went_well: Texts = ()
    what_could_be_improved: Texts = ()
    what_surprised_us: Texts = ()
    follow_ups: Annotated[tuple[FollowUp, ...], Field(max_length=LIST_LIMIT)] = ()
    expected_metrics: Annotated[dict[str, StrictInt | StrictFloat], BeforeValidator(freeform)] = {}
    sources: Annotated[tuple[Address, ...], Field(max_length=LIST_LIMIT)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if sum(len(entry.text) for entry in self.timeline) > LETTERS_LIMIT:
            raise ValueError(f"timeline holds more than {LETTERS_LIMIT:,} characters")
        size = len(json.dumps(metadata(self), ensure_ascii=False).encode())
        if size > METADATA_LIMIT:
            raise ValueError(
                f"impact, factors, follow-ups and sources come to {size:,} bytes; "
                f"{METADATA_LIMIT:,} are kept"
            )
        return self


def metadata(record: History) -> dict[str, Any]:
    """What a report says beyond its timeline, and `notTold`: what had to be assumed."""
    told = record.model_dump(include=set(METADATA), exclude_none=True)
    told |= {
        "helpers": {role: names[1:] for role, names in cast(record).items() if names[1:]},
        "not_told": not_told(record),
    }
    return {camel(name): freeform(told[name]) for name in METADATA if told[name]}


def not_told(record: History) -> list[str]:
    """Times that the report leaves open: of the declaration, and of stepping into roles."""
    open_roles = [role for role, names in cast(record).items() if names and not spoke(record, role)]
    return ([] if "declared" in record.milestones else ["declared"]) + open_roles


def cast(record: History) -> dict[RoleName, tuple[str, ...]]:
    """Who is named for each role, the one who led it first."""
    return {role: getattr(record.roles, part) for part, role in PARTS.items()}


def spoke(record: History, role: RoleName) -> list[Moment]:
    """When the holder of `role` wrote entries, from the start of the incident on."""
    holders = cast(record)[role]
    began = record.milestones["started"]
    theirs = (entry for entry in record.timeline if named(record, entry.who) in holders[:1])
    return [entry.at for entry in theirs if entry.at >= began]


def named(record: History, who: str) -> str:
    """The first holder of the role that `who` names; anybody else as written."""
    holders = getattr(record.roles, who) if who in PARTS else ()
    return str(holders[0]) if holders else who
