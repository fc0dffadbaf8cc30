"""Binds the transport to a Faust app: its settings, the scheme `chunk://`, and topics of chunks."""

from collections.abc import Mapping
from typing import Any, cast

import faust
from faust.assignor.partition_assignor import PartitionAssignor
from faust.auth import SASLCredentials, SSLCredentials
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver

from contract.topics import Topic
from process.kafka import reach
from streams.settings import Settings
from streams.transport.consumer import Consumer
from streams.transport.delivery import Chunk

QUEUED_CHUNKS = 2
"""How many chunks of a topic may wait for its agent. Together with CHUNK_RECORDS it bounds a worker's memory."""


class Transport(driver.Transport):  # type: ignore[misc]
    """Chosen by `broker_consumer='chunk://host:port'`. Every topic that the app reads has to be a chunk_topic."""

    Consumer = Consumer


TRANSPORTS.aliases["chunk"] = f"{__name__}:Transport"


class Assignor(PartitionAssignor):  # type: ignore[misc]
    """Gives one worker the same partition of all topics of equal partition count, in even shares.

    It is Faust's own without standby replicas, which are useless without tables and make the shares uneven.
    """

    def __init__(self, app: Any, replicas: int = 0) -> None:  # noqa: ARG002 - Faust's signature
        super().__init__(app, replicas=0)


class _ChunkSchema(faust.Schema):  # type: ignore[misc]
    """Passes a chunk on as it is."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> None:  # noqa: ARG002 - Faust's signature
        return None

    def loads_value(self, app: Any, message: Any, **_: Any) -> Chunk:  # noqa: ARG002
        return cast(Chunk, message.value)


def app_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of `faust.App` that the transport relies on."""
    arguments = reach(settings)
    hosts = arguments["bootstrap_servers"]
    return {
        "id": settings.consumer_group,
        "broker": ";".join(f"kafka://{host}" for host in hosts),
        "broker_consumer": ";".join(f"chunk://{host}" for host in hosts),
        "broker_credentials": _credentials(arguments),
        # A crashed worker's partitions are taken over after the session timeout.
        "broker_session_timeout": 6.0,
        "broker_heartbeat_interval": 1.0,
        "broker_commit_interval": 1.0,
        # A waiting agent must not lose the group membership; the watchdog ends a stuck worker.
        "broker_max_poll_interval": 24 * 3600.0,
        "stream_wait_empty": False,
        # For all streams, because App.topic() takes a `maxsize` and forgets it.
        "stream_buffer_maxsize": QUEUED_CHUNKS,
        # Topics are created beforehand; tables and leader election are not used.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        # 1 only because without standbys Faust falls back to a round robin that splits co-partitions.
        "table_standby_replicas": 1,
        "PartitionAssignor": Assignor,
    }


def _credentials(arguments: Mapping[str, Any]) -> SASLCredentials | SSLCredentials | None:
    """The same in Faust's words, for its consumer, its producer and its other clients."""
    context = arguments.get("ssl_context")
    if "sasl_mechanism" in arguments:
        return SASLCredentials(
            username=arguments["sasl_plain_username"],
            password=arguments["sasl_plain_password"],
            mechanism=arguments["sasl_mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None


def chunk_topic(app: faust.App, topic: Topic) -> Any:
    """The Faust topic for `@app.agent`, whose stream then yields one Chunk at a time."""
    return app.topic(topic.name, schema=_ChunkSchema())
