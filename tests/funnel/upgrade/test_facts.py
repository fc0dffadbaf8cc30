"""What `funnel upgrade --check` says of an installation."""

from dataclasses import replace

import pytest

from contract.instants import DAY, HOUR
from contract.topics import ALL_TOPICS
from funnel.upgrade.facts import Found, judged

NOW = 1_800_000_000_000
SAME = Found(
    at=NOW,
    release="0.3.0",
    partitions=8,
    schema=27,
    newest=27,
    pending=(),
    schema_error="",
    replaces_views=False,
    remakes=(),
    topics={topic.name: 8 for topic in ALL_TOPICS},
    backup_at=None,
    unreachable=(),
)
OLDER = replace(
    SAME,
    schema=22,
    pending=("0023_current_webinars", "0024_narrow_log"),
    replaces_views=True,
    topics={topic.name: 8 for topic in ALL_TOPICS if "probes" not in topic.name},
    backup_at=NOW - HOUR,
)


def said(found: Found) -> list[str]:
    return [f"{'! ' if line.first else ''}{line.text}" for line in judged(found)]


def test_the_same_release_changes_nothing_and_needs_no_backup() -> None:
    assert said(SAME) == ["The database is as this release needs it."]


def test_a_newer_one_says_what_changes() -> None:
    assert said(OLDER) == [
        "Schema 0022 becomes 0027: 0023_current_webinars, 0024_narrow_log.",
        "The views are replaced in place.",
        "Topics are created: webinar.probes.v1.",
    ]


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (replace(OLDER, backup_at=None), "There is no backup, and it is the only way back"),
        (replace(OLDER, backup_at=NOW - 9 * DAY), "The last backup is 9 days old"),
        (replace(SAME, schema_error="Older than the database."), "! Older than the database."),
        (
            replace(SAME, partitions=16),
            "! webinar.webinars.v1 has 8 partitions, but FUNNEL_PARTITIONS is 16: set it to 8.",
        ),
        (replace(SAME, schema=None, unreachable=("No ClickHouse",)), "! No ClickHouse. Start what runs now"),
        (replace(SAME, remakes=("Buckets: 5 become 10 min.",), backup_at=NOW), "Buckets: 5 become 10 min."),
        (replace(SAME, schema=0, topics={}), "The database is empty: funnel up makes everything."),
    ],
)
def test_what_stands_in_the_way_comes_first(found: Found, line: str) -> None:
    assert any(one.startswith(line) for one in said(found)), said(found)
