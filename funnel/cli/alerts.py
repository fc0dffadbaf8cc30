"""The commands of alerts: `funnel alerts …` and `funnel digest`."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client

from alerts import digest as digests
from alerts import wording
from alerts.channels import DeliveryError, channels
from alerts.detection.settings import DropSettings
from alerts.digest_page import page
from alerts.explain import explained
from alerts.messages import Message
from alerts.plain import one_line
from alerts.read import Reader
from alerts.settings import AlertSettings, alert_settings, thresholds
from alerts.simulate import simulate as simulated
from alerts.watch import watch as watching
from clickhouse.at import AT, at_parameter
from clickhouse.client import connect
from connectors.settings import BusinessSettings, SettingsError
from connectors.toolkit.marked import FileError
from contract.instants import FAR_FUTURE
from funnel.business.watch import stop_on_signals
from funnel.cli.bars import Bars, bars_on
from funnel.cli.console import FAILED, WRONG_USE, At, WebinarId, err, give_up, out
from funnel.cli.console import moment as _moment
from funnel.report.starts import utc_said
from process.clock import now
from process.files import write_atomically
from process.logs import log_to_stderr
from process.patience import waiting_for
from streams.settings import settings

_LINE = 200
_LIST = f"""
SELECT unusual.kind, unusual.webinar_id, toUnixTimestamp64Milli(unusual.since), unusual.sentence,
    if(unusual.name = '', held.title, unusual.name)
FROM unusual_at(at = {AT}) AS unusual
LEFT JOIN held(at = {AT}) AS held ON held.webinar_id = unusual.webinar_id
WHERE unusual.since > {AT} - INTERVAL 7 DAY
ORDER BY unusual.since, unusual.kind, unusual.webinar_id
"""
_JUDGED = f"""
SELECT count() FROM judgements_at(at = {AT})
WHERE valid_from > toUnixTimestamp64Milli({AT} - INTERVAL 7 DAY)
"""
_BEGUN = f"SELECT countIf(begun), min(begin_at) FROM windows_at(at = {AT})"
_OFF = f"SELECT sentence FROM alerts_off_at(at = {AT})"
_UNDELIVERED = f"""
SELECT toUnixTimestamp64Milli(created), channel, outcome, title, detail
FROM undelivered_at(at = {AT})
ORDER BY created, channel, title
"""

alerts_app = typer.Typer(
    invoke_without_command=True, add_completion=False, help="What is outside the typical range now, and why."
)


@alerts_app.callback()
def list_alerts(context: typer.Context, at: At = None) -> None:
    """List what is outside the typical range now. The commands explain one webinar, try the rules on the past, and send
    alerts."""
    if context.invoked_subcommand is not None:
        return
    client, moment = _client(), _moment(at)
    with waiting_for("ClickHouse"):
        # For the past this is known only for a month, the retention of heartbeats.
        off = client.query(_OFF, parameters={"at": at_parameter(moment)}).result_rows if at is None else ()
        rows = client.query(_LIST, parameters={"at": at_parameter(moment)}).result_rows
    if off:
        out.print(str(off[0][0]))
    if not rows:
        ((judged,),) = client.query(_JUDGED, parameters={"at": at_parameter(moment)}).result_rows
        webinars = "the webinar" if judged == 1 else f"all {judged:,} webinars"
        said = f"{webinars} judged in the seven days before: within the typical range."
        out.print(f"{said[0].upper()}{said[1:]}" if judged else _nothing_judged(client, moment))
    for kind, webinar_id, since, sentence, title in rows:
        about = f"{one_line(title, _LINE)} [{webinar_id}]" if webinar_id else one_line(title, _LINE)
        out.print(f"{utc_said(since)}  {wording.TITLES[kind]}: {about}")
        out.print(f"  {sentence}")
    for created, channel, outcome, title, detail in client.query(
        _UNDELIVERED, parameters={"at": at_parameter(moment)}
    ).result_rows:
        out.print(f"{utc_said(created)}  not delivered to {channel}, {outcome}: {one_line(title, _LINE)}")
        out.print(f"  {detail}")


def _nothing_judged(client: Client, moment: int) -> str:
    ((begun, first),) = client.query(_BEGUN, parameters={"at": at_parameter(moment)}).result_rows
    if begun or not moment < first < FAR_FUTURE:
        return "Nothing was judged yet."
    return f"Nothing was known at this moment: the first webinar known began on {utc_said(first)}."


@alerts_app.command()
def watch() -> None:
    """Evaluate every minute and send alerts, until SIGTERM or Ctrl-C. funnel up runs this."""
    alerting = _alert_settings()
    _thresholds()
    stop = stop_on_signals()
    ways = ", ".join(one.name for one in channels(alerting)) or "nobody (set FUNNEL_ALERT_…)"
    out.print(f"ready: watching all webinars, telling {ways}")
    log_to_stderr("alerts")
    watching(settings(), alerting, _folder(), logging.getLogger("alerts").info, stop, now)


@alerts_app.command()
def explain(webinar: WebinarId, at: At = None) -> None:
    """Show why a webinar is outside the typical range or not: range, tests, reason. Its labels: funnel explain."""
    days_ahead = _alert_settings().days_ahead
    with waiting_for("ClickHouse"):
        lines = list(explained(Reader(_client()), webinar, _moment(at), days_ahead, _thresholds()))
    if not lines:
        give_up(f"{webinar}: no event names this webinar or its time; funnel report lists all webinars.")
    for line in lines:
        out.print(line)


@alerts_app.command()
def simulate(
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=365, metavar="DAYS")] = 90, at: At = None
) -> None:
    """Run the detector over stored history and show what it would have sent."""
    alerting = _alert_settings()
    said = 0
    until, rules = _moment(at), _thresholds()
    with bars_on(err) as progress:
        bar = Bars(progress)
        messages = list(
            simulated(
                Reader(_client()),
                until,
                days,
                alerting.days_ahead,
                rules,
                lambda done, of: bar("looking at the past", done, of),
            )
        )
    for message in messages:
        said += 1
        out.print(f"{utc_said(message.created_at)}  {message.title}")
        for line in message.text.splitlines():
            out.print(f"  {line}")
    out.print(f"{said} {'message' if said == 1 else 'messages'} in {days} days.")


@alerts_app.command()
def test() -> None:
    """Send a test message to every channel that is set."""
    ways = channels(_alert_settings())
    if not ways:
        give_up("no channel is set: FUNNEL_ALERT_EMAIL_TO, …SLACK_WEBHOOK_URL, …TELEGRAM_TOKEN or …WEBHOOK_URL")
    failed = False
    title, text = "Test message", "Alerts of the webinar funnel arrive here."
    for way in ways:
        try:
            way.send(Message(f"test:{now()}", "", "", "digest", True, now(), title, text, ""))
            out.print(f"{way.name}: sent")
        except DeliveryError as error:
            failed = True
            out.print(f"{way.name}: {error}")
    if failed:
        raise typer.Exit(FAILED)


def digest(
    weekly: Annotated[bool, typer.Option("--weekly", help="The page of the previous week.")] = False,
    only_print: Annotated[bool, typer.Option("--print", help="Print it; send nothing.")] = False,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write it as a page with charts, to mail or print; send nothing."),
    ] = None,
    at: At = None,
) -> None:
    """Send, print or write the morning summary, or the week's page."""
    alerting = _alert_settings()
    moment = _moment(at)
    with waiting_for("ClickHouse"):
        title, text, over = digests.composed(_client(), alerting, moment, "weekly" if weekly else "daily")
    if html is not None:
        _write(html, page(title, text, over))
        return
    ways = channels(alerting)
    if only_print or not ways:
        out.print(f"{title}\n\n{text}")
        if not only_print:
            err.print("printed only: no channel is set (FUNNEL_ALERT_…)")
        return
    for way in ways:
        try:
            way.send(Message(f"digest:by-hand:{moment}", "", "", "digest", True, moment, title, text, ""))
            out.print(f"sent to {way.name}")
        except DeliveryError as error:
            give_up(str(error))


def _write(path: Path, text: str) -> None:
    try:
        write_atomically(path, text)
    except OSError as error:
        give_up(f"{path} cannot be written ({error.strerror}): name another file")
    out.print(f"written to {path}", soft_wrap=True)


def _alert_settings() -> AlertSettings:
    try:
        return alert_settings()
    except SettingsError as error:
        give_up(str(error), WRONG_USE)


def _thresholds() -> DropSettings:
    try:
        return thresholds(_folder())
    except FileError as error:
        give_up(str(error))


def _folder() -> Path:
    return BusinessSettings().business_dir


def _client() -> Client:
    return connect(settings(), user="writer")
