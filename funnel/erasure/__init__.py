"""`funnel forget` and `funnel subject`: finds and erases all that is held of a person (docs/erasure.md)."""
