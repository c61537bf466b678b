"""The page on which people say how they want to hear of things, and when not.

It reads; what they say goes over the API.
"""

from starlette.requests import Request
from starlette.responses import Response

from incident.web.pages import known, page


async def you(request: Request) -> Response:
    person = (await known(request)).person
    return await page(request, "you.html", nav="you", person=person)
