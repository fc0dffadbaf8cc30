"""A worker's check before its first batch: whether Kafka and ClickHouse still match (streams/epoch.py)."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TypeVar

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from clickhouse.migrate import half_migrated
from contract.topics import EVENT_TOPICS
from process.errors import ExplainedError
from process.kafka_trouble import cause
from streams.copies import refuse_other_topics
from streams.epoch import refuse_lost_data
from streams.offsets import COORDINATOR_STARTS, admin_client, commits, ends
from streams.outage import kafka_outage
from streams.settings import Settings
from streams.store import Store

Answer = TypeVar("Answer")

_ASK_AGAIN_SECONDS = 0.5
_NAMES = frozenset(topic.name for topic in EVENT_TOPICS)


class ClusterError(ExplainedError):
    """The replicas of ClickHouse do not have the same tables; one line with the way out."""


async def require_data(config: Settings, store: Store) -> None:
    """Returns if they match; waits while Kafka is away. Raises LostError, TopicsDifferError, ClusterError,
    StoreGone: the worker has to end.
    """
    if config.clickhouse_cluster and (missing := await asyncio.to_thread(half_migrated, config)):
        raise ClusterError(missing)
    await _answer(config, partial(refuse_other_topics, config=config))
    # In this order, because other workers may be running: records exist before their rows, rows before their commit.
    done = await _answer(config, lambda admin: commits(admin, config.consumer_group))
    known = await store.held()
    last = await _answer(config, lambda admin: ends(admin, _NAMES))
    done = {place: offset for place, offset in done.items() if place[0] in _NAMES}
    refuse_lost_data(done, last, known, config.epoch)


async def _answer(config: Settings, ask: Callable[[KafkaAdminClient], Answer]) -> Answer:
    while True:
        try:
            found = await asyncio.to_thread(_ask, config, ask)
        except COORDINATOR_STARTS:
            pass
        except (KafkaError, OSError, ValueError) as error:
            kafka_outage().away(cause(config, error) or f"{error!r}")
        else:
            kafka_outage().back()
            return found
        await asyncio.sleep(_ASK_AGAIN_SECONDS)


def _ask(config: Settings, ask: Callable[[KafkaAdminClient], Answer]) -> Answer:
    with closing(admin_client(config)) as admin:
        return ask(admin)
