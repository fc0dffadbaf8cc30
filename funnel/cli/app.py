"""The command `funnel`. Exit status: 0 success, 1 it failed or found a difference, 2 wrong use.

Slow modules are imported by the command that needs them, so that `--help` answers at once.
"""

# ruff: noqa: PLC0415
import logging
import sys
import time
from collections.abc import Callable
from importlib.metadata import version as installed_version
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from funnel.cli.console import (
    FAILED,
    WRONG_USE,
    At,
    checked_settings,
    complain,
    err,
    for_tables,
    give_up,
    moment,
)
from funnel.cli.report import known_or_give_up, report
from funnel.cli.tree import LOOK, OPERATE, Commands, add_late
from funnel.cli.wrong_use import explained_use
from process.clock import now

app = typer.Typer(
    name="funnel",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Webinar funnel: from registrations and attendance to exact numbers, live.",
)


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: runs one command, explains known errors in one line, exits."""
    # The errors below report the clients' failures, in one line.
    for client in ("kafka", "clickhouse_connect"):
        logging.getLogger(client).setLevel(logging.CRITICAL + 1)
    try:
        sys.exit(app(arguments, prog_name="funnel", standalone_mode=False))
    except TyperException as error:
        _end(explained_use(error), error.exit_code)
    except typer.Abort:
        _end("aborted", FAILED)
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


app.command(rich_help_panel=LOOK)(report)


@app.command(rich_help_panel=OPERATE)
def verify(
    at: At = None,
    timeout: Annotated[
        float, typer.Option(help="Seconds to wait for the workers to catch up.", min=0, metavar="SECONDS")
    ] = 120.0,
) -> None:
    """Recompute every number from the raw events, compare the raw events with Kafka, and list each difference."""
    from funnel.report.verify import verify as verified

    fixed = moment(at) if at is not None else None
    with err.status("verifying") as status:
        tell = status.update if err.is_terminal else _said_now_and_then()
        result = verified(checked_settings(), fixed, timeout, tell)
    if fixed is None:
        _remember(result.at, result.right)
    for line in result.lines():
        typer.echo(line)
    typer.echo(f"{'verified' if result.right else 'different'}: {result}")
    if not result.right:
        raise typer.Exit(FAILED)


@app.command(rich_help_panel=LOOK)
def watch(
    webinar: Annotated[
        list[str] | None,
        typer.Option(help="This webinar, live or not; may be repeated. Default: all live now.", metavar="ID"),
    ] = None,
    interval: Annotated[float, typer.Option(help="Seconds between two updates.", min=0.1, metavar="SECONDS")] = 1.0,
    at: At = None,
) -> None:
    """Follow live webinars in this terminal until Ctrl-C."""
    from clickhouse.client import connect
    from funnel.report.watch import watch as watching

    fixed = moment(at) if at is not None else None
    config = checked_settings()
    client = connect(config, user="reader")
    if webinar:
        known_or_give_up(client, now() if fixed is None else fixed, webinar)
    watching(
        client,
        for_tables(),
        lambda: now() if fixed is None else fixed,
        webinar_ids=webinar or (),
        interval=interval,
        full_percent=config.full_percent,
    )


@app.command(rich_help_panel=OPERATE)
def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print what would be done.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only print which migrations were applied.")] = False,
) -> None:
    """Migrate the database to the current schema."""
    from clickhouse.migrate import run

    if dry_run and status:
        give_up("--dry-run and --status exclude each other.", WRONG_USE)
    run(checked_settings(), dry_run=dry_run, show_status=status)


@app.command("create-topics", rich_help_panel=OPERATE)
def create_topics() -> None:
    """Create missing topics in Kafka, unless ClickHouse shows that they once existed."""
    from streams.create_topics import ensure_topics

    typer.echo(f"created: {', '.join(ensure_topics(checked_settings())) or 'nothing missing'}")


@app.command(rich_help_panel=OPERATE)
def up(
    workers: Annotated[int, typer.Option(help="How many workers.", min=0, metavar="N")] = 2,
    brokers: Annotated[
        int | None,
        typer.Option(
            help="How many brokers of Kafka: 1, or 3 or more to try a cluster. Default: as before, at first 1.",
            min=1,
            max=9,
            metavar="N",
        ),
    ] = None,
) -> None:
    """Start Kafka, ClickHouse, workers and dashboards on this machine, and keep them running."""
    from funnel.stack import commands
    from funnel.stack.grafana.settings import grafana_settings

    commands.up(checked_settings(), workers=workers, grafana=grafana_settings(), brokers=brokers)


@app.command(rich_help_panel=OPERATE)
def down() -> None:
    """Stop what `funnel up` started."""
    from funnel.stack import commands

    typer.echo("down" if commands.down(checked_settings()) else "nothing was running")


@app.command(rich_help_panel=OPERATE)
def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Show what runs, since when, and what is wrong.

    Exit status 0 only if every process is ready (or has done its task), the supervisor runs, and no process was
    restarted within the last hour: one that keeps dying is ready in between. Otherwise 1, with a line for each reason
    below the table.
    """
    from datetime import UTC, datetime

    from funnel.stack import commands, polled, probed
    from funnel.stack.alone import servers_alone
    from funnel.stack.folder import StackFolder
    from funnel.stack.grafana.settings import grafana_settings
    from funnel.stack.private import open_to_others
    from funnel.stack.table import problems, stack_json, stack_table

    config, now = checked_settings(), datetime.now(UTC)
    children = commands.status(config)
    if not children:
        found = ["nothing has been started here yet: funnel up"]
    else:
        found = problems(children, commands.watched(config), now)
        found += filter(None, (commands.short_of_room(config), servers_alone(StackFolder(config.data_dir))))
    probe = probed.ask(config) if probed.is_expected(children) else "no worker is at work"
    if probed.is_expected(children):
        found += filter(None, [probed.trouble(probe, children, now)])
    services, unpolled = polled.ask(config, children)
    found += unpolled
    found += [
        f"{path} is open to other users of this machine: funnel up closes it, or chmod go= {path}"
        for path in open_to_others(config.data_dir.resolve())
    ]
    address = commands.dashboards_address(children, grafana_settings().funnel_grafana_url)
    if as_json:
        polls = [one.as_json() for one in services]
        typer.echo(stack_json(children, found, address, now, probed.as_json(probe), polls))
    elif children:
        console = for_tables()
        console.print(stack_table(children, now, console.width))
        console.print(f"Dashboards: {address or 'not running'}", highlight=False, markup=False)
        console.print(f"Probe event: {probed.said(probe)}", highlight=False, markup=False, soft_wrap=True)
        for service in services:
            console.print(f"{service.connector}: {service}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"Logs: {children[0].log.parent}", highlight=False, markup=False, soft_wrap=True)
        for one in found:
            console.print(f"Not healthy: {one}", style="red", highlight=False, markup=False, soft_wrap=True)
        if not found:
            console.print("Healthy", style="green")
    else:
        give_up(found[0], FAILED)
    if found:
        raise typer.Exit(FAILED)


@app.command(rich_help_panel=OPERATE)
def worker() -> None:
    """Run one worker in the foreground until SIGTERM or Ctrl-C."""
    from streams.app import run_worker

    checked_settings()
    run_worker()


add_late(app)


def _remember(at: int, right: bool) -> None:
    """For those whom numbers are passed on to. It is no failure of the verification if it cannot be written."""
    from funnel.answers.verified import Verified, remember

    data_dir = checked_settings().data_dir
    try:
        remember(data_dir, Verified(at, right))
    except OSError as error:
        complain(f"what was found is not kept for exports and the API: {data_dir}: {error.strerror or error}")


def _said_now_and_then(seconds: float = 5.0) -> Callable[[str], None]:
    """Prints a line every few seconds, for output that is not a terminal."""
    said = time.monotonic()

    def tell(text: str) -> None:
        nonlocal said
        if time.monotonic() - said > seconds:
            said = time.monotonic()
            err.print(f"funnel: {text}")

    return tell


def _end(message: str, status: int) -> NoReturn:
    complain(message)
    sys.exit(status)
