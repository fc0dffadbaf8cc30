"""What a worker asks before its first batch: whether Kafka and ClickHouse still belong together (streams/epoch.py)."""

import asyncio
from contextlib import closing

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from streams.epoch import Place, refuse_lost_data
from streams.offsets import committed, ends
from streams.settings import Settings
from streams.store import Store
from streams.topics import EVENT_TOPICS

_ASK_AGAIN_SECONDS = 1.0


async def require_data(config: Settings, store: Store) -> None:
    """Returns when they do; waits for a Kafka that is away. Raises LostError and StoreGone: the worker has to end."""
    known = await store.held()
    while True:
        try:
            done, last = await asyncio.to_thread(_positions, config)
        except (KafkaError, OSError, ValueError):
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
        else:
            return refuse_lost_data(done, last, known, config.epoch)


def _positions(config: Settings) -> tuple[dict[Place, int], dict[Place, int]]:
    names = [topic.name for topic in EVENT_TOPICS]
    with closing(KafkaAdminClient(bootstrap_servers=config.kafka_bootstrap.split(","))) as admin:
        done = committed(admin, config.consumer_group)
        return {place: offset for place, offset in done.items() if place[0] in names}, ends(admin, names)
