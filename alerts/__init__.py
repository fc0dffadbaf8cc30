"""What is unusual and why: detection (pure), its evaluation each minute, and the messages to people."""
