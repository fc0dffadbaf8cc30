"""What all our processes share: heartbeat, atomic file writes, server limits."""
