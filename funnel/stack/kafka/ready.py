"""Checks whether Kafka can be used."""

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from funnel.stack.ports import is_listening

_ANSWER_MS = 4_000
"""Time limit of each of two requests. kafka-python's own limit is half a minute."""


def kafka_answers(port: int) -> bool:
    """Whether the broker on this loopback port is registered, unfenced, and answers requests about the cluster."""
    # A bare connection comes first: the client would wait and log while nothing listens.
    if not is_listening(port):
        return False
    try:
        admin = KafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=_ANSWER_MS, bootstrap_timeout_ms=_ANSWER_MS
        )
    except (KafkaError, OSError, ValueError):
        return False
    try:
        # Of a cluster the others may be away: that is not this one's fault.
        own = [broker for broker in admin.describe_cluster()["brokers"] if broker["port"] == port]
        return bool(own) and not own[0]["is_fenced"]
    except (KafkaError, OSError):
        return False
    finally:
        admin.close()
