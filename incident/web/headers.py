"""What every answer carries, and what every request must not: the same for all routes.

The content policy allows our own files and nothing else; no route loosens it.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from incident.web.problems import Problem

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # none at all makes browsers send forms with "Origin: null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_TLS = "max-age=31536000"


class Headers:
    """Plain ASGI: adds the headers, and refuses requests that two readers could read apart."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", FOR_TLS)
            await send(message)

        problem = ambiguous(scope)
        answer: ASGIApp = problem.response() if problem else self._app
        await answer(scope, receive, with_headers)


def ambiguous(scope: Scope) -> Problem | None:
    """Two Host headers, or an encoding that hides how large the body is."""
    names = [name for name, _ in scope["headers"]]
    if names.count(b"host") > 1:
        return Problem(400, "unreadable", "A request has one Host header.")
    if b"content-encoding" in names:
        return Problem(415, "unsupported-media-type", "Send the body without Content-Encoding.")
    return None
