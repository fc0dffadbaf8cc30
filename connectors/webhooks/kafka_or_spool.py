"""Records are in Kafka or on this disk before they are acknowledged.

While Kafka is away they wait in the spool. A thread drains it in order when Kafka is back; only then are new records
sent directly again, so that none overtakes another.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from connectors.pipeline import spool
from connectors.pipeline.publish import Publisher, PublishError, RefusedError
from connectors.pipeline.room import require_room
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.webhooks.kafka_probe import KafkaProbe
from process.kafka import KafkaSettings
from process.logs import follow
from process.meters import counter

_ACKNOWLEDGE_SECONDS = 1.0
"""Services wait three seconds for a response: records that Kafka has not acknowledged by then go to the disk."""
_DELIVERY_SECONDS = 20.0
_DRAIN_SECONDS = 30.0
_DRAIN_RECORDS = 2_000
_LOOK_SECONDS = 0.5
_ASK_SECONDS = 2.0
_TROUBLE_SECONDS = 10.0
_END_SECONDS = 1.0

_log = logging.getLogger(__name__)


class SpoolFullError(Exception):
    """Kafka is away and the spool is at its limit."""


class KafkaOrSpool:
    """Starts without Kafka too. `keep` may be called by several threads, each with its own State."""

    def __init__(self, config: KafkaSettings, data_dir: Path, spool_limit: int, reserve_mb: int) -> None:
        self._config = config
        self._data_dir = data_dir
        self.spool_limit = spool_limit
        self.trouble = ""
        """Why the spool is not drained although Kafka may answer; empty: it is."""
        self.refused = ""
        """Why Kafka, which is there, lets us not in; empty: it does, or it is away."""
        self._reserve_mb = reserve_mb
        self._lock = threading.Lock()
        self._publisher: Publisher | None = None
        """The publisher for direct sending; None while records go to the spool."""
        self._probe = KafkaProbe(config)
        self._logged_away = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    def start(self) -> None:
        """Starts the thread that watches Kafka."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the thread; records in the spool stay there for the next start."""
        self._stopping.set()
        # It may be waiting for a Kafka that does not answer; the spool loses nothing however it ends.
        self._thread.join(_END_SECONDS)
        self._probe.close()
        if self._publisher is not None:
            self._publisher.abandon()

    def kafka_answers(self) -> bool:
        """Whether records go directly to Kafka, as of the check a few seconds ago."""
        return self._publisher is not None

    def is_away(self) -> bool:
        """Whether Kafka was checked and did not answer."""
        return self._logged_away and self._publisher is None

    def require_room(self) -> None:
        """Raises NoRoomError while too little is free on the disk to accept anything."""
        require_room(self._data_dir, self._reserve_mb)

    def keep(self, state: State, records: Sequence[Outgoing]) -> None:
        """Returns once all are safe. Raises SpoolFullError, or sqlite3.Error if the disk cannot store them."""
        with self._lock:
            if self._publish(records):
                follow(_log, "published", spool.event_ids(records))
                return
            if spool.waiting(state) + len(records) > self.spool_limit:
                raise SpoolFullError
            spool.append(state, records)
            follow(_log, "spooled", spool.event_ids(records))

    def tell(self, records: Sequence[Outgoing]) -> None:
        """Sends records that may be lost: they are dropped while Kafka is away."""
        with self._lock:
            self._publish(records, wait=False)

    def _publish(self, records: Sequence[Outgoing], *, wait: bool = True) -> bool:
        publisher = self._publisher
        if publisher is None:
            return False
        try:
            for one in records:
                publisher.send_raw(one.topic, one.key, one.value)
            if wait:
                publisher.flush(_ACKNOWLEDGE_SECONDS)
        except PublishError:
            counter("funnel_errors_total").labels("publish").inc()
            # Records that Kafka has accepted may arrive as well: workers recognise a repeated event by its id.
            self._publisher = None
            publisher.abandon()
            return False
        return True

    def _run(self) -> None:
        asked_at = time.monotonic()
        with State(self._data_dir) as state:
            while not self._stopping.is_set():
                try:
                    if self._publisher is not None and time.monotonic() - asked_at >= _ASK_SECONDS:
                        self._ask()
                        asked_at = time.monotonic()
                    if self._publisher is None or spool.waiting(state):
                        self._drain(state)
                except sqlite3.Error as error:
                    self._log_trouble(f"the spool cannot be emptied ({error}): look at the disk of {self._data_dir}")
                except Exception as error:
                    self._log_trouble(f"the spool cannot be emptied ({type(error).__name__}: a bug of ours)")
                else:
                    self._log_trouble("")
                # Records that cannot be removed from the spool are published again each time.
                self._stopping.wait(_TROUBLE_SECONDS if self.trouble else _LOOK_SECONDS)

    def _ask(self) -> None:
        """Stops direct sending if Kafka hangs, so that no request waits for it."""
        if self._probe.answers():
            return
        with self._lock:
            publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.abandon()

    def _drain(self, state: State) -> None:
        """Empties the spool in order, then resumes direct sending; not if Kafka does not accept everything."""
        with self._lock:
            # Another process on this state may have spooled something while we sent directly.
            publisher, self._publisher = self._publisher, None
        try:
            publisher = publisher or Publisher(self._config, _DELIVERY_SECONDS, block_seconds=_ACKNOWLEDGE_SECONDS)
        except PublishError as error:
            self._log_away(error)
            return
        try:
            drained = self._drain_with(publisher, state)
        except PublishError as error:
            publisher.abandon()
            self._log_away(error)
            return
        except Exception:
            publisher.abandon()
            raise
        self.refused = ""
        if drained or self._logged_away:
            _log.info("Kafka answers: published %s records that waited.", f"{drained:,}")
        self._logged_away = False

    def _drain_with(self, publisher: Publisher, state: State) -> int:
        drained = 0
        while not self._stopping.is_set():
            last, records = spool.first(state, _DRAIN_RECORDS)
            for one in records:
                publisher.send_raw(one.topic, one.key, one.value)
            publisher.flush(_DRAIN_SECONDS)
            spool.remove(state, last)
            drained += len(records)
            with self._lock:
                if not spool.waiting(state):
                    self._publisher = publisher
                    return drained
        publisher.abandon()
        return drained

    def _log_trouble(self, why: str) -> None:
        if why and not self.trouble:
            _log.error("%s", why)
        self.trouble = why

    def _log_away(self, error: PublishError) -> None:
        counter("funnel_errors_total").labels("publish").inc()
        refused = str(error) if isinstance(error, RefusedError) else ""
        if not self._logged_away or refused != self.refused:
            _log.warning("%s Until then webhooks are kept on this disk.", error)
        self._logged_away, self.refused = True, refused
