"""Who sends probe events, what workers make of them, and what becomes of a Kafka that does not take them."""

from collections.abc import Sequence

import pytest
from aiokafka.errors import KafkaConnectionError

from contract.instants import parse_instant
from contract.partition import partition_of
from contract.probe import ProbeRow, decode_probe, encode_probe
from contract.topics import PROBES
from streams import probe
from streams.probe import Probe, Record
from tests.contract_events import moment, registration
from tests.streams.batches import Worker
from tests.streams.records import FakeRecord


class Sending:
    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[Record] = []
        self.error = error
        self.tried = 0

    async def send_all(self, messages: Sequence[Record]) -> None:
        self.tried += len(messages)
        if self.error:
            raise self.error
        self.sent += messages


async def test_one_is_sent_to_each_partition() -> None:
    producer = Sending()
    await Probe(producer, 8, lambda: 1_764_000_000_000).turn()
    assert {topic for topic, _, _ in producer.sent} == {PROBES.name}
    keys = [(key or b"").decode() for _, key, _ in producer.sent]
    assert [partition_of(key, 8) for key in keys] == list(range(8))
    assert {decode_probe(value, 0) for _, _, value in producer.sent} == {ProbeRow(0, 8, 1_764_000_000_000)}


@pytest.mark.parametrize("error", [KafkaConnectionError(), TimeoutError()])
async def test_a_kafka_that_is_away_does_not_make_the_job_pause(error: Exception) -> None:
    producer = Sending(error)
    await Probe(producer, 8).turn()
    assert producer.tried == 1


async def test_a_fault_of_ours_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        await Probe(Sending(ZeroDivisionError()), 8).turn()


def test_what_has_got_through_is_counted() -> None:
    probe.seen([ProbeRow(4, 8, 1_764_000_000_000)])
    samples = {tuple(one.labels.values()): one.value for one in next(iter(probe._SENT.collect())).samples}
    assert samples["4",] == 1_764_000_000


async def test_probe_events_are_queryable_after_their_batch_and_nothing_else_is_made_of_them() -> None:
    worker = Worker()
    sent = [moment_ms(0), moment_ms(10), moment_ms(5)]
    probes = [FakeRecord(PROBES.name, 2, value=encode_probe(at, 8)) for at in sent]
    broken = FakeRecord(PROBES.name, 2, value=b"{")
    await worker.run(registration(1), *probes, broken, FakeRecord(PROBES.name, 5, value=encode_probe(sent[0], 8)))
    assert worker.steps[-1] == "probes"
    assert worker.store.rows["probes"] == [
        {"partition": 2, "partitions": 8, "sent_at": sent[1]},
        {"partition": 5, "partitions": 8, "sent_at": sent[0]},
    ]
    assert len(worker.store.rows["events"]) == 1
    assert worker.store.rows["dead_letters"] == []
    assert worker.producer.sent == []
    assert worker.done

    worker.steps.clear()
    await worker.run(probes[0])
    assert worker.steps == ["probes"]
    assert worker.done


def moment_ms(second: int) -> int:
    return parse_instant(moment(0)) + 1000 * second
