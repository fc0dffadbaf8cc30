"""What a backup takes from Kafka, and gives back to it: positions, and the records that no table has. Blocking I/O.

What is committed is asked for before the tables are read, where Kafka ends after it. So every record is in the tables,
or between the two; one that is in both is an event like any that comes twice.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import orjson
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from connectors.pipeline.publish import Publisher
from contract.topics import CONNECTOR_REPORTS, DEAD_LETTERS, EVENT_TOPICS, MAX_RECORD_BYTES
from funnel.backup.errors import BackupError
from funnel.backup.folder import Writing, decompressed
from funnel.backup.manifest import Manifest, Position
from funnel.dead_letters.kafka import records_of
from process.kafka import reach
from process.topics import described
from streams.epoch import Partition
from streams.offsets import COORDINATOR_STARTS, commits, ends, starts
from streams.settings import Settings

FILE = "kafka.jsonl.zst"
_READ = [topic.name for topic in (*EVENT_TOPICS, CONNECTOR_REPORTS)]
"""The topics that workers read and commit."""
_ALL = [*_READ, DEAD_LETTERS.name]


def topic_ids(admin: KafkaAdminClient) -> dict[str, str]:
    """Name -> Kafka's id, of the topics that there are of those that workers read."""
    return {one["name"]: str(one["topic_id"]) for one in described(admin, _READ)}


def committed(admin: KafkaAdminClient, group: str) -> dict[Partition, int]:
    """What the workers are done with. Raises BackupError while Kafka cannot say it."""
    try:
        return {place: max(0, offset) for place, offset in commits(admin, group).items()}
    except COORDINATOR_STARTS as error:
        raise BackupError("Kafka does not say yet what the workers have committed: run it again") from error


def end_offsets(admin: KafkaAdminClient) -> dict[Partition, int]:
    """Where all of these topics end."""
    return ends(admin, _ALL)


def event_records(admin: KafkaAdminClient) -> int:
    """How many records Kafka has of what people did; what the business's files say of webinars is not among them."""
    names = [topic.name for topic in EVENT_TOPICS[1:]]
    first, last = starts(admin, names), ends(admin, names)
    return sum(last[place] - first.get(place, 0) for place in last)


def positions(done: Mapping[Partition, int], last: Mapping[Partition, int]) -> list[Position]:
    """Those of the topics that workers read. Pure."""
    return [
        Position(topic=topic, partition=number, committed=done.get((topic, number), 0), end=end)
        for (topic, number), end in sorted(last.items())
        if topic in _READ
    ]


def copy_out(
    config: Settings,
    admin: KafkaAdminClient,
    done: Mapping[Partition, int],
    last: Mapping[Partition, int],
    writing: Writing,
) -> int:
    """Writes the records between the two, and all copies of dead letters. Returns how many. Raises BackupError."""
    first = {place: max(begin, done.get(place, 0)) for place, begin in starts(admin, _ALL).items()}
    count = 0
    try:
        with writing.compressed(FILE) as file:
            for line in _lines(config, first, last):
                file.write(line)
                count += 1
    except (KafkaError, TimeoutError) as error:
        raise BackupError(
            f"Kafka at {config.kafka_bootstrap} stopped answering ({type(error).__name__}): look at funnel status, "
            "then take it again"
        ) from error
    return count


def publish(config: Settings, root: Path, progress: Callable[[str], None]) -> tuple[int, int]:
    """Publishes the records of the backup to the topics that there are now.

    Returns how many were published, and how many left out: they are no events, or longer than one may be. Raises
    PublishError.
    """
    sent = left_out = 0
    with Publisher(config) as publisher, decompressed(root / FILE) as file:
        for line in _split(file):
            said = orjson.loads(line)
            value = _bytes(said["value"])
            if value is None or len(value) > MAX_RECORD_BYTES:
                left_out += 1
                continue
            publisher.send_raw(said["topic"], _bytes(said["key"]), value)
            sent += 1
            if sent % 10_000 == 0:
                progress(f"Kafka: {sent:,} records")
    return sent, left_out


def set_back(admin: KafkaAdminClient, manifest: Manifest, group: str) -> int:
    """The workers go on after what the tables have. Returns how many records they read again. Raises BackupError."""
    offsets = {
        TopicPartition(one.topic, one.partition): OffsetAndMetadata(one.committed, "", -1) for one in manifest.positions
    }
    refused = [str(error) for error in admin.alter_group_offsets(group, offsets).values() if error.errno]
    if refused:
        raise BackupError(f"Kafka does not set the offsets of {group} back ({refused[0]}): stop the workers, try again")
    last = ends(admin, _READ)
    return sum(max(0, last.get((one.topic, one.partition), 0) - one.committed) for one in manifest.positions)


def _lines(config: Settings, first: Mapping[Partition, int], last: Mapping[Partition, int]) -> Iterator[bytes]:
    consumer = KafkaConsumer(**reach(config), group_id=None, enable_auto_commit=False, allow_auto_create_topics=False)
    with closing(consumer):
        for place, stop in sorted(last.items()):
            for record in records_of(consumer, TopicPartition(*place), first.get(place, 0), stop):
                said = {
                    "topic": place[0],
                    "partition": place[1],
                    "offset": record.offset,
                    "timestamp": record.timestamp,
                    "key": _text(record.key),
                    "value": _text(record.value),
                }
                yield orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


def _split(file: object) -> Iterator[bytes]:
    rest = b""
    while piece := file.read(1024 * 1024):  # type: ignore[attr-defined]
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def _text(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
