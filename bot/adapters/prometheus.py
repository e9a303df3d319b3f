"""Prometheus: what Marv counts, served at an address that should be loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)

from bot.errors import ConfigurationError
from bot.ports.metrics import Arms, ModelKind, Way

# Discord wants a first sign within 3 s, and forgets an interaction after 15 minutes.
REQUEST_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0, 180.0, 900.0)
MODEL_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 300.0)
SEARCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 20.0)


@dataclass(slots=True)
class PrometheusMetrics:
    """Fulfils ``bot.ports.metrics.Metrics``; no label says who something was for."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    _requests: Counter = field(init=False)
    _request_seconds: Histogram = field(init=False)
    _calls: Counter = field(init=False)
    _call_seconds: Histogram = field(init=False)
    _tokens: Counter = field(init=False)
    _search_seconds: Histogram = field(init=False)
    _routed: Counter = field(init=False)

    def __post_init__(self) -> None:
        registry = self.registry
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "marv_requests",
            "Commands, buttons, forms and events.",
            ("door", "name", "outcome"),
            registry=registry,
        )
        self._request_seconds = Histogram(
            "marv_request_seconds",
            "From a request's arrival to its last word.",
            ("door", "name"),
            buckets=REQUEST_SECONDS,
            registry=registry,
        )
        self._calls = Counter(
            "marv_model_calls",
            "Calls of models, each with its retries.",
            ("kind", "model", "outcome"),
            registry=registry,
        )
        self._call_seconds = Histogram(
            "marv_model_seconds",
            "How long models take.",
            ("kind", "model"),
            buckets=MODEL_SECONDS,
            registry=registry,
        )
        self._tokens = Counter(
            "marv_model_tokens",
            "Tokens as the server counts them.",
            ("model", "direction"),
            registry=registry,
        )
        self._search_seconds = Histogram(
            "marv_search_seconds",
            "Searches of the library: by both arms, or by words alone.",
            ("arms",),
            buckets=SEARCH_SECONDS,
            registry=registry,
        )
        self._routed = Counter(
            "marv_routed",
            "Questions of servers that have routes, by where they were led.",
            ("way",),
            registry=registry,
        )

    def request_ended(self, door: str, name: str, outcome: str, *, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(door, name, outcome).inc()
        self._request_seconds.labels(door, name).observe(seconds)

    def model_called(self, kind: ModelKind, model: str, outcome: str, *, seconds: float) -> None:
        """Count a call of a model."""
        self._calls.labels(kind, model, outcome).inc()
        self._call_seconds.labels(kind, model).observe(seconds)

    def tokens_used(self, model: str, *, prompt: int, completion: int) -> None:
        """Count tokens."""
        self._tokens.labels(model, "prompt").inc(prompt)
        self._tokens.labels(model, "completion").inc(completion)

    def searched(self, arms: Arms, *, seconds: float) -> None:
        """Count a search."""
        self._search_seconds.labels(arms).observe(seconds)

    def routed(self, way: Way) -> None:
        """Count a question by where it was led."""
        self._routed.labels(way).inc()

    def watch(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Show a value that is read anew each time somebody asks, from another thread."""
        Gauge(f"marv_{name}", meaning, registry=self.registry).set_function(read)


@asynccontextmanager
async def served(metrics: PrometheusMetrics, *, host: str, port: int) -> AsyncIterator[None]:
    """Serve the metrics in a thread of their own while the block runs.

    Raises ConfigurationError when the address is taken or is none of this machine.
    """
    try:
        server, thread = start_http_server(port, addr=host, registry=metrics.registry)
    except OSError as error:
        raise ConfigurationError(
            f"MARV_METRICS_PORT: nothing can be served at {host}:{port} ({error.strerror})."
        ) from error
    try:
        yield
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)
