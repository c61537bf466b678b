"""An incident's documents over the API, built from its whole log."""

from starlette.requests import Request
from starlette.responses import Response

from incident.core.postmortem import draft
from incident.core.record import Recorded
from incident.export import markdown
from incident.web.exchange import runtime_of
from incident.web.reading import found


async def postmortem(request: Request) -> Response:
    """The draft as Markdown: the same log gives the same bytes."""
    newest = await found(runtime_of(request), request.path_params["incident"])
    history = runtime_of(request).journal.history(newest.incident)
    log = [commit async for commit in history]
    recorded = [
        Recorded(number=number, event=event, recorded_at=commit.at)
        for commit in log
        for number, event in enumerate(commit.events, start=commit.first)
    ]
    text = markdown(draft(newest.incident, log[-1].state, recorded))
    return Response(text, media_type="text/markdown; charset=utf-8")
