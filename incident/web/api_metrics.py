"""What this process counts of itself, for Prometheus: one registry an application.

Nobody's name, title or text is ever a label.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.applications import Starlette

from incident.store.commit import Commit

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Bounds of the histogram: one commit takes about a millisecond, an election ten seconds."""


class Metrics:
    """Counters and gauges of one application."""

    def __init__(self, app: Starlette) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        self.requests = Counter(
            "incident_http_requests", "API requests answered.", ("method", "route", "status"),
            registry=registry,
        )  # fmt: skip
        self.commands = Histogram(
            "incident_command_seconds", "From a command to its answer.", buckets=SECONDS,
            registry=registry,
        )  # fmt: skip
        self._commits = Counter(
            "incident_commits", "Commits made by this process.", registry=registry
        )
        sockets = Gauge("incident_sockets", "Open WebSocket connections.", registry=registry)
        sockets.set_function(lambda: len(getattr(app.state, "sockets", ())))
        # Never silenced: it lives as long as the feed that it listens to.
        app.state.runtime.feed.listen(self._heard)

    def text(self) -> bytes:
        """Everything, in the exposition format of Prometheus."""
        return generate_latest(self._registry)

    def _heard(self, _: str, commit: Commit | None) -> None:
        if commit is not None:
            self._commits.inc()


def metrics_of(app: Starlette) -> Metrics:
    """The metrics of `app`, made when first asked for."""
    if not hasattr(app.state, "metrics"):
        app.state.metrics = Metrics(app)
    metrics: Metrics = app.state.metrics
    return metrics
