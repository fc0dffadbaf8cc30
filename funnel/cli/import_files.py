"""The commands for files: `funnel import zoom-report|table|sheet` and `funnel publish`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple

import typer
from rich.progress import Progress, TaskID

from connectors.pipeline.publish import Publisher
from connectors.pipeline.state import State
from connectors.pipeline.zoom_kinds import ReportNames
from connectors.pipeline.zoom_names import Kind
from connectors.settings import publish_settings
from connectors.toolkit import jsonl
from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.date_order import DateOrder
from connectors.toolkit.imported_rows import ImportedRows
from connectors.toolkit.io.file_rows import read_rows
from connectors.zoom_report.about import Report
from connectors.zoom_report.mapping import NotAZoomReportError, order_of, report_events
from connectors.zoom_report.table import Context
from contract.topics import ALL_TOPICS
from funnel.cli.console import FAILED, WRONG_USE, err, give_up, out
from funnel.cli.import_sql import sql
from funnel.cli.import_table import sheet, table
from funnel.cli.importing import (
    Destination,
    DryRunOption,
    EncodingOption,
    Rows,
    encoding_option,
    explained,
    importing,
    open_publisher,
    progress_bar,
    quarantined,
    require_file,
    zone_named,
)
from process.clock import now

_PROGRESS_LINES = 500
_SHOWN_REJECTIONS = 10

import_app = typer.Typer(no_args_is_help=True, add_completion=False, help="Import files that other services export.")
import_app.command("table")(table)
import_app.command("sheet")(sheet)
import_app.command("sql")(sql)


@import_app.callback()
def _import() -> None:
    """Import files that other services export."""


@import_app.command("zoom-report")
def zoom_report(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Zoom's attendee or registration reports, as generated.")
    ],
    timezone: Annotated[
        str, typer.Option(help="The report's time zone, such as Europe/Berlin: Zoom's files do not contain it.")
    ],
    date_order: Annotated[
        DateOrder | None,
        typer.Option(help="The order of 05/10/2026, if the file does not show it."),
    ] = None,
    recurring: Annotated[
        bool, typer.Option("--recurring", help="Each day of this webinar id is its own webinar, named with its day.")
    ] = False,
    single: Annotated[bool, typer.Option("--single", help="All days of this webinar id are one webinar.")] = False,
    encoding: EncodingOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Import Zoom's attendee and registration reports: webinar, registrations, sessions. Safe to run again on the same
    file.
    """
    if recurring and single:
        give_up("--recurring and --single exclude each other.", WRONG_USE)
    kind: Kind | None = "recurring" if recurring else "single" if single else None
    zone = zone_named(timezone)
    encoding = encoding_option(encoding) if encoding is not None else None
    for file in files:
        require_file(file)
    with importing(dry_run) as (settings, destination, names, state):
        names_of = ReportNames(names, kind, err.print)
        context = Context(zone, settings.hash_secret.get_secret_value(), now(), names_of.name)
        run = _Run(destination, state, context, date_order, encoding, names_of)
        status = max([_import_report(file, run) for file in files])
    raise typer.Exit(status)


class _Run(NamedTuple):
    """One run of the command."""

    destination: Destination
    state: State | None
    """None: a dry run."""
    context: Context
    order: DateOrder | None
    """As given by the user."""
    encoding: str | None
    names: ReportNames


def _import_report(file: Path, run: _Run) -> int:
    """Publishes one report and prints what was read; returns the exit status. Other files continue.

    The file is read twice: only all of its dates together show their order.
    """
    report = Report()
    try:
        context = replace(run.context, order=order_of(read_rows(file, encoding=run.encoding), run.order))
        with quarantined(run.state, "zoom-report") as quarantine, progress_bar() as progress:
            results = ImportedRows("zoom-report", file.name)
            taken = Rows(str(file), quarantine, context.received_at, run.destination, results)
            task = progress.add_task(file.name, total=file.stat().st_size)
            rows = read_rows(file, lambda done: progress.update(task, completed=done), encoding=run.encoding)
            for result in report_events(rows, context, report):
                taken.take(result)
            taken.finish(report.kind, report.rows + report.rejected)
    except (NotAZoomReportError, UnreadableFileError) as error:
        err.print(f"{file}: {error}")
        return WRONG_USE
    except OSError as error:
        err.print(f"{error.filename or file}: {error.strerror or error}")
        return WRONG_USE
    out.print(_summary(file, report, run.state is None))
    _hint_at_another_day(file, report.webinar_id, run)
    return taken.status(report.rows)


def _hint_at_another_day(file: Path, webinar_id: str, run: _Run) -> None:
    """Prints a hint if it was guessed that a webinar recurs."""
    number, _, day = webinar_id.removeprefix("zoom:").partition(":")
    if day and not run.names.is_sure(number):
        err.print(
            f"{file}: another day of webinar id {number} is known, so this one is a webinar of its own. If all days "
            "are one webinar, such as one that was moved, say --single at the first import of each."
        )


def _summary(file: Path, report: Report, dry_run: bool) -> str:
    totals = ", ".join(f"{name} {number:,}" for name, number in report.totals.items()) or "none"
    return (
        f"{file}: {report.webinar_id} {report.title}: {report.events:,} events "
        f"{'would be ' if dry_run else ''}published, {report.rejected:,} rows "
        f"rejected. Read: {report.registered:,} registrants, {report.came:,} attendees, {report.sessions:,} sessions. "
        f"The report's own totals: {totals}."
    )


def _topics(incomplete: str) -> list[str]:
    return [one.name for one in ALL_TOPICS if one.name.startswith(incomplete)]


def publish(
    file: Annotated[
        str, typer.Argument(metavar="FILE.jsonl", help="Contract events, one per line; -: standard input.")
    ],
    check: Annotated[bool, typer.Option("--check", help="Only check; publish nothing.")] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Publish broken lines too, to --topic.")] = False,
    topic: Annotated[
        str | None, typer.Option(help="The topic of the broken lines; with --as-is.", autocompletion=_topics)
    ] = None,
) -> None:
    """Publish contract events as they are, each to the topic of its type (docs/contract.md)."""
    if as_is and topic not in {known.name for known in ALL_TOPICS}:
        give_up(f"--as-is needs --topic, one of: {', '.join(known.name for known in ALL_TOPICS)}.", WRONG_USE)
    if check and as_is:
        give_up("--check and --as-is exclude each other.", WRONG_USE)
    if file != "-":
        require_file(Path(file))
    try:
        with explained(), _open(file) as stream:
            if check:
                refused = _publish_lines(file, stream, None, None)
            else:
                with open_publisher(publish_settings()) as publisher:
                    refused = _publish_lines(file, stream, publisher, topic)
    except OSError as error:
        give_up(f"{file}: {error.strerror or error}", WRONG_USE)
    raise typer.Exit(FAILED if refused else 0)


def _publish_lines(file: str, stream: BinaryIO, publisher: Publisher | None, topic_as_is: str | None) -> int:
    """Publishes the valid lines (without a publisher: only checks) and reports the others; returns their number."""
    good = refused = 0
    with progress_bar() as progress:
        task = progress.add_task(file, total=None if file == "-" else Path(file).stat().st_size)
        done = 0
        for line in jsonl.read_lines(stream):
            done += len(line.value or b"")
            result = jsonl.check(line, now())
            if isinstance(result, jsonl.Accepted):
                good += 1
                if publisher is not None:
                    publisher.send_raw(result.topic, result.key, result.value)
            else:
                refused += 1
                if refused <= _SHOWN_REJECTIONS:
                    err.print(f"{file}: line {result.number}: {result.reason}; {result.advice}")
                if publisher is not None and topic_as_is is not None and line.value is not None:
                    publisher.send_raw(topic_as_is, None, line.value)
            _advance(progress, task, line.number, done)
        if publisher is not None:
            publisher.flush()
    if refused > _SHOWN_REJECTIONS:
        err.print(f"{file}: and {refused - _SHOWN_REJECTIONS:,} more lines were rejected.")
    verb = "good" if publisher is None else "published"
    out.print(f"{file}: {good:,} events {verb}, {refused:,} lines rejected.")
    return refused


def _advance(progress: Progress, task: TaskID, line: int, done: int) -> None:
    if line % _PROGRESS_LINES == 0:
        progress.update(task, completed=done)


def _open(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")
