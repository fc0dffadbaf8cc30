"""What the watchdog is told while Kafka is silent."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import pytest
from aiokafka.errors import KafkaConnectionError, UnknownError

from streams.transport.consumer import Consumer
from streams.transport.delivery import Delivery


async def silent() -> bool:
    await asyncio.Event().wait()
    return False


async def gone() -> bool:
    raise KafkaConnectionError


async def broken() -> bool:
    raise UnknownError


async def no_lag() -> bool:
    return False


@pytest.mark.parametrize(
    ("has_lag", "is_open", "waiting"),
    [(silent, True, True), (gone, True, True), (broken, True, True), (no_lag, False, True), (no_lag, True, False)],
)
async def test_records_may_wait_unless_kafka_says_that_none_does(
    has_lag: Callable[[], Awaitable[bool]], is_open: bool, waiting: bool
) -> None:
    delivery = Delivery({})
    if not is_open:
        delivery.close()
    consumer = SimpleNamespace(_delivery=delivery, _thread=SimpleNamespace(has_lag=has_lag), lag_interval=0.01)
    assert await Consumer._has_lag(consumer) == waiting  # type: ignore[arg-type]
