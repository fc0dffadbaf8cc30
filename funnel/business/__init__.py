"""Applies the business's decisions: the catalogue's statements go to Kafka, everything else into ClickHouse."""
