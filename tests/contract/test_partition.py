"""docs/contract.md, "Key of every topic": a webinar is on the partition that the clients' own partitioners choose."""

import pytest
from aiokafka.partitioner import DefaultPartitioner as AiokafkaPartitioner
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner import DefaultPartitioner as KafkaPythonPartitioner

from contract.partition import partition_of

webinar_ids = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.from_regex(r"zoom:\d{9,11}"))


class Cluster:
    """What kafka-python's partitioner asks of the cluster."""

    def __init__(self, partitions: int) -> None:
        self._partitions = set(range(partitions))

    def topics(self) -> set[str]:
        return {"topic"}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return self._partitions

    def available_partitions_for_topic(self, topic: str) -> set[int]:
        return self._partitions


@given(webinar_ids, st.integers(1, 1024))
def test_it_is_what_the_producers_choose(webinar_id: str, partitions: int) -> None:
    all_partitions = list(range(partitions))
    chosen = partition_of(webinar_id, partitions)
    key, cluster = webinar_id.encode(), Cluster(partitions)
    assert KafkaPythonPartitioner().partition("topic", webinar_id, key, None, None, cluster) == chosen
    assert AiokafkaPartitioner()(key, all_partitions, all_partitions) == chosen


@pytest.mark.parametrize(
    ("webinar_id", "murmur2"),
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536), ("abc", 479470107)],
)
def test_it_is_what_the_java_client_computes(webinar_id: str, murmur2: int) -> None:
    # From Apache Kafka's own UtilsTest.testMurmur2.
    assert partition_of(webinar_id, 1000) == (murmur2 & 0x7FFFFFFF) % 1000


def test_webinars_spread_over_all_partitions() -> None:
    assert {partition_of(f"zoom:{number}", 8) for number in range(200)} == set(range(8))
