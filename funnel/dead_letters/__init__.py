"""`funnel dead-letters`: lets an operator handle records that could not be read (docs/decisions/0038)."""
