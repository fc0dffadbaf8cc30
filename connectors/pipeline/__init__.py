"""From mapped input to Kafka: finding its webinar, storing what is needed later, waiting, rejecting."""
