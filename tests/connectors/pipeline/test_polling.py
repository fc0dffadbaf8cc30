"""A poll on a real Kafka: published, reported, its cursor moved; what had waited for it goes too; woken before time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from kafka import KafkaConsumer, TopicPartition

from connectors.bigmarker.webhook import receive
from connectors.connector import Connector
from connectors.mapped import Context, Reason, Rejection
from connectors.pipeline.memory import MemoryCursors
from connectors.pipeline.polling import Polled, poll_for_ever, poll_once, run
from connectors.pipeline.publish import Publisher
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.shared_cursors import all_cursors
from connectors.pipeline.state import State
from connectors.pipeline.waking import wake_record
from connectors.poll import Cursors, Outbox, Poll, Progress, Span
from connectors.settings import ConnectorSettings
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.wakes import woken
from connectors.webhook import Delivery, Request
from contract.instants import HOUR
from contract.topics import CONNECTOR_REPORTS
from process.heartbeat import heartbeat
from process.meters import counter, gauge
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.bigmarker.fake import Fault, serving
from tests.connectors.bigmarker.world import UPCOMING, account, polling
from tests.connectors.pipeline.test_resolve import NOON, submission, webinar
from tests.connectors.webhooks.demo import DEMO
from tests.connectors.webhooks.running import events_on
from tests.scraped import value_of
from tests.servers.kafka import KafkaServer
from tests.waiting import until

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def kafka(kafka: KafkaServer) -> KafkaServer:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=1))
    return kafka


@pytest.fixture
def settings(kafka: KafkaServer, tmp_path: Path) -> ConnectorSettings:
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / "forms.yaml").write_text("forms: [{next_of_series: zoom:weekly}]")
    said = {"hash_secret": "0123456789abcdef", "kafka_bootstrap": kafka.bootstrap, "poll_seconds": 300.0}
    return ConnectorSettings.model_validate({**said, "data_dir": tmp_path, "business_dir": tmp_path / "business"})


def polled_by(poll: Poll) -> Connector:
    @contextmanager
    def opened() -> Iterator[Poll]:
        yield poll

    return replace(DEMO, open_poll=opened)


def one_webinar(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
    outbox.put(webinar(1, NOON + HOUR))
    outbox.put(Rejection(Reason.MISSING_FIELD, "id: missing"), b"{}")
    progress("webinars", 1, 1)
    outbox.flush()
    cursors.put("since", "7")


class Wakes:
    """Wake-ups as a lease gives them."""

    def __init__(self, *waiting: str, at: int = 5) -> None:
        self.waiting = list(waiting)
        self.at = at
        self.taken: list[str] = []

    def take_wakes(self, most: int) -> list[tuple[str, int]]:
        self.taken, self.waiting = self.waiting[:most], self.waiting[most:]
        return [(one, self.at) for one in self.taken]

    def wakes_kept(self) -> None:
        self.taken = []


def no_progress(what: str, done: int, of: int) -> None:
    assert what


def reports(bootstrap: str) -> list[dict[str, object]]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=None, consumer_timeout_ms=2_000)
    try:
        consumer.assign([TopicPartition(CONNECTOR_REPORTS.name, 0)])
        consumer.seek_to_beginning()
        return [orjson.loads(record.value) for record in consumer]
    finally:
        consumer.close()


def test_a_run_is_published_and_reported_and_releases_what_waited(settings: ConnectorSettings) -> None:
    with State(settings.data_dir) as state:
        Resolver(state, settings.business_dir).resolve([Arrival("typeform", submission(), NOON)])
    assert poll_once(polled_by(one_webinar), settings, Span(), no_progress, print) == Polled(1, 1, 1)
    events = events_on(settings.kafka_bootstrap)
    assert {(one["type"], one["webinar_id"]) for one in events} == {("webinar", "zoom:1"), ("registration", "zoom:1")}
    assert all_cursors(settings)["demo"]["since"] == "7"
    runs = [one for one in reports(settings.kafka_bootstrap) if one["type"] == "run"]
    assert [(one["events"], one["rejected"], "finished_at" in one) for one in runs] == [(0, 0, False), (1, 1, True)]
    assert runs[0]["report_id"] == runs[1]["report_id"]


def test_a_run_that_fails_says_why(settings: ConnectorSettings) -> None:
    def failing(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        raise ServiceError("Demo does not answer.")

    with pytest.raises(ServiceError):
        run(polled_by(failing), settings, Span(since=1), no_progress, MemoryCursors(), Wakes())
    last = [one for one in reports(settings.kafka_bootstrap) if one["type"] == "run"][-1]
    assert (last["task"], last["error"]) == ("backfill", "Demo does not answer.")


def test_what_a_webhook_asked_for_is_read_by_the_pass_that_it_causes(settings: ConnectorSettings) -> None:
    seen: list[dict[str, int]] = []
    fails = False
    cursors, asked = MemoryCursors(), Wakes("w1")

    def looking(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        seen.append(dict(woken(cursors)))
        asked.waiting.append("again")
        if fails:
            raise ServiceError("Demo does not answer.")

    def pass_over(span: Span = Span()) -> None:  # noqa: B008
        with suppress(ServiceError):
            run(polled_by(looking), settings, span, no_progress, cursors, asked)

    pass_over(Span(since=1))
    fails = True
    pass_over()
    fails = False
    pass_over()
    asked.waiting = []
    pass_over()
    # A backfill leaves them alone. What a pass failed to look at is asked for again.
    assert seen == [{}, {"w1": 5, "again": 5}, {"w1": 5, "again": 5}, {}]
    assert asked.taken == []


def test_of_more_than_a_pass_takes_nothing_is_forgotten(settings: ConnectorSettings) -> None:
    seen: list[set[str]] = []
    fails = True
    every = {f"w{number}" for number in range(2_003)}
    cursors, asked = MemoryCursors(), Wakes(*sorted(every))

    def looking(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        seen.append(set(woken(cursors)))
        if fails:
            raise ServiceError("Demo does not answer.")

    with suppress(ServiceError):
        run(polled_by(looking), settings, Span(), no_progress, cursors, asked)
    fails = False
    run(polled_by(looking), settings, Span(), no_progress, cursors, asked)
    assert len(asked.waiting) == 3
    run(polled_by(looking), settings, Span(), no_progress, cursors, asked)
    assert (seen[0] == seen[1], seen[1] | seen[2], len(seen[2])) == (True, every, 3)


def test_a_webhook_of_bigmarker_brings_its_conference_into_the_next_pass(settings: ConnectorSettings) -> None:
    with serving(account()) as fake, polling(fake.url) as poll:
        one, cursors = replace(polled_by(poll), name="bigmarker"), MemoryCursors()
        run(one, settings, Span(), no_progress, cursors, Wakes())
        first = len(fake.requests)
        run(one, settings, Span(), no_progress, cursors, Wakes())
        assert not [path for path in fake.requests[first:] if UPCOMING in path]
        delivery = receive(Request(b"{}", query={"conference": UPCOMING}, token="t"), Context("", 0), "t")
        assert isinstance(delivery, Delivery)
        assert delivery.wake is not None
        asked = Wakes(delivery.wake, at=time.time_ns() // 1_000_000)
        run(one, settings, Span(), no_progress, cursors, asked)
        assert [path for path in fake.requests[first:] if UPCOMING in path]
        assert not woken(cursors)


class _Enough(BaseException):
    pass


def test_a_service_that_does_not_answer_well_is_told_while_it_is_asked_again(settings: ConnectorSettings) -> None:
    heart = heartbeat()
    asking: list[str] = []
    failing: list[dict[str, str]] = []

    def finishing(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        poll(outbox, cursors, now, span, progress)
        asking.append(heart._doing)
        failing.append(heart.failing)
        raise _Enough

    fault = {2: Fault(status=503), 3: Fault(status=503)}
    with (
        serving(account(fault=lambda number, _: fault.get(number))) as fake,
        polling(fake.url, sleep=lambda _: failing.append(heart.failing)) as poll,
        pytest.raises(_Enough),
    ):
        poll_for_ever(polled_by(finishing), settings, no_progress)
    told = {"requests": "BigMarker does not answer (status 503); it is asked again in 0 s"}
    assert failing == [told, told, {}]
    assert asking == ["reading conferences"]


def test_a_wake_up_brings_the_next_run_before_its_time(
    settings: ConnectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.pipeline.polling._LEAST_SECONDS", 1.0)
    runs: list[int] = []

    def counting(outbox: Outbox, cursors: Cursors, now: int, span: Span, progress: Progress) -> None:
        runs.append(now)
        if len(runs) == 2:
            raise _Enough

    def run() -> None:
        with pytest.raises(_Enough):
            poll_for_ever(polled_by(counting), settings, no_progress)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: runs, "it polls")
    with Publisher(settings) as publisher:
        publisher.send_raw(*wake_record("demo", "w1", NOON))
    thread.join(30)
    assert len(runs) == 2
    assert value_of(counter("funnel_poll_runs_total").collect(), "funnel_poll_runs_total", result="succeeded") >= 1
    succeeded = gauge("funnel_poll_success_timestamp_seconds")
    assert value_of(succeeded.collect(), "funnel_poll_success_timestamp_seconds") > 0
