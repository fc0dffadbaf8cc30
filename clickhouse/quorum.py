"""What reads and writes of a cluster are sent with (docs/decisions/0044-replicated-clickhouse.md). Pure."""

from typing import Literal

_SHARE = 800
"""Of a client's patience, in thousandths: the server gives up before, and says why."""

QUORUM: dict[str, str | int] = {
    # Most replicas have the rows before an insert is done.
    "insert_quorum": "auto",
    # One after the other: otherwise no replica needs to have all of them, and the next line would mean nothing.
    "insert_quorum_parallel": 0,
    "select_sequential_consistency": 1,
    # Is on by default, and cannot be had with the above.
    "async_insert": 0,
    # By content, rows that were deleted an hour ago could not come again. Who repeats an insert gives it a token.
    "insert_deduplicate": 0,
    # Of a repeated insert the rows that views made of it are dropped as well.
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    # webinar_changes must not tell of rows that are not there yet (streams/jobs/current.py).
    "wait_for_part_commit_in_dependent_materialized_views": 1,
}
TOKEN = "insert_deduplication_token"


def known_as(token: str) -> dict[str, str]:
    """Settings of all attempts of one insert: what one of them has stored, the others do not store again."""
    return {TOKEN: token, "insert_deduplicate": "1"}


EVERYWHERE: dict[str, str | int] = {"alter_sync": 2, "mutations_sync": 2}
"""A change of tables is done when all replicas have it."""


def settings_of(
    user: Literal["writer", "migrator", "reader", "analyst"], cluster: str, seconds: int
) -> dict[str, str | int]:
    """The settings of all of a user's statements; none without a cluster, and none of the dashboards'.

    `seconds`: how long the client waits for an answer.
    """
    if not cluster or user in ("reader", "analyst"):
        return {}
    return {**QUORUM, "insert_quorum_timeout": seconds * _SHARE, **(EVERYWHERE if user == "migrator" else {})}
