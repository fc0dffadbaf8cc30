"""The command `funnel`. Exit status: 0 all well, 1 it could not be done or a difference was found, 2 wrong use.

Modules that are slow to import are imported by the command that needs them, so that `--help` answers at once.
"""

# ruff: noqa: PLC0415
import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from typer.exceptions import TyperException

from funnel.cli.console import FAILED, WRONG_USE, At, err, for_tables
from process.clock import now

if TYPE_CHECKING:
    from streams.settings import Settings


Value = TypeVar("Value")

app = typer.Typer(
    name="funnel",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Webinar funnel: from registrations and attendance to exact numbers, live.",
)


class _FailedError(Exception):
    """Ends the command with one line and a status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: runs one command, explains known errors in one line, ends the process."""
    # What goes wrong in the clients is told by the errors below, in one line.
    for client in ("kafka", "clickhouse_connect"):
        logging.getLogger(client).setLevel(logging.CRITICAL + 1)
    try:
        sys.exit(app(arguments, prog_name="funnel", standalone_mode=False))
    except TyperException as error:
        _end(error.format_message(), error.exit_code)
    except typer.Abort:
        _end("aborted", FAILED)
    except _FailedError as error:
        _end(str(error), error.status)
    except Exception as error:
        from streams.known_errors import explained

        message = explained(error)
        if message is None:
            raise
        _end(message, FAILED)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"funnel {installed_version('webinar-funnel')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Webinar funnel: from registrations and attendance to exact numbers, live."""


@app.command()
def report(
    by: Annotated[
        str | None,
        typer.Option(
            help="Group by: source_group, course, region, language, week, weekday, hour, format, status, platform, "
            "people (new or returning); several with commas.",
            metavar="DIMENSION,…",
        ),
    ] = None,
    webinar: Annotated[list[str] | None, typer.Option(help="Only this webinar; may be repeated.", metavar="ID")] = None,
    at: At = None,
    first_day: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Webinars from this day on, each in its own time zone."),
    ] = None,
    last_day: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Webinars up to this day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, nothing else.")] = False,
) -> None:
    """Print the numbers of every webinar, or of groups of webinars."""
    from clickhouse.client import connect
    from funnel.report import numbers as reports
    from funnel.report.marks import answer_marked
    from process.patience import waiting_for

    if first_day and last_day and first_day > last_day:
        raise _FailedError("--from is later than --to: no day lies between them.", WRONG_USE)
    question = reports.Question(
        at=_at(at),
        by=_read("--by", reports.parse_by, by) if by is not None else (),
        webinar_ids=tuple(webinar or ()),
        first_day=first_day.date() if first_day else None,
        last_day=last_day.date() if last_day else None,
    )
    config = _settings()
    client = connect(config, user="reader")
    with waiting_for("ClickHouse"):
        rows, marks = answer_marked(client, question)
        as_of = reports.data_as_of(client, question.webinar_ids)
    if as_json:
        typer.echo(reports.as_json(rows))
        return

    from funnel.report.table import caption, doubt, table, watching

    shown = f"{len(rows):,} {'group' if question.by else 'webinar'}{'' if len(rows) == 1 else 's'}"
    console = for_tables()
    console.print(table(rows, question.by, config.full_percent, console.width))
    if len(rows) == 1 and not question.by:
        console.print(watching(rows[0]))
    if explanation := doubt(rows, config.matched_percent):
        console.print(explanation, style="dim")
    for one in marks:
        console.print(f"{one.webinar_id}: {one.sentence}")
    console.print(caption(question.at, shown, as_of), style="dim")


@app.command()
def verify(
    at: At = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the workers to catch up.", min=0)] = 120.0,
) -> None:
    """Recompute every number from the raw events, compare these with Kafka, and name each difference."""
    from funnel.report.verify import verify as verified

    moment = _at(at) if at is not None else None
    with err.status("verifying") as status:
        tell = status.update if err.is_terminal else _said_now_and_then()
        result = verified(_settings(), moment, timeout, tell)
    for line in result.lines():
        typer.echo(line)
    typer.echo(f"{'verified' if result.right else 'different'}: {result}")
    if not result.right:
        raise typer.Exit(FAILED)


@app.command()
def watch(
    webinar: Annotated[
        list[str] | None, typer.Option(help="This webinar, on or not; may be repeated. Default: all on now.")
    ] = None,
    interval: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.1)] = 1.0,
    at: At = None,
) -> None:
    """Show the live funnel in the terminal until Ctrl-C."""
    from clickhouse.client import connect
    from funnel.report.watch import watch as watching

    fixed = _at(at) if at is not None else None
    config = _settings()
    watching(
        connect(config, user="reader"),
        for_tables(),
        lambda: now() if fixed is None else fixed,
        webinar_ids=webinar or (),
        interval=interval,
        full_percent=config.full_percent,
    )


@app.command()
def compare(
    webinar: Annotated[str, typer.Argument(metavar="WEBINAR", help="webinar_id, such as zoom:9151.")],
    at: At = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list, nothing else.")] = False,
) -> None:
    """Explain line by line why a service's own totals are other than our numbers."""
    from funnel.cli.compare import compare_webinar

    _settings()
    compare_webinar(webinar, _at(at), as_json)


_LATER = {
    "import": ("funnel.cli.import_files:import_app", "Bring in files: import zoom-report, import table, import sheet."),
    "publish": (
        "funnel.cli.import_files:publish",
        "Publish contract events from a file, one a line; - for standard input.",
    ),
    "connectors": (
        "funnel.cli.connectors:connectors_app",
        "The services that people register and meet on: connectors list, check, poll, serve, quarantine.",
    ),
    "map": (
        "funnel.cli.connectors:map_",
        "Print the events that a service's payload or export would become; publish nothing.",
    ),
    "remap": (
        "funnel.cli.connectors:remap",
        "Move registrations that a wrong rule has brought to the webinar that they are meant for.",
    ),
    "business": ("funnel.cli.business:business_app", "Apply what the business decides: watch, apply, check, unsorted."),
    "explain": ("funnel.cli.business:explain_app", "Say which rule decided: explain webinar ID, explain source VALUE."),
    "alerts": ("funnel.cli.alerts:alerts_app", "Say what is unusual, and why: alerts [watch|explain|simulate|test]."),
    "digest": ("funnel.cli.alerts:digest", "Send or print the morning summary, or the week's page."),
    "rebuild": ("funnel.cli.rebuild:rebuild", "Make anew what ClickHouse has lost, then verify every number."),
    "dead-letters": (
        "funnel.cli.dead_letters:dead_letters_app",
        "Records that could not be read: dead-letters list, show, replay, discard, resume.",
    ),
    "dashboards": (
        "funnel.cli.dashboards:dashboards",
        "Show the dashboards in the browser, without Grafana, until Ctrl-C.",
    ),
}
"""Commands of other modules by name: where they are, and what --help says. Imported by whoever calls them."""


def later(name: str) -> typer.Typer:
    """The app of a command of another module, whether it is one command there or several."""
    module, _, attribute = _LATER[name][0].partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        return found
    alone = typer.Typer(add_completion=False)
    alone.command()(found)
    return alone


def _call_later(name: str) -> Callable[[typer.Context], None]:
    def call(context: typer.Context) -> None:
        raise typer.Exit(later(name)(context.args, prog_name=f"funnel {name}", standalone_mode=False) or 0)

    return call


for _name, (_, _help) in _LATER.items():
    app.command(
        _name,
        help=_help,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
        add_help_option=False,
    )(_call_later(_name))


@app.command()
def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Print which migrations were applied.")] = False,
) -> None:
    """Bring the database to the present schema."""
    from clickhouse.migrate import run

    if dry_run and status:
        raise _FailedError("--dry-run and --status exclude each other.", WRONG_USE)
    run(_settings(), dry_run=dry_run, show_status=status)


@app.command("create-topics")
def create_topics() -> None:
    """Create the missing topics in Kafka, unless ClickHouse says that it once had them."""
    from streams.create_topics import ensure_topics

    typer.echo(f"created: {', '.join(ensure_topics(_settings())) or 'nothing missing'}")


@app.command()
def up(workers: Annotated[int, typer.Option(help="How many workers.", min=0)] = 2) -> None:
    """Start Kafka, ClickHouse, workers and dashboards on this machine, and keep them running."""
    from funnel.stack import commands
    from funnel.stack.grafana.settings import grafana_settings

    commands.up(_settings(), workers=workers, grafana=grafana_settings())


@app.command()
def down() -> None:
    """Stop what `funnel up` started."""
    from funnel.stack import commands

    typer.echo("down" if commands.down(_settings()) else "nothing was running")


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Say what runs, since when, and what is wrong.

    Exit status 0 only if every process is ready (or has done its task), all of them are watched over, and none was
    restarted within the last hour: a process that dies again and again is ready in between. 1 otherwise; then a line
    for each reason stands below the table.
    """
    from datetime import UTC

    from funnel.stack import commands
    from funnel.stack.grafana.settings import grafana_settings
    from funnel.stack.private import open_to_others
    from funnel.stack.table import problems, stack_json, stack_table

    config, now = _settings(), datetime.now(UTC)
    children = commands.status(config)
    if not children:
        found = ["nothing has been started here yet: funnel up"]
    else:
        found = problems(children, commands.watched(config), now)
        found += [short] if (short := commands.short_of_room(config)) else []
    found += [
        f"{path} is open to other users of this machine: funnel up closes it, or chmod go= {path}"
        for path in open_to_others(config.data_dir.resolve())
    ]
    address = commands.dashboards_address(children, grafana_settings().funnel_grafana_url)
    if as_json:
        typer.echo(stack_json(children, found, address, now))
    elif children:
        console = for_tables()
        console.print(stack_table(children, now))
        console.print(f"Dashboards: {address or 'not running'}", highlight=False, markup=False)
        console.print(f"Logs: {children[0].log.parent}", highlight=False, markup=False, soft_wrap=True)
        for one in found:
            console.print(f"Not healthy: {one}", style="red", highlight=False, markup=False, soft_wrap=True)
        if not found:
            console.print("Healthy", style="green")
    else:
        raise _FailedError(found[0], FAILED)
    if found:
        raise typer.Exit(FAILED)


@app.command()
def worker() -> None:
    """Run one worker in the foreground until SIGTERM or Ctrl-C."""
    from streams.app import run_worker

    _settings()
    run_worker()


def _at(text: str | None) -> int:
    from funnel.report.numbers import parse_at

    return now() if text is None else _read("--at", parse_at, text)


def _read(option: str, parse: Callable[[str], Value], text: str) -> Value:
    try:
        return parse(text)
    except ValueError as error:
        raise _FailedError(f"{option} {text}: {error}", WRONG_USE) from error


def _said_now_and_then(seconds: float = 5.0) -> Callable[[str], None]:
    """Where nobody sees a line change, one is printed every few seconds."""
    said = time.monotonic()

    def tell(text: str) -> None:
        nonlocal said
        if time.monotonic() - said > seconds:
            said = time.monotonic()
            err.print(f"funnel: {text}")

    return tell


def _settings() -> "Settings":
    from pydantic import ValidationError

    from streams.known_errors import explained_settings
    from streams.settings import settings

    try:
        return settings()
    except ValidationError as error:
        raise _FailedError(explained_settings(error), WRONG_USE) from error


def _end(message: str, status: int) -> NoReturn:
    for text in message.splitlines():
        err.print(f"funnel: {text}")
    sys.exit(status)
