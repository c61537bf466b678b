"""The rules an organisation sets itself: severities, the escalation ladder, roles.

`Terms` is what an incident keeps of them, so that a later edit changes nothing under the
people who work on it. How a file of them is written and read is not known here.
"""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from incident.core.values import (
    AUDIENCES,
    ROLES,
    Audience,
    Duration,
    Handle,
    Name,
    OptionalText,
    RoleName,
    Value,
)

LEVELS_LIMIT = 10
ROLES_LIMIT = 40
PEOPLE_LIMIT = 50
"""People, roles or rotations that one level pages at most."""

RotationName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]


class SeverityTerms(Value):
    """What a severity promises: None is no promise.

    `respond_within`: somebody acknowledges; without it nobody is paged. `resolve_within`:
    counted from the declaration or the change of severity. `update_every`: how often each
    audience hears from us.
    """

    name: Name
    respond_within: Duration | None = None
    resolve_within: Duration | None = None
    update_every: dict[Audience, Duration] = {}


class Targets(Value):
    """Whom a level pages: the union of these, everybody once."""

    roles: Annotated[tuple[RoleName, ...], Field(max_length=PEOPLE_LIMIT)] = ()
    people: Annotated[tuple[Handle, ...], Field(max_length=PEOPLE_LIMIT)] = ()
    rotations: Annotated[tuple[RotationName, ...], Field(max_length=PEOPLE_LIMIT)] = ()

    @model_validator(mode="after")
    def somebody(self) -> Self:
        if not (self.roles or self.people or self.rotations):
            raise ValueError("must name a role, people or a rotation")
        return self


class Level(Value):
    """One rung: late after `respond_within` (paged again), climbed from after `escalate_after`."""

    page: Targets
    respond_within: Duration
    escalate_after: Duration

    @model_validator(mode="after")
    def in_order(self) -> Self:
        if self.respond_within > self.escalate_after:
            raise ValueError("escalate_after must not be shorter than respond_within")
        return self


class RoleTerms(Value):
    description: OptionalText = ""
    responsibilities: Annotated[tuple[Name, ...], Field(max_length=50)] = ()


class Terms(Value):
    """What an incident keeps of the policy with this `revision`; 0 is the built-in one.

    `severities` are those of 1 to 5, in this order.
    """

    revision: int = 0
    severities: tuple[SeverityTerms, ...]
    levels: tuple[Level, ...]
    roles: tuple[RoleName, ...] = ROLES

    def severity(self, severity: int) -> SeverityTerms:
        return self.severities[severity - 1]


class Policy(Value):
    """`severities`: all of 1 to 5. `roles`: at least the five that every incident has."""

    severities: dict[int, SeverityTerms]
    escalation: Annotated[tuple[Level, ...], Field(max_length=LEVELS_LIMIT)] = ()
    roles: Annotated[dict[RoleName, RoleTerms], Field(max_length=ROLES_LIMIT)]

    @model_validator(mode="after")
    def whole(self) -> Self:
        if set(self.severities) != {1, 2, 3, 4, 5}:
            raise ValueError("must have the severities 1 to 5")
        missing = [role for role in ROLES if role not in self.roles]
        if missing:
            raise ValueError(f"must have the role {missing[0]}")
        return self

    def terms(self, revision: int) -> Terms:
        """What an incident keeps that begins under this policy."""
        added = tuple(role for role in self.roles if role not in ROLES)
        return Terms(
            revision=revision,
            severities=tuple(self.severities[number] for number in range(1, 6)),
            levels=self.escalation,
            roles=(*ROLES, *added),
        )


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def every(interval: timedelta) -> dict[Audience, timedelta]:
    """The same cadence for every audience."""
    return dict.fromkeys(AUDIENCES, interval)


def rung(page: Targets, respond: float, escalate: float) -> Level:
    return Level(page=page, respond_within=minutes(respond), escalate_after=minutes(escalate))


BUILT_IN = Policy(
    severities={
        1: SeverityTerms(
            name="Critical",
            respond_within=minutes(5),
            resolve_within=minutes(60),
            update_every=every(minutes(30)),
        ),
        2: SeverityTerms(
            name="High",
            respond_within=minutes(15),
            resolve_within=timedelta(hours=4),
            update_every=every(minutes(60)),
        ),
        3: SeverityTerms(
            name="Medium", respond_within=minutes(60), resolve_within=timedelta(hours=24)
        ),
        4: SeverityTerms(
            name="Low", respond_within=timedelta(hours=4), resolve_within=timedelta(days=7)
        ),
        5: SeverityTerms(name="Notice"),
    },
    escalation=(
        rung(Targets(roles=("operations_lead",)), 5, 15),
        rung(Targets(people=("lead",)), 15, 30),
        rung(Targets(people=("manager",)), 30, 60),
        rung(Targets(people=("cto",)), 60, 120),
    ),
    roles={
        "incident_commander": RoleTerms(
            description="Single point of decision-making authority during incidents",
            responsibilities=(
                "Declare the severity and lead the response",
                "Assign the other roles",
                "Decide which fix runs, and in what order",
                "Declare the incident resolved",
            ),
        ),
        "communications_lead": RoleTerms(
            description="Speaks for the incident, inside and outside",
            responsibilities=("Update stakeholders at the promised times",),
        ),
        "operations_lead": RoleTerms(
            description="Runs the technical response",
            responsibilities=("Direct the fixes", "Bring in the engineers that are needed"),
        ),
        "scribe": RoleTerms(description="Writes down what happens and what is decided"),
        "tech_lead": RoleTerms(description="Finds out why, and what would help"),
    },
)
"""What holds until a policy of one's own is set: the example of the field's runbooks."""
