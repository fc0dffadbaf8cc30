"""Clusters of workers on the Kafka of this test process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.servers.kafka import KafkaServer
from tests.streams.transport.cluster import Cluster

NewCluster = Callable[[int, int], Cluster]


@pytest.fixture
def new_cluster(kafka: KafkaServer, tmp_path: Path) -> Iterator[NewCluster]:
    """Makes clusters of so many topics with so many partitions."""
    clusters = []

    def new(topics: int, partitions: int) -> Cluster:
        names = [f"topic-{uuid4().hex[:8]}" for _ in range(topics)]
        clusters.append(Cluster(kafka.bootstrap, tmp_path, names, partitions))
        return clusters[-1]

    yield new
    for cluster in clusters:
        cluster.close()
