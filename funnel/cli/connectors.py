"""The connectors on the command line: `funnel connectors …`, `funnel map`, `funnel remap`."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich import box
from rich.highlighter import JSONHighlighter
from rich.table import Table
from rich.text import Text

from connectors.connector import Connector
from connectors.forms.file import RulesFile
from connectors.generic.connector import map_by
from connectors.generic.mapping import SERVICE as GENERIC
from connectors.mapped import Context, Mapped, Reason, Rejection
from connectors.pipeline.discard import discard as discarded
from connectors.pipeline.polled import Service
from connectors.pipeline.poller_reports import poller_report
from connectors.pipeline.pollers import pollers, pollers_if_kafka_answers
from connectors.pipeline.pollers import retire as forget_pollers
from connectors.pipeline.polling import poll_for_ever, poll_once
from connectors.pipeline.preview import previewed
from connectors.pipeline.publish import Publisher, PublishError
from connectors.pipeline.quarantine import payload_of, quarantined, quarantined_by_reason
from connectors.pipeline.remap import Remap
from connectors.pipeline.room import require_room
from connectors.pipeline.spool import Outgoing
from connectors.pipeline.state import State, StateError
from connectors.pipeline.zoom_names import Names
from connectors.poll import Span
from connectors.registry import NoSuchConnectorError, connector, connectors
from connectors.settings import SettingsError, connector_settings, publish_settings
from connectors.table.connector import map_table
from connectors.table.poll import load_mapping
from connectors.toolkit.io.http import HURRIED, ServiceError
from connectors.toolkit.marked import FileError
from connectors.webhooks.server import ListenError
from connectors.webhooks.server import serve as run_server
from connectors.webhooks.settings import webhook_settings
from connectors.zoom_report.mapping import map_report
from contract.instants import format_instant
from funnel.cli.bars import Bars, bars_on
from funnel.cli.console import FAILED, WRONG_USE, err, for_tables, give_up, option, out
from funnel.cli.days import parse_days
from funnel.cli.importing import known_names, zone_named
from funnel.setup.public import address_of, checked
from process.clock import now
from process.logs import log_to_stderr

connectors_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The services where people register and meet."
)


def _names(incomplete: str) -> list[str]:
    return [one.name for one in connectors() if one.name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name in funnel connectors list.", autocompletion=_names)]


_TELLS = {
    "starts": "the actual start",
    "live": "joins as they happen",
    "leaves": "when people leave",
    "recording_views": "who watched the recording",
    "persons": "each person",
    "seconds": "watch time to the second",
}
"""What a service can report (docs/contract.md, "tells"), in words."""


class _Terminated(BaseException):
    """SIGTERM. Not an Exception, so that no handler takes it for a service's error."""


@connectors_app.callback()
def _connectors() -> None:
    """The services where people register and meet."""


@connectors_app.command("list")
def list_() -> None:
    """List the connectors: which are configured, and what each service cannot report."""
    table = Table("Name", "Configured", "Input, and what it reports", box=box.HORIZONTALS, header_style="bold")
    table.show_lines, table.pad_edge = True, False
    polls = _polls()
    for one in connectors():
        tells = ", ".join(_TELLS[tell] for tell in one.capabilities or ()) or "what its columns hold"
        lines = [
            f"{one.title}: {', '.join(_ways_in(one))}",
            f"Reports {'registrations only' if one.capabilities is None else tells}",
            *([f"Limits: {one.cannot}"] if one.cannot else []),
            *([f"Now {polls[one.name]}"] if one.name in polls else []),
        ]
        table.add_row(Text(one.name), "yes" if _missing(one) is None else "no", Text("\n".join(lines)))
    for_tables().print(table)


def _polls() -> dict[str, Service]:
    """Who polls now, where Kafka runs."""
    try:
        found = pollers_if_kafka_answers(publish_settings()) or []
    except (PublishError, SettingsError) as error:
        err.print(str(error), soft_wrap=True)
        return {}
    for one in found:
        if one.trouble:
            err.print(one.trouble, style="red", soft_wrap=True)
    return {one.connector: one for one in found}


@connectors_app.command()
def retire(name: Name) -> None:
    """Say that a service is not to be polled any more: that nobody does is then not reported."""
    with _known_errors():
        kafka = publish_settings()
        one = next((one for one in pollers(kafka) if one.connector == connector(name).name), None)
        if one is None:
            give_up(f"{name} has not been polled within a week: there is nothing to retire.", WRONG_USE)
        if one.owner or one.standbys:
            give_up(f"{name} is {one}: stop that first.", WRONG_USE)
        forget_pollers(kafka, name)
        with Publisher(kafka) as publisher:
            publisher.report(poller_report(name, "retired", now(), one.last, "retired"))
    out.print(f"{name} is not polled any more; its cursors stay for when it is.")


@connectors_app.command()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Default: all configured.", autocompletion=_names)
    ] = None,
    public: Annotated[
        str | None,
        typer.Option(
            help="Instead, try the webhooks' public address as the services would: TLS, path, limits, signed requests.",
            metavar="URL",
        ),
    ] = None,
) -> None:
    """Check the credentials of each configured service, and the rules of forms.yaml."""
    if public is not None:
        _check_public(public, name)
        return
    HURRIED.set(True)
    with _known_errors():
        chosen = [connector(name)] if name is not None else list(connectors())
        results = [_check(one, must_be_configured=name is not None) for one in chosen]
        results.append(_check_rules())
    if not all(results):
        raise typer.Exit(FAILED)


@connectors_app.command()
def poll(
    name: Name,
    once: Annotated[bool, typer.Option("--once", help="Run once; otherwise every FUNNEL_POLL_SECONDS.")] = False,
    since: Annotated[
        str | None, typer.Option(help="Backfill: webinars from this day on, UTC; one run.", metavar="DAY")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Backfill: webinars up to this day, UTC; one run.", metavar="DAY")
    ] = None,
) -> None:
    """Read what is new from a service, and publish it. Safe to stop and to run again."""
    today = datetime.fromtimestamp(now() / 1000, UTC).date()
    first = option("--since", lambda text: parse_days(text, today), since).first if since else None
    last = option("--until", lambda text: parse_days(text, today), until).last if until else None
    if first and last and first > last:
        give_up("--since is later than --until: there is no day between them.", WRONG_USE)
    signal.signal(signal.SIGTERM, _terminate)
    with _known_errors(), bars_on(err) as progress:
        one = connector(name)
        if one.open_poll is None:
            give_up(f"{one.title} has nothing to be polled; it has: {', '.join(_ways_in(one))}.", WRONG_USE)
        settings = connector_settings()
        one.configured()
        if not (once or since or until):
            log_to_stderr(f"poll-{one.name}")
            poll_for_ever(one, settings, Bars(progress))
        span = Span(_instant(first), _instant(last + timedelta(days=1)) if last else None)
        polled = poll_once(one, settings, span, Bars(progress), lambda line: err.print(line, soft_wrap=True))
    waited = f", {polled.released:,} registrations that had waited" if polled.released else ""
    out.print(f"{one.name}: {polled.events:,} events published{waited}, {polled.rejected:,} pieces rejected.")
    if polled.rejected:
        err.print("See what was rejected: funnel connectors quarantine")
        raise typer.Exit(FAILED)


@connectors_app.command()
def serve(
    port: Annotated[
        int | None, typer.Option(help="Instead of FUNNEL_WEBHOOK_PORT.", min=0, max=65_535, metavar="PORT")
    ] = None,
) -> None:
    """Run the webhook server of all services until SIGTERM or Ctrl-C. Its addresses: /docs."""
    log_to_stderr("webhooks")
    with _known_errors():
        own = webhook_settings()
        run_server(
            list(connectors()), connector_settings(), own if port is None else own.model_copy(update={"port": port})
        )


@connectors_app.command()
def quarantine(
    show: Annotated[int | None, typer.Option(help="Print this one's payload. It may hold names.", metavar="ID")] = None,
    count: Annotated[int, typer.Option(help="How many of the latest to list.", min=0, metavar="N")] = 20,
    discard: Annotated[
        list[str] | None,
        typer.Option(help="Delete this one, or all with this reason, for good; may be repeated.", metavar="ID|REASON"),
    ] = None,
) -> None:
    """List what could not be published and why; registrations without a matching rule wait here.

    Everything is deleted after FUNNEL_QUARANTINE_DAYS, but for what asks to erase a person.
    """
    with _known_errors(), State(connector_settings().data_dir) as state:
        if discard:
            out.print(f"{_discard(state, discard):,} discarded.")
            return
        if show is not None:
            payload = payload_of(state, show)
            if payload is None:
                give_up(f"{show}: not in the quarantine: a wrong number, or published since.", WRONG_USE)
            sys.stdout.buffer.write(payload + b"\n")
            return
        groups = quarantined_by_reason(state)
        if not groups:
            out.print("the quarantine is empty")
            return
        for name, reason, form, number in groups:
            out.print(f"{number:>8,}  {name}  {reason}" + (f"  {form}" if form else ""))
        for one in quarantined(state, count):
            out.print(
                f"#{one.id}  {format_instant(one.received_at)}  {one.connector}  {one.reason}  {one.detail or one.form}"
            )
        if any(reason == Reason.ERASURE_ASKED for _, reason, *_ in groups):
            err.print(
                f"{Reason.ERASURE_ASKED}: --show ID, then funnel forget EMAIL, or --discard ID (docs/erasure.md)."
            )
        if any(form for *_, form, _ in groups):
            err.print(f"unmapped_form: published automatically once {_rules_path()} has a matching rule.")


def _discard(state: State, named: Sequence[str]) -> int:
    for one in named:
        if not one.isdecimal() and one not in [*Reason]:
            give_up(f"--discard {one}: neither a number nor a reason; they are: {', '.join(Reason)}.", WRONG_USE)
    ids = [int(one) for one in named if one.isdecimal()]
    with Publisher(connector_settings()) as publisher:
        return discarded(
            state, partial(_publish, publisher), now(), ids=ids, reasons=[one for one in named if not one.isdecimal()]
        )


def map_(
    service: Annotated[
        str, typer.Argument(metavar="SERVICE", help="Its name in funnel connectors list.", autocompletion=_names)
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="A payload or an export; - for standard input.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.yaml",
            help="For a table: what its columns mean. For generic: the form service's description, or a name such as "
            "jotform.",
        ),
    ] = None,
    timezone: Annotated[str | None, typer.Option(help="For a zoom-report: the time zone of the report.")] = None,
) -> None:
    """Print the events that a payload or an export would become, and the reasons of rejections; publish nothing."""
    with _known_errors():
        settings = connector_settings()
        payload = sys.stdin.buffer.read() if file == "-" else _read(Path(file))
        at = now()
        context = Context(settings.hash_secret.get_secret_value(), at)
        names = known_names(settings)
        mapped = _mapped(service, payload, context, mapping, timezone, names)
        rejected = 0
        for one in previewed(mapped, settings, names, at):
            if isinstance(one, Rejection):
                rejected += 1
                err.print(f"rejected: {one.reason}: {one.detail}", style="red")
            else:
                out.print(JSONHighlighter()(one.decode()))
    if rejected:
        raise typer.Exit(FAILED)


def _mapped(
    service: str, payload: bytes, context: Context, mapping: Path | None, timezone: str | None, names: Names
) -> Sequence[Mapped]:
    if service == "zoom-report":
        if timezone is None:
            give_up("--timezone is missing: the report's, such as Europe/Berlin, is not in the file.", WRONG_USE)
        return map_report(payload, context, zone_named(timezone), names.of_report)
    if mapping is not None:
        try:
            if service == GENERIC:
                return map_by(payload, context, str(mapping))
            return map_table(payload, context, load_mapping(mapping))
        except FileError as error:
            give_up(str(error), WRONG_USE)
    return connector(service).map_payload(payload, context)


def remap(
    source: Annotated[str, typer.Option("--from", metavar="WEBINAR", help="The webinar they are assigned to now.")],
    target: Annotated[str, typer.Option("--to", metavar="WEBINAR", help="The webinar they are meant for.")],
    service: Annotated[str | None, typer.Option(help="Only registrations of this service.")] = None,
    form: Annotated[str | None, typer.Option(help="Only registrations of this form.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show how many.")] = False,
) -> None:
    """Move registrations that a wrong rule assigned: withdraw them for one webinar, register them for the other."""
    if source == target or not all(part for one in (source, target) for part in one.partition(":")):
        give_up("--from and --to have to be two webinars, such as zoom:9151 and zoom:9152.", WRONG_USE)
    with _known_errors():
        settings = connector_settings()
        with State(settings.data_dir) as state:
            names = Names.looked_up(state) if dry_run else Names(state)
            source, target = names.named(source), names.named(target)
            if source == target:
                give_up(f"--from and --to are the same webinar, {target}.", WRONG_USE)
            moving = Remap(source, target, service, form)
            total = moving.count(state)
            if dry_run or not total:
                out.print(f"{total:,} registrations of {source} would be moved to {target}.")
                return
            room = partial(require_room, settings.data_dir, settings.disk_reserve_mb)
            with Publisher(settings, require_room=room) as publisher, bars_on(err) as progress:
                task = progress.add_task("moving", total=total)
                moved = moving.run(
                    state, lambda records: _publish(publisher, records), lambda n: progress.update(task, completed=n)
                )
    out.print(f"{moved:,} registrations of {source} moved to {target}.")
    err.print(f"Correct the rule in {_rules_path()} too: it decides about new registrations.")


@contextmanager
def _known_errors() -> Iterator[None]:
    """Ends the command with one line for a known error, and its exit status."""
    try:
        yield
    except (SettingsError, NoSuchConnectorError) as error:
        give_up(str(error), WRONG_USE)
    except (ServiceError, PublishError, StateError, ListenError) as error:
        give_up(str(error), FAILED)
    except _Terminated as error:
        raise typer.Exit from error


def _terminate(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    raise _Terminated


def _check(one: Connector, *, must_be_configured: bool) -> bool:
    missing = _missing(one)
    if missing is not None:
        out.print(f"{one.name}: not configured. {missing}")
        return not must_be_configured
    if one.check is None:
        out.print(f"{one.name}: configured; it has no credentials to check.")
        return True
    try:
        out.print(f"{one.name}: {one.check()}")
    except ServiceError as error:
        err.print(f"{one.name}: {error}", style="red")
        return False
    return True


def _check_public(url: str, name: str | None) -> None:
    address = option("--public", address_of, url)
    with _known_errors():
        chosen = [connector(name)] if name is not None else list(connectors())
        receiving = [one for one in chosen if one.receive is not None]
        if not receiving:
            give_up(f"{chosen[0].title} sends no webhooks.", WRONG_USE)
        limit = webhook_settings().body_limit
        results = []
        for line in checked(address, receiving, limit, now()):
            results.append(line.good)
            (out if line.good else err).print(line.text, style=None if line.good else "red")
    if not all(results):
        raise typer.Exit(FAILED)


def _check_rules() -> bool:
    rules = RulesFile(connector_settings().business_dir)
    rules.refresh()
    if rules.error:
        err.print(rules.error, style="red")
        return False
    out.print(f"{rules.path}: {len(rules.rules):,} rules." if rules.path.exists() else f"{rules.path}: not there.")
    return True


def _missing(one: Connector) -> str | None:
    try:
        one.configured()
    except SettingsError as error:
        return str(error)
    return None


def _ways_in(one: Connector) -> list[str]:
    ways = {"webhook": one.receive, "poll": one.open_poll}
    return [name for name, way in ways.items() if way is not None] or ["files (funnel map, funnel import)"]


def _rules_path() -> Path:
    return RulesFile(connector_settings().business_dir).path


def _publish(publisher: Publisher, records: Sequence[Outgoing]) -> None:
    for one in records:
        publisher.send_raw(one.topic, one.key, one.value)
    publisher.flush()


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        give_up(f"{file}: {error.strerror or error}. Look at the name and the folder.", WRONG_USE)


def _instant(day: date | None) -> int | None:
    return None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
