"""The part of the table about who is on call: the policy, rotations, exceptions, calendars."""

from incident.web import api_feeds as feeds
from incident.web import api_oncall as oncall
from incident.web import api_overrides as overrides
from incident.web import api_paging as paging
from incident.web import api_policy as policy
from incident.web import api_rotations as rotations
from incident.web import bodies, policy_bodies, rotation_bodies
from incident.web.api_query import (
    CoverageQuery,
    OnCallQuery,
    PagingQuery,
    PolicyQuery,
    RevisionsQuery,
    ShiftsQuery,
)
from incident.web.api_replies import ONCE, PERSON, many, one
from incident.web.api_route import Operation, Reply

POLICY = "/api/policy"
ROTATIONS = "/api/rotations"
ROTATION = f"{ROTATIONS}/{{name}}"
YAML = policy.YAML
IF = ("If-Match", "If-None-Match")
KNOWN = ("If-None-Match",)

CALENDAR = Reply(
    meaning="The shifts of 60 days back and 400 ahead as iCalendar, in UTC",
    schema={"type": "string"}, media_type="text/calendar", headers=("ETag",),
)  # fmt: skip
UNCHANGED = Reply(meaning="It is still at that version", headers=("ETag",))
GONE = Reply(meaning="It is gone")


def told(meaning: str, shape: str) -> Reply:
    """A policy: as JSON, or as YAML for who asks for it."""
    schema = {"$ref": f"#/components/schemas/{shape}"}
    return Reply(meaning=meaning, schema=schema, also=YAML, headers=("ETag",))


ON_CALL: tuple[Operation, ...] = (
    Operation(
        method="GET", path=POLICY, name="readPolicy", endpoint=policy.policy, tag="policy",
        summary="Read the policy that holds, or an older one",
        description="As JSON, or as a policy file with Accept: application/yaml.",
        query=PolicyQuery, headers=KNOWN,
        replies={200: told("The policy", "Policy"), 304: UNCHANGED}, refusals=(404,),
    ),
    Operation(
        method="PUT", path=POLICY, name="replacePolicy", endpoint=policy.replace, tag="policy",
        summary="Replace the policy", access="admin", body=policy_bodies.PolicyBody,
        body_also=YAML, headers=IF,
        description="As JSON, or as a policy file in YAML, which may hold rotations, too. What "
        "is left out takes its built-in value. Incidents that run keep theirs until somebody "
        "applies this one.",
        replies={200: one("The policy that holds now", "ReplacedPolicy", "ETag")},
    ),
    Operation(
        method="POST", path=f"{POLICY}/check", name="checkPolicy", endpoint=policy.check,
        tag="policy", summary="Check a policy without storing it",
        body=policy_bodies.PolicyBody, body_also=YAML,
        replies={200: one("What would become of it", "Verdict")},
    ),
    Operation(
        method="GET", path=f"{POLICY}/revisions", name="listRevisions",
        endpoint=policy.revisions, tag="policy",
        summary="List the revisions of the policy, the newest first", query=RevisionsQuery,
        replies={200: many("The revisions of one page", "Revision", "Link")},
    ),
    Operation(
        method="GET", path="/api/oncall", name="readOnCall", endpoint=oncall.oncall,
        tag="on call", summary="See who is on call, why, until when, and who is next",
        query=OnCallQuery, replies={200: one("By role and by rotation", "OnCall")},
    ),
    Operation(
        method="GET", path="/api/oncall/paging", name="readPaging", endpoint=paging.paging,
        tag="on call", summary="See whom a declaration would page now",
        description="Worked out as if you declared it; nothing is stored, and nobody is paged.",
        query=PagingQuery, replies={200: one("The first page of it", "Paging")},
    ),
    Operation(
        method="GET", path="/api/coverage", name="readCoverage", endpoint=oncall.coverage,
        tag="on call", summary="See when nobody will be on call, and who never serves",
        query=CoverageQuery, replies={200: one("The gaps", "Coverage")},
    ),
    Operation(
        method="GET", path=ROTATIONS, name="listRotations", endpoint=rotations.rotations,
        tag="on call", summary="List the rotations, by name",
        replies={200: many("The rotations", "Rotation")},
    ),
    Operation(
        method="GET", path=f"{ROTATION}.ics", name="readRotationCalendar",
        endpoint=feeds.of_rotation, tag="on call", summary="Read a rotation as a calendar",
        headers=KNOWN, replies={200: CALENDAR, 304: UNCHANGED}, refusals=(404,),
    ),
    Operation(
        method="GET", path=ROTATION, name="readRotation", endpoint=rotations.rotation,
        tag="on call", summary="Read a rotation with its overrides", headers=KNOWN,
        replies={200: one("The rotation", "Rotation", "ETag"), 304: UNCHANGED}, refusals=(404,),
    ),
    Operation(
        method="PUT", path=ROTATION, name="defineRotation", endpoint=rotations.define,
        tag="on call", summary="Define a rotation", access="admin",
        body=rotation_bodies.RotationBody, headers=IF,
        description="Its overrides stay as they are.",
        replies={
            200: one("The rotation", "Rotation", "ETag", "Location"),
            201: one("It is new", "Rotation", "ETag", "Location"),
        },
    ),
    Operation(
        method="DELETE", path=ROTATION, name="removeRotation", endpoint=rotations.remove,
        tag="on call", summary="Remove a rotation with its overrides", access="admin",
        headers=("If-Match",), replies={204: GONE}, refusals=(404,),
    ),
    Operation(
        method="GET", path=f"{ROTATION}/shifts", name="listShifts", endpoint=rotations.shifts,
        tag="on call", summary="List the shifts of a rotation, in order", query=ShiftsQuery,
        replies={200: many("Every shift that touches the time asked for, whole", "Duty")},
        refusals=(404,),
    ),
    Operation(
        method="POST", path=f"{ROTATION}/overrides", name="addOverride", endpoint=overrides.add,
        tag="on call", summary="Make an exception, such as being covered for a while",
        description="Later overrides count after earlier ones. A local time that does not "
        "exist or exists twice is refused as `ambiguous-time`, with `candidates`.",
        body=rotation_bodies.OverrideBody, headers=ONCE,
        replies={201: one("The override", "Override", "Location", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path=f"{ROTATION}/overrides/{{override}}", name="cancelOverride",
        endpoint=overrides.cancel, tag="on call", summary="Take an exception back",
        description="Who made it, whom it concerns, or an admin.",
        replies={204: GONE}, refusals=(403, 404),
    ),
    Operation(
        method="POST", path=f"{ROTATION}/feed", name="openRotationFeed",
        endpoint=feeds.open_rotation, tag="on call",
        summary="Make an address of your own for a rotation's calendar",
        description="For calendar programs, which cannot send a token. It opens this calendar "
        "and nothing else, is told once, and ends the address before it.",
        body=bodies.NothingBody, body_optional=True, headers=ONCE,
        replies={201: one("The address", "Feed")}, refusals=(404, 409),
    ),
    Operation(
        method="DELETE", path=f"{ROTATION}/feed", name="closeRotationFeed",
        endpoint=feeds.close_rotation, tag="on call",
        summary="End your address of a rotation's calendar",
        replies={204: GONE}, refusals=(404,),
    ),
    Operation(
        method="GET", path=f"{PERSON}/shifts.ics", name="readPersonCalendar",
        endpoint=feeds.of_person, tag="on call", summary="Read a person's shifts as a calendar",
        headers=KNOWN, replies={200: CALENDAR, 304: UNCHANGED}, refusals=(404,),
    ),
    Operation(
        method="POST", path="/api/people/me/feed", name="openOwnFeed", endpoint=feeds.open_own,
        tag="on call", summary="Make an address for the calendar of your shifts",
        description="Told once; it ends the address before it.",
        body=bodies.NothingBody, body_optional=True, headers=ONCE,
        replies={201: one("The address", "Feed")}, refusals=(409,),
    ),
    Operation(
        method="DELETE", path="/api/people/me/feed", name="closeOwnFeed",
        endpoint=feeds.close_own, tag="on call", summary="End the address of your calendar",
        replies={204: GONE}, refusals=(404,),
    ),
    Operation(
        method="GET", path="/ical/{secret}.ics", name="readFeed", endpoint=feeds.by_secret,
        tag="on call", summary="Read a calendar by its own address", access="anybody",
        replies={200: CALENDAR, 304: UNCHANGED}, refusals=(404, 503),
    ),
)  # fmt: skip
