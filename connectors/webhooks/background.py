"""The webhook server's background tasks: it publishes registrations that waited for a rule, deletes expired records
from the quarantine, of all connectors, and reports its health every ten seconds.
"""

import logging
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from connectors.connector import Connector
from connectors.pipeline import spool
from connectors.pipeline.discard import expire
from connectors.pipeline.release import Release
from connectors.pipeline.resolve import Resolver, report_record
from connectors.pipeline.room import NoRoomError
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.settings import SettingsError
from connectors.webhooks.counts import Counts
from connectors.webhooks.kafka_or_spool import KafkaOrSpool, SpoolFullError
from contract.instants import HOUR
from process.clock import now
from process.meters import gauge

_LOOK_SECONDS = 1.0
_HEALTH_SECONDS = 10.0
_EXPIRE_EVERY = HOUR
_STAYS = "registrations that wait for a rule keep waiting"

_log = logging.getLogger(__name__)
_SPOOLED = gauge("funnel_spool_records")
_SPOOL_AGE = gauge("funnel_spool_age_seconds")


class Background:
    """A thread with its own connection to the state; `spooled` and `spool_has_room` are at most a second old."""

    def __init__(
        self,
        services: Sequence[Connector],
        data_dir: Path,
        business_dir: Path,
        keeper: KafkaOrSpool,
        counts: Counts,
        quarantine_days: int,
    ) -> None:
        self.spooled = 0
        self.spool_has_room = True
        self.rules_error = ""
        self.trouble = ""
        """Why waiting registrations are not checked; empty: they are."""
        self._services = services
        self._data_dir = data_dir
        self._business_dir = business_dir
        self._keeper = keeper
        self._counts = counts
        self._quarantine_days = quarantine_days
        self._expire_at = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops after the current round."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with State(self._data_dir) as state:
            resolver = Resolver(state, self._business_dir)
            release = Release(resolver, lambda records: self._keeper.keep(state, records))
            since_health = 0.0
            while not self._stopping.wait(_LOOK_SECONDS):
                self._look_again(release, resolver, state)
                since_health += _LOOK_SECONDS
                if since_health >= _HEALTH_SECONDS:
                    since_health = 0.0
                    self._keeper.tell(self._health())

    def _look_again(self, release: Release, resolver: Resolver, state: State) -> None:
        trouble = ""
        try:
            self._look(release, resolver, state)
        except SpoolFullError:
            trouble = f"{_STAYS}: Kafka is away and the spool is full"
        except (NoRoomError, sqlite3.Error) as error:
            trouble = f"{_STAYS}: {error}"
        except Exception as error:
            # Not its text: it may hold part of a registration.
            trouble = f"registrations that wait for a rule cannot be checked ({type(error).__name__}: a bug of ours)"
        if trouble and not self.trouble:
            _log.error("%s", trouble)
        self.trouble = trouble

    def _look(self, release: Release, resolver: Resolver, state: State) -> None:
        self.spooled = spool.waiting(state)
        _SPOOLED.set(self.spooled)
        oldest = spool.oldest(state) if self.spooled else None
        _SPOOL_AGE.set(0 if oldest is None else max(0, now() - oldest) / 1000)
        self.spool_has_room = self.spooled < self._keeper.spool_limit
        # Before anything is written: assignments go to the same disk.
        self._keeper.require_room()
        released = release.look(now())
        if released:
            _log.info("Published %s registrations that waited for a rule.", f"{released:,}")
        self._expire(state, now())
        if resolver.rules.error != self.rules_error:
            self.rules_error = resolver.rules.error
            _log.warning("%s", self.rules_error or f"{resolver.rules.path} is valid again.")

    def _expire(self, state: State, at: int) -> None:
        if at < self._expire_at:
            return
        days = self._quarantine_days
        if expired := expire(state, lambda records: self._keeper.keep(state, records), at, days):
            _log.warning("Deleted %s rejected records from the quarantine after %d days.", f"{expired:,}", days)
        self._expire_at = at + _EXPIRE_EVERY

    def _health(self) -> list[Outgoing]:
        """The health of the configured services: nothing is expected of the others."""
        moment = now()
        return [
            report_record(self._counts.health(one.name, self.spooled, moment))
            for one in self._services
            if _is_configured(one)
        ]


def _is_configured(one: Connector) -> bool:
    try:
        one.configured()
    except SettingsError:
        return False
    return True
