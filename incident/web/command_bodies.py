"""What clients send to command an incident: handoffs, pages, pauses, hypotheses, field by field.

Only form is checked here, and each body says which command it stands for.
"""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.policy import PEOPLE_LIMIT
from incident.core.role_events import Verdict
from incident.core.values import (
    LONGEST,
    NAMES_LIMIT,
    Audience,
    Handle,
    OptionalText,
    RoleName,
    Text,
)
from incident.web.bodies import Body, IsoDuration, Promise, Who, himself

People = Annotated[tuple[Who, ...], Field(max_length=PEOPLE_LIMIT)]
Pause = Annotated[IsoDuration, Field(gt=timedelta(0), le=LONGEST)]


def a_number(number: object) -> object:
    """Neither true nor "3" is a number."""
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise ValueError("must be a whole number")  # noqa: TRY004 (pydantic reports these)
    return number


def somebody_else(handle: str) -> str:
    if handle == "me":
        raise ValueError("must be somebody else: take the role with PUT instead")
    return handle


Count = Annotated[int, Field(ge=1, le=2**53), BeforeValidator(a_number)]
Cited = Annotated[tuple[Count, ...], Field(max_length=NAMES_LIMIT)]
Other = Annotated[
    Handle,
    AfterValidator(somebody_else),
    Field(json_schema_extra={"format": "handle", "not": {"enum": ["me"]}}),
]


class HandoffBody(Body):
    to: Other
    """Who is to take the role; a handle."""
    brief: OptionalText = ""
    """What they should know beside the brief that is made from the log."""

    def offer(self, by: str, role: RoleName) -> do.OfferRole:
        return do.OfferRole(by=by, role=role, to=self.to, message=self.brief)

    def people(self) -> dict[str, str]:
        return {"to": self.to}


class ReasonBody(Body):
    reason: OptionalText = ""
    """Why; others read it."""

    def refusal(self, by: str, role: RoleName) -> do.DeclineRole:
        return do.DeclineRole(by=by, role=role, reason=self.reason)


class AcknowledgeBody(Body):
    round: Count = None  # type: ignore[assignment]  # absent, but never null
    """Which page you answer, as `escalation.round` had it; whichever is open when absent."""

    def command(self, by: str) -> do.Acknowledge:
        return do.Acknowledge(by=by, round=self.round)


class EscalateBody(ReasonBody):
    people: People = ()
    """Page these and leave the ladder as it is; without them the next level is paged now."""

    def command(self, by: str) -> do.Escalate:
        people = tuple(himself(who, by) for who in self.people)
        return do.Escalate(by=by, reason=self.reason, people=people)


class PauseBody(ReasonBody):
    for_: Annotated[Pause, Field(alias="for")]
    """How long nobody is paged, at most 24 hours."""

    def command(self, by: str) -> do.PauseEscalation:
        return do.PauseEscalation(by=by, duration=self.for_, reason=self.reason)


class SnoozeBody(ReasonBody):
    for_: Annotated[Promise, Field(alias="for")]
    """How long from now the update may wait, from a minute to 7 days."""

    def snooze(self, by: str, audience: Audience) -> do.SnoozeUpdate:
        return do.SnoozeUpdate(by=by, audience=audience, duration=self.for_, reason=self.reason)


class HypothesisBody(Body):
    description: Text
    """What may be the cause."""

    def command(self, by: str) -> work.RaiseHypothesis:
        return work.RaiseHypothesis(by=by, description=self.description)


class VerdictBody(ReasonBody):
    """What is thought of it, what speaks for or against it, or both."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name]} for name in ("verdict", "entries", "against")]
        }
    )

    verdict: Verdict = None  # type: ignore[assignment]  # absent, but never null
    """What is known about it now: open, supported or eliminated; as it was when absent."""
    entries: Cited = ()
    """The numbers of the entries that speak for it. Where the verdict is eliminated and nothing
    stands in `against`, they speak against it."""
    against: Cited = ()
    """The numbers of the entries that speak against it."""

    @model_validator(mode="after")
    def something_is_said(self) -> Self:
        if not self.model_fields_set & {"verdict", "entries", "against"}:
            raise ValueError("give a verdict, or entries that speak for or against it")
        return self

    def judgement(self, by: str, hypothesis: str) -> work.JudgeHypothesis:
        return work.JudgeHypothesis(
            by=by,
            hypothesis=hypothesis,
            verdict=self.verdict,
            reason=self.reason,
            entries=self.entries,
            against=self.against,
        )
