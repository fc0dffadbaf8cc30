"""What Kafka holds of persons, and its deletion, from the files too (docs/decisions/0041-erasure.md). Blocking I/O."""

import base64
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from contract.events import Forgotten, encode
from contract.partition import partition_of
from contract.record import Record
from contract.topics import DEAD_LETTERS, EVENT_TOPICS, REGISTRATIONS
from funnel.dead_letters.kafka import reading, records_of
from funnel.erasure.person import Subjects
from funnel.stack.kafka.brokers import folders
from process.errors import ExplainedError
from process.kafka import reach
from process.topics import change_topics
from streams import offsets
from streams.epoch import Partition
from streams.forgetting import forgotten_event_id
from streams.lag import LagError, asking
from streams.settings import Settings

_TOPICS = (*(topic.name for topic in EVENT_TOPICS), DEAD_LETTERS.name)
_FILES_SECONDS = 420.0
"""A broker looks for files to delete every five minutes by default, ours every ten seconds."""
_LOOK_SECONDS = 0.5
_ROLL_AT_ONCE_MS = 1
_ROLL_MS = 20
_SENT_SECONDS = 30.0


class KafkaFilesError(ExplainedError):
    """Kafka keeps files with deleted records."""


@dataclass(slots=True)
class Found:
    """Records that name the persons."""

    records: dict[Partition, int] = field(default_factory=dict)
    """How many, by partition."""
    ends: dict[Partition, int] = field(default_factory=dict)
    """The offset up to which each partition was read."""

    @property
    def count(self) -> int:
        """How many records."""
        return sum(self.records.values())


def find(config: Settings, who: Subjects, progress: Callable[[str], None]) -> Found:
    """Reads all records of the event topics and of the dead letters. Raises LagError."""
    found, read = Found(), 0
    with asking(config) as admin:
        begins, found.ends = offsets.starts(admin, _TOPICS), offsets.ends(admin, _TOPICS)
    with reading(config) as consumer:
        for place, begin in sorted(begins.items()):
            for record in records_of(consumer, TopicPartition(*place), begin, found.ends[place]):
                read += 1
                if read % 10_000 == 0:
                    progress(f"searched {read:,} records of Kafka")
                if names(record, who):
                    found.records[place] = found.records.get(place, 0) + 1
    return found


def names(record: Record, who: Subjects) -> bool:
    """Whether the record names one of them; of a copy of a dead letter, whether the letter does."""
    if record.topic != DEAD_LETTERS.name:
        return who.are_in(record.value) or who.are_in(record.key)
    said = orjson.loads(record.value or b"{}")
    return any(who.are_in(base64.b64decode(said[name])) for name in ("key", "value") if said.get(name) is not None)


def publish(
    config: Settings, hashes_of: Mapping[str, Collection[str]], partitions: Collection[Partition], at: str
) -> dict[Partition, int]:
    """Publishes that the persons are forgotten: in each webinar, where other machines read it, and on each of the
    partitions of events, where it also begins a new file. Returns where it stands: of these partitions, the offset
    before which everything may go. `at`: now, RFC 3339.
    """
    with asking(config) as admin, _rolling(admin), closing(_producer(config)) as producer:
        sent = []
        for webinar_id, hashes in sorted(hashes_of.items()):
            partition = partition_of(webinar_id, config.partitions)
            values = [encode(_forgotten(webinar_id, one, at)) for one in sorted(hashes)]
            sent += [
                producer.send(topic, value, webinar_id.encode(), partition=partition)
                for topic in _said_on(partition, partitions)
                for value in values
            ]
        try:
            where = [one.get(_SENT_SECONDS) for one in sent]
        except KafkaError as error:
            raise LagError(f"Kafka did not take all that was sent ({type(error).__name__}): run it again") from error
    cuts: dict[Partition, int] = {}
    for one in where:
        cuts[one.topic, one.partition] = min(one.offset, cuts.get((one.topic, one.partition), one.offset))
    return cuts


def _said_on(partition: int, partitions: Collection[Partition]) -> list[str]:
    """The topics on which it is said: those that hold records of theirs, and the one that other machines follow
    (connectors/pipeline/following.py), whose states may know a person of whom Kafka holds nothing any more. Pure.
    """
    return [topic.name for topic in EVENT_TOPICS if topic is REGISTRATIONS or (topic.name, partition) in partitions]


def clean_letters(config: Settings, who: Subjects, partitions: Collection[Partition]) -> dict[Partition, int]:
    """Writes the copies of dead letters in these partitions anew, each once, theirs without bytes. Returns what
    `publish` does.
    """
    cuts: dict[Partition, int] = {}
    places = [place for place in partitions if place[0] == DEAD_LETTERS.name]
    if not places:
        return cuts
    with (
        asking(config) as admin,
        _rolling(admin),
        reading(config) as consumer,
        closing(_producer(config)) as producer,
    ):
        begins = offsets.starts(admin, [DEAD_LETTERS.name])
        for place in places:
            copying = _Copying(producer, place, who)
            # What workers add meanwhile stands before the first copy, too, and would be cut off.
            begin, end = begins[place], offsets.ends(admin, [DEAD_LETTERS.name])[place]
            while begin < end:
                for record in records_of(consumer, TopicPartition(*place), begin, end):
                    copying.add(record)
                begin, end = end, end if copying.first is None else copying.first
            if copying.first is not None:
                cuts[place] = copying.first
    return cuts


@dataclass(slots=True)
class _Copying:
    """Writes the letters of a partition anew."""

    producer: KafkaProducer
    place: Partition
    who: Subjects
    first: int | None = None
    """The offset of the first copy."""
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, record: Record) -> None:
        """Once for each letter: an erasure that was interrupted here has copied some before."""
        said = orjson.loads(record.value or b"{}")
        letter = tuple(said.get(name) for name in ("topic", "partition", "offset", "written_at"))
        if letter in self.seen:
            return
        self.seen.add(letter)
        key, value = record.key, record.value
        if names(record, self.who):
            key, value = None, orjson.dumps(said | {"key": None, "value": None})
        offset = self.producer.send(self.place[0], value, key, partition=self.place[1]).get(_SENT_SECONDS).offset
        self.first = offset if self.first is None else self.first


def cut(config: Settings, cuts: Mapping[Partition, int], progress: Callable[[str], None]) -> bool:
    """Deletes the records before these offsets, and returns what `wait_until_gone` does: brokers on other machines
    delete the files within minutes. Raises LagError and KafkaFilesError.
    """
    with asking(config) as admin:
        admin.delete_records({TopicPartition(*place): offset for place, offset in cuts.items()})
    return wait_until_gone(config, progress)


def wait_until_gone(config: Settings, progress: Callable[[str], None]) -> bool:
    """Returns once no file has deleted records, also those of an earlier run; false: they are not on this machine."""
    with asking(config) as admin:
        begins = offsets.starts(admin, _TOPICS)
    held = {place: _copies(config, *place) for place in begins}
    if not all(held.values()):
        return False
    deadline = time.monotonic() + _FILES_SECONDS
    while left := [one for place, some in held.items() for one in some if _holds_before(one, begins[place])]:
        if time.monotonic() > deadline:
            raise KafkaFilesError(
                f"Kafka still keeps deleted records in {left[0]}: look at funnel status, run it again"
            )
        progress(f"waiting until Kafka has deleted files of {len(left)} partitions")
        time.sleep(_LOOK_SECONDS)
    return True


def _copies(config: Settings, topic: str, partition: int) -> list[Path]:
    """The folders of a partition in this data folder, one a broker that has a copy."""
    found = (broker / "data" / f"{topic}-{partition}" for broker in folders(config.data_dir))
    return [one for one in found if one.is_dir()]


def _holds_before(folder: Path, offset: int) -> bool:
    """Whether a file of that partition has records before the offset, or is being deleted."""
    names = [path.name for path in folder.iterdir()]
    if any(name.endswith(".deleted") for name in names):
        return True
    return any(int(name.removesuffix(".log")) < offset for name in names if name.endswith(".log"))


@contextmanager
def _rolling(admin: KafkaAdminClient) -> Iterator[None]:
    """Makes each record begin a new file. Kafka deletes whole files only, and never the last one."""
    before = _segment_ms(admin)
    _configure(admin, dict.fromkeys(_TOPICS, str(_ROLL_AT_ONCE_MS)))
    time.sleep(_ROLL_MS / 1000)
    try:
        yield
    finally:
        _configure(admin, {name: before.get(name) for name in _TOPICS})


def stop_rolling(config: Settings) -> None:
    """Undoes what an interrupted erasure has left: a file for each record fills the disk soon. Raises LagError."""
    with asking(config) as admin:
        left = [name for name, value in _segment_ms(admin, rolling=True).items() if value == str(_ROLL_AT_ONCE_MS)]
        if left:
            _configure(admin, dict.fromkeys(left))


def _segment_ms(admin: KafkaAdminClient, *, rolling: bool = False) -> dict[str, str]:
    """What an operator has set for topics; `rolling`: also what an erasure has."""
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in _TOPICS])["topic"]
    said = {
        name: str(config["segment.ms"]["value"])
        for name, config in found.items()
        if config.get("segment.ms", {}).get("config_source") == "DYNAMIC_TOPIC_CONFIG"
    }
    return {name: value for name, value in said.items() if rolling or value != str(_ROLL_AT_ONCE_MS)}


def _configure(admin: KafkaAdminClient, segment_ms: Mapping[str, str | None]) -> None:
    """None: as the broker does by default."""
    change_topics(admin, {name: {"segment.ms": value} for name, value in segment_ms.items()})


def _producer(config: Settings) -> KafkaProducer:
    return KafkaProducer(
        **reach(config),
        acks="all",
        compression_type="lz4",
        allow_auto_create_topics=False,
        max_request_size=8 * 1024 * 1024,
    )


def _forgotten(webinar_id: str, forgotten: str, at: str) -> Forgotten:
    return Forgotten.model_validate(
        {
            "event_id": forgotten_event_id(webinar_id, forgotten),
            "webinar_id": webinar_id,
            "platform": webinar_id.partition(":")[0] or "unknown",
            "occurred_at": at,
            "received_at": at,
            "schema_version": 1,
            "forgotten_id": forgotten,
        }
    )
