"""What the business decides, in files of its own: catalogue, sources, exclusions, notes (docs/business-rules.md)."""
