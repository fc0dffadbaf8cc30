"""`funnel report`: the numbers, as a table for people, as JSON or CSV for programs, as a workbook."""

# ruff: noqa: PLC0415  that `--help` answers at once
import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from funnel.cli.console import WRONG_USE, At, checked_settings, err, for_tables, give_up, moment, option

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client
    from rich.table import Table

    from funnel.report.marks import Marked
    from funnel.report.numbers import Question, Row
    from funnel.report.starts import Start
    from streams.settings import Settings

_LATEST = 20
"""How many webinars are shown by default."""


def _by_names(incomplete: str) -> list[str]:
    # Imported here: it needs ClickHouse's client, which --help does not.
    from funnel.report.numbers import DIMENSIONS

    *said, last = incomplete.split(",")
    return [",".join([*said, name]) for name in DIMENSIONS if name.startswith(last) and name not in said]


def report(
    by: Annotated[
        str | None,
        typer.Option(
            help="Group by: source_group, course, region, language, week, weekday, hour, format, status, platform, "
            "people (new or returning); several with commas.",
            metavar="DIMENSION,…",
            autocompletion=_by_names,
        ),
    ] = None,
    webinar: Annotated[list[str] | None, typer.Option(help="Only this webinar; may be repeated.", metavar="ID")] = None,
    at: At = None,
    first_day: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Webinars from this day on, each in its own time zone: 2026-11-01, 01.11.2026, 2026-11, 2026-W45, "
            "yesterday, monday.",
            metavar="DAY",
        ),
    ] = None,
    last_day: Annotated[
        str | None,
        typer.Option("--to", help="Webinars up to this day; for a month or a week, up to its last day.", metavar="DAY"),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            help=f"Only the last N webinars that have begun; 0: all webinars. Default: {_LATEST} in the table, with "
            "the next upcoming ones below it, unless --webinar, --from or --to is given; all with --json, --csv and "
            "--xlsx.",
            min=0,
            metavar="N",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, nothing else.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV, nothing else; the names are those of --json.")] = False,
    workbook: Annotated[
        Path | None,
        typer.Option("--xlsx", help="Write an Excel workbook; an existing file is replaced.", metavar="FILE"),
    ] = None,
) -> None:
    """Print the numbers of the last webinars, newest first, and of the next upcoming ones; or of groups of webinars."""
    from clickhouse.client import connect
    from process.patience import waiting_for

    if sum((as_json, as_csv, workbook is not None)) > 1:
        give_up("--json, --csv and --xlsx exclude each other.", WRONG_USE)
    if limit is not None and by is not None:
        give_up("--limit counts webinars, and --by shows groups of them: choose the webinars with --from.", WRONG_USE)
    config = checked_settings()
    question = question_asked(config, by, webinar, at, first_day, last_day)
    client = connect(config, user="reader")
    with waiting_for("ClickHouse"):
        found = _Report(client, question, limit, config)
        if as_json:
            typer.echo(found.json())
        elif as_csv:
            typer.echo(found.csv(), nl=False)
        elif workbook is not None:
            found.save(workbook)
        else:
            found.show()


def known_or_give_up(client: "Client", at: int, webinar_ids: Sequence[str]) -> dict[str, "Start"]:
    """When these (or all) webinars begin. Ends the command if no event names one of them."""
    from funnel.report.starts import starts

    known = starts(client, at, webinar_ids)
    unknown = [one for one in webinar_ids if one not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], starts(client, at), n=1, cutoff=0.75)
        advice = f"did you mean {near[0]}?" if near else "funnel report lists all webinars."
        give_up(f"{', '.join(unknown)}: no event names {'this webinar' if len(unknown) == 1 else 'these'}; {advice}")
    return known


def question_asked(
    config: "Settings",
    by: str | None,
    webinar: list[str] | None,
    at: str | None,
    first_day: str | None,
    last_day: str | None,
) -> "Question":
    """The question of these options. Ends the command if one is wrong."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from funnel.cli.days import Days, parse_days
    from funnel.report.numbers import Question, parse_by

    looked_at = moment(at)
    today = datetime.fromtimestamp(looked_at / 1000, UTC).astimezone(ZoneInfo(config.default_timezone)).date()
    of_day: Callable[[str], Days] = lambda text: parse_days(text, today)  # noqa: E731
    first = option("--from", of_day, first_day).first if first_day else None
    last = option("--to", of_day, last_day).last if last_day else None
    if first and last and first > last:
        give_up("--from is later than --to: there is no day between them.", WRONG_USE)
    return Question(
        at=looked_at,
        by=option("--by", parse_by, by) if by is not None else (),
        webinar_ids=tuple(webinar or ()),
        first_day=first,
        last_day=last,
    )


class _Report:
    """The answer to a question, in each output format."""

    def __init__(self, client: "Client", question: "Question", limit: int | None, config: "Settings") -> None:
        from funnel.report.marks import answer_marked

        self._client, self._question, self._limit, self._config = client, question, limit, config
        self._starts = known_or_give_up(client, question.at, question.webinar_ids)
        self._found: Marked = answer_marked(client, question)

    def json(self) -> str:
        """All rows, sorted by webinar_id; with a limit only the last webinars that have begun."""
        from funnel.report.numbers import as_json

        chosen = {row["webinar_id"] for row in self._lists(self._limit).shown} if self._limit else None
        return as_json([row for row in self._found.rows if chosen is None or row["webinar_id"] in chosen])

    def csv(self) -> str:
        """The same, newest first, with dates."""
        from funnel.report.export import as_csv

        return as_csv(self._dated())

    def save(self, path: Path) -> None:
        """Writes the workbook, and prints its path."""
        from funnel.report.export import save_workbook

        rows = self._dated()
        try:
            save_workbook(rows, path)
        except OSError as error:
            give_up(f"--xlsx {path}: {error.strerror or error}. Look at the name and the folder.")
        err.print(f"{path}: {self._counted(rows)}.")

    def show(self) -> None:
        """Prints the table, and below it that of the upcoming webinars."""
        from funnel.report.numbers import data_as_of
        from funnel.report.table import caption, doubt, watching

        question, console = self._question, for_tables()
        asked = question.webinar_ids or question.first_day or question.last_day
        lists = self._lists(self._limit if self._limit is not None or asked else _LATEST)
        console.print(self._table(lists.shown, console.width))
        if lists.upcoming:
            console.print("Upcoming", style="bold")
            console.print(self._table(lists.upcoming, console.width))
        if len(lists.shown) == 1 and not question.by:
            console.print(watching(lists.shown[0]), highlight=False)
        if explanation := doubt(lists.shown, self._config.matched_percent):
            console.print(explanation, style="dim")
        shown = {row.get("webinar_id") for row in (*lists.shown, *lists.upcoming)}
        for one in self._found.marks:
            if question.by or one.webinar_id in shown:
                console.print(f"{one.webinar_id}: {one.sentence}", markup=False, highlight=False)
        as_of = data_as_of(self._client, question.webinar_ids)
        console.print(caption(question.at, self._said(lists), as_of), style="dim", highlight=False)

    def _table(self, rows: Sequence["Row"], width: int) -> "Table":
        from funnel.report.numbers import named
        from funnel.report.table import table

        question, config = self._question, self._config
        return table(
            named(self._client, rows) if "source_group" in question.by else rows,
            question.by,
            config.full_percent,
            width,
            self._starts,
            config.default_timezone,
            _year(question.at),
        )

    def _lists(self, limit: int | None) -> "_Lists":
        from funnel.report.starts import begun_and_upcoming, newest_first

        if self._question.by:
            return _Lists(self._found.rows)
        by_id = {row["webinar_id"]: row for row in self._found.rows}
        if not limit:
            return _Lists([by_id[one] for one in newest_first(list(by_id), self._starts)])
        begun, upcoming = (
            [by_id[one] for one in ids] for ids in begun_and_upcoming(list(by_id), self._starts, self._question.at)
        )
        timeless = len(by_id) - len(begun) - len(upcoming)
        return _Lists(begun[:limit], upcoming[:limit], len(begun), len(upcoming), timeless)

    def _dated(self) -> list["Row"]:
        from funnel.report.export import dated

        rows = self._lists(self._limit).shown
        return rows if self._question.by else dated(rows, self._starts, self._config.default_timezone)

    def _counted(self, rows: Sequence["Row"]) -> str:
        return f"{len(rows):,} {'group' if self._question.by else 'webinar'}{'' if len(rows) == 1 else 's'}"

    def _said(self, lists: "_Lists") -> str:
        if lists.begun is None:
            return self._counted(lists.shown)
        hidden = lists.timeless or len(lists.shown) < lists.begun or len(lists.upcoming) < lists.coming
        parts = [f"{_part('The last', len(lists.shown), lists.begun)} webinars that have begun"]
        if lists.coming:
            parts.append(f"{_part('the next', len(lists.upcoming), lists.coming)} upcoming")
        if lists.timeless:
            parts.append(f"{lists.timeless:,} without a start time not shown")
        return f"{', '.join(parts)}{' (--limit 0: all)' if hidden else ''}"


class _Lists(NamedTuple):
    """What is shown, in order; without a limit all of it, and the rest is empty."""

    shown: "list[Row]"
    upcoming: "list[Row]" = []  # noqa: RUF012  never changed
    begun: int | None = None
    """How many have begun; None: all are shown."""
    coming: int = 0
    timeless: int = 0


def _part(which: str, shown: int, of: int) -> str:
    return f"{which} {shown:,} of {of:,}" if shown < of else f"{of:,}"


def _year(ms: int) -> int:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(ms / 1000, UTC).year
