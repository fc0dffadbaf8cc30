"""`funnel dead-letters`: records that could not be read, as an operator handles them (docs/decisions/0038)."""
