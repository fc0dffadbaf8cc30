"""What a backup says of itself: the file manifest.json, written last, so that without it there is no backup. Pure."""

import hashlib
import json
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, ValidationError

from funnel.backup.errors import BackupError

FILE = "manifest.json"
FORM = 1
"""Of the folder and this file; raised when a release can no longer read the former one."""
_CHECKSUM = "checksum"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Copied(_Said):
    """A file of the backup."""

    bytes: int
    sha256: str


class Table(_Said):
    """A table of ClickHouse. `rows` as stored: a repeated row counts until ClickHouse has merged it."""

    columns: list[str]
    rows: int


class Position(_Said):
    """A partition of Kafka at the time of the backup."""

    topic: str
    partition: int
    committed: int
    """The offset from which the workers go on; all records before it are in the tables."""
    end: int
    """The offset after the last record that the backup knows of."""


class Manifest(_Said):
    """All of it. Times are RFC 3339, in UTC."""

    form: int = FORM
    release: str
    """Of Webinar Funnel."""
    clickhouse: str
    """Version of the server."""
    at: str
    """Every event that Kafka had acknowledged at this moment is in the backup; later ones may be."""
    finished_at: str
    migrations: dict[int, str]
    """Number -> checksum: the schema of the tables."""
    epoch: int
    next_epoch: int
    """The least FUNNEL_EPOCH with another Kafka."""
    group: str
    topics: dict[str, str]
    """Name -> Kafka's own id of it, which tells it from one that was made anew."""
    positions: list[Position]
    tables: dict[str, Table]
    records: int
    """Records of Kafka in kafka.jsonl.zst: those that no table has yet, and copies of dead letters."""
    files: dict[str, Copied]
    """By path, with slashes."""
    settings: dict[str, str]
    """Environment variable -> value, without secrets."""
    secrets: list[str]
    """Names of the secrets that were set."""
    hash_secret: str
    """A check value of FUNNEL_HASH_SECRET; empty: it was not set."""

    @property
    def holds(self) -> str:
        """What is in it, in words."""
        rows = sum(one.rows for one in self.tables.values())
        return f"{rows:,} rows of {len(self.tables)} tables, {self.records:,} records of Kafka"


def dump(manifest: Manifest) -> str:
    """The file's text, with a checksum of itself."""
    said = manifest.model_dump(mode="json")
    return json.dumps(said | {_CHECKSUM: _checksum(said)}, indent=1)


def load(text: str, folder: str) -> Manifest:
    """Reads it. Raises BackupError: it is damaged, or of a later release."""
    try:
        said = json.loads(text)
        form = said.get("form")
        if isinstance(form, int) and form > FORM:
            raise BackupError(
                f"{folder} is a backup of a later release (form {form}, this one reads up to {FORM}): restore it with "
                f"release {said.get('release', 'that took it')} or a later one"
            )
        checksum = said.pop(_CHECKSUM, "")
        manifest = Manifest.model_validate(said)
    except (ValueError, AttributeError, ValidationError) as error:
        raise BackupError(f"{folder}/{FILE} is damaged: take another backup") from error
    if checksum != _checksum(said):
        raise BackupError(f"{folder}/{FILE} is damaged: its checksum is not that of its content; take another backup")
    return manifest


def damaged(manifest: Manifest, found: Mapping[str, Copied]) -> list[str]:
    """What is wrong with the files, one line each, by what is `found` in the folder."""
    lines = []
    for path, copied in sorted(manifest.files.items()):
        there = found.get(path)
        if there is None:
            lines.append(f"{path} is missing")
        elif there.bytes != copied.bytes:
            lines.append(f"{path} has {there.bytes:,} bytes instead of {copied.bytes:,}")
        elif there.sha256 != copied.sha256:
            lines.append(f"{path} is damaged: its checksum is another")
    return lines


def refuse_later_schema(manifest: Manifest, known: Mapping[int, str]) -> None:
    """`known`: number -> checksum of this release's migrations. Raises BackupError unless it has the backup's."""
    for number, checksum in sorted(manifest.migrations.items()):
        if known.get(number) != checksum:
            what = "is not known to" if number not in known else "is another in"
            raise BackupError(
                f"the backup is of release {manifest.release}: its migration {number:04d} {what} this one. Restore it "
                "with that release or a later one"
            )


def same_kafka(manifest: Manifest, topics: Mapping[str, str], ends: Mapping[tuple[str, int], int]) -> bool:
    """Whether Kafka still has the topics of the backup, so that its offsets mean the same records."""
    return (
        bool(manifest.topics)
        and manifest.topics.items() <= topics.items()
        and all(ends.get((one.topic, one.partition), -1) >= one.end for one in manifest.positions)
    )


def refuse_epoch(manifest: Manifest, same: bool, epoch: int) -> None:
    """`same`: whether Kafka is the backup's. Raises BackupError where FUNNEL_EPOCH has to be raised first."""
    needed = manifest.epoch if same else manifest.next_epoch
    if epoch < needed:
        why = "the backup is of a later epoch" if same else "Kafka here is not the one of the backup, or was made anew"
        raise BackupError(f"{why}: set FUNNEL_EPOCH={needed} in .env, then run it again")


def _checksum(said: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
