"""Kafka, ClickHouse and the workers on one machine without Docker, started, watched and stopped by `funnel`."""
