"""The ways in for files: `funnel import zoom-report` and `funnel publish`.

Exit status: 0 all well, 1 something was rejected or not acknowledged, 2 wrong use.
"""

import difflib
import logging
import sys
import time
import zoneinfo
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from connectors import jsonl
from connectors.csv_rows import UnreadableFileError, read_rows
from connectors.publish import Publisher, PublishError
from connectors.quarantine import Quarantine
from connectors.rows import RowRejection
from connectors.settings import ConnectorSettings, SettingsError, connector_settings, kafka_bootstrap
from connectors.zoom_report.mapping import NotAZoomReportError, Report, report_events
from connectors.zoom_report.table import Context
from streams.topics import ALL_TOPICS

REJECTED, WRONG_USE = 1, 2
_SHOWN_REJECTIONS = 20
_PROGRESS_LINES = 500

import_app = typer.Typer(no_args_is_help=True, help="Bring in files that other services export.")
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)


@import_app.callback()
def _import() -> None:
    """Bring in files that other services export."""


@import_app.command("zoom-report")
def zoom_report(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Zoom's attendee reports, CSV as generated.")],
    timezone: Annotated[
        str, typer.Option(help="The report's time zone, such as Europe/Berlin: Zoom's files do not say it.")
    ],
) -> None:
    """Import Zoom's attendee reports: webinar, registrations, sessions. Safe to run again on the same file."""
    zone = _zone(timezone)
    for file in files:
        _require_file(file)
    try:
        settings = connector_settings()
        with _publisher(settings.kafka_bootstrap) as publisher:
            status = max([_import_report(file, zone, settings, publisher) for file in files])
    except SettingsError as error:
        _give_up(str(error), WRONG_USE)
    except PublishError as error:
        _give_up(str(error), REJECTED)
    raise typer.Exit(status)


def _import_report(file: Path, zone: zoneinfo.ZoneInfo, settings: ConnectorSettings, publisher: Publisher) -> int:
    """Publishes one report and says what was read; the exit status. The other files go on."""
    report = Report()
    context = Context(zone, settings.hash_secret.get_secret_value(), _now())
    try:
        with Quarantine(settings.data_dir, "zoom-report") as quarantine, _progress() as progress:
            task = progress.add_task(file.name, total=file.stat().st_size)
            rows = read_rows(file, lambda done: progress.update(task, completed=done))
            for result in report_events(rows, context, report):
                if isinstance(result, RowRejection):
                    _reject_row(file, result, report, quarantine, context.received_at)
                else:
                    publisher.send(result)
            publisher.flush()
    except (NotAZoomReportError, UnreadableFileError) as error:
        _err.print(f"{file}: {error}")
        return WRONG_USE
    except OSError as error:
        _err.print(f"{error.filename or file}: {error.strerror or error}")
        return WRONG_USE
    _out.print(_summary(file, report))
    if report.rejected:
        _err.print(f"Correct the rejected rows, kept in {quarantine.path}, and import the file again.")
    return REJECTED if report.rejected else 0


def _reject_row(file: Path, row: RowRejection, report: Report, quarantine: Quarantine, at: int) -> None:
    quarantine.keep(
        {
            "file": str(file),
            "line": row.line,
            "field": row.field,
            "reason": row.reason,
            "cells": row.cells,
            "received_at": at,
        }
    )
    if report.rejected <= _SHOWN_REJECTIONS:
        _err.print(f"{file}: line {row.line}: {row.field}: {row.reason}")
    if report.rejected == _SHOWN_REJECTIONS + 1:
        _err.print(f"{file}: further rejected rows are only in {quarantine.path}")


def _summary(file: Path, report: Report) -> str:
    totals = ", ".join(f"{name} {number:,}" for name, number in report.totals.items()) or "none"
    return (
        f"{file}: {report.webinar_id} {report.title}: {report.events:,} events published, {report.rejected:,} rows "
        f"rejected. Read: {report.registered:,} registrants, {report.came:,} came, {report.sessions:,} sessions. "
        f"The report's own totals: {totals}."
    )


def publish(
    file: Annotated[str, typer.Argument(metavar="FILE.jsonl", help="One contract event a line; - for standard input.")],
    check: Annotated[bool, typer.Option("--check", help="Only check, publish nothing.")] = False,
    as_is: Annotated[bool, typer.Option("--as-is", help="Publish broken lines too, to --topic.")] = False,
    topic: Annotated[str | None, typer.Option(help="The topic of the broken lines; with --as-is.")] = None,
) -> None:
    """Publish contract events as they are, each to the topic of its type (docs/contract.md)."""
    if as_is and topic not in {known.name for known in ALL_TOPICS}:
        _give_up(f"--as-is needs --topic, one of: {', '.join(known.name for known in ALL_TOPICS)}.", WRONG_USE)
    if check and as_is:
        _give_up("--check and --as-is exclude each other.", WRONG_USE)
    if file != "-":
        _require_file(Path(file))
    try:
        with _open(file) as stream:
            if check:
                refused = _publish_lines(file, stream, None, None)
            else:
                with _publisher(kafka_bootstrap()) as publisher:
                    refused = _publish_lines(file, stream, publisher, topic)
    except SettingsError as error:
        _give_up(str(error), WRONG_USE)
    except PublishError as error:
        _give_up(str(error), REJECTED)
    except OSError as error:
        _give_up(f"{file}: {error.strerror or error}", WRONG_USE)
    raise typer.Exit(REJECTED if refused else 0)


def _publish_lines(file: str, stream: BinaryIO, publisher: Publisher | None, topic_as_is: str | None) -> int:
    """Publishes the good lines (without a publisher: checks only) and reports the others; the number of those."""
    good = refused = 0
    with _progress() as progress:
        task = progress.add_task(file, total=None if file == "-" else Path(file).stat().st_size)
        done = 0
        for line in jsonl.read_lines(stream):
            done += len(line.value or b"")
            result = jsonl.check(line, _now())
            if isinstance(result, jsonl.Accepted):
                good += 1
                if publisher is not None:
                    publisher.send_raw(result.topic, result.key, result.value)
            else:
                refused += 1
                _err.print(f"{file}: line {result.number}: {result.reason}; {result.advice}")
                if publisher is not None and topic_as_is is not None and line.value is not None:
                    publisher.send_raw(topic_as_is, None, line.value)
            _advance(progress, task, line.number, done)
        if publisher is not None:
            publisher.flush()
    verb = "good" if publisher is None else "published"
    _out.print(f"{file}: {good:,} events {verb}, {refused:,} lines rejected.")
    return refused


def _advance(progress: Progress, task: TaskID, line: int, done: int) -> None:
    if line % _PROGRESS_LINES == 0:
        progress.update(task, completed=done)


def _publisher(bootstrap: str) -> Publisher:
    # Whatever goes wrong in kafka-python is told by PublishError, in one line.
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    return Publisher(bootstrap)


def _open(file: str) -> BinaryIO:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=_err, transient=True, disable=not _err.is_terminal)


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        _give_up(f"--timezone {name}: no such time zone. Give an IANA name such as Europe/Berlin.{hint}", WRONG_USE)


def _require_file(file: Path) -> None:
    if file.is_dir():
        _give_up(f"{file}: a folder. Name the files in it.", WRONG_USE)
    if not file.exists():
        _give_up(f"{file}: no such file. Look at the name and the folder.", WRONG_USE)


def _give_up(message: str, status: int) -> NoReturn:
    _err.print(message)
    raise typer.Exit(status)


def _now() -> int:
    return time.time_ns() // 1_000_000
