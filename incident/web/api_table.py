"""The API as one table: every operation with its address, what it takes and what it gives."""

from incident.web import api_health as health
from incident.web import api_incidents as incidents
from incident.web.api_query import ListQuery, ReplayQuery
from incident.web.api_route import Operation
from incident.web.bodies import AssignBody, ChangeIncidentBody, DeclareBody, NothingBody, StatusBody

ONE = "/api/incidents/{incident}"

TABLE = (
    Operation(method="GET", path="/healthz", name="alive", endpoint=health.healthz, tag="health",
              summary="Alive", access="anybody"),
    Operation(method="GET", path="/readyz", name="ready", endpoint=health.readyz, tag="health",
              summary="Ready", access="anybody"),
    Operation(method="GET", path="/metrics", name="metrics", endpoint=health.metrics, tag="health",
              summary="Metrics", access="anybody"),
    Operation(method="POST", path="/api/incidents", name="declare", endpoint=incidents.declare,
              tag="incidents", summary="Declare", body=DeclareBody),
    Operation(method="GET", path="/api/incidents", name="incidents", endpoint=incidents.incidents,
              tag="incidents", summary="List", query=ListQuery),
    Operation(method="GET", path=ONE, name="incident", endpoint=incidents.incident,
              tag="incidents", summary="Read"),
    Operation(method="PATCH", path=ONE, name="correct", endpoint=incidents.correct,
              tag="incidents", summary="Correct", body=ChangeIncidentBody),
    Operation(method="PUT", path=f"{ONE}/status", name="setStatus", endpoint=incidents.set_status,
              tag="incidents", summary="Status", body=StatusBody),
    Operation(method="PUT", path=f"{ONE}/roles/{{role}}", name="assignRole",
              endpoint=incidents.assign_role, tag="incidents", summary="Role", body=AssignBody),
    Operation(method="DELETE", path=f"{ONE}/roles/{{role}}", name="releaseRole",
              endpoint=incidents.release_role, tag="incidents", summary="Role"),
    Operation(method="POST", path=f"{ONE}/acknowledge", name="acknowledge",
              endpoint=incidents.acknowledge, tag="incidents", summary="Ack", body=NothingBody),
    Operation(method="GET", path=f"{ONE}/replay", name="replay", endpoint=incidents.replay,
              tag="incidents", summary="Replay", query=ReplayQuery),
)  # fmt: skip
