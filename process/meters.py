"""Counts, and shows the counts on /metrics: the metrics of process/metrics.py, in Prometheus's text format.

A meter counts whether or not somebody asks. `expose` opens the endpoint named by FUNNEL_METRICS (host:port; port 0: any
free one, which the heartbeat file then names). Cost: a lookup and an addition; count by the batch, never by the event.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, start_http_server
from prometheus_client.core import GaugeMetricFamily
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
    server, _ = start_http_server(port, host, registry)
    heart.metrics_port = server.server_port
    return int(server.server_port)


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
