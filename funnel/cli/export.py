"""`funnel export`: the report as a file or a Google sheet for others, with definitions, without small groups."""

# ruff: noqa: PLC0415  that `--help` answers at once
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from funnel.cli.console import WRONG_USE, At, checked_settings, give_up, option, out
from funnel.cli.report import known_or_give_up, question_asked

if TYPE_CHECKING:
    from funnel.export.table import Exported

_SHEET_ID = re.compile(r"(?:https://docs\.google\.com/spreadsheets/d/)?([A-Za-z0-9_-]{20,})(?:[/?#].*)?")


def export(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="NAME.csv, NAME.xlsx or NAME.parquet; an existing file is replaced."),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="Instead of a file: a Google sheet that the service account may edit.", metavar="ID|ADDRESS"),
    ] = None,
    tab: Annotated[str, typer.Option(help="The tab of that sheet; it is replaced.", metavar="NAME")] = "Report",
    by: Annotated[
        str | None,
        typer.Option(
            help="Group by: webinar, source_group, course, region, language, week, weekday, hour, format, status, "
            "platform, people; several with commas. Default: one row for each webinar.",
            metavar="DIMENSION,…",
        ),
    ] = None,
    webinar: Annotated[list[str] | None, typer.Option(help="Only this webinar; may be repeated.", metavar="ID")] = None,
    at: At = None,
    first_day: Annotated[
        str | None, typer.Option("--from", help="Webinars from this day on: 2026-11-01, 2026-11, 2026-W45, monday.")
    ] = None,
    last_day: Annotated[str | None, typer.Option("--to", help="Webinars up to this day.")] = None,
) -> None:
    """Write the report for others: CSV, XLSX, Parquet or a Google sheet, with what each column means.

    Numbers of fewer than FUNNEL_SMALL_GROUPS people are left out (docs/export.md).
    """
    from funnel.export.files import SAVERS

    if (file is None) == (sheet is None):
        give_up("Name a file (NAME.csv, NAME.xlsx, NAME.parquet), or a Google sheet with --sheet.", WRONG_USE)
    if file is not None and file.suffix.lower() not in SAVERS:
        give_up(f"{file}: the name has to end in {', '.join(SAVERS)}.", WRONG_USE)
    found = _SHEET_ID.fullmatch(sheet) if sheet is not None else None
    if sheet is not None and found is None:
        give_up(f"--sheet {sheet}: neither a sheet's id nor its address.", WRONG_USE)
    if sheet is not None and tab.strip().lower() == "definitions":
        give_up(f"--tab {tab}: that tab gets the definitions; name another one.", WRONG_USE)
    what = _asked(by, webinar, at, first_day, last_day)
    if file is not None:
        _save(what, file)
    elif found is not None:
        _write(what, found[1], tab)


def _asked(
    by: str | None, webinar: list[str] | None, at: str | None, first_day: str | None, last_day: str | None
) -> "Exported":
    from clickhouse.client import connect
    from funnel.answers.answer import answered, parse_dimensions
    from funnel.export.table import exported
    from process.patience import waiting_for

    config = checked_settings()
    small_groups = _small_groups()
    dimensions, each = option("--by", parse_dimensions, by) if by is not None else ((), False)
    question = replace(question_asked(config, None, webinar, at, first_day, last_day), by=dimensions)
    client = connect(config, user="reader")
    with waiting_for("ClickHouse"):
        known = known_or_give_up(client, question.at, question.webinar_ids)
        answer = answered(client, question, small_groups, config.data_dir, each_webinar=each)
    return exported(answer, known, config.default_timezone)


def _small_groups() -> int:
    from connectors.settings import SettingsError
    from funnel.answers.settings import answer_settings

    try:
        return answer_settings().small_groups
    except SettingsError as error:
        give_up(str(error), WRONG_USE)


def _save(what: "Exported", file: Path) -> None:
    from funnel.export.files import SAVERS, NotInstalledError

    try:
        written = SAVERS[file.suffix.lower()](what, file)
    except NotInstalledError as error:
        give_up(str(error))
    except OSError as error:
        give_up(f"{file}: {error.strerror or error}. Look at the name and the folder.")
    _say(what, " and ".join(map(str, written)))


def _write(what: "Exported", sheet_id: str, tab: str) -> None:
    from connectors.settings import SettingsError
    from connectors.table.settings import sheets_settings
    from connectors.toolkit.io.http import ServiceError
    from funnel.export.sheet import open_writer, write_sheet

    try:
        with open_writer(sheets_settings()) as http:
            write_sheet(http, sheet_id, what, tab)
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    except ServiceError as error:
        give_up(f"{error} The sheet has to be shared with the service account as an editor.")
    _say(what, f"the sheet's tabs {tab} and Definitions")


def _say(what: "Exported", where: str) -> None:
    hidden = next(value for name, _, value in what.about if name == "suppressed")
    left_out = f", {hidden} numbers of small groups left out" if hidden != "0" else ""
    out.print(f"{where}: {len(what.rows):,} {'row' if len(what.rows) == 1 else 'rows'}{left_out}.")
