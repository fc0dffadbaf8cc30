"""Counts, and shows the counts on /metrics: the metrics of process/metrics.py, in Prometheus's text format.

A meter counts whether or not somebody asks. `expose` opens the endpoint named by FUNNEL_METRICS (host:port; port 0: any
free one, which the heartbeat file then names). Cost: a lookup and an addition; count by the batch, never by the event.
"""

import logging
import os
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from process.heartbeat import Heartbeat, heartbeat
from process.metrics import BY_NAME, Metric, Role, of_role

VARIABLE = "FUNNEL_METRICS"
"""The environment variable with the address of this process's endpoint. Without it there is none."""
_STANDARD = "process_"
_OF_HEARTBEAT = ("funnel_failing", "funnel_progress_age_seconds")

_log = logging.getLogger(__name__)
disable_created_metrics()  # type: ignore[no-untyped-call]


@cache
def counter(name: str) -> Counter:
    """The counter of that name. Raises KeyError for one that is not declared."""
    one = _declared(name, "counter")
    return Counter(name, one.help, one.labels, registry=None)


@cache
def gauge(name: str) -> Gauge:
    """The gauge of that name. Raises KeyError for one that is not declared."""
    one = _declared(name, "gauge")
    return Gauge(name, one.help, one.labels, registry=None)


@cache
def histogram(name: str) -> Histogram:
    """The histogram of that name. Raises KeyError for one that is not declared."""
    one = _declared(name, "histogram")
    return Histogram(name, one.help, one.labels, buckets=one.buckets, registry=None)


def registry_of(role: Role, heart: Heartbeat | None = None) -> CollectorRegistry:
    """All metrics of such a process. `heart`: None is this process's heartbeat."""
    registry = CollectorRegistry()
    for one in of_role(role):
        if not one.name.startswith(_STANDARD) and one.name not in _OF_HEARTBEAT:
            registry.register(_MAKERS[one.kind](one.name))
    registry.register(_OfHeartbeat(heart or heartbeat()))
    ProcessCollector(registry=registry)
    return registry


def expose(role: Role) -> None:
    """Opens this process's endpoint. If that fails, the process goes on, and its heartbeat says why."""
    address = os.environ.get(VARIABLE)
    if not address:
        return
    host, _, port = address.rpartition(":")
    try:
        serve(registry_of(role), host, int(port), heartbeat())
    except (OSError, ValueError) as error:
        _log.warning("metrics cannot be shown on %s: %s", address, error)
        heartbeat().fails("metrics", f"they cannot be shown on {address} ({error}): set {VARIABLE}")


def serve(registry: Collector, host: str, port: int, heart: Heartbeat) -> int:
    """Answers GET /metrics from a thread; returns the port, which the heartbeat names too. Raises OSError."""
    app = make_wsgi_app(registry)
    server = make_server(host, port, _refusing_browsers(app), _Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    heart.metrics_port = server.server_port
    return server.server_port


class _Server(ThreadingWSGIServer):
    def server_bind(self) -> None:
        """Without asking for the machine's name, which can take long where nobody knows it."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = 10.0
    """Seconds for a request that does not come."""

    def log_message(self, *_: Any) -> None:
        """Says nothing: it is asked every few seconds."""


def _refusing_browsers(app: Any) -> Any:
    """A web page that is open on this machine could ask under a name of its own: only addresses and short names do."""

    def answer(environ: dict[str, Any], start: Any) -> Any:
        name = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
        if "HTTP_ORIGIN" in environ or ("." in name.rstrip(".") and not name.replace(".", "").isdecimal()):
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"not for web pages"]
        return app(environ, start)

    return answer


class _OfHeartbeat(Collector):
    """What the heartbeat says, at the moment of the question."""

    def __init__(self, heart: Heartbeat) -> None:
        self._heart = heart

    def collect(self) -> Iterator[GaugeMetricFamily]:
        failing = GaugeMetricFamily(_OF_HEARTBEAT[0], BY_NAME[_OF_HEARTBEAT[0]].help, labels=["what"])
        for what in self._heart.failing:
            failing.add_metric([what], 1)
        yield failing
        age = time.monotonic() - self._heart.progress
        yield GaugeMetricFamily(_OF_HEARTBEAT[1], BY_NAME[_OF_HEARTBEAT[1]].help, value=age)


def _declared(name: str, kind: str) -> Metric:
    found = BY_NAME[name]
    if found.kind != kind:
        raise KeyError(f"{name} is a {found.kind}")
    return found


_MAKERS: dict[str, Callable[[str], Collector]] = {"counter": counter, "gauge": gauge, "histogram": histogram}
