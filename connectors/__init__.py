"""How data comes in: one folder per service, and the only producer of events (connectors/pipeline/publish.py)."""
