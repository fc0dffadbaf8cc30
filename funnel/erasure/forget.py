"""The steps of `funnel forget` (docs/decisions/0041-erasure.md). Each may be repeated; the end is a search."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.nodes import every_node
from connectors.pipeline.publish import Publisher
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State
from contract.instants import format_instant
from contract.partition import partition_of
from contract.topics import DEAD_LETTERS
from funnel.erasure import kafka, tables
from funnel.erasure.begun import Begun, note_begun, note_ended
from funnel.erasure.local import erase_cursors, erase_from_state
from funnel.erasure.person import Subjects
from funnel.erasure.search import Held, search
from funnel.report.kafka_log import compare_with_kafka
from process.clock import now
from process.errors import ExplainedError
from streams.epoch import Partition
from streams.lag import wait_until_caught_up
from streams.settings import Settings

_ROUNDS = 3
"""What arrives meanwhile is found in the next one."""
Say = Callable[[str], None]


class ErasureError(ExplainedError):
    """Something cannot be erased now. The text is one line: what, and the way out."""


def forget(config: Settings, who: Subjects, business: Path, timeout: float, say: Say, progress: Say) -> Held:
    """Erases all that is held of these persons; returns what is still held. `timeout`: seconds to wait for the workers.

    Raises ErasureError, LagError, PublishError, PartsError, KafkaFilesError, Unreachable, StateError, ClickHouse's
    errors and sqlite3.Error: run it again.
    """
    before = _begin(config, who)
    if before is not None:
        say(f"an erasure that began at {format_instant(before.at)} has not ended: it goes on")
    elif (since := _forgotten_since(config, who)) is not None:
        say(f"forgotten before, at {since} UTC: what is left, or has come since, goes now")
    own = who.hashes
    held = _in_rounds(config, who, business, timeout, say, progress)
    if not held.lines:
        note_ended(config.data_dir, own)
    return held


def _begin(config: Settings, who: Subjects) -> Begun | None:
    try:
        before = note_begun(config.data_dir, who.hashes, now())
    except OSError as error:
        raise ErasureError(
            f"{config.data_dir} cannot be written ({error.strerror}): look at its disk, or set FUNNEL_DATA_DIR"
        ) from error
    return before if before is not None and before.hashes & who.hashes else None


def _forgotten_since(config: Settings, who: Subjects) -> str | None:
    client = connect(config, user="writer")
    try:
        return tables.forgotten_since(client, who.hashes)
    finally:
        client.close()


def _in_rounds(config: Settings, who: Subjects, business: Path, timeout: float, say: Say, progress: Say) -> Held:
    kafka.stop_rolling(config)
    for _ in range(_ROUNDS):
        # First, so that nothing new arrives from connectors while the rest is searched.
        if rows := _erase_from_connectors(config, who) + erase_cursors(config, who):
            say(f"connectors: {rows:,} rows deleted")
        wait_until_caught_up(config, timeout, progress)
        held = search(config, who, business, progress)
        _erase_from_connectors(config, who)
        if not held.rows and not held.in_kafka.count and not held.state and not held.files:
            _finish(config, progress)
            return held
        _erase(config, who, held, timeout, say, progress)
    return search(config, who, business, progress)


def _erase_from_connectors(config: Settings, who: Subjects) -> int:
    def send(records: Sequence[Outgoing]) -> None:
        with Publisher(config) as publisher:
            for one in records:
                publisher.send_raw(one.topic, one.key, one.value)

    with State(config.data_dir) as state:
        return erase_from_state(state, who, send, now())


def _finish(config: Settings, progress: Say) -> None:
    """Waits for files of an earlier run that was interrupted: a search cannot look into compressed ones."""
    kafka.wait_until_gone(config, progress)
    with closing(connect(config, user="migrator")) as migrator, every_node(migrator, config) as nodes:
        tables.delete_former_parts(nodes, progress)


def _erase(config: Settings, who: Subjects, held: Held, timeout: float, say: Say, progress: Say) -> None:
    partitions = set(held.in_kafka.records)
    hashes_of = {webinar_id: set(hashes) for webinar_id, hashes in held.webinars.items()}
    _reach(config, who, partitions, hashes_of)
    if hashes_of:
        cuts = kafka.publish(config, hashes_of, partitions, format_instant(now()))
        wait_until_caught_up(config, timeout, progress)
        say(f"numbers: forgotten in {len(hashes_of):,} webinars")
    else:
        cuts = {}
    migrator, writer = connect(config, user="migrator"), connect(config, user="writer")
    try:
        if partitions:
            _refuse_incomplete(config, writer, partitions, progress)
            cuts = {place: offset for place, offset in cuts.items() if place in partitions}
            cuts |= kafka.clean_letters(config, who, partitions)
            local = kafka.cut(config, cuts, progress)
            say(f"Kafka: {held.in_kafka.count:,} records deleted, with all earlier ones in {len(cuts):,} partitions")
            if not local:
                say("Kafka: its files are not on this machine; the brokers delete them within minutes")
        with every_node(migrator, config) as nodes:
            tables.delete(nodes, who.hashes, list(hashes_of), progress)
        if held.rows:
            say(f"ClickHouse: {sum(held.rows.values()):,} rows deleted, and the files that held them")
    finally:
        migrator.close()
        writer.close()


def _reach(config: Settings, who: Subjects, partitions: set[Partition], hashes_of: dict[str, set[str]]) -> None:
    """Adds a webinar for each partition in which only records stand, such as later ones that workers have dropped.

    Raises ErasureError.
    """
    reached = {partition_of(webinar_id, config.partitions) for webinar_id in hashes_of}
    missing = {partition for topic, partition in partitions if topic != DEAD_LETTERS.name} - reached
    if not missing:
        return
    client = connect(config, user="writer")
    try:
        for (webinar_id,) in client.query("SELECT DISTINCT webinar_id FROM webinars").result_rows:
            partition = partition_of(webinar_id, config.partitions)
            if partition in missing:
                missing.discard(partition)
                hashes_of[webinar_id] = {min(who.hashes)}
    finally:
        client.close()
    if missing:
        raise ErasureError(f"no webinar is known in partitions {sorted(missing)}, so their records cannot be deleted")


def _refuse_incomplete(config: Settings, client: Client, partitions: set[Partition], progress: Say) -> None:
    """Kafka's records may go only if the raw log has all of them. Raises ErasureError."""
    places = [place for place in partitions if place[0] != DEAD_LETTERS.name]
    if places and (lost := compare_with_kafka(config, client, progress, only=places).missing):
        raise ErasureError(
            f"the raw log lacks {lost:,} records that only Kafka has: run funnel rebuild, then funnel forget again"
        )
