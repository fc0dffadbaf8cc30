"""The commands of the business's rules: `funnel business …` and `funnel explain …`."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from clickhouse_connect.driver.client import Client
from pydantic import ValidationError

from clickhouse.client import connect
from connectors.business.read import FILES, Business, Folder
from connectors.business.statements import read
from connectors.settings import BusinessSettings
from connectors.toolkit.marked import FileError
from contract.faults import in_words
from funnel.business import watch as watching
from funnel.business.explain import explain_source, explain_webinar, unsorted
from funnel.business.store import Store
from funnel.cli.console import WRONG_USE, WebinarId, complain, give_up, out
from process.logs import log_to_stderr
from process.patience import waiting_for
from streams.settings import settings

_MOST_SHOWN = 50

business_app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The business's files: catalogue, sources, exclusions, notes."
)
explain_app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Say which rule in which line decided about a webinar or a source. Why a webinar needs attention, "
    "funnel alerts explain says.",
)


@business_app.command()
def check() -> None:
    """Check the files; change nothing."""
    folder = _folder()
    _parsed(folder)
    out.print(f"good: {', '.join(FILES)}")


@business_app.command()
def apply() -> None:
    """Apply the files once. Numbers change within seconds, also those of the past."""
    folder = _folder()
    try:
        with waiting_for("ClickHouse or Kafka"):
            applied = watching.apply(settings(), folder)
        out.print(f"applied: {applied}")
    except FileError as error:
        give_up(str(error))


@business_app.command()
def watch() -> None:
    """Apply the files whenever they change, until SIGTERM or Ctrl-C. funnel up runs this."""
    folder = _folder()
    stop = watching.stop_on_signals()
    out.print("ready: watching the files of the business")
    log_to_stderr("business")
    watching.watch(settings(), folder, logging.getLogger("funnel.business").info, stop)


@business_app.command("unsorted")
def unsorted_command(
    limit: Annotated[int, typer.Option(help="The most sources to list.", min=1, metavar="N")] = _MOST_SHOWN,
) -> None:
    """List the sources that no rule sorts, with rules ready to paste into sources.yaml."""
    rules = _parsed(_folder()).sources
    assert rules is not None
    store = Store(_client())
    try:
        with waiting_for("ClickHouse"):
            found = unsorted(store.sources(), store.source_counts(), rules)
    except FileError as error:
        give_up(str(error))
    if not found:
        out.print("Every source is sorted.")
    for one in found[:limit]:
        out.print(f"  # {one.persons:,} people: {', '.join(f'{name} {value}' for name, value in one.said.items())}")
        out.print(one.rule)
    if len(found) > limit:
        out.print(f"and {len(found) - limit:,} more: --limit {len(found)}")


@explain_app.command()
def webinar(webinar_id: WebinarId) -> None:
    """Show what decided the course, language, region, format and time zone of a webinar."""
    catalogue = _parsed(_folder()).catalogue
    assert catalogue is not None
    store = Store(_client())
    known = next(store.webinars([webinar_id]), None)
    if known is None:
        give_up(f"{webinar_id}: no event names this webinar; funnel report lists all webinars.")
    said = [read(one) for one in store.log([webinar_id])[webinar_id]]
    _print_all(explain_webinar(known.webinar, said, catalogue))


@explain_app.command()
def source(
    value: Annotated[str, typer.Argument(metavar="VALUE|KEY", help="A value such as vk, or a source as JSON.")],
) -> None:
    """Show which rule sorts the sources with this value."""
    rules = _parsed(_folder()).sources
    assert rules is not None
    _print_all(explain_source(Store(_client()).sources(), value, rules))


def _print_all(lines: Iterable[str]) -> None:
    try:
        for text in lines:
            out.print(text)
    except FileError as error:
        give_up(str(error))


def _folder() -> Folder:
    try:
        config = BusinessSettings()
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        give_up(
            f"FUNNEL_{str(fault['loc'][0]).upper()}: {in_words(fault)}. Correct it in the environment or in .env.",
            WRONG_USE,
        )
    folder = Folder(config.business_dir, config.hash_secret.get_secret_value() or None)
    if not folder.exists():
        complain(_no_folder(config.business_dir))
    return folder


def _no_folder(path: Path) -> str:
    return f"there is no folder {path}, so no rules apply; copy the samples there, or set FUNNEL_BUSINESS_DIR"


def _parsed(folder: Folder) -> Business:
    try:
        return folder.all()
    except FileError as error:
        give_up(str(error))


def _client() -> Client:
    return connect(settings(), user="writer")
