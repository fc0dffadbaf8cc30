"""The metrics of all processes of the stack under one address: the supervisor asks each when it is asked itself.

So Prometheus needs one target, however many workers there are. Each series says in `process` whose it is.
"""

import logging
import time
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from connectors.pipeline.room import fullest
from funnel.stack.folder import StackFolder
from funnel.stack.ports import LOOPBACK
from funnel.stack.state import ChildStatus, State
from process.beat import SILENT
from process.heartbeat import Heartbeat, read_beat
from process.meters import registry_of, serve
from process.metrics import BY_NAME

PROCESS = "process"
"""The label that says whose a series is."""
_ANSWER_SECONDS = 2.0
_OWN = ("funnel_child_ready", "funnel_child_restarts_total", "funnel_disk_free_bytes", "funnel_scraped")

_log = logging.getLogger("supervisor")


class Metrics(Collector):
    """Of one stack. `children` may be replaced by any thread."""

    def __init__(self, folder: StackFolder, heart: Heartbeat) -> None:
        self.children: Sequence[ChildStatus] = ()
        self._folder = folder
        self._heart = heart

    def serve(self, port: int) -> None:
        """Answers on the port. If it is taken, the stack goes on, and `funnel status` says why."""
        try:
            serve(self, LOOPBACK, port, self._heart)
        except OSError as error:
            _log.warning("metrics cannot be shown on port %d: %s", port, error.strerror)
            self._heart.fails("metrics", f"port {port} cannot be used ({error.strerror}): set FUNNEL_METRICS_PORT")

    def collect(self) -> Iterator[Metric]:
        """All families, each once, with the series of all processes."""
        with ThreadPoolExecutor(max_workers=8) as pool:
            ports = self._ports()
            asked = dict(zip(ports, pool.map(_asked, ports.values()), strict=True))
        merged: dict[str, Metric] = {}
        _merge(merged, "supervisor", registry_of("supervisor", self._heart).collect())
        for family in self._own({name: answer is not None for name, answer in asked.items()}):
            merged[family.name] = family
        for name, answer in asked.items():
            _merge(merged, name, answer or ())
        yield from merged.values()

    def _ports(self) -> dict[str, int]:
        """By child, where it shows its metrics."""
        found = {}
        for child in self.children:
            beat = read_beat(self._folder.heartbeat(child.name))
            # Another child's, or an earlier run's, whose port may be somebody else's by now.
            if beat and beat.metrics_port and beat.pid == child.pid and time.monotonic() - beat.at < SILENT:
                found[child.name] = beat.metrics_port
        return found

    def _own(self, answered: dict[str, bool]) -> Iterator[Metric]:
        ready, restarts, free, scraped = (BY_NAME[name] for name in _OWN)
        states = GaugeMetricFamily(ready.name, ready.help, labels=[*ready.labels, PROCESS])
        ends = CounterMetricFamily(restarts.name, restarts.help, labels=[*restarts.labels, PROCESS])
        for child in self.children:
            states.add_metric([child.name, "supervisor"], child.state in (State.READY, State.DONE))
            ends.add_metric([child.name, "supervisor"], child.restarts)
        yield states
        yield ends
        room = GaugeMetricFamily(free.name, free.help, labels=[PROCESS])
        if (left := fullest(self._folder.root)) is not None:
            room.add_metric(["supervisor"], left.bytes)
        yield room
        answers = GaugeMetricFamily(scraped.name, scraped.help, labels=[*scraped.labels, PROCESS])
        for name, well in answered.items():
            answers.add_metric([name, "supervisor"], well)
        yield answers


def _asked(port: int) -> list[Metric] | None:
    """The metrics of one process; None: it does not answer."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=_ANSWER_SECONDS) as answer:
            return list(text_string_to_metric_families(answer.read().decode()))
    except (OSError, ValueError):
        return None


def _merge(merged: dict[str, Metric], process: str, families: Iterable[Metric]) -> None:
    for family in families:
        into = merged.setdefault(family.name, Metric(family.name, family.documentation, family.type))
        into.samples += [one._replace(labels={**one.labels, PROCESS: process}) for one in family.samples]
