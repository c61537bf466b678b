"""What every answer carries, and what every request must not: the same for all routes.

The content policy allows our own files and nothing else; no route loosens it.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from incident.web.problems import Problem, problem_of

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
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FOR_FILES = {"X-Content-Type-Options": ALWAYS["X-Content-Type-Options"]}
"""What a file needs that is no document, nor a worker: the rest would be 500 idle bytes a file.
Anybody may read them: they are the same for all, and no secret."""
FOR_TLS = {"Strict-Transport-Security": "max-age=31536000"}

FILES = ("text/javascript", "text/css", "font/woff2")
FOUND = (200, 206)


class Headers:
    """Plain ASGI: adds the headers, and refuses requests that two readers could read apart.

    `secure`: people reach us over TLS, even where a proxy does that and does not say so.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app, self._secure = app, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        begun = False
        tls = self._secure or scope["scheme"] in {"https", "wss"}

        async def with_headers(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                always = FOR_FILES if is_file(message, headers) else ALWAYS
                for name, value in (always | FOR_TLS if tls else always).items():
                    headers.setdefault(name, value)
            await send(message)

        problem = ambiguous(scope)
        answer: ASGIApp = problem.response() if problem else self._app
        try:
            await answer(scope, receive, with_headers)
        except Exception as error:
            if begun or scope["type"] == "websocket":
                raise  # too late to say anything else
            await problem_of(error).response()(scope, receive, with_headers)


def is_file(head: Message, headers: MutableHeaders) -> bool:
    """A script, a style or a font that was found: what a browser shows is not among these."""
    media_type = headers.get("content-type", "").partition(";")[0]
    return head["status"] in FOUND and media_type in FILES


def ambiguous(scope: Scope) -> Problem | None:
    """Two Host headers, or an encoding that hides how large the body is."""
    names = [name for name, _ in scope["headers"]]
    if names.count(b"host") > 1:
        return Problem(400, "unreadable", "A request has one Host header.")
    if b"content-encoding" in names:
        return Problem(415, "unsupported-media-type", "Send the body without Content-Encoding.")
    return None
