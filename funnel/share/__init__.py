"""Read-only pages for others: by a signed, expiring link that can be withdrawn, or as a file (docs/share.md)."""
