"""What the watchdog is told while Kafka is silent."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaConnectionError, UnknownError

from streams.transport.consumer import Consumer
from streams.transport.delivery import Delivery, TopicPartition

Ends = dict[TopicPartition, tuple[int, int]]
PLACE = TopicPartition("t", 0)


async def silent() -> Ends:
    await asyncio.Event().wait()
    return {}


async def gone() -> Ends:
    raise KafkaConnectionError


async def broken() -> Ends:
    raise UnknownError


async def no_lag() -> Ends:
    return {PLACE: (5, 5)}


async def one_behind() -> Ends:
    return {PLACE: (4, 5)}


@pytest.mark.parametrize(
    ("ends", "is_open", "waiting"),
    [
        *((silent, True, True), (gone, True, True), (broken, True, True), (no_lag, False, True)),
        *((no_lag, True, False), (one_behind, True, True)),
    ],
)
async def test_records_may_wait_unless_kafka_says_that_none_does(
    ends: Callable[[], Awaitable[Ends]], is_open: bool, waiting: bool
) -> None:
    delivery = Delivery({})
    if not is_open:
        delivery.close()
    consumer = SimpleNamespace(_delivery=delivery, _thread=SimpleNamespace(ends=ends), lag_interval=0.01)
    assert await Consumer._has_lag(consumer) == waiting  # type: ignore[arg-type]
