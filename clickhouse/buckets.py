"""What a change of the buckets (contract/measures.py) requires of stored rows; `funnel migrate` shows it and does it.

Numbers are right before, during and after: a row records its thresholds, and views compute the numbers of rows with
other ones.
"""

import time
from collections.abc import Iterator

from clickhouse_connect.driver.client import Client

from clickhouse.sql import rendered
from contract.measures import THRESHOLDS

_POLL_SECONDS = 0.2
# In place: state and version of a row stay, and so do its settled counts.
_REMAKE = rendered("""
ALTER TABLE persons
UPDATE reached_at = {reached_by_intervals}, thresholds = {thresholds}
WHERE thresholds != {thresholds}
""")
_STORED = rendered("""
SELECT
    ifNull((SELECT thresholds FROM rules FINAL), {thresholds}),
    (SELECT count() FROM persons WHERE thresholds != {thresholds}),
    (SELECT count() FROM settled_counts FINAL WHERE thresholds != {thresholds}),
    (SELECT count() FROM ended_timelines FINAL WHERE thresholds != {thresholds})
""")
_UNDER_WAY = """
SELECT countIf(NOT is_done), anyIf(latest_fail_reason, NOT is_done)
FROM system.mutations WHERE database = currentDatabase() AND table = 'persons'
"""


class RemakeError(Exception):
    """The rows could not be rebuilt; the message says why."""


def planned(client: Client) -> Iterator[str]:
    """What `remake` and the workers' timers have to do, in lines for people; empty if nothing has changed."""
    if not client.command(
        "SELECT count() FROM system.columns"
        " WHERE database = currentDatabase() AND table = 'persons' AND name = 'thresholds'"
    ):
        return
    known, persons, settled, timelines = client.query(_STORED).result_rows[0]
    if known != THRESHOLDS:
        yield (
            f"Buckets: {_minutes(known)} become {_minutes(THRESHOLDS)}. Every number is right from now on, while long"
            " ranges take longer."
        )
        yield (
            f"The workers' timers count {settled:,} settled webinars and {timelines:,} curves anew: a few"
            " minutes. Restart what runs (funnel down, funnel up), so that workers and alerts know the buckets, too."
        )
    if persons:
        yield f"{persons:,} rows of people were made for other buckets: they are made anew in place."


def remake(client: Client) -> None:
    """Rebuilds the rows of persons that were made for other buckets. Raises RemakeError."""
    if not client.query(_STORED).result_rows[0][1]:
        return
    client.command(_REMAKE)
    while True:
        left, reason = client.query(_UNDER_WAY).result_rows[0]
        if reason:
            raise RemakeError(f"rows of persons cannot be made for other buckets: {' '.join(reason.split())}")
        if not left:
            return
        time.sleep(_POLL_SECONDS)


def _minutes(thresholds: str) -> str:
    *first, last = (f"{int(seconds) // 60}" for seconds in thresholds.split(","))
    return f"{', '.join(first)} and {last} min" if first else f"{last} min"
