"""Writes down the funnels of live webinars as they are known at a moment (docs/design.md 3, last paragraph)."""

from datetime import UTC, datetime

from streams.store import Store

_SNAPSHOT = """
SELECT
    {at} AS taken_at, webinar_id, source_group, registrations, visits_all, visits, visits_5m,
    visits_30m, walk_ins, registered_visits, registered_visits_5m, registered_visits_30m
FROM funnel_by_source(at = {at})
WHERE completeness = 'on_now'
"""


async def take_snapshot(store: Store, at: datetime) -> None:
    """Writes the funnel by source of every webinar that is live at `at` (UTC). Raises StoreGone."""
    await store.command(f"INSERT INTO funnel_snapshots{snapshot_of(f'{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}')}")


def snapshot_of(at: str) -> str:
    """The rows of a snapshot at this wall clock time in UTC."""
    return _SNAPSHOT.format(at=f"toDateTime64('{at}', 3, 'UTC')")
