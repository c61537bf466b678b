"""Signing in with a one-time link, and out again.

Opening the link only shows a page: it is used up by pressing the button there, so that a
mail scanner or a preview cannot use it up. Where one was going is kept meanwhile.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from incident.access import cookie_name, is_secure, session_secret, visitor
from incident.bootstrap import ADMIN
from incident.runtime import Runtime
from incident.store.credentials import SESSION_LIFE
from incident.store.directory import Person, Taken
from incident.web.exchange import content
from incident.web.pages import plain, profile
from incident.web.people_bodies import PersonBody
from incident.web.problems import Problem
from incident.web.way_back import forget, remember, wanted

FORM = "application/x-www-form-urlencoded"
FORM_LIMIT = 10
"""Fields of a form that are read."""
FIELDS = ("name", "handle", "email", "timezone")
HINTS = {
    "name": "Name: up to 100 characters on one line.",
    "handle": "Handle: small letters, digits, dots and dashes, such as ada or m-tanaka.",
    "email": "E-mail: an address such as ada@example.com, or nothing.",
    "timezone": "Time zone: a name such as Europe/Berlin, or nothing for UTC.",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that works: for `person`, or (None) for the very first one."""

    token: str
    person: Person | None


async def signin(request: Request) -> Response:
    """How to get in; whoever is in already, by another window, goes on to where they wanted."""
    going = wanted(request) if "next" in request.query_params else None
    if going and await visitor(request, request.app.state.runtime):
        return RedirectResponse(going, 303)
    response = plain(request, "signin.html", {"error": None, "going": going})
    if going:
        remember(request, response, going)
    return response


async def welcome(request: Request) -> Response:
    """What a link is for; it is not used up yet."""
    runtime: Runtime = request.app.state.runtime
    link = await working(runtime, request.query_params.get("token", ""))
    return shown(request, link, {}, None)


async def enter(request: Request) -> Response:
    """Use the link up and begin a session."""
    runtime: Runtime = request.app.state.runtime
    values = await form(request)
    link = await working(runtime, values.get("token", ""))
    if link is None:
        return shown(request, None, {}, None)
    try:
        person = link.person or await newcomer(runtime, values)
    except (ValidationError, Taken) as error:
        return shown(request, link, values, why(error))
    if not await runtime.credentials.use_link(link.token, runtime.clock()):
        return shown(request, None, {}, None)
    if link.person is None:
        try:
            await runtime.directory.add(person)
        except Taken:  # by the holder of another first link, at this very moment
            return shown(request, None, {}, None)
        await runtime.orders.refresh()
    return await signed_in(request, runtime, person.handle, wanted(request, values.get("next")))


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name; raises a 400, 413 or 415."""
    if request.headers.get("content-type", "").partition(";")[0] != FORM:
        raise Problem(415, "unsupported-media-type", "Send this as the form of our page does.")
    try:
        text = (await content(request)).decode("ascii")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_LIMIT)
    except ValueError as error:
        raise Problem(400, "unreadable", "This is not the form of our page.") from error
    return {name: value.strip() for name, value in fields}


async def working(runtime: Runtime, token: str) -> Link | None:
    """The link behind `token`; None when it is over, or whom it was for is not let in."""
    found = await runtime.credentials.link(token, runtime.clock())
    if found is None:
        return None
    if found["handle"] is None:
        return None if await runtime.directory.has_admin() else Link(token, None)
    person = await runtime.directory.find(found["handle"])
    return None if person is None or person.disabled else Link(token, person)


async def newcomer(runtime: Runtime, values: dict[str, str]) -> Person:
    """The first person, who is the admin; raises `ValidationError` or `Taken`."""
    told = {name: values[name] for name in FIELDS if values.get(name)}
    body = PersonBody.model_validate(told | {"role": "admin"})
    if body.handle == ADMIN or await runtime.directory.find(body.handle):
        raise Taken(body.handle)
    return body.person(runtime.clock())


def why(error: ValidationError | Taken) -> str:
    """One sentence on what is wrong with the form."""
    if isinstance(error, Taken):
        return "That handle belongs to somebody already. Take another one."
    return HINTS[str(error.errors(include_input=False)[0]["loc"][0])]


async def signed_in(
    request: Request, runtime: Runtime, handle: str, going: str | None = None
) -> Response:
    """A new session, always with a new secret, and the way to where they were `going`."""
    if old := session_secret(request, runtime):
        await runtime.credentials.close_session(old)
    secret = await runtime.credentials.open_session(handle, runtime.clock())
    await runtime.directory.seen(handle, runtime.clock())
    response = RedirectResponse(going or "/", 303)
    forget(request, response)
    response.set_cookie(
        cookie_name(request, runtime),
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=is_secure(request, runtime),
        httponly=True,
        samesite="lax",
    )
    return response


def shown(
    request: Request, link: Link | None, values: dict[str, str], error: str | None
) -> Response:
    """The page of a link: the first person's form, a button, or that it is over."""
    context = {
        "token": link.token if link else "",
        "first": link is not None and link.person is None,
        "person": profile(link.person) if link and link.person else None,
        "error": error,
        "values": {name: values.get(name, "") for name in FIELDS},
        "going": wanted(request, values.get("next")) or "",
    }
    works = 400 if error else 200
    return plain(request, "welcome.html", context, works if link else 410)


async def signout(request: Request) -> Response:
    """End the session here and in the database."""
    runtime: Runtime = request.app.state.runtime
    if secret := session_secret(request, runtime):
        await runtime.credentials.close_session(secret)
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(
        cookie_name(request, runtime),
        path="/",
        secure=is_secure(request, runtime),
        httponly=True,
        samesite="lax",
    )
    return response
