"""The part of the table that commands an incident: roles, the ladder, promises, hypotheses."""

from incident.web import api_escalation as escalation
from incident.web import api_hypotheses as hypotheses
from incident.web import api_roles as roles
from incident.web import bodies, command_bodies
from incident.web.api_replies import AS_GET, ONCE_AND_IF, ONE, one
from incident.web.api_route import Operation

ROLE = f"{ONE}/roles/{{role}}"
PAUSE = f"{ONE}/pause-escalation"
HYPOTHESES = f"{ONE}/hypotheses"

COMMAND: tuple[Operation, ...] = (
    Operation(
        method="PUT", path=ROLE, name="assignRole", endpoint=roles.assign,
        tag="roles", summary="Assign a role, or take it",
        description="A role that is held moves with the consent of its holder: only they, the "
        "incident commander or an admin can assign it to somebody else.",
        body=bodies.AssignBody, headers=ONCE_AND_IF, replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path=ROLE, name="releaseRole", endpoint=roles.release,
        tag="roles", summary="Give a role up", headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(403, 404, 409),
    ),
    Operation(
        method="POST", path=f"{ROLE}/handoff", name="offerRole", endpoint=roles.offer,
        tag="roles", summary="Offer a role to somebody",
        description="They have 15 minutes to accept. Until they do, whoever holds it holds it. "
        "A role that is held only its holder, the incident commander or an admin can offer.",
        body=command_bodies.HandoffBody, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(403, 404, 409),
    ),
    Operation(
        method="DELETE", path=f"{ROLE}/handoff", name="withdrawOffer", endpoint=roles.withdraw,
        tag="roles", summary="Take an offer back", headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(403, 404, 409),
    ),
    Operation(
        method="POST", path=f"{ROLE}/accept", name="acceptRole", endpoint=roles.accept,
        tag="roles", summary="Accept a role that you are offered",
        body=bodies.NothingBody, body_optional=True, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path=f"{ROLE}/decline", name="declineRole", endpoint=roles.decline,
        tag="roles", summary="Decline a role that you are offered",
        body=command_bodies.ReasonBody, body_optional=True, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="GET", path=f"{ROLE}/brief", name="readBrief", endpoint=roles.brief,
        tag="roles", summary="Read what whoever takes a role must know",
        description="Made from the log at this moment, and stored nowhere.",
        replies={200: one("The brief", "Brief")}, refusals=(404,),
    ),
    Operation(
        method="POST", path=f"{ONE}/acknowledge", name="acknowledge",
        endpoint=escalation.acknowledge, tag="escalation", summary="Say that you are on it",
        description="It stops the ladder. An answer to a round that is over is refused as "
        "`stale-page`.",
        body=command_bodies.AcknowledgeBody, body_optional=True, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path=f"{ONE}/escalate", name="escalate", endpoint=escalation.escalate,
        tag="escalation", summary="Page the next level now, or people by name",
        body=command_bodies.EscalateBody, body_optional=True, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path=PAUSE, name="pauseEscalation", endpoint=escalation.pause,
        tag="escalation", summary="Page nobody for a while",
        description="The clocks of the ladder stand still, and go on afterwards.",
        body=command_bodies.PauseBody, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path=PAUSE, name="resumeEscalation", endpoint=escalation.resume,
        tag="escalation", summary="End a pause before its time", headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path=f"{ONE}/updates/{{audience}}/snooze", name="snoozeUpdate",
        endpoint=escalation.snooze, tag="escalation", summary="Put the next update off",
        body=command_bodies.SnoozeBody, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="POST", path=f"{ONE}/policy", name="applyPolicy",
        endpoint=escalation.apply_policy, tag="escalation",
        summary="Go on under the newest policy",
        description="An incident keeps the policy that it began under until somebody says so. "
        "The ladder begins anew.",
        body=bodies.NothingBody, body_optional=True, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(403, 404, 409),
    ),
    Operation(
        method="POST", path=HYPOTHESES, name="raiseHypothesis", endpoint=hypotheses.propose,
        tag="hypotheses", summary="Say what may be the cause",
        body=command_bodies.HypothesisBody, headers=ONCE_AND_IF,
        replies={201: one("The hypothesis", "Hypothesis", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="PUT", path=f"{HYPOTHESES}/{{hypothesis}}", name="judgeHypothesis",
        endpoint=hypotheses.judge, tag="hypotheses", summary="Say what is known about a cause",
        body=command_bodies.VerdictBody, headers=ONCE_AND_IF,
        replies={200: one(
            "The hypothesis as the command left it", "Hypothesis", "Idempotency-Replayed"
        )},
        refusals=(404, 409),
    ),
)  # fmt: skip
