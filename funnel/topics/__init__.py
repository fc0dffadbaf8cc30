"""The topics as Kafka has them: what they hold, and how they get more copies or partitions."""
