"""`funnel alerts watch`: evaluates every minute, writes what it finds, and tells people."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from alerts import digest, wording
from alerts.channels import TOPIC, Channel, channels, topic
from alerts.detection.settings import DropSettings
from alerts.evaluate import Evaluation, Outcome, Stored, closed
from alerts.evidence import plan
from alerts.messages import Message, Unusual
from alerts.outbox import Outbox
from alerts.read import Reader
from alerts.settings import AlertSettings, listed, thresholds
from alerts.store import AlertStore
from alerts.troubles import Troubles
from alerts.workers import OffError, Workers
from clickhouse.client import connect
from connectors.pipeline.publish import Publisher
from connectors.toolkit.marked import FileError
from contract.instants import MINUTE
from process.heartbeat import Heartbeat, heartbeat
from process.meters import counter, expose, gauge, histogram
from streams.settings import Settings

LATENESS = MINUTE
"""What services say of a minute has come by so much later."""
_ANSWER_SECONDS = 60
_LONGEST_STEP = 300.0
"""Seconds after which a step of an evaluation counts as hung: of several statements, each with its own limit. That it
is slow is told long before (process.beat.SLOW)."""
_AWAY_SECONDS = 10.0
"""Until it is tried again after a server did not answer: until then it is told as away."""
SERVERS, JUDGING, SUMMARIES, SENDING = "servers", "evaluation", "summaries", "messages"
"""What can fail of it, as `funnel status` names it."""
_EVALUATIONS = counter("funnel_evaluations_total")
_SECONDS = histogram("funnel_evaluation_seconds")
_SUCCEEDED = gauge("funnel_evaluation_success_timestamp_seconds")
_ERRORS = counter("funnel_errors_total")


class Detector:
    """Reads, judges, writes. Raises AWAY where a server does not answer; then make a new one."""

    def __init__(
        self,
        config: Settings,
        alerting: AlertSettings,
        folder: Path,
        tell: Callable[[str], None],
        troubles: Troubles,
        beat: Callable[[str, float], None],
    ) -> None:
        self._open = ExitStack()
        self._config, self._alerting, self._folder, self._tell = config, alerting, folder, tell
        self._troubles, self._beat = troubles, beat
        self._client = self._open.enter_context(closing(connect(config, user="writer", answer_seconds=_ANSWER_SECONDS)))
        self._reader = Reader(self._client)
        self._store = AlertStore(self._client)
        self._workers = Workers(config)
        self._open.callback(self._workers.close)
        self._publisher: Publisher | None = None
        ways = [self._beating(one) for one in (topic(self._publishing, self._forget_publisher), *channels(alerting))]
        self.ways = [one.name for one in ways if one.name != TOPIC]
        self._outbox = Outbox(self._store, ways, listed(alerting.kinds), tell)
        self._stored = self._store.stored()
        self._unusual = self._store.unusual()
        self._thresholds = DropSettings()
        self._said = ""

    def turn(self, at: int) -> Outcome | None:
        """One evaluation at `at` (ms), and all deliveries. None: nothing was judged.

        What fails of it is told, and keeps nothing else from being done.
        """
        outcome: Outcome | None = None
        with self._troubles.of(JUDGING), _counted():
            self._beat("evaluating", _LONGEST_STEP)
            outcome = self._judge(at)
        with self._troubles.of(SUMMARIES):
            self._beat("making the summaries", _LONGEST_STEP)
            digest.make_due(self._client, self._store, self._alerting, at)
        with self._troubles.of(SENDING):
            self._beat("sending messages", _LONGEST_STEP)
            local = wording.local_time(at, self._alerting.timezone)
            self._outbox.deliver(at, muted=self._alerting.muted(local))
        return outcome

    def close(self) -> None:
        """Closes everything, whatever state it is in."""
        self._forget_publisher()
        self._open.close()

    def _judge(self, at: int) -> Outcome:
        """Raises OffError while the workers are behind."""
        begun = time.monotonic()
        unread = self._workers.unread()
        if unread:
            self._store.write_run(at, 0, unread, time.monotonic() - begun)
            raise OffError(unread, self._workers.refused)
        outcome, webinars = self._evaluate(at - LATENESS)
        self._store.write_run(at, webinars, unread, time.monotonic() - begun)
        return outcome

    def _evaluate(self, at: int) -> tuple[Outcome, int]:
        outcome, webinars = look(
            self._reader,
            self._store,
            at,
            (self._stored, self._unusual),
            self._settings(),
            self._alerting.days_ahead,
        )
        self._stored, self._unusual = outcome.stored, outcome.unusual
        return outcome, webinars

    def _settings(self) -> DropSettings:
        try:
            self._thresholds = thresholds(self._folder)
        except FileError as error:
            self._once(f"{' '.join(str(error).splitlines())}. What it said before holds.")
        return self._thresholds

    def _once(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._tell(text)

    def _beating(self, channel: Channel) -> Channel:
        def send(message: Message) -> None:
            self._beat(f"sending to {channel.name}", _LONGEST_STEP)
            channel.send(message)

        return channel._replace(send=send)

    def _publishing(self) -> Publisher:
        if self._publisher is None:
            self._publisher = Publisher(self._config)
        return self._publisher

    def _forget_publisher(self) -> None:
        if self._publisher is not None:
            self._publisher.abandon()
        self._publisher = None


@contextmanager
def _counted() -> Iterator[None]:
    """Counts one evaluation, whatever becomes of it."""
    result = "failed"
    try:
        with _SECONDS.time():
            yield
        result = "succeeded"
        _SUCCEEDED.set_to_current_time()
    finally:
        _EVALUATIONS.labels(result).inc()


def look(
    reader: Reader,
    store: AlertStore,
    at: int,
    before: tuple[Mapping[str, Stored], Mapping[str, Unusual]],
    settings: DropSettings,
    days_ahead: int,
) -> tuple[Outcome, int]:
    """One evaluation of the store at `at` (ms), written into it; what it found, and how many webinars it looked at.

    `before`: what the evaluation before kept and found unusual.
    """
    stored, unusual = before
    webinars = reader.webinars(at)
    planned = plan(webinars.values(), at, settings, days_ahead)
    evidence = reader.evidence(webinars, planned, at)
    evaluation = Evaluation(
        at, planned, evidence, settings, lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, at)
    )
    outcome = evaluation.run(stored, unusual)
    changed = [one for key, one in outcome.unusual.items() if unusual.get(key) != one]
    # Messages first: should this end in between, the next one finds them and says nothing twice.
    store.add_messages(outcome.messages)
    store.write_unusual([*changed, *closed(unusual, outcome, at)])
    store.write_stored(stored, outcome.stored, at)
    return outcome, len(planned.judged) + len(planned.upcoming)


def watch(
    config: Settings,
    alerting: AlertSettings,
    folder: Path,
    tell: Callable[[str], None],
    stop: threading.Event,
    now: Callable[[], int],
    heart: Heartbeat | None = None,
) -> None:
    """Until `stop` is set. Whatever fails is said once, shown by `heart` as long as it fails, and tried again.

    `heart`: None is the sign of life of this process.
    """
    if heart is None:
        heart = heartbeat()
        expose("alerts")
    troubles = Troubles(tell, heart)
    detector: Detector | None = None
    while not stop.is_set():
        begun = time.monotonic()
        heart.beat("connecting", _LONGEST_STEP)
        try:
            detector = detector or Detector(config, alerting, folder, tell, troubles, heart.beat)
            detector.turn(now())
            troubles.works(SERVERS)
        except Exception as error:
            _ERRORS.labels("evaluate").inc()
            troubles.fails(SERVERS, error)
            _close(detector)
            detector = None
        every = alerting.evaluate_seconds if detector is not None else min(_AWAY_SECONDS, alerting.evaluate_seconds)
        pause = max(0.05, every - (time.monotonic() - begun))
        heart.beat()
        heart.pause(pause, stop)
    _close(detector)


def _close(detector: Detector | None) -> None:
    # It is not needed any more, whatever state it is in.
    with suppress(Exception):
        if detector is not None:
            detector.close()
