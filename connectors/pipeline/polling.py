"""Polls a service once or repeatedly: each run is reported, and a wake-up from its webhook starts a run early.

A poll may end at any point (connectors/poll.py): the next one reads again what it has not finished. Of several pollers
of a service one polls (connectors/pipeline/lease.py), with the cursors that Kafka has.
"""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, Protocol

from connectors.connector import Connector
from connectors.pipeline.adopting import adopt
from connectors.pipeline.following import catch_up
from connectors.pipeline.lease import Lease
from connectors.pipeline.outbox import KafkaOutbox
from connectors.pipeline.poller_reports import PollerReports
from connectors.pipeline.publish import Publisher, PublishError
from connectors.pipeline.resolve import Resolver, report_record
from connectors.pipeline.room import require_room
from connectors.pipeline.shared_cursors import OwnershipLostError, SharedCursors
from connectors.pipeline.state import State
from connectors.poll import Cursors, Progress, Span
from connectors.settings import ConnectorSettings, SettingsError
from connectors.toolkit import wakes
from connectors.toolkit.io.http import ON_REQUEST, ServiceError
from contract.instants import format_instant
from contract.reports import Run
from process.clock import now
from process.heartbeat import heartbeat
from process.meters import counter, expose, gauge, histogram

_LOOK_SECONDS = 1.0
_STEP_SECONDS = 600.0
"""After this time a request, or the work on its answer, counts as hung. A service may demand five minutes' wait."""
_LEAST_SECONDS = 10.0
"""The shortest time between two polls, however often it is woken."""
_PATIENCE_SECONDS = 3.0
"""After this time it is said what a single run waits for."""


_log = logging.getLogger(__name__)
_RUNS = counter("funnel_poll_runs_total")
_SECONDS = histogram("funnel_poll_seconds")
_EVENTS = counter("funnel_poll_events_total")
_REJECTED = counter("funnel_poll_rejected_total")
_SUCCEEDED = gauge("funnel_poll_success_timestamp_seconds")
_OWNER = gauge("funnel_poll_owner")
_OWNER_SINCE = gauge("funnel_poll_owner_since_timestamp_seconds")
_ERRORS = counter("funnel_errors_total")


class Polled(NamedTuple):
    """How much one run put."""

    events: int
    rejected: int
    released: int
    """Waiting registrations that could be published after this run."""


def can_be_polled(one: Connector) -> bool:
    """Whether the settings for polling this service are there. Asks nobody."""
    if one.open_poll is None:
        return False
    try:
        with one.open_poll():
            return True
    except SettingsError:
        return False


class Wakes(Protocol):
    """Where wake-ups come from: a Lease."""

    def take_wakes(self, most: int) -> list[tuple[str, int]]: ...
    def wakes_kept(self) -> None: ...


def poll_once(
    one: Connector, settings: ConnectorSettings, span: Span, progress: Progress, tell: Callable[[str], None]
) -> Polled:
    """One run, as soon as no other run of this service is under way; a lasting poller stands by meanwhile. `tell` gets
    a line if it waits. Raises SettingsError, ServiceError, PublishError and StateError; the first two are reported
    too.
    """
    with Lease(settings, one.name, settings.poll_takeover_seconds, is_errand=True) as lease:
        waited = False
        while not lease.wait(_PATIENCE_SECONDS):
            if lease.trouble:
                raise PublishError(lease.trouble)
            if lease.stands_by and not waited:
                tell(f"{one.name}: waiting until another run of it has ended (funnel connectors list says where)")
                waited = True
        with _cursors(one, settings) as cursors:
            return run(one, settings, span, _while_owner(lease, progress), cursors, lease)


def run(
    one: Connector, settings: ConnectorSettings, span: Span, progress: Progress, cursors: Cursors, asked: Wakes
) -> Polled:
    """One run with these cursors. Raises as `poll_once`."""
    assert one.open_poll is not None
    began = now()
    room = partial(require_room, settings.data_dir, settings.disk_reserve_mb)
    with State(settings.data_dir) as state, Publisher(settings, require_room=room) as publisher:
        catch_up(state, settings)
        outbox = KafkaOutbox(one.name, publisher, Resolver(state, settings.business_dir))
        if span == Span():
            wakes.keep(cursors, asked.take_wakes(wakes.room(cursors)))
            asked.wakes_kept()
        woken = wakes.woken(cursors) if span == Span() else {}
        task = "poll" if span == Span() else "backfill"

        def report(**said: object) -> None:
            about = {"connector": one.name, "report_id": f"{task}:{format_instant(began)}", "task": task}
            counted = {"events": outbox.events, "rejected": outbox.rejected}
            record = report_record(Run.model_validate({**about, **counted, "at": format_instant(began), **said}))
            publisher.send_raw(record.topic, record.key, record.value)

        report()
        try:
            with one.open_poll() as poll:
                poll(outbox, cursors, began, span, progress)
            outbox.flush()
            wakes.looked(cursors, woken)
        except (ServiceError, OwnershipLostError) as error:
            report(finished_at=format_instant(now()), error=str(error))
            publisher.flush()
            raise
        released = outbox.release()
        _EVENTS.inc(outbox.events)
        _REJECTED.inc(outbox.rejected)
        report(finished_at=format_instant(now()))
        publisher.flush()
        return Polled(outbox.events, outbox.rejected, released)


def poll_for_ever(one: Connector, settings: ConnectorSettings, progress: Progress) -> None:
    """Polls every `poll_seconds`, sooner when it is woken, while no other process does. Each run leaves a line in the
    log.
    """
    heart = heartbeat()
    expose("poll")
    reports = PollerReports(settings)
    seconds = settings.poll_takeover_seconds
    lease = Lease(settings, one.name, seconds, tell=reports)

    def on_request(doing: str, trouble: str) -> None:
        lease.require()
        heart.beat(doing, within=_STEP_SECONDS)
        heart.tell("requests", trouble)

    def progressed(what: str, done: int, of: int) -> None:
        heart.beat(f"reading {what}", within=_STEP_SECONDS)
        progress(what, done, of)

    mark = ON_REQUEST.set(on_request)
    try:
        with lease:
            while True:
                _stand_by(one, lease)
                _poll_while_owner(one, settings, _while_owner(lease, progressed), lease)
    finally:
        ON_REQUEST.reset(mark)
        reports.ended(lease)


def _stand_by(one: Connector, lease: Lease) -> None:
    """Returns once this process polls."""
    _OWNER.set(0)
    _OWNER_SINCE.set(0)
    heart, said = heartbeat(), False
    heart.beat("joining the pollers of this service", within=_STEP_SECONDS)
    while not lease.wait(_LOOK_SECONDS):
        heart.beat("standing by: another process polls", within=_STEP_SECONDS)
        heart.tell(one.name, lease.trouble)
        if not said and lease.stands_by:
            _log.info("%s: standby; another process polls (funnel connectors list)", one.name)
            said = True
    heart.works(one.name)
    _OWNER.set(1)
    _OWNER_SINCE.set(lease.owner_since / 1000)
    _log.info("%s is polled by this process", one.name, extra={"who": lease.who})


def _poll_while_owner(one: Connector, settings: ConnectorSettings, progress: Progress, lease: Lease) -> None:
    """Returns when another process polls."""
    heart = heartbeat()
    while lease.owns:
        heart.beat("reading the cursors", within=_STEP_SECONDS)
        try:
            # Opened anew after an error of Kafka: what it had taken before is then known.
            with _cursors(one, settings) as cursors:
                while lease.owns:
                    _run_once(one, settings, progress, cursors, lease)
                    _wait(lease, settings.poll_seconds)
        except OwnershipLostError as error:
            _log.info("%s", error)
            # Whoever has taken over is in the group too, which tells this process within a moment.
            time.sleep(_LOOK_SECONDS)
        except PublishError as error:
            _failed(one, error)
            _wait(lease, settings.poll_seconds)


def _run_once(
    one: Connector, settings: ConnectorSettings, progress: Progress, cursors: SharedCursors, lease: Lease
) -> None:
    """One run. Raises PublishError."""
    heart = heartbeat()
    heart.beat("polling", within=_STEP_SECONDS)
    try:
        with _SECONDS.time():
            polled = run(one, settings, Span(), progress, cursors, lease)
        _log.info("%s was polled", one.name, extra=polled._asdict())
        heart.works(one.name)
        _RUNS.labels("succeeded").inc()
        _SUCCEEDED.set_to_current_time()
    except ServiceError as error:
        _failed(one, error)
    finally:
        # The line above names what was not readable.
        heart.works("requests")


def _failed(one: Connector, error: ServiceError | PublishError) -> None:
    _RUNS.labels("failed").inc()
    _ERRORS.labels("request" if isinstance(error, ServiceError) else "publish").inc()
    heartbeat().fails(one.name, str(error))
    _log.warning("%s: %s", one.name, error)


@contextmanager
def _cursors(one: Connector, settings: ConnectorSettings) -> Iterator[SharedCursors]:
    with SharedCursors(settings, one.name) as cursors:
        with State(settings.data_dir) as state:
            if moved := adopt(state, cursors, one.name):
                _log.info("%s: %s cursors of this machine are in Kafka now", one.name, f"{moved:,}")
        yield cursors


def _while_owner(lease: Lease, progress: Progress) -> Progress:
    """A former owner that was asleep stops at the next step."""

    def progressed(what: str, done: int, of: int) -> None:
        lease.require()
        progress(what, done, of)

    return progressed


def _wait(lease: Lease, seconds: float) -> None:
    began = time.monotonic()
    # Several polls started together would otherwise stay together.
    until = began + seconds * random.uniform(0.9, 1.1)
    while lease.owns and (moment := time.monotonic()) < until:
        if moment - began >= min(_LEAST_SECONDS, seconds) and lease.is_woken():
            return
        heartbeat().beat()
        time.sleep(min(_LOOK_SECONDS, until - moment))
