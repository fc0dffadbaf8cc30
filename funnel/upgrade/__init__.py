"""What a new release would change in an installation (docs/upgrade.md)."""
