"""Searches everything that an installation holds for persons. Blocking I/O."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from clickhouse.client import connect
from connectors.pipeline.state import State
from contract.topics import DEAD_LETTERS
from funnel.erasure import kafka, local, tables
from funnel.erasure.person import Subjects
from streams.settings import Settings

Progress = Callable[[str], None]


@dataclass(slots=True)
class Held:
    """What is held of them."""

    rows: dict[str, int] = field(default_factory=dict)
    webinars: dict[str, set[str]] = field(default_factory=dict)
    """webinar_id -> the forgotten ids of those in it."""
    in_kafka: kafka.Found = field(default_factory=kafka.Found)
    state: list[local.StateRow] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    hosting: list[str] = field(default_factory=list)
    """Webinars that name one of them as their host."""
    named: list[Path] = field(default_factory=list)
    """Business files that name one of them."""

    @property
    def lines(self) -> list[str]:
        """One for each place."""
        found = [f"ClickHouse: {count:,} rows of {table}" for table, count in sorted(self.rows.items())]
        letters = sum(count for (topic, _), count in self.in_kafka.records.items() if topic == DEAD_LETTERS.name)
        if records := self.in_kafka.count - letters:
            found.append(f"Kafka: {records:,} records of events")
        if letters:
            found.append(f"Kafka: {letters:,} copies of dead letters")
        for table, name in local.NAMES.items():
            if count := sum(one.table == table for one in self.state):
                found.append(f"connectors: {count:,} rows of the {name}")
        return found + [f"file: {path}" for path in self.files] + self.kept

    @property
    def kept(self) -> list[str]:
        """What is not erased, and the way out."""
        hosts = [
            f"{one} names the person as its host: name another one in the service or the catalogue"
            for one in self.hosting
        ]
        return hosts + [f"{path} names the person: edit the file" for path in self.named]


def search(config: Settings, who: Subjects, business: Path, progress: Progress, *, whole: bool = True) -> Held:
    """Searches tables, Kafka, the connectors' state, business files; `whole`: all files of the data folder too.

    Adds to `who` the ids of registrants that are linked to them.
    """
    held = Held()
    client = connect(config, user="writer")
    try:
        progress("searching ClickHouse")
        known = tables.known(client, who.hashes)
        who.ids |= known.ids
        held.webinars = dict(known.webinars)
        held.rows = tables.counted(client, who.hashes)
        held.hosting = tables.hosting(client, who.hashes)
    finally:
        client.close()
    held.in_kafka = kafka.find(config, who, progress)
    with State(config.data_dir) as state:
        held.state = list(local.state_rows(state, who))
    held.state += local.cursors_naming(config, who)
    held.named = [path for path in sorted(business.glob("*.y*ml")) if who.are_in(path.read_bytes())]
    if whole:
        progress(f"searching the files of {config.data_dir}")
        held.files = local.files_naming(config.data_dir, who)
    return held


def subject(config: Settings, who: Subjects, business: Path, progress: Progress) -> dict[str, Any]:
    """All that is held of one person, for `funnel subject`."""
    held = search(config, who, business, progress, whole=False)
    client = connect(config, user="writer")
    try:
        listed = sorted(held.webinars)
        found = client.query(
            "SELECT event FROM events FINAL WHERE webinar_id IN {webinars:Array(String)} AND ("
            + tables.HOLDING["events"].replace("{}", "{hashes:Array(String)}")
            + ") ORDER BY webinar_id, event_id",
            parameters={"webinars": listed, "hashes": sorted(who.hashes)},
        ).result_rows
        since = client.query(
            "SELECT toString(min(forgotten_at)) FROM forgotten WHERE forgotten_id IN {hashes:Array(String)} "
            "HAVING count() > 0",
            parameters={"hashes": sorted(who.hashes)},
        ).result_rows
    finally:
        client.close()
    return {
        "emails": sorted(who.emails),
        "person_ids": sorted(who.ids),
        "forgotten_at": since[0][0] if since else None,
        "webinars": listed,
        "events": [orjson.loads(event) for (event,) in found],
        "held_by_connectors": [_readable(row) for row in held.state],
        "records_in_kafka": held.in_kafka.count,
        "rows": held.rows,
        "hosts": held.hosting,
        "business_files": [str(path) for path in held.named],
    }


def _readable(row: local.StateRow) -> dict[str, Any]:
    said = {
        name: value.decode(errors="replace") if isinstance(value, bytes) else value
        for name, value in row.content.items()
    }
    return {"kept_in": local.NAMES[row.table], **said}
