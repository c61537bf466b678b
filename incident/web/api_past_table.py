"""The operations that tell the past of an incident: its tape, and how it was.

Part of the table of all operations; nothing is done here.
"""

from incident.web import api_past as past
from incident.web import api_tape
from incident.web.api_query import ReplayQuery
from incident.web.api_replies import ONE, one
from incident.web.api_route import Operation, Reply
from incident.web.past_query import TapeQuery

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
        replies={200: one("The incident as it was", "Incident")}, refusals=(404,),
    ),
)  # fmt: skip
