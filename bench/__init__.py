"""Speed, latency and memory of a worker on real Kafka and ClickHouse, beside a stock Faust agent (`make bench`)."""
