"""Apache Kafka as one KRaft node on loopback."""
