"""What clients send as a policy, field by field. Only form is checked here.

What it may say is for the reader of policy files to judge, which reads both.
"""

from typing import Annotated, Any, Literal

import yaml
from pydantic import Field

from incident.core.policy import LEVELS_LIMIT, PEOPLE_LIMIT, ROLES_LIMIT, RotationName
from incident.core.values import LONGEST, Audience, Handle, Name, OptionalText, RoleName
from incident.policy_file.spans import SHORTEST
from incident.web.bodies import Body, IsoDuration
from incident.web.command_bodies import Count

Number = Literal["1", "2", "3", "4", "5"]
Several = Field(max_length=PEOPLE_LIMIT)
Term = Annotated[IsoDuration, Field(ge=SHORTEST, le=LONGEST)]


class SeverityTermsBody(Body):
    """What is left out is not promised."""

    name: Name = None  # type: ignore[assignment]  # absent, but never null
    """What people call it."""
    respond_within: Term | None = None
    """Somebody acknowledges within this; without it nobody is paged."""
    resolve_within: Term | None = None
    """How long it may take in all."""
    update_every: dict[Audience, Term] = {}
    """How often each audience hears from us."""


class PagesBody(Body):
    """Whom a level pages: the union of these, everybody once."""

    roles: Annotated[tuple[RoleName, ...], Several] = ()
    """Whoever is on call for these roles in the incident's region."""
    people: Annotated[tuple[Handle, ...], Several] = ()
    """These, always."""
    rotations: Annotated[tuple[RotationName, ...], Several] = ()
    """Whoever is on duty in these rotations."""


class LevelBody(Body):
    level: Count = None  # type: ignore[assignment]  # absent, but never null
    """Its number, from 1; the order of the list says the same."""
    page: PagesBody
    """Whom it pages."""
    respond_within: Term
    """Late after this, and paged again."""
    escalate_after: Term
    """Climbed from after this, which is not shorter."""


class RoleTermsBody(Body):
    description: OptionalText = None  # type: ignore[assignment]  # absent, but never null
    responsibilities: Annotated[tuple[Name, ...], Field(max_length=50)] = None  # type: ignore[assignment]  # absent, but never null
    """What whoever has it sees to."""


class PolicyBody(Body):
    """What is left out takes its built-in value."""

    severities: dict[Number, SeverityTermsBody] = {}
    """What each severity promises."""
    escalation: Annotated[tuple[LevelBody, ...], Field(max_length=LEVELS_LIMIT)] = None  # type: ignore[assignment]  # absent, but never null
    """The ladder; none at all when it is empty."""
    roles: Annotated[dict[RoleName, RoleTermsBody], Field(max_length=ROLES_LIMIT)] = {}
    """The five that every incident has, and your own."""

    def text(self) -> str:
        """The same as a policy file."""
        told: dict[str, Any] = self.model_dump(mode="json", exclude_unset=True)
        for number, level in enumerate(told.get("escalation", ()), start=1):
            level.setdefault("level", number)
        return yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
