"""What `funnel business` reads from ClickHouse and writes to it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from clickhouse_connect.driver.client import Client

from connectors.business.catalogue import Listed
from contract.topics import WEBINARS
from funnel.business.lists import DomainRow, NoteRow
from streams.fold.lines import SourceRow, block, line

_ANY_RECEIPT = {"received_at": "2000-01-01T00:00:00Z"}
"""Placeholder: states do not hold when a statement was received."""
_ONE_QUERY = 500
"""How many webinars' logs are read in one query."""


class Known(NamedTuple):
    """A webinar with what the catalogue needs."""

    webinar: Listed
    version: int
    statements: Sequence[bytes]
    """The statements that win a field."""


class Store:
    """The tables and views for the business's rules. Raises ClickHouse's errors."""

    def __init__(self, client: Client) -> None:
        """`client` needs write access."""
        self._client = client

    def sources_mark(self) -> tuple[int, int]:
        """A value that changes when there is a new source, or a source changes its group."""
        return self._pair("SELECT count(), sum(version) FROM sources FINAL")

    def sources(self) -> list[SourceRow]:
        """Every distinct source."""
        columns = ", ".join(SourceRow._fields)
        return [SourceRow(*row) for row in self._rows(f"SELECT {columns} FROM sources FINAL ORDER BY source")]

    def domains(self) -> list[DomainRow]:
        """Every domain that is or was excluded."""
        return [
            DomainRow(*row) for row in self._rows("SELECT domain_id, excluded, version FROM excluded_domains FINAL")
        ]

    def notes(self) -> dict[str, NoteRow]:
        """Every note that is or was in the file, by note_id."""
        columns = ", ".join(NoteRow._fields)
        return {row[0]: NoteRow(*row) for row in self._rows(f"SELECT {columns} FROM notes FINAL")}

    def greatest_version(self, table: str) -> int:
        """The greatest version in a table of the business; 0 if it is empty."""
        return int(self._rows(f"SELECT max(version) FROM {table}")[0][0])

    def write(self, table: str, rows: Sequence[NamedTuple]) -> None:
        """Inserts the rows, all of one type."""
        if rows:
            lines = block(line(tuple(row)) for row in rows)
            self._client.raw_insert(table, rows[0]._fields, bytes(lines), fmt="JSONCompactEachRow")

    def webinar_versions(self) -> dict[str, int]:
        """The version of every webinar."""
        return {row[0]: int(row[1]) for row in self._rows("SELECT webinar_id, version FROM catalogue")}

    def webinars(self, webinar_ids: Sequence[str]) -> Iterator[Known]:
        """The webinars with the fields that rules use."""
        for some in _pieces(webinar_ids):
            rows = self._rows(
                "SELECT webinar_id, title, tags, channel, host, series_id, version, state FROM catalogue"
                " WHERE webinar_id IN {webinar_ids:Array(String)}",
                {"webinar_ids": some},
            )
            for webinar_id, title, tags, channel, host, series_id, version, state in rows:
                said = [orjson.dumps({**one, **_ANY_RECEIPT}) for one in orjson.loads(state)["statements"]]
                yield Known(Listed(webinar_id, title, tuple(tags), channel, host, series_id), version, said)

    def log(self, webinar_ids: Sequence[str]) -> dict[str, list[bytes]]:
        """All statements of the raw log, by webinar."""
        found: dict[str, list[bytes]] = {webinar_id: [] for webinar_id in webinar_ids}
        for some in _pieces(webinar_ids):
            rows = self._rows(
                "SELECT webinar_id, event FROM events FINAL WHERE webinar_id IN {webinar_ids:Array(String)}"
                " AND topic = {topic:String} AND JSONExtractString(event, 'type') = 'webinar'",
                {"webinar_ids": some, "topic": WEBINARS.name},
            )
            for webinar_id, event in rows:
                found[webinar_id].append(event.encode())
        return found

    def source_counts(self) -> dict[str, int]:
        """How many persons that count have each source, webinar by webinar."""
        rows = self._rows("SELECT source, count() FROM counted_persons GROUP BY source")
        return {row[0]: int(row[1]) for row in rows}

    def _pair(self, statement: str) -> tuple[int, int]:
        ((one, other),) = self._rows(statement)
        return int(one), int(other)

    def _rows(self, statement: str, parameters: dict[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        return self._client.query(statement, parameters=parameters).result_rows


def _pieces(webinar_ids: Iterable[str]) -> Iterator[list[str]]:
    all_ids = list(webinar_ids)
    for place in range(0, len(all_ids), _ONE_QUERY):
        yield all_ids[place : place + _ONE_QUERY]
