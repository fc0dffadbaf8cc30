"""Writes down the funnels of live webinars as they are known at a moment (docs/design.md 3, last paragraph)."""

from datetime import UTC, datetime

from streams.store import Store

_SNAPSHOT = """
INSERT INTO funnel_snapshots
SELECT
    {at} AS taken_at, webinar_id, source_group, registrations, visits_all, visits, visits_5m,
    visits_30m, walk_ins, registered_visits, registered_visits_5m, registered_visits_30m
FROM funnel_by_source(at = {at})
WHERE completeness = 'on_now'
"""


async def take_snapshot(store: Store, at: datetime) -> None:
    """Writes the funnel by source of every webinar that is live at `at` (UTC). Raises StoreGone."""
    await store.command(_SNAPSHOT.format(at=f"toDateTime64('{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}', 3, 'UTC')"))
