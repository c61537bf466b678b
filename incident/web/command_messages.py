"""What a client may say on the socket to command an incident: roles, the ladder, hypotheses.

The fields are those of the bodies; what stands in an address there is a field here.
"""

from typing import Literal

from incident.core import commands as do
from incident.core import work_commands as work
from incident.core.values import Audience, RoleName
from incident.web import command_bodies
from incident.web.bodies import AssignBody
from incident.web.envelope import Sent


class AssignRole(AssignBody, Sent):
    type: Literal["assign_role"]
    role: RoleName

    def command(self, by: str) -> do.AssignRole:
        return self.assignment(by, self.role)


class ReleaseRole(Sent):
    type: Literal["release_role"]
    role: RoleName

    def command(self, by: str) -> do.ReleaseRole:
        return do.ReleaseRole(by=by, role=self.role)


class OfferRole(command_bodies.HandoffBody, Sent):
    type: Literal["offer_role"]
    role: RoleName

    def command(self, by: str) -> do.OfferRole:
        return self.offer(by, self.role)


class WithdrawOffer(Sent):
    type: Literal["withdraw_offer"]
    role: RoleName

    def command(self, by: str) -> do.WithdrawOffer:
        return do.WithdrawOffer(by=by, role=self.role)


class AcceptRole(Sent):
    type: Literal["accept_role"]
    role: RoleName

    def command(self, by: str) -> do.AcceptRole:
        return do.AcceptRole(by=by, role=self.role)


class DeclineRole(command_bodies.ReasonBody, Sent):
    type: Literal["decline_role"]
    role: RoleName

    def command(self, by: str) -> do.DeclineRole:
        return self.refusal(by, self.role)


class Acknowledge(command_bodies.AcknowledgeBody, Sent):
    type: Literal["acknowledge"]


class Escalate(command_bodies.EscalateBody, Sent):
    type: Literal["escalate"]


class PauseEscalation(command_bodies.PauseBody, Sent):
    type: Literal["pause_escalation"]


class ResumeEscalation(Sent):
    type: Literal["resume_escalation"]

    def command(self, by: str) -> do.ResumeEscalation:
        return do.ResumeEscalation(by=by)


class SnoozeUpdate(command_bodies.SnoozeBody, Sent):
    type: Literal["snooze_update"]
    audience: Audience

    def command(self, by: str) -> do.SnoozeUpdate:
        return self.snooze(by, self.audience)


class ApplyPolicy(Sent):
    type: Literal["apply_policy"]

    def command(self, by: str) -> do.ApplyPolicy:
        return do.ApplyPolicy(by=by)


class RaiseHypothesis(command_bodies.HypothesisBody, Sent):
    type: Literal["raise_hypothesis"]


class JudgeHypothesis(command_bodies.VerdictBody, Sent):
    type: Literal["judge_hypothesis"]
    hypothesis: work.HypothesisId

    def command(self, by: str) -> work.JudgeHypothesis:
        return self.judgement(by, self.hypothesis)


CommandMessage = (
    AssignRole
    | ReleaseRole
    | OfferRole
    | WithdrawOffer
    | AcceptRole
    | DeclineRole
    | Acknowledge
    | Escalate
    | PauseEscalation
    | ResumeEscalation
    | SnoozeUpdate
    | ApplyPolicy
    | RaiseHypothesis
    | JudgeHypothesis
)
