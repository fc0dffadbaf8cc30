"""The report's answers for assistants, over the Model Context Protocol (docs/api.md)."""
