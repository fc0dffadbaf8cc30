"""The probe events of the workers: one of them sends, each brings those of its partitions through with its batches."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from aiokafka.errors import KafkaError

from contract.probe import ProbeRow, decode_probe, encode_probe, probe_keys
from contract.topics import PROBES
from process.clock import now
from process.meters import gauge, histogram
from streams.fold.lines import block, line
from streams.store import Insert
from streams.transport.delivery import Chunk

_SENT = gauge("funnel_probe_sent_timestamp_seconds")
_VISIBLE = histogram("funnel_probe_visible_seconds")
_ACKNOWLEDGED_SECONDS = 10.0

Record = tuple[str, bytes | None, bytes | None]


class Producer(Protocol):
    """Sends (topic, key, value); returns when all are acknowledged."""

    async def send_all(self, messages: Sequence[Record]) -> None: ...


class Probe:
    """The job that sends them. One worker runs it."""

    def __init__(self, producer: Producer, partitions: int, clock: Callable[[], int] = now) -> None:
        """`clock`: ms since 1970 UTC."""
        self._producer = producer
        self._partitions = partitions
        self._clock = clock
        self._keys = probe_keys(partitions)

    async def turn(self) -> None:
        """Sends one to each partition. If Kafka does not take them, the job has not failed, for it would pause then:
        the outage is reported elsewhere, and the age of the last one shows it.
        """
        value = encode_probe(self._clock(), self._partitions)
        records = [(PROBES.name, key, value) for key in self._keys]
        with suppress(TimeoutError, KafkaError):
            async with asyncio.timeout(_ACKNOWLEDGED_SECONDS):
                # One alone: while the topic is missing, the client asks for it without a pause, for each that waits.
                await self._producer.send_all(records[:1])
                await self._producer.send_all(records[1:])


def without_probes(chunks: Iterable[Chunk]) -> list[Chunk]:
    """The chunks of events."""
    return [chunk for chunk in chunks if chunk.tp.topic != PROBES.name]


def probes_of(chunks: Iterable[Chunk]) -> list[ProbeRow]:
    """The newest of each partition in these chunks."""
    newest: dict[int, ProbeRow] = {}
    for chunk in chunks:
        if chunk.tp.topic == PROBES.name:
            for record in chunk:
                row = decode_probe(record.value, chunk.tp.partition)
                if row is not None and row.sent_at >= newest.get(row.partition, row).sent_at:
                    newest[row.partition] = row
    return list(newest.values())


def insert_of(rows: Iterable[ProbeRow]) -> Insert:
    """What makes them queryable."""
    return Insert("probes", ProbeRow._fields, block(map(line, rows)))


def seen(rows: Iterable[ProbeRow]) -> None:
    """They are queryable."""
    for row in rows:
        sent = row.sent_at / 1000
        _SENT.labels(str(row.partition)).set(sent)
        _VISIBLE.observe(max(0.0, time.time() - sent))
