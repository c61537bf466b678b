"""OpenAPI 3.1 of the API, and its routes: both made from the one table of operations.

What an operation does, and how a value looks, stands elsewhere.
"""

from typing import Any

from starlette.routing import Route

from incident import __version__
from incident.web.api_route import routes_of
from incident.web.api_table import TABLE


def api_routes() -> list[Route]:
    """Everything under /api, and what monitoring asks."""
    return list(routes_of(TABLE))


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Incident Command", "version": __version__},
        "paths": {},
        "components": {"schemas": {}},
    }
