"""The operations that tell the past of an incident: its tape, and how it was.

Part of the table of all operations; nothing is done here.
"""

from incident.web import api_catch_up, api_tape
from incident.web import api_past as past
from incident.web.api_query import ReplayQuery
from incident.web.api_replies import ONE, many, one
from incident.web.api_route import Operation, Reply
from incident.web.past_query import CatchUpQuery, ChangesQuery, TapeQuery

UNCHANGED = Reply(meaning="It is still at that seq", headers=("ETag",))

PAST: tuple[Operation, ...] = (
    Operation(
        method="GET", path=f"{ONE}/tape", name="readTape", endpoint=api_tape.tape,
        tag="documents", summary="Read the tape: phases, severities, a tick for every entry",
        query=TapeQuery, headers=("If-None-Match",),
        replies={200: one("The tape", "Tape", "ETag"), 304: UNCHANGED}, refusals=(404,),
    ),
    Operation(
        method="GET", path=f"{ONE}/replay", name="replay", endpoint=past.replay,
        tag="documents", summary="See an incident as it was", query=ReplayQuery,
        description="Inside an import by the times that it tells of; everything else is there "
        "from when it was recorded.",
        replies={200: one("The incident as it was", "Replay")}, refusals=(404,),
    ),
    Operation(
        method="GET", path=f"{ONE}/changes", name="readChanges", endpoint=past.changes,
        tag="documents", summary="Read what changed, commit by commit, oldest first",
        description="Frames as the socket sends them. Their patches, merged in order into what "
        "`replay` says at `after`, or into nothing, give what it says at each of them.",
        query=ChangesQuery, replies={200: many("The frames of one page", "Change", "Link")},
        refusals=(404,),
    ),
    Operation(
        method="GET", path=f"{ONE}/catch-up", name="catchUp", endpoint=api_catch_up.missed,
        tag="documents", summary="Read what was missed since a commit, also as plain text",
        query=CatchUpQuery, replies={200: one("What was missed", "CatchUp")}, refusals=(404,),
    ),
)  # fmt: skip
