"""What a manifest says, and what is refused by it."""

import json
from typing import Any

import pytest

from funnel.backup.errors import BackupError
from funnel.backup.manifest import (
    FORM,
    Copied,
    Manifest,
    Position,
    Table,
    damaged,
    dump,
    load,
    refuse_epoch,
    refuse_later_schema,
    same_kafka,
)

TOPIC = "webinar.webinars.v1"


def manifest(**fields: Any) -> Manifest:
    said: dict[str, Any] = {
        "release": "0.2.0",
        "clickhouse": "26.9",
        "at": "2026-11-30T15:00:00.000Z",
        "finished_at": "2026-11-30T15:00:09.000Z",
        "migrations": {1: "a", 2: "b"},
        "epoch": 0,
        "next_epoch": 1,
        "group": "webinar-funnel",
        "topics": {TOPIC: "id-1"},
        "positions": [Position(topic=TOPIC, partition=0, committed=5, end=7)],
        "tables": {"events": Table(columns=["webinar_id"], rows=1_234)},
        "records": 2,
        "files": {"tables/events.tsv.zst": Copied(bytes=10, sha256="x")},
        "settings": {"FUNNEL_PARTITIONS": "8"},
        "secrets": ["FUNNEL_HASH_SECRET"],
        "hash_secret": "c",
    }
    return Manifest(**said | fields)


def test_what_is_written_is_read() -> None:
    assert load(dump(manifest()), "f") == manifest()
    assert manifest().holds == "1,234 rows of 1 tables, 2 records of Kafka"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        dump(manifest())[:-20],
        dump(manifest()).replace('"committed": 5', '"committed": 6'),
        dump(manifest()).replace("zoom", "zoom").replace('"epoch": 0', '"epoch": "x"'),
    ],
)
def test_a_damaged_one_is_refused(text: str) -> None:
    with pytest.raises(BackupError, match=r"f/manifest.json is damaged.*take another backup"):
        load(text, "f")


def test_one_of_a_later_release_is_told_from_a_damaged_one() -> None:
    text = json.dumps({"form": FORM + 1, "release": "9.1.0", "unknown": True})
    with pytest.raises(BackupError, match=r"of a later release \(form 2, .*: restore it with release 9\.1\.0"):
        load(text, "f")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, ["tables/events.tsv.zst is missing"]),
        ({"tables/events.tsv.zst": Copied(bytes=9, sha256="x")}, ["tables/events.tsv.zst has 9 bytes instead of 10"]),
        (
            {"tables/events.tsv.zst": Copied(bytes=10, sha256="y")},
            ["tables/events.tsv.zst is damaged: its checksum is another"],
        ),
        ({"tables/events.tsv.zst": Copied(bytes=10, sha256="x"), "more": Copied(bytes=1, sha256="z")}, []),
    ],
)
def test_every_file_is_held_against_its_checksum(found: dict[str, Copied], said: list[str]) -> None:
    assert damaged(manifest(), found) == said


def test_a_later_schema_is_refused_and_an_earlier_one_is_not() -> None:
    refuse_later_schema(manifest(), {1: "a", 2: "b", 3: "c"})
    with pytest.raises(BackupError, match=r"of release 0\.2\.0: its migration 0002 is not known to this one"):
        refuse_later_schema(manifest(), {1: "a"})
    with pytest.raises(BackupError, match="its migration 0002 is another in this one"):
        refuse_later_schema(manifest(), {1: "a", 2: "x"})


@pytest.mark.parametrize(
    ("topics", "ends", "same"),
    [
        ({TOPIC: "id-1", "more": "x"}, {(TOPIC, 0): 7}, True),
        ({TOPIC: "id-1"}, {(TOPIC, 0): 900}, True),
        ({TOPIC: "id-1"}, {(TOPIC, 0): 6}, False),  # its end was lost
        ({TOPIC: "id-2"}, {(TOPIC, 0): 7}, False),  # made anew
        ({}, {}, False),
    ],
)
def test_kafka_is_the_same_by_its_own_ids(topics: dict[str, str], ends: dict[tuple[str, int], int], same: bool) -> None:
    assert same_kafka(manifest(), topics, ends) is same


def test_another_kafka_needs_another_epoch() -> None:
    refuse_epoch(manifest(), True, 0)
    refuse_epoch(manifest(), False, 1)
    with pytest.raises(BackupError, match=r"not the one of the backup.*set FUNNEL_EPOCH=1 in \.env, then run it again"):
        refuse_epoch(manifest(), False, 0)
    with pytest.raises(BackupError, match="of a later epoch: set FUNNEL_EPOCH=2"):
        refuse_epoch(manifest(epoch=2, next_epoch=3), True, 1)
