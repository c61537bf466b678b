"""Signing in with a one-time link, and out again.

Opening the link only shows a page: it is used up by pressing the button there, so that a
mail scanner or a preview cannot use it up.
"""

from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from incident.access import cookie_name, is_secure, session_secret
from incident.runtime import Runtime
from incident.store.credentials import SESSION_LIFE
from incident.store.directory import Person, Taken
from incident.web.pages import plain, profile

FORM_LIMIT = 10
"""Fields of a form that are read."""


async def signin(request: Request) -> Response:
    """How to get in."""
    return plain(request, "signin.html", {"error": None})


async def welcome(request: Request) -> Response:
    """What a link is for; it is not used up yet."""
    token = request.query_params.get("token", "")
    return await shown(request, token, {}, None)


async def enter(request: Request) -> Response:
    """Use the link up and begin a session."""
    runtime: Runtime = request.app.state.runtime
    async with request.form(max_files=0, max_fields=FORM_LIMIT) as form:
        values = {name: str(value).strip() for name, value in form.items()}
    token = values.pop("token", "")
    now = runtime.clock()
    link = await runtime.credentials.link(token, now)
    if link is None:
        return await shown(request, token, values, None)
    handle = link["handle"]
    person: Person | None = None
    if handle is None:
        try:
            person = await newcomer(runtime, values)
        except (ValidationError, Taken) as error:
            return await shown(request, token, values, why(error))
    if not await runtime.credentials.use_link(token, now):
        return await shown(request, token, values, None)
    if person is not None:
        await runtime.directory.add(person)
    return await signed_in(request, runtime, person.handle if person else handle)


async def newcomer(runtime: Runtime, values: dict[str, str]) -> Person:
    """The first person, who is the admin; raises `ValidationError` or `Taken`."""
    names = ("name", "handle", "email", "timezone")
    told: dict[str, Any] = {name: values[name] for name in names if values.get(name)}
    person = Person.model_validate({"role": "admin", "created_at": runtime.clock(), **told})
    if await runtime.directory.find(person.handle):
        raise Taken(person.handle)
    return person


def why(error: ValidationError | Taken) -> str:
    """One sentence on what is wrong with the form."""
    if isinstance(error, Taken):
        return "That handle belongs to somebody already. Take another one."
    first = error.errors(include_input=False, include_context=False)[0]
    field = str(first["loc"][0]).capitalize()
    if field == "Handle":
        return "Handle: small letters, digits, dots and dashes, such as ada or m-tanaka."
    return f"{field}: {first['msg'].removeprefix('Value error, ')}."


async def signed_in(request: Request, runtime: Runtime, handle: str) -> Response:
    """A new session, always with a new secret, and the way to the incidents."""
    if old := session_secret(request):
        await runtime.credentials.close_session(old)
    secret = await runtime.credentials.open_session(handle, runtime.clock())
    await runtime.directory.seen(handle, runtime.clock())
    response = RedirectResponse("/", 303)
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return response


async def shown(
    request: Request, token: str, values: dict[str, str], error: str | None
) -> Response:
    """The page of a link: the first person's form, a button, or that it is over."""
    runtime: Runtime = request.app.state.runtime
    link = await runtime.credentials.link(token, runtime.clock())
    handle = link["handle"] if link else None
    person = await runtime.directory.find(handle) if handle else None
    if person and person.disabled:
        person = None
    context = {
        "token": token,
        "first": link is not None and handle is None,
        "person": profile(person) if person else None,
        "error": error,
        "values": {name: values.get(name, "") for name in ("name", "handle", "email", "timezone")},
    }
    works = context["first"] or person
    return plain(request, "welcome.html", context, (400 if error else 200) if works else 410)


async def signout(request: Request) -> Response:
    """End the session here and in the database."""
    runtime: Runtime = request.app.state.runtime
    if secret := session_secret(request):
        await runtime.credentials.close_session(secret)
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(
        cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )
    return response
