"""Ways in: one folder or module a service, and the only producer of events (publish)."""
