"""OpenAPI 3.1 of the API, and its routes: both made from the one table of operations.

What an operation does, and how a value looks, stands elsewhere.
"""

import re
from typing import Any

from starlette.routing import Route

from incident import __version__
from incident.core.values import AUDIENCES
from incident.web.api_query import SEQ_LIMIT
from incident.web.api_route import Operation, Reply, routes_of
from incident.web.api_schema import components, fields
from incident.web.api_table import TABLE
from incident.web.metadata import METADATA_SCHEMA, VALUE_SCHEMA
from incident.web.problems import MEDIA_TYPE

DESCRIPTION = (
    "Everything is JSON in UTF-8, camelCase, with times in UTC. Send Authorization: Bearer with "
    "a token. A write that was answered is stored for good; the same Idempotency-Key again gives "
    "the first answer again. Refusals are problem documents (RFC 9457) with a stable code."
)

TAGS = {
    "incidents": "Declare, list, read, correct, and move through the states.",
    "roles": "Who leads, and how that is handed over.",
    "escalation": "Who is paged, and what was promised to whom.",
    "hypotheses": "What may be the cause.",
    "timeline": "What happened and what was said.",
    "fixes": "What is done about it.",
    "policy": "What each severity promises, who is paged when, and which roles there are.",
    "on call": "Who is on call, when and why; rotations and exceptions from them.",
    "documents": "Incidents as they were, and what is written of them.",
    "people": "Who may come in.",
    "tokens": "How programs come in.",
    "health": "For monitoring, and for programs that read this.",
}

REFUSALS = {
    400: "It cannot be read",
    401: "Nobody known is asking",
    403: "Whoever asks may not do this",
    404: "It is not there, or not yours to see",
    409: "The state forbids it; `code` says why",
    412: "If-Match names another version",
    413: "The body is too large",
    415: "The body is not JSON, or of another kind that is taken here",
    422: "Fields are wrong; `errors` names them",
    503: "The database is away; Retry-After says when to ask again",
}

PATH: dict[str, dict[str, Any]] = {
    "incident": {
        "description": "Such as INC-7.",
        "schema": {"type": "string", "pattern": r"^INC-[1-9][0-9]{0,8}$"},
    },
    "action": {
        "description": "Such as ACT-1.",
        "schema": {"type": "string", "pattern": r"^ACT-[1-9][0-9]{0,5}$"},
    },
    "role": {
        "description": "Such as incident_commander; a policy may add others.",
        "schema": {"type": "string", "pattern": r"^[a-z][a-z0-9_]{0,39}$"},
    },
    "audience": {"schema": {"type": "string", "enum": list(AUDIENCES)}},
    "hypothesis": {
        "description": "Such as H1.",
        "schema": {"type": "string", "pattern": r"^H[1-9][0-9]{0,5}$"},
    },
    "name": {
        "description": "The name of a rotation, such as operations-berlin.",
        "schema": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9_.-]{0,79}$"},
    },
    "override": {
        "description": "The id of an override.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"},
    },
    "secret": {
        "description": "The secret of a feed, as it was given once.",
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_-]{43}$"},
    },
    "seq": {
        "description": "The commit that the entry came with.",
        "schema": {"type": "integer", "minimum": 1, "maximum": SEQ_LIMIT},
    },
    "index": {
        "description": "Its place in that commit, from 0.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 100_000},
    },
    "attachment": {
        "description": "The id of a file: the SHA-256 of its bytes.",
        "schema": {"type": "string", "pattern": r"^[0-9a-f]{64}$"},
    },
    "handle": {
        "description": "Such as ada.",
        "schema": {"type": "string", "pattern": r"^[a-z0-9][a-z0-9._-]{0,39}$"},
    },
    "token": {
        "description": "The id of a token, not its text.",
        "schema": {"type": "string", "pattern": r"^[0-9a-f]{8}$"},
    },
}
"""What stands in an address."""

SENT: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "Makes the write safe to send again: it happens once, and the first "
        "answer is given again.",
        "schema": {"type": "string", "pattern": r"^[\u0021-\u007e]{1,128}$"},
    },
    "If-Match": {
        "description": "The ETag that it must still have.",
        "schema": {"type": "string", "format": "entity-tags"},
    },
    "If-None-Match": {
        "description": "The ETag that is known already; in a write, * is for what is not there.",
        "schema": {"type": "string"},
    },
}
"""Headers of requests."""

TOLD: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Its version in quotes: the seq of an incident, else a revision.",
        "schema": {"type": "string"},
    },
    "Location": {"description": "Where it can be read.", "schema": {"type": "string"}},
    "Link": {"description": "The next page, if there is one.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "This is the first answer again.",
        "schema": {"const": "true"},
    },
}
"""Headers of answers."""


def api_routes() -> list[Route]:
    """Everything under /api, and what monitoring asks."""
    return routes_of(TABLE)


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in TABLE:
        path = paths.setdefault(operation.path, {})
        path[operation.method.lower()] = described(operation)
        if names := re.findall(r"{(\w+)}", operation.path):
            path["parameters"] = [in_path(name) for name in names]
    bodies = [operation.body for operation in TABLE if operation.body]
    schemas = components(bodies) | {"Metadata": METADATA_SCHEMA, "Value": VALUE_SCHEMA}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Incident Command", "version": __version__, "description": DESCRIPTION},
        "security": [{"token": []}],
        "tags": [{"name": name, "description": told} for name, told in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "parameters": {
                name: {"name": name, "in": "header", **told} for name, told in SENT.items()
            },
            "headers": TOLD,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def described(operation: Operation) -> dict[str, Any]:
    """One operation, as OpenAPI has it."""
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": parameters(operation),
        "requestBody": body(operation),
        "responses": responses(operation),
    }
    open_to_all: dict[str, Any] = {"security": []} if operation.access == "anybody" else {}
    return {name: value for name, value in told.items() if value} | open_to_all


def in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, **PATH[name]}


def parameters(operation: Operation) -> list[dict[str, Any]]:
    query = fields(operation.query) if operation.query else []
    asked = [
        {
            "name": name,
            "in": "query",
            "required": needed,
            "description": schema.pop("description", ""),
            "schema": schema,
        }
        for name, schema, needed in query
    ]
    return asked + [{"$ref": f"#/components/parameters/{name}"} for name in operation.headers]


def body(operation: Operation) -> dict[str, Any] | None:
    if operation.takes_file:
        return {"required": True, "content": {"application/octet-stream": {"schema": {}}}}
    if operation.body is None:
        return None
    schema = {"$ref": f"#/components/schemas/{operation.body.__name__}"}
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if operation.body_also:
        content[operation.body_also] = {"schema": {}}
    return {"required": not operation.body_optional, "content": content}


def responses(operation: Operation) -> dict[str, Any]:
    told = {str(status): replied(reply) for status, reply in operation.replies.items()}
    refused = {str(status): refusal(status) for status in sorted(refusals(operation))}
    return dict(sorted({**refused, **told}.items()))


def refusals(operation: Operation) -> set[int]:
    """The statuses of the problems that this operation can answer with."""
    statuses = set(operation.refusals)
    if operation.access != "anybody":
        statuses |= {401, 422, 503}
    if operation.access == "admin":
        statuses.add(403)
    if "If-Match" in operation.headers:
        statuses |= {400, 412}
    if operation.method != "GET":
        statuses.add(403)  # a cookie's request from another site
    if operation.body:
        statuses |= {400, 413, 415, 422}
    if operation.takes_file:
        statuses |= {413}
    return statuses


def replied(reply: Reply) -> dict[str, Any]:
    told: dict[str, Any] = {"description": reply.meaning}
    if reply.headers:
        told["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in reply.headers}
    if reply.schema is not None:
        told["content"] = {reply.media_type: {"schema": reply.schema}}
    if reply.also:
        told["content"][reply.also] = {"schema": {}}
    return told


def refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": REFUSALS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
