"""`python -m funnel.demo [--keep]`: the whole system on this machine in a minute. Exit status 0; 1 with one line."""

import argparse
import logging
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clickhouse_connect.driver.client import Client
from rich.console import Console

import connectors.samples
from clickhouse.client import connect
from connectors.pipeline.publish import Publisher
from connectors.samples.make import sample_files
from connectors.simulator.history import History, history
from connectors.simulator.present import Present, present
from contract.instants import format_instant
from funnel.cli import app as cli
from funnel.demo import alerts, going_on
from funnel.demo.links import links
from funnel.demo.live import play_live
from funnel.demo.place import clear, demo_settings, hash_secret, write_environment
from funnel.demo.script import LIVE_SPEED, SEED, Script, last_line, objections, script
from funnel.demo.send import send_records
from funnel.report import numbers as report
from funnel.report.marks import answer_marked
from funnel.report.table import caption, table
from funnel.report.verify import Result, verify
from funnel.stack import commands
from funnel.stack.errors import StackError
from process.clock import now
from streams.known_errors import explained
from streams.lag import wait_until_caught_up
from streams.settings import Settings

WORKERS = 2
_CATCH_UP_SECONDS = 60.0
_PIPE_WIDTH = 140
_SAMPLES_TIMEZONE = "Europe/Berlin"


class DemoError(Exception):
    """The demo did not give the expected result; the text says what."""


def main() -> None:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m funnel.demo", description="Simulates a live webinar.")
    parser.add_argument("--keep", action="store_true", help="leave the stack running at the end")
    keep = parser.parse_args().keep
    for client in ("kafka", "clickhouse_connect"):
        logging.getLogger(client).setLevel(logging.CRITICAL + 1)
    # A signal stops what the demo has started, as Ctrl-C does; a hang-up that nohup ignores stays ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    sys.exit(_run(keep))


def _run(keep: bool) -> int:
    console = Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=_PIPE_WIDTH)
    settings = demo_settings()
    began = time.monotonic()
    try:
        with _stack(settings, console, keep):
            result = _demo(settings, console)
            if keep:
                _print_what_to_open(settings, _let_it_go_on(settings, console), console)
    except KeyboardInterrupt:
        print("demo stopped: none of its processes are running", file=sys.stderr)
        return 130
    except Exception as error:
        print(f"demo failed: {_in_one_line(error, settings)}", file=sys.stderr)
        return 1
    console.print(f"\nDone after {time.monotonic() - began:.0f} s{'' if keep else ', and everything is stopped'}.")
    print(last_line(result))
    return 0


@contextmanager
def _stack(settings: Settings, console: Console, keep: bool) -> Iterator[None]:
    """The stack while the demo runs; it stays up only if that is requested and the demo succeeds.

    A stack of which only a worker is late stays up (`up`): here it is stopped, since nobody was told of it.
    """
    _step(console, f"Start Kafka, ClickHouse, {WORKERS} workers and the webhook server on this machine")
    if clear(settings):
        console.print("  (stopped an earlier demo that was still running)")
    try:
        commands.up(settings, WORKERS, console)
        yield
    except BaseException:
        keep = False
        raise
    finally:
        if not keep:
            # A second Ctrl-C must not leave half of the stack running.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            with console.status("stopping"):
                commands.down(settings)


def _demo(settings: Settings, console: Console) -> Result:
    _step(console, "Import the sample files: three Zoom attendee reports, one file of events")
    _import_samples()
    played = script(now(), hash_secret())
    before = history(played.starts_at, SEED)
    _step(console, alerts.introduction())
    with Publisher(settings) as publisher:
        send_records(publisher, before.arrivals)
    _step(
        console,
        f"Play a simulated day: {len(played.webinar_ids)} webinars, {len(played.arrivals):,} deliveries, of them "
        f'{played.posts:,} webhooks of Zoom and Typeform. "{played.title}" live, {LIVE_SPEED:.0f} times as fast',
    )
    client = connect(settings, user="writer")
    try:
        play_live(settings, client, played, console)
        wait_until_caught_up(settings, _CATCH_UP_SECONDS, lambda _: None)
        _print_reports(settings, client, before, console)
        _print_alerts(client, before, console)
        return _checked(settings, client, played, console)
    finally:
        client.close()


def _import_samples() -> None:
    folder = Path(connectors.samples.__file__).parent
    names = sorted(str(_shown(folder / name)) for name in sample_files())
    reports = [name for name in names if name.endswith(".csv")]
    for command in (
        ["import", "zoom-report", "--timezone", _SAMPLES_TIMEZONE, *reports],
        ["publish", *(name for name in names if name.endswith(".jsonl"))],
    ):
        if cli.app(command, standalone_mode=False):
            raise DemoError(f"funnel {' '.join(command)} failed; its message is above")


def _print_alerts(client: Client, before: History, console: Console) -> None:
    _step(console, "What alerts would have sent in the previous weeks (funnel alerts simulate)")
    said = alerts.drops(client, now(), before)
    wrong = alerts.objection(said, before)
    if wrong is not None:
        raise DemoError(wrong)
    for line in alerts.lines(said):
        console.print(f"  {line}", soft_wrap=not console.is_terminal)


def _print_reports(settings: Settings, client: Client, before: History, console: Console) -> None:
    """The reports of all webinars except those of the previous weeks."""
    at = now()
    webinars = [row["webinar_id"] for row in report.answer(client, report.Question(at=at))]
    shown_webinars = tuple(one for one in webinars if one not in before.webinar_ids)
    for heading, by in (
        ("The funnel of each webinar", ()),
        ("The same by source of the registration", ("source_group",)),
    ):
        rows, _ = answer_marked(client, report.Question(at=at, by=by, webinar_ids=shown_webinars))
        _step(console, heading)
        console.print(table(rows, by, settings.full_percent, console.width))
        shown = f"{len(rows)} {'sources' if by else 'webinars'}"
        console.print(caption(at, shown, report.data_as_of(client)), style="dim")


def _checked(settings: Settings, client: Client, played: Script, console: Console) -> Result:
    _step(console, "Recompute every number from the raw events, and compare (funnel verify)")
    result = verify(settings)
    console.print(f"  {result}")
    raw_events = client.query(
        "SELECT count() FROM events FINAL WHERE webinar_id IN {webinar_ids:Array(String)}",
        parameters={"webinar_ids": played.webinar_ids},
    ).result_rows[0][0]
    wrong = objections(result, played, raw_events)
    if wrong:
        for line in wrong:
            console.print(f"  {line}", soft_wrap=True)
        raise DemoError(wrong[0] if len(wrong) == 1 else f"{len(wrong)} problems, listed above")
    console.print(
        f"  all {raw_events:,} events of the simulated day are stored once, "
        f"and so are its {result.dead_letters} broken records, as dead letters"
    )
    return result


def _let_it_go_on(settings: Settings, console: Console) -> Present:
    """Webinars until yesterday, one that is live and stays live, and upcoming ones, for the pages to show."""
    at = now()
    playing = present(at, SEED)
    _step(console, "Continue until now: webinars until yesterday, one live for half an hour and more, three upcoming")
    with Publisher(settings) as publisher:
        send_records(publisher, playing.past)
    going_on.start(settings, at)
    wait_until_caught_up(settings, _CATCH_UP_SECONDS, lambda _: None)
    return playing


def _print_what_to_open(settings: Settings, playing: Present, console: Console) -> None:
    environment = _shown(write_environment(settings))
    running = format_instant(script(now(), hash_secret()).kill_at)
    console.print(
        f"""
It keeps running. In this folder:
  . {environment}                      [dim]# where this demo is, for the commands below[/]
  .venv/bin/funnel report --by course,source_group
  .venv/bin/funnel watch --at {running}   [dim]# the webinar as it stood then[/]
  .venv/bin/funnel status
Open in the browser:
{links(f"http://127.0.0.1:{settings.dashboards_port}", playing)}
ClickHouse: http://{settings.clickhouse_host}:{settings.clickhouse_port}, database {settings.clickhouse_database}, \
user {settings.grafana_clickhouse_user} (reads only), password {settings.grafana_clickhouse_password.get_secret_value()}
To stop it: . {environment} && .venv/bin/funnel down
""",
        soft_wrap=True,
    )


def _step(console: Console, text: str) -> None:
    console.print(f"\n[bold]{text}[/]")


def _shown(path: Path) -> Path:
    """The path relative to the working folder, if it is below it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _in_one_line(error: Exception, settings: Settings) -> str:
    known = str(error) if isinstance(error, (DemoError, StackError)) else explained(error)
    logs = settings.data_dir / "logs"
    if known is not None:
        return f"{known} (the logs are in {_shown(logs)})" if logs.exists() else known
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "demo-error.txt").write_text("".join(traceback.format_exception(error)))
    return f"{type(error).__name__}: {error} (a bug of ours: {_shown(settings.data_dir)}/demo-error.txt)"


if __name__ == "__main__":
    main()
