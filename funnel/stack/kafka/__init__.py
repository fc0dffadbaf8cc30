"""Apache Kafka on loopback: a single KRaft node, or a cluster of three."""
