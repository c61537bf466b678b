"""What the tables of operations are written with: addresses, headers, and what is replied.

No operation stands here.
"""

from incident.web.api_route import Reply

ALL = "/api/incidents"
ONE = f"{ALL}/{{incident}}"
PEOPLE = "/api/people"
PERSON = f"{PEOPLE}/{{handle}}"

ONCE = ("Idempotency-Key",)
ONCE_AND_IF = ("Idempotency-Key", "If-Match")


def one(meaning: str, shape: str, *headers: str) -> Reply:
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return Reply(meaning=meaning, schema=schema, headers=headers)


def many(meaning: str, shape: str, *headers: str) -> Reply:
    items = {"$ref": f"#/components/schemas/{shape}"}
    return Reply(meaning=meaning, schema={"type": "array", "items": items}, headers=headers)


AS_GET = one("The incident as the command left it", "Incident", "ETag", "Idempotency-Replayed")
