"""What other machines have published, brought into the state of this one, so that all decide alike.

A form's registration finds its webinar by the directory, an occurrence of Zoom its name by the names given before, and
a submission that comes again the webinar that it was for. All of this stands in the events that were published:
statements about webinars, and registrations of the last months. So machines share nothing but Kafka (decision 0045).
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from connectors.mapped import FormRegistration
from connectors.pipeline.assignment import Assignment, follow_assignment
from connectors.pipeline.directory import learn
from connectors.pipeline.forgotten import anybody, forget, is_of_forgotten
from connectors.pipeline.publish import PublishError
from connectors.pipeline.state import State
from connectors.pipeline.zoom_names import Names
from contract.decode import DeadLetter, decode
from contract.events import Event, Forgotten, Registration, Webinar
from contract.instants import DAY
from contract.topics import REGISTRATIONS, WEBINARS
from process.clock import now
from process.kafka import KafkaSettings, reach
from process.kafka_trouble import cause

OWN = ""
"""The connector under which positions stand among the cursors of the state: they are no service's."""
_PREFIX = "followed:"
_TOPICS = {WEBINARS.name: WEBINARS, REGISTRATIONS.name: REGISTRATIONS}
_FORMS_SINCE = 90 * DAY
"""Forms do not send a submission again, nor cancel it, after that time."""
_AT_ONCE = 2_000
_CONNECT_MS = 5_000
_WAIT_MS = 50
_PATIENCE_SECONDS = 600.0


class Following:
    """Reads on where this state has stopped. For one thread at a time."""

    def __init__(self, state: State, consumer: Any) -> None:
        self._state = state
        self._names = Names(state)
        self._consumer = consumer
        self._places: list[TopicPartition] = []

    @property
    def has_topics(self) -> bool:
        """Whether Kafka had the topics when it started."""
        return bool(self._places)

    @property
    def is_current(self) -> bool:
        """Whether it reads all partitions that Kafka has, as of some minutes ago: they may be raised meanwhile."""
        return self._places == self._all_places()

    def _all_places(self) -> list[TopicPartition]:
        return [
            TopicPartition(topic, number)
            for topic in _TOPICS
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]

    def start(self) -> None:
        """Finds its place in each partition. Raises KafkaError."""
        consumer = self._consumer
        self._places = self._all_places()
        consumer.assign(self._places)
        cursors = self._state.cursors(OWN)
        new = [one for one in self._places if cursors.get(_name(one)) is None]
        since = now() - _FORMS_SINCE
        forms = {one: since for one in new if one.topic == REGISTRATIONS.name}
        found = consumer.offsets_for_times(forms) if forms else {}
        for place in self._places:
            kept = cursors.get(_name(place))
            if kept is not None:
                consumer.seek(place, int(kept))
            elif place in forms and found.get(place) is None:
                consumer.seek_to_end(place)
            elif place in forms:
                consumer.seek(place, found[place].offset)
            else:
                consumer.seek_to_beginning(place)

    def turn(self, wait_ms: int = _WAIT_MS) -> int:
        """Takes in what is new, in one transaction; returns how many records. Raises KafkaError, sqlite3.Error."""
        records = [one for some in self._consumer.poll(wait_ms, max_records=_AT_ONCE).values() for one in some]
        if records:
            try:
                with self._state.transaction():
                    self._take(_events(records))
                    cursors = self._state.cursors(OWN)
                    for place in {TopicPartition(one.topic, one.partition) for one in records}:
                        cursors.put(_name(place), str(self._consumer.position(place)))
            except BaseException:
                self._names.forget()
                raise
        return len(records)

    def is_at_end(self) -> bool:
        """Whether all that Kafka had when it was last asked is here."""
        return all(
            (end := self._consumer.highwater(one)) is not None and self._consumer.position(one) >= end
            for one in self._places
        )

    def _take(self, events: Iterable[Event]) -> None:
        state, statements = self._state, list[Webinar]()
        somebody = anybody(state)
        for event in events:
            if isinstance(event, Webinar):
                statements.append(event)
            elif isinstance(event, Forgotten):
                somebody = True
                forget(state, event.forgotten_id)
            elif (
                isinstance(event, Registration)
                and not (somebody and is_of_forgotten(state, event))
                and (assigned := _assignment(event)) is not None
            ):
                follow_assignment(state, assigned)
        learn(state, statements)
        self._names.follow(statements)


def catch_up(state: State, kafka: KafkaSettings) -> None:
    """Brings the state up to what Kafka has now. Raises PublishError: also where that takes too long, for whoever went
    on would decide otherwise than the other machines.
    """
    try:
        with following(state, kafka) as one:
            deadline = time.monotonic() + _PATIENCE_SECONDS
            one.turn()
            while not one.is_at_end():
                if time.monotonic() >= deadline:
                    raise PublishError(
                        f"What other machines have published was not all read from Kafka at {kafka.kafka_bootstrap} "
                        f"within {_PATIENCE_SECONDS:.0f} s: look at funnel status, then run the same command again. "
                        "It goes on where this one has stopped."
                    )
                one.turn()
    except (KafkaError, OSError, ValueError) as error:
        raise PublishError(
            cause(kafka, error)
            or f"What other machines have published cannot be read from Kafka at {kafka.kafka_bootstrap} "
            f"({type(error).__name__}): look at funnel status, then try again."
        ) from error


@contextmanager
def following(state: State, kafka: KafkaSettings, wait_ms: int = _WAIT_MS) -> Iterator[Following]:
    """Opens a connection to Kafka for it. `wait_ms`: how long Kafka may wait for records before it says that there are
    none. Raises KafkaError, OSError, ValueError.
    """
    consumer = KafkaConsumer(
        **reach(kafka),
        client_id="webinar-funnel-following",
        group_id=None,
        enable_auto_commit=False,
        allow_auto_create_topics=False,
        # Records before its place were deleted: the rest is still there.
        auto_offset_reset="earliest",
        fetch_max_wait_ms=wait_ms,
        bootstrap_timeout_ms=_CONNECT_MS,
        metrics_enabled=False,
    )
    with closing(consumer):
        one = Following(state, consumer)
        one.start()
        yield one


def _events(records: Iterable[Any]) -> Iterator[Event]:
    for record in records:
        if record.topic == REGISTRATIONS.name and _is_of_its_own_service(record.key or b"", record.value or b""):
            continue
        event = decode(record.value, _TOPICS[record.topic], record.timestamp)
        if not isinstance(event, DeadLetter):
            yield event


def _is_of_its_own_service(webinar_id: bytes, value: bytes) -> bool:
    """Whether the service where people meet has registered the person: most are so, and need not be decoded."""
    return b'"platform":"' + webinar_id.partition(b":")[0] + b'"' in value and b'"forgotten"' not in value


def _assignment(event: Registration) -> Assignment | None:
    """What `registration_event` (connectors/forms/event.py) was made of; None: it is not of a form."""
    service, _, rest = event.event_id.partition(":")
    submission, _, mark = rest.rpartition(":moved-")
    moves = int(mark) if submission and mark.isdecimal() else 0
    if service != event.platform or event.platform == event.webinar_id.partition(":")[0] or ":withdrawn-" in rest:
        return None
    said = event.model_dump(exclude_none=True)
    registration = FormRegistration(
        service,
        "",
        submission if moves else rest,
        event.occurred_at - moves // 2,
        {name: said[name] for name in ("person_id", "domain_id") if name in said},
        event.status,
        event.country,
        event.timezone,
        said.get("source"),
        event.is_test,
    )
    return Assignment(registration, event.webinar_id, event.received_at, moves)


def forget_places(state: State) -> None:
    """Reads everything again: the state has come from another Kafka. Raises sqlite3.Error."""
    state.change("DELETE FROM cursors WHERE connector = ? AND name LIKE ?", OWN, f"{_PREFIX}%")


def _name(place: TopicPartition) -> str:
    return f"{_PREFIX}{place.topic}:{place.partition}"
