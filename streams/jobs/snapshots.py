"""Stores the funnels of live webinars as known at a moment (docs/design.md 3.10)."""

from datetime import UTC, datetime

from clickhouse.sql import rendered
from streams.store import Store

_INTO = """
INSERT INTO funnel_snapshots
    (taken_at, webinar_id, source_group, registrations, visits_all, visits, walk_ins, registered_visits, thresholds,
    stayed, registered_stayed)
"""
_SNAPSHOT = rendered("""
SELECT
    %(at)s AS taken_at, webinar_id, source_group, registrations, visits_all, visits, walk_ins, registered_visits,
    {thresholds} AS thresholds, [{each stayed: visits{ending}}] AS stayed,
    [{each stayed: registered_visits{ending}}] AS registered_stayed
FROM funnel_by_source(at = %(at)s)
WHERE completeness = 'on_now'
""")


async def take_snapshot(store: Store, at: datetime) -> None:
    """Writes the funnel by source of every webinar that is live at `at` (UTC). Raises StoreGone."""
    await store.command(_INTO + snapshot_of(f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"))


def snapshot_of(at: str) -> str:
    """The rows of a snapshot at this wall clock time in UTC."""
    return _SNAPSHOT % {"at": f"toDateTime64('{at}', 3, 'UTC')"}
