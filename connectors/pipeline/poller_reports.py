"""What a poller reports of itself, for Data health: whether it polls its service or stands by, while it lives."""

import os
import time

from connectors.pipeline.lease import Lease
from connectors.pipeline.publish import Publisher, PublishError
from contract.instants import format_instant
from contract.reports import Poller
from process.clock import now
from process.kafka import KafkaSettings

EVERY_SECONDS = 30.0
_BLOCK_SECONDS = 1.0


class PollerReports:
    """Called by the lease, in its thread. What cannot be reported now is reported the next time."""

    def __init__(self, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._began = now()
        self._publisher: Publisher | None = None
        self._said = (-EVERY_SECONDS, False)

    def __call__(self, lease: Lease) -> None:
        moment, owns = time.monotonic(), lease.owns
        if moment - self._said[0] >= EVERY_SECONDS or owns != self._said[1]:
            self._said = moment, owns
            self._report(lease.connector, "owner" if owns else "standby", lease.owner_since or self._began, lease.who)

    def ended(self, lease: Lease) -> None:
        """Call it when the process ends as it was asked to."""
        self._report(lease.connector, "ended", now(), lease.who)
        if self._publisher is not None:
            self._publisher.abandon()

    def _report(self, connector: str, task: str, since: int, who: str) -> None:
        try:
            if self._publisher is None:
                self._publisher = Publisher(self._kafka, block_seconds=_BLOCK_SECONDS)
            self._publisher.report(poller_report(connector, task, since, who, f"{who} {os.getpid()}-{self._began}"))
            self._publisher.flush(_BLOCK_SECONDS)
        except PublishError:
            if self._publisher is not None:
                self._publisher.abandon()
            self._publisher = None


def poller_report(connector: str, task: str, since: int, who: str, report_id: str) -> Poller:
    """`since` in ms since 1970 UTC; `report_id` names the process for good."""
    said = {"connector": connector, "task": task, "at": format_instant(since), "detail": who}
    return Poller.model_validate({**said, "report_id": report_id})
