"""The API's own description, as it was made when the application started."""

from starlette.requests import Request
from starlette.responses import Response

from incident.web.exchange import as_json


async def openapi(request: Request) -> Response:
    return as_json(request.app.state.openapi)
