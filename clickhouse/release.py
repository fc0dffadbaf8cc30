"""Which releases of ClickHouse our statements are tested with. Pure."""

LEAST = (26, 9)
"""The oldest one."""
