"""Shared by the imports of files: progress, rejected rows, and clear endings."""

import difflib
import logging
import sqlite3
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from connectors.pipeline.following import catch_up
from connectors.pipeline.forgotten import WithoutForgotten
from connectors.pipeline.publish import Publisher, PublishError
from connectors.pipeline.quarantine import HeldRows
from connectors.pipeline.room import require_room
from connectors.pipeline.state import State, StateError, state_path
from connectors.pipeline.zoom_names import Names
from connectors.settings import ConnectorSettings, PublishSettings, SettingsError, connector_settings
from connectors.toolkit.csv_rows import encoding_named
from connectors.toolkit.imported_rows import ImportedRows
from connectors.toolkit.rows import RowRejection
from contract.events import Event
from contract.instants import format_instant
from contract.reports import ImportedFile
from funnel.cli.console import FAILED, WRONG_USE, err, give_up, out
from process.clock import now

_SHOWN_REJECTIONS = 20
_SHOWN_EVENTS = 20
_COMMON = {
    "event_id",
    "webinar_id",
    "platform",
    "occurred_at",
    "received_at",
    "schema_version",
    "domain_id",
    "session_id",
}


EncodingOption = Annotated[
    str | None, typer.Option(help="The encoding of the files, such as cp1251, if it cannot be detected.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Publish nothing; show the resulting events and what is rejected.")
]


class Destination(Protocol):
    """Where the events of an import, and the reports about its files, go."""

    def send(self, event: Event) -> None: ...

    def report(self, report: ImportedFile) -> None: ...

    def flush(self) -> None: ...


class Rows:
    """The rows of one table: sends events to the destination and rejected rows to the quarantine, shows the first of
    those, and reports for each webinar how many of its rows were rejected.
    """

    def __init__(
        self, table: str, quarantine: HeldRows | None, at: int, destination: Destination, results: ImportedRows
    ) -> None:
        """`table`: its name for people, such as its path. `quarantine` None: rejected rows are only shown. `at`: time
        of receipt, in ms since 1970 UTC.
        """
        self._destination = destination
        self._results = results
        self._table = table
        self._quarantine = quarantine
        self._at = at

    @property
    def rejected(self) -> int:
        """How many rows were rejected so far."""
        return self._results.rejected

    def take(self, result: Event | RowRejection) -> None:
        """Takes one result. Raises sqlite3.Error if a rejected row cannot be stored, and the destination's errors."""
        self._results.add(result)
        if isinstance(result, RowRejection):
            self._keep(result)
        else:
            self._destination.send(result)

    def finish(self, task: str, count: int) -> None:
        """Returns once everything is safe, including the webinars' marks. `task`: the kind of table. `count`: its rows.

        Raises the same errors as `take`.
        """
        for report in self._results.reports(task, count, now()):
            self._destination.report(report)
        self._destination.flush()

    def _keep(self, row: RowRejection) -> None:
        if self._quarantine is not None:
            self._quarantine.keep(self._table, row, self._at)
        if self.rejected <= _SHOWN_REJECTIONS:
            err.print(f"{self._table}: line {row.line}: {row.field}: {row.reason}")
        if self.rejected == _SHOWN_REJECTIONS + 1:
            where = (
                "left out here" if self._quarantine is None else "only in the quarantine (funnel connectors quarantine)"
            )
            err.print(f"{self._table}: further rejected rows are {where}")

    def status(self, good: int) -> int:
        """The exit status; prints advice if rows were rejected. `good`: how many rows were not rejected."""
        if not self.rejected:
            return 0
        kept, counts = (
            ("", "would count") if self._quarantine is None else (", kept in the quarantine,", "count already")
        )
        err.print(
            f"{self._table}: {max(good, 0):,} rows {counts}, {self.rejected:,} do not. Correct the rejected rows{kept} "
            "and import the whole file again. That is safe: nothing counts twice."
        )
        if self._results.of_unknown_webinar and self._quarantine is not None:
            err.print(
                f"{self._table}: {self._results.of_unknown_webinar:,} of them do not name their webinar, so no webinar "
                "is marked for them; the dashboard Data health lists the file."
            )
        return FAILED


def open_publisher(settings: ConnectorSettings | PublishSettings) -> Publisher:
    """A publisher. Raises PublishError, also if too little is free on this disk."""
    # PublishError reports kafka-python's failures, in one line.
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    return Publisher(
        settings,
        tell=err.print,
        require_room=partial(require_room, settings.data_dir, settings.disk_reserve_mb),
    )


@contextmanager
def explained() -> Iterator[None]:
    """Ends the command with one line if a setting is wrong, or Kafka does not acknowledge."""
    try:
        yield
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    except StateError as error:
        give_up(str(error), WRONG_USE)
    except sqlite3.Error as error:
        give_up(
            f"The connectors' state cannot be written ({error}). Look at the disk of FUNNEL_DATA_DIR, then run the "
            "same command again: what has already arrived is not counted twice.",
            FAILED,
        )
    except PublishError as error:
        give_up(str(error), FAILED)


class DryRun:
    """Publishes nothing; shows the first events as a table."""

    def __init__(self) -> None:
        self._shown: list[Event] = []
        self.count = 0

    def send(self, event: Event) -> None:
        """Counts an event."""
        self.count += 1
        if len(self._shown) < _SHOWN_EVENTS:
            self._shown.append(event)

    def report(self, report: ImportedFile) -> None:
        """Does nothing: a dry run leaves no mark."""

    def flush(self) -> None:
        """Shows the events."""
        table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
        for title in ("Event", "Webinar", "Person", "When (UTC)", "Says"):
            table.add_column(title, no_wrap=title != "Says")
        for event in self._shown:
            table.add_row(*_as_row(event))
        if self._shown:
            out.print(table)
        if self.count > len(self._shown):
            out.print(f"… and {self.count - len(self._shown):,} more events.")
        self._shown, self.count = [], 0


def _as_row(event: Event) -> tuple[str, str, str, str, str]:
    said = event.model_dump(mode="json", exclude_none=True, exclude=_COMMON)
    kind = " ".join(str(said.pop(name)) for name in ("type", "kind", "status") if name in said)
    person = str(said.pop("person_id", ""))[:10]
    more = ", ".join(f"{name} {value}" for name, value in said.items() if not isinstance(value, dict | list))
    return kind, event.webinar_id, person, format_instant(event.occurred_at)[:19].replace("T", " "), more


class Named:
    """Passes events on under the names of their occurrences (connectors/pipeline/zoom_names.py); a report's events
    already have them."""

    def __init__(self, destination: Destination, names: Names) -> None:
        self._destination = destination
        self._names = names

    def send(self, event: Event) -> None:
        """Raises PublishError; sqlite3.Error if a name cannot be stored."""
        (named,) = self._names.renamed([event])
        self._destination.send(named)

    def report(self, report: ImportedFile) -> None:
        """Raises PublishError; sqlite3.Error if a name cannot be stored."""
        named = self._names.named(report.webinar_id)
        self._destination.report(report.model_copy(update={"webinar_id": named}))

    def flush(self) -> None:
        """Returns once everything is acknowledged. Raises PublishError."""
        self._destination.flush()


class Import(NamedTuple):
    """The resources of an import."""

    settings: ConnectorSettings
    destination: Destination
    names: Names
    """The names of Zoom's occurrences; a dry run reads them and stores none."""
    state: State | None
    """None: a dry run."""


@contextmanager
def importing(dry_run: bool) -> Iterator[Import]:
    """The resources of an import, with known errors explained. A dry run needs no Kafka, and writes nothing."""
    with explained():
        settings = connector_settings()
        if dry_run:
            names = known_names(settings)
            yield Import(settings, DryRun(), names, None)
            return
        with State(settings.data_dir) as state, open_publisher(settings) as publisher:
            catch_up(state, settings)
            names = Names(state)
            yield Import(settings, WithoutForgotten(publisher, state), names, state)


def known_names(settings: ConnectorSettings) -> Names:
    """The current names of Zoom's occurrences; names given from here on are not stored. Raises StateError."""
    if not state_path(settings.data_dir).exists():
        return Names(None)
    with State(settings.data_dir) as state:
        return Names.looked_up(state)


@contextmanager
def quarantined(state: State | None, name: str) -> Iterator[HeldRows | None]:
    """Stores rejected rows under the importer's name; None in a dry run."""
    if state is None:
        yield None
        return
    quarantine = HeldRows(state, name)
    try:
        yield quarantine
    finally:
        quarantine.flush()


def progress_bar() -> Progress:
    """A bar of bytes read; silent without a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The value of `--timezone`; ends the command if there is no such zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        give_up(f"--timezone {name}: no such time zone. Give an IANA name such as Europe/Berlin.{hint}", WRONG_USE)


def encoding_option(name: str) -> str:
    """The value of `--encoding`; ends the command if there is no such encoding."""
    try:
        return encoding_named(name)
    except ValueError as error:
        give_up(f"--encoding {name}: {error}.", WRONG_USE)


def require_file(file: Path) -> None:
    """Ends the command if there is no such file."""
    if file.is_dir():
        give_up(f"{file}: a folder. Name the files in it.", WRONG_USE)
    if not file.exists():
        give_up(f"{file}: no such file. Look at the name and the folder.", WRONG_USE)
