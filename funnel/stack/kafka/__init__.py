"""Apache Kafka as a single KRaft node on loopback."""
