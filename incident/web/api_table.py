"""The API as one table: every operation with its address, what it takes and what it gives.

Reading it is reading the API. Routes and OpenAPI are made from it, so neither can lie.
"""

from incident.web import action_bodies, bodies, people_bodies
from incident.web import api_actions as actions
from incident.web import api_deliveries as deliveries
from incident.web import api_documents as documents
from incident.web import api_export as export
from incident.web import api_health as health
from incident.web import api_incidents as incidents
from incident.web import api_people as people
from incident.web import api_timeline as timeline
from incident.web import api_tokens as tokens
from incident.web.api_attachment_table import ATTACHMENTS
from incident.web.api_command_table import COMMAND
from incident.web.api_oncall_table import ON_CALL
from incident.web.api_past_table import PAST
from incident.web.api_query import (
    DeliveriesQuery,
    ListQuery,
    PeopleQuery,
    TimelineQuery,
)
from incident.web.api_replies import ALL, AS_GET, ONCE, ONCE_AND_IF, ONE, PEOPLE, PERSON, many, one
from incident.web.api_route import Operation, Reply

ENTRY = f"{ONE}/timeline/{{seq}}/{{index}}"
ACTION = f"{ONE}/actions/{{action}}"
TOKENS = "/api/tokens"

TABLE: tuple[Operation, ...] = (
    Operation(
        method="POST", path=ALL, name="declare", endpoint=incidents.declare, tag="incidents",
        summary="Declare an incident", body=bodies.DeclareBody, headers=ONCE,
        replies={201: one(
            "It is declared", "Incident", "Location", "ETag", "Idempotency-Replayed"
        )},
    ),
    Operation(
        method="GET", path=ALL, name="listIncidents", endpoint=incidents.incidents,
        tag="incidents", summary="List incidents, the newest first", query=ListQuery,
        replies={200: many("The rows of one page", "Summary", "Link")},
    ),
    Operation(
        method="GET", path=ONE, name="readIncident", endpoint=incidents.incident,
        tag="incidents", summary="Read an incident", headers=("If-None-Match",),
        replies={
            200: one("The incident", "Incident", "ETag"),
            304: Reply(meaning="It is still at that seq", headers=("ETag",)),
        },
        refusals=(404,),
    ),
    Operation(
        method="PATCH", path=ONE, name="correctIncident", endpoint=incidents.correct,
        tag="incidents", summary="Correct what is known about an incident",
        description="What is absent stays as it is. Corrected times are entries of their own.",
        body=bodies.ChangeIncidentBody, headers=ONCE_AND_IF,
        replies={200: AS_GET}, refusals=(404, 409),
    ),
    Operation(
        method="PUT", path=f"{ONE}/status", name="setStatus", endpoint=incidents.set_status,
        tag="incidents", summary="Take an incident to another status or phase",
        description="triage, active, mitigated, resolved, closed; or cancelled. A reopening "
        "goes back to active and says why.",
        body=bodies.StatusBody, headers=ONCE_AND_IF, replies={200: AS_GET}, refusals=(404, 409),
    ),
    *COMMAND,
    Operation(
        method="GET", path=f"{ONE}/timeline", name="readTimeline", endpoint=timeline.timeline,
        tag="timeline", summary="Read the timeline, oldest first",
        description="A page never cuts a commit in two, so it may be a little longer than its "
        "limit; one that looked far for few may be shorter. Follow the Link.",
        query=TimelineQuery, replies={200: many("The entries of one page", "Entry", "Link")},
        refusals=(404,),
    ),
    Operation(
        method="POST", path=f"{ONE}/timeline", name="addEntry", endpoint=timeline.add_entry,
        tag="timeline", summary="Write an entry", body=bodies.EntryBody, headers=ONCE_AND_IF,
        replies={201: one("The entry", "Entry", "Idempotency-Replayed")}, refusals=(404,),
    ),
    Operation(
        method="PATCH", path=ENTRY, name="markEntry", endpoint=timeline.mark_entry,
        tag="timeline", summary="Amend an entry, pin it or unpin it",
        description="An amendment keeps what the entry said.",
        body=bodies.MarkBody, headers=ONCE_AND_IF,
        replies={200: one("The entry as it reads now", "Entry", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path=ENTRY, name="redactEntry", endpoint=timeline.redact_entry,
        tag="timeline", summary="Remove an entry's text for good", headers=ONCE_AND_IF,
        description="For secrets; only for admins. Who wrote it and when stays.",
        replies={200: one("The entry without its text", "Entry", "Idempotency-Replayed")},
        refusals=(403, 404, 409),
    ),
    *ATTACHMENTS,
    Operation(
        method="POST", path=f"{ONE}/updates", name="postUpdate", endpoint=timeline.post_update,
        tag="timeline", summary="Record an update to an audience, and promise the next one",
        body=bodies.UpdateBody, headers=ONCE_AND_IF,
        replies={201: one("The update as an entry", "Entry", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="POST", path=f"{ONE}/actions", name="proposeAction", endpoint=actions.propose,
        tag="fixes", summary="Propose a fix", body=action_bodies.ActionBody, headers=ONCE_AND_IF,
        replies={201: one("The fix", "Action", "Location", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="GET", path=ACTION, name="readAction", endpoint=actions.action,
        tag="fixes", summary="Read a fix", replies={200: one("The fix", "Action")},
        refusals=(404,),
    ),
    Operation(
        method="PUT", path=ACTION, name="changeAction", endpoint=actions.change,
        tag="fixes", summary="Approve, start, end, reassign or describe a fix",
        description="These fields and no others; what is absent stays as it is. On severity 1 "
        "and 2 a start needs approval. A start on a target that somebody is on is refused as "
        "`target-busy`, with `conflicts`; the incident commander may override that.",
        body=action_bodies.ChangeActionBody, headers=ONCE_AND_IF,
        replies={200: one("The fix as the command left it", "Action", "Idempotency-Replayed")},
        refusals=(403, 404, 409),
    ),
    *PAST,
    Operation(
        method="GET", path=f"{ONE}/postmortem.md", name="exportPostmortem",
        endpoint=export.postmortem, tag="documents", summary="Draft of the post-mortem",
        replies={200: Reply(
            meaning="The draft as Markdown, the same for the same log",
            schema={"type": "string"}, media_type="text/markdown",
        )},
        refusals=(404,),
    ),
    *ON_CALL,
    Operation(
        method="GET", path=PEOPLE, name="listPeople", endpoint=people.people, tag="people",
        summary="List people, by handle", query=PeopleQuery,
        replies={200: many("The people of one page", "Person", "Link")},
    ),
    Operation(
        method="POST", path=PEOPLE, name="addPerson", endpoint=people.add, tag="people",
        summary="Add a person", access="admin", body=people_bodies.PersonBody, headers=ONCE,
        description="They come in by a sign-in link.",
        replies={201: one("The person", "Person", "Location", "Idempotency-Replayed")},
        refusals=(409,),
    ),
    Operation(
        method="GET", path=PERSON, name="readPerson", endpoint=people.person, tag="people",
        summary="Read a person", replies={200: one("The person", "Person")}, refusals=(404,),
    ),
    Operation(
        method="PATCH", path=PERSON, name="changePerson", endpoint=people.change, tag="people",
        summary="Change or disable a person",
        description="What is absent stays as it is. For admins; everybody may change how they "
        "themselves are told: notify, quiet and timezone. The last admin stays one.",
        body=people_bodies.ChangePersonBody,
        replies={200: one("The person", "Person")}, refusals=(403, 404, 409),
    ),
    Operation(
        method="POST", path=f"{PERSON}/link", name="makeSignInLink", endpoint=people.link,
        tag="people", summary="Make a one-time sign-in link", access="admin",
        description="Send it to them by a way that only they read.",
        body=bodies.NothingBody, body_optional=True,
        replies={201: one("The link", "SignInLink")}, refusals=(404, 409),
    ),
    Operation(
        method="GET", path=TOKENS, name="listTokens", endpoint=tokens.tokens, tag="tokens",
        summary="List your API tokens, the newest first; admins see everybody's",
        replies={200: many("The tokens", "Token")},
    ),
    Operation(
        method="POST", path=TOKENS, name="issueToken", endpoint=tokens.issue, tag="tokens",
        summary="Issue an API token", body=people_bodies.TokenBody, headers=ONCE,
        description="The answer holds its text, which is stored nowhere and never told again.",
        replies={201: one("The token with its text", "IssuedToken", "Location")},
        refusals=(403, 409),
    ),
    Operation(
        method="DELETE", path=f"{TOKENS}/{{token}}", name="revokeToken", endpoint=tokens.revoke,
        tag="tokens", summary="Revoke an API token",
        replies={204: Reply(meaning="It is gone")}, refusals=(404,),
    ),
    Operation(
        method="GET", path="/api/deliveries", name="listDeliveries",
        endpoint=deliveries.deliveries, tag="people", access="admin", query=DeliveriesQuery,
        summary="List what was sent to people, the newest first, and what became of it",
        replies={200: many("The deliveries", "Delivery")},
    ),
    Operation(
        method="GET", path="/api/openapi.json", name="openapi", endpoint=documents.openapi,
        tag="health", summary="This document",
        replies={200: Reply(meaning="OpenAPI 3.1", schema={"type": "object"})},
    ),
    Operation(
        method="GET", path="/healthz", name="alive", endpoint=health.healthz, tag="health",
        summary="Whether the server is alive", access="anybody",
        replies={200: one("It is", "Alive")},
    ),
    Operation(
        method="GET", path="/readyz", name="ready", endpoint=health.readyz, tag="health",
        summary="Whether the server can work, with each component", access="anybody",
        replies={200: one("It can", "Ready"), 503: one("It cannot", "Ready")},
    ),
    Operation(
        method="GET", path="/metrics", name="metrics", endpoint=health.metrics, tag="health",
        summary="Counters for Prometheus", access="admin",
        replies={200: Reply(
            meaning="The text format of Prometheus", schema={"type": "string"},
            media_type="text/plain",
        )},
        refusals=(401, 403),
    ),
)  # fmt: skip
