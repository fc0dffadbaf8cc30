"""What waits for a rule while it cannot be made safe: it goes on waiting, and that is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connectors.mapped import FormRegistration, Reason, Rejection
from connectors.pipeline import spool
from connectors.pipeline.quarantine import keep_rejection, payload_of
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from connectors.webhooks.background import Background
from connectors.webhooks.counts import Counts
from connectors.webhooks.kafka_or_spool import KafkaOrSpool
from funnel.stack.ports import free_port
from process.kafka import KafkaSettings
from tests.waiting import until

AT = 1_790_000_000_000
WAITS = FormRegistration(
    service="demo",
    form="f",
    submission="s1",
    submitted_at=AT,
    person={"person_id": "p_" + "5" * 32, "domain_id": "d_" + "6" * 32},
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """A registration waits, and the rule that it waited for is there."""
    with State(tmp_path) as state:
        Resolver(state, tmp_path).resolve([Arrival("demo", WAITS, AT)])
        (tmp_path / "forms.yaml").write_text("forms: [{service: demo, webinar: zoom:1}]")
        yield state


@contextmanager
def background(folder: Path, spool_limit: int, reserve_mb: int) -> Iterator[Background]:
    """Without Kafka."""
    keeper = KafkaOrSpool(KafkaSettings(kafka_bootstrap=f"127.0.0.1:{free_port()}"), folder, spool_limit, reserve_mb)
    one = Background([], folder, folder, keeper, Counts("test"), quarantine_days=90)
    one.start()
    yield one
    one.stop()


def test_what_was_held_for_long_enough_is_forgotten_without_kafka_too(tmp_path: Path) -> None:
    with State(tmp_path) as state:
        keep_rejection(state, "zoom", Rejection(Reason.NO_PERSON, "email"), 1_700_000_000_000, b"ann@example.com")
        with background(tmp_path, spool_limit=100, reserve_mb=0):
            until(lambda: payload_of(state, 1) is None, "it is forgotten", 10)
        assert spool.waiting(state) == 1


def test_on_a_disk_that_is_nearly_full_nothing_is_spooled(state: State, tmp_path: Path) -> None:
    with background(tmp_path, spool_limit=100, reserve_mb=10**9) as one:
        until(lambda: one.trouble or spool.waiting(state), "it was looked at", 10)
        assert spool.waiting(state) == 0
        assert one.trouble.startswith("registrations that wait for a rule keep waiting: only ")
    with background(tmp_path, spool_limit=100, reserve_mb=0) as one:
        until(lambda: spool.waiting(state), "it is spooled once there is room", 10)
        assert one.trouble == ""


def test_a_spool_that_is_full_is_told_as_full_though_something_waits_for_a_rule(state: State, tmp_path: Path) -> None:
    spool.append(state, [Outgoing("topic", None, b"")] * 5)
    with background(tmp_path, spool_limit=5, reserve_mb=0) as one:
        until(lambda: not one.spool_has_room, "it is told", 10)
        assert one.spooled == 5
        until(lambda: one.trouble, "it is told that something waits", 10)
        assert one.trouble == "registrations that wait for a rule keep waiting: Kafka is away and the spool is full"
