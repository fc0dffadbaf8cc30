"""The read-only HTTP API over the report's answers (docs/api.md)."""
