"""From what was mapped to Kafka: which webinar it is for, what is remembered, what waits, what is rejected."""
