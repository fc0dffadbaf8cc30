"""`funnel rebuild`: rebuilds what ClickHouse has lost, from its own raw log and from Kafka."""
