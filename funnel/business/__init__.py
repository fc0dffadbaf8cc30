"""Brings what the business decided into the numbers: statements of the catalogue to Kafka, the rest into ClickHouse."""
