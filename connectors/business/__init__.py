"""The business's decisions, in its own files: catalogue, sources, exclusions, notes (docs/business-rules.md)."""
