"""Polls a service once or repeatedly: each run is reported, and a wake-up from its webhook starts a run early.

A poll may end at any point (connectors/poll.py): the next one reads again what it has not finished.
"""

import logging
import random
import time
from functools import partial
from typing import NamedTuple

from connectors.connector import Connector
from connectors.pipeline.outbox import KafkaOutbox
from connectors.pipeline.publish import Publisher, PublishError
from connectors.pipeline.resolve import Resolver, report_record
from connectors.pipeline.room import require_room
from connectors.pipeline.state import State
from connectors.poll import Progress, Span
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


_log = logging.getLogger(__name__)
_RUNS = counter("funnel_poll_runs_total")
_SECONDS = histogram("funnel_poll_seconds")
_EVENTS = counter("funnel_poll_events_total")
_REJECTED = counter("funnel_poll_rejected_total")
_SUCCEEDED = gauge("funnel_poll_success_timestamp_seconds")
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


def poll_once(one: Connector, settings: ConnectorSettings, span: Span, progress: Progress) -> Polled:
    """One run. Raises SettingsError, ServiceError, PublishError and StateError; the first two are also reported."""
    assert one.open_poll is not None
    began = now()
    room = partial(require_room, settings.data_dir, settings.disk_reserve_mb)
    with State(settings.data_dir) as state, Publisher(settings.kafka_bootstrap, require_room=room) as publisher:
        outbox = KafkaOutbox(one.name, publisher, Resolver(state, settings.business_dir))
        cursors = state.cursors(one.name)
        if span == Span():
            with state.transaction():
                wakes.keep(cursors, state.take_wakes(one.name, wakes.room(cursors)))
        asked = wakes.woken(cursors) if span == Span() else {}
        task = "poll" if span == Span() else "backfill"

        def report(**said: object) -> None:
            run = {"connector": one.name, "report_id": f"{task}:{format_instant(began)}", "task": task}
            counted = {"events": outbox.events, "rejected": outbox.rejected}
            record = report_record(Run.model_validate({**run, **counted, "at": format_instant(began), **said}))
            publisher.send_raw(record.topic, record.key, record.value)

        report()
        try:
            with one.open_poll() as poll:
                poll(outbox, cursors, began, span, progress)
            outbox.flush()
            wakes.looked(cursors, asked)
        except ServiceError as error:
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
    """Polls every `poll_seconds`, sooner when it is woken. Each run leaves a line in the log."""
    heart = heartbeat()
    expose("poll")

    def on_request(doing: str, trouble: str) -> None:
        heart.beat(doing, within=_STEP_SECONDS)
        heart.tell("requests", trouble)

    def progressed(what: str, done: int, of: int) -> None:
        heart.beat(f"reading {what}", within=_STEP_SECONDS)
        progress(what, done, of)

    ON_REQUEST.set(on_request)
    print(f"ready: polling {one.name}", flush=True)
    with State(settings.data_dir) as state:
        while True:
            heart.beat("polling", within=_STEP_SECONDS)
            try:
                with _SECONDS.time():
                    polled = poll_once(one, settings, Span(), progressed)
                _log.info("%s was polled", one.name, extra=polled._asdict())
                heart.works(one.name)
                _RUNS.labels("succeeded").inc()
                _SUCCEEDED.set_to_current_time()
            except (ServiceError, PublishError) as error:
                _RUNS.labels("failed").inc()
                _ERRORS.labels("request" if isinstance(error, ServiceError) else "publish").inc()
                heart.fails(one.name, str(error))
                _log.warning("%s: %s", one.name, error)
            # The line above names what was not readable.
            heart.works("requests")
            _wait(state, one.name, settings.poll_seconds)


def _wait(state: State, name: str, seconds: float) -> None:
    began = time.monotonic()
    # Several polls started together would otherwise stay together.
    until = began + seconds * random.uniform(0.9, 1.1)
    while (moment := time.monotonic()) < until:
        if moment - began >= min(_LEAST_SECONDS, seconds) and state.is_woken(name):
            return
        heartbeat().beat()
        time.sleep(min(_LOOK_SECONDS, until - moment))
