"""A new weak source drops a conversion: one message that names it, none after a restart, one when it is over."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from kafka import KafkaConsumer, TopicPartition

from connectors.pipeline.publish import Publisher
from contract.instants import MINUTE
from contract.topics import CONVERSION_ALERTS, TOPIC_OF_TYPE
from funnel.stack.plan import settings_environment
from tests.alerts import world
from tests.contract_events import Event
from tests.e2e.stack import Stack
from tests.e2e.timing import now
from tests.servers.commands import funnel
from tests.servers.inbox import Inbox, Mailbox, http_inbox, mail_inbox
from tests.waiting import until

pytestmark = [pytest.mark.kafka, pytest.mark.system]

ROOT = Path(__file__).parents[2]
_RUNS = (
    "SELECT count() AS runs FROM alert_runs FINAL WHERE evaluated_at > fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
)


class Watch:
    """`funnel alerts watch` as a process."""

    def __init__(self, stack: Stack, folder: Path, inbox: Inbox, mailbox: Mailbox) -> None:
        self._stack = stack
        self.environment = os.environ | settings_environment(stack.config)
        self.environment |= {
            "PYTHONPATH": str(ROOT),
            "FUNNEL_ALERT_SLACK_WEBHOOK_URL": f"{inbox.address}/slack",
            "FUNNEL_ALERT_WEBHOOK_URL": f"{inbox.address}/hook",
            "FUNNEL_ALERT_EMAIL_TO": "sales@example.com",
            "FUNNEL_ALERT_SMTP_PORT": str(mailbox.port),
            "FUNNEL_ALERT_SMTP_SECURITY": "none",
            "FUNNEL_ALERT_EVALUATE_SECONDS": "3",
            "FUNNEL_ALERT_DIGEST_AT": "",
            "FUNNEL_ALERT_WEEKLY_AT": "",
        }
        self.folder = folder
        self.log = folder / "alerts.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "funnel", "alerts", "watch"],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> int:
        """By SIGTERM. Returns its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(60)
        self._process = None
        return status

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def wait_for_evaluations(self, number: int) -> None:
        """Returns when it has looked so many times more."""
        since = now()
        until(lambda: self._stack.rows(_RUNS, since=since)[0]["runs"] >= number, f"evaluations; {self.log.read_text()}")

    def command(self, *arguments: str) -> str:
        done = funnel(*arguments, folder=self.folder, environment=self.environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with http_inbox() as inbox:
        yield inbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_inbox() as mailbox:
        yield mailbox


@pytest.fixture
def watch(stack: Stack, tmp_path: Path, inbox: Inbox, mailbox: Mailbox) -> Iterator[Watch]:
    watch = Watch(stack, tmp_path, inbox, mailbox)
    yield watch
    watch.end()


def publish(stack: Stack, events: Iterable[Event]) -> None:
    with Publisher(stack.config) as publisher:
        for event in events:
            publisher.send_raw(TOPIC_OF_TYPE[event["type"]].name, event["webinar_id"].encode(), orjson.dumps(event))
    stack.wait_until_handled()


def on_the_topic(stack: Stack) -> list[dict[str, Any]]:
    consumer = KafkaConsumer(bootstrap_servers=stack.config.kafka_bootstrap)
    try:
        places = [TopicPartition(CONVERSION_ALERTS.name, number) for number in range(stack.config.partitions)]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        found: list[dict[str, Any]] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for records in consumer.poll(timeout_ms=500).values():
                found += [json.loads(record.value) for record in records]
        return found
    finally:
        consumer.close()


def test_a_new_weak_source_is_told_once_and_its_end_too(
    stack: Stack, watch: Watch, inbox: Inbox, mailbox: Mailbox
) -> None:
    t0 = now() - 20 * MINUTE
    publish(stack, [*world.past(t0), *world.today(t0, extra=world.weak_source(t0))])

    watch.start()
    until(lambda: len(inbox.posted) >= 2 and mailbox.mails, f"the message; {watch.log.read_text()}")
    said = {one.path: one.json for one in inbox.posted}
    first = said["/hook"]["text"].splitlines()[0]
    cause = "Main cause: new source Partner-X (60 registrants, 7 % attended)."
    assert cause in first
    assert first in said["/slack"]["text"]
    assert str(mailbox.mails[0]["Subject"]).startswith("Attendance below typical: SQL in an hour")
    assert watch.log.read_text().startswith("ready")

    assert watch.stop() == 0
    watch.start()
    watch.wait_for_evaluations(2)
    assert (len(inbox.posted), len(mailbox.mails)) == (2, 1)
    listed = watch.command("alerts")
    assert cause in listed
    explained = watch.command("alerts", "explain", world.TODAY)
    assert "typically" in explained
    assert "Partner-X: n=60, 6.7% (new)" in explained

    # 36 more of them come after all.
    late = world.crowd(world.TODAY, t0, "partner-x", 40, 40, first=102_000, minutes=0)
    publish(stack, [one for one in late if one["type"] == "attendance"])
    until(lambda: len(inbox.posted) >= 4 and len(mailbox.mails) >= 2, f"its end; {watch.log.read_text()}")
    assert str(mailbox.mails[1]["Subject"]).startswith("Resolved: attendance below typical: SQL in an hour")
    watch.wait_for_evaluations(2)
    assert (len(inbox.posted), len(mailbox.mails)) == (4, 2)
    records = [(one["kind"], one["state"]) for one in on_the_topic(stack) if one["webinar_id"] == world.TODAY]
    assert records == [("drop", "raised"), ("drop", "over")]
    assert watch.stop() == 0
