"""connectors/poll.py, Outbox and Cursors: Kafka and the state hold what polls rely upon, and so do those in memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from connectors.mapped import Mapped, Reason, Rejection
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.pipeline.outbox import KafkaOutbox
from connectors.pipeline.publish import Publisher
from connectors.pipeline.quarantine import payload_of, quarantined
from connectors.pipeline.resolve import Resolver
from connectors.pipeline.state import State
from connectors.poll import Cursors, Outbox
from contract.events import EVENT, encode
from process.kafka import KafkaSettings
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.connectors.webhooks.running import events_on
from tests.contract_events import registration, stay
from tests.servers.kafka import KafkaServer

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("kafka")]

EVENTS = [EVENT.validate_json(orjson.dumps(one)) for one in (registration(1), *stay(1, 0, 5))]
REJECTION = Rejection(Reason.MISSING_FIELD, "email: not there")


class Place(NamedTuple):
    """An outbox and cursors of one connector, and what a test may know of them."""

    outbox: Outbox
    cursors: Cursors
    published: Callable[[], list[dict[str, Any]]]
    """The events that are safe."""
    quarantined: Callable[[], list[tuple[str, bytes]]]
    """The detail of each rejection that is safe, and its payload."""


Opened = Callable[[], Place]
Check = Callable[[Place], None]


def what_was_put_is_safe_once_it_was_flushed(place: Place) -> None:
    for event in EVENTS:
        place.outbox.put(event)
    place.outbox.flush()
    assert _by_id(place.published()) == _by_id([orjson.loads(encode(event)) for event in EVENTS])
    place.outbox.flush()
    assert len(place.published()) == len(EVENTS)


def what_is_rejected_is_no_event_and_its_payload_is_kept(place: Place) -> None:
    place.outbox.put(REJECTION, b"what a person corrects")
    place.outbox.put(EVENTS[0])
    place.outbox.flush()
    assert [one["event_id"] for one in place.published()] == [EVENTS[0].event_id]
    assert place.quarantined() == [(REJECTION.detail, b"what a person corrects")]


def a_cursor_keeps_the_last_value_under_each_name(place: Place) -> None:
    assert place.cursors.get("a") is None
    for name, value in (("a", "1"), ("b", "é 2"), ("a", "3")):
        place.cursors.put(name, value)
    assert (place.cursors.get("a"), place.cursors.get("b"), place.cursors.get("c")) == ("3", "é 2", None)


CHECKS: tuple[Check, ...] = (
    what_was_put_is_safe_once_it_was_flushed,
    what_is_rejected_is_no_event_and_its_payload_is_kept,
    a_cursor_keeps_the_last_value_under_each_name,
)


def _by_id(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(events, key=lambda one: str(one["event_id"]))


def in_memory(outbox: type[MemoryOutbox] = MemoryOutbox, cursors: type[MemoryCursors] = MemoryCursors) -> Place:
    made = outbox()
    return Place(
        made,
        cursors(made),
        lambda: [orjson.loads(encode(event)) for event in made.events],
        lambda: [(one.detail, payload) for one, payload in made.rejected],
    )


@contextmanager
def with_kafka(kafka: KafkaServer, folder: Path) -> Iterator[Place]:
    kafka.empty()
    create_topics(Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap))
    with ExitStack() as open_:
        state = open_.enter_context(State(folder))
        publisher = open_.enter_context(Publisher(KafkaSettings(kafka_bootstrap=kafka.bootstrap)))

        def rejected() -> list[tuple[str, bytes]]:
            return [(one.detail, payload_of(state, one.id) or b"") for one in quarantined(state, 10)]

        outbox = KafkaOutbox("demo", publisher, Resolver(state, folder))
        yield Place(outbox, state.cursors("demo"), lambda: events_on(kafka.bootstrap), rejected)


@pytest.mark.parametrize("check", CHECKS)
def test_kafka_and_the_state_hold_it(check: Check, kafka: KafkaServer, tmp_path: Path) -> None:
    with with_kafka(kafka, tmp_path) as place:
        check(place)


@pytest.mark.parametrize("check", CHECKS)
def test_so_do_those_in_memory(check: Check) -> None:
    check(in_memory())


class Losing(MemoryOutbox):
    """Forgets what was put before the last flush."""

    def flush(self) -> None:
        self.acknowledged.clear()
        super().flush()


class Repeating(MemoryOutbox):
    """Publishes at each flush what it published before."""

    def flush(self) -> None:
        self.pending += self.acknowledged
        super().flush()


class Careless(MemoryOutbox):
    """Keeps no payloads."""

    def put(self, one: Mapped, payload: bytes = b"") -> None:
        super().put(one)


class Forgetful(MemoryCursors):
    """Keeps the first value."""

    def put(self, name: str, value: str) -> None:
        self.setdefault(name, value)


@pytest.mark.parametrize(
    "broken", [{"outbox": Losing}, {"outbox": Repeating}, {"outbox": Careless}, {"cursors": Forgetful}]
)
def test_one_that_does_not_hold_it_is_found_out(broken: dict[str, Any]) -> None:
    found = []
    for check in CHECKS:
        try:
            check(in_memory(**broken))
        except AssertionError:
            found.append(check.__name__)
    assert len(found) == 1


def test_no_cursor_in_memory_moves_before_what_it_stands_for_is_safe() -> None:
    place = in_memory()
    place.outbox.put(EVENTS[0])
    with pytest.raises(AssertionError, match="a cursor moved before"):
        place.cursors.put("a", "1")
