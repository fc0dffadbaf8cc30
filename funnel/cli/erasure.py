"""`funnel forget` and `funnel subject`. Exit status: 0 nothing is held any more, 1 something is, 2 wrong use."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import orjson
import typer

from clickhouse.client import connect
from connectors.pipeline.state import StateError
from connectors.settings import ConnectorSettings, SettingsError, connector_settings
from connectors.toolkit.email_address import EmailError
from funnel.cli.console import FAILED, WRONG_USE, err, give_up
from funnel.erasure.forget import forget as forgotten
from funnel.erasure.people_file import PeopleFileError, emails_in
from funnel.erasure.person import Subjects, subjects
from funnel.erasure.search import search
from funnel.erasure.search import subject as subject_of
from streams.known_errors import explained
from streams.settings import settings

_AGAIN = "What was erased stays erased. Then run the same command again: it goes on where it was."


def forget(
    emails: Annotated[list[str] | None, typer.Argument(metavar="EMAIL")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="A file of people: one email per line, CSV, or an Excel workbook.",
            exists=True,
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Only search; erase nothing.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the hashes of what was forgotten, and when.")] = False,
    timeout: Annotated[
        float, typer.Option(help="Seconds to wait for the workers to catch up.", min=0, metavar="SECONDS")
    ] = 600.0,
) -> None:
    """Erase all that is held of a person, for ever: numbers, tables, Kafka, connectors (docs/erasure.md).

    Exit status 0 only if a search of everything finds nothing any more. Backups made before still hold the person.
    """
    if listed:
        _list()
        return
    said = [*(emails or []), *(_in_file(file) if file else [])]
    if not said:
        give_up("Whom? Give one or more emails, or --file FILE.", WRONG_USE)
    who, config = _who(said)
    with _explained("" if verify else _AGAIN), err.status("searching") as status:
        if verify:
            held = search(settings(), who, config.business_dir, status.update)
        else:
            held = forgotten(settings(), who, config.business_dir, timeout, typer.echo, status.update)
    for line in held.lines:
        typer.echo(f"still held: {line}")
    typer.echo("different: something is still held" if held.lines else "nothing is held of them")
    if held.lines:
        raise typer.Exit(FAILED)


def subject(email: Annotated[str, typer.Argument(metavar="EMAIL")]) -> None:
    """Print all that is held of a person, as JSON: for a request for access, or before funnel forget."""
    who, config = _who([email])
    with _explained(), err.status("searching") as status:
        held = subject_of(settings(), who, config.business_dir, status.update)
    typer.echo(orjson.dumps(held, option=orjson.OPT_INDENT_2).decode())


def _list() -> None:
    client = connect(settings(), user="writer")
    try:
        rows = client.query(
            "SELECT forgotten_id, toString(min(forgotten_at)) AS at FROM forgotten GROUP BY forgotten_id ORDER BY at, 1"
        ).result_rows
    finally:
        client.close()
    for forgotten_id, at in rows:
        typer.echo(f"{at}  {forgotten_id}")


def _who(emails: list[str]) -> tuple[Subjects, ConnectorSettings]:
    try:
        config = connector_settings()
        return subjects(emails, config.hash_secret.get_secret_value()), config
    except (EmailError, SettingsError) as error:
        give_up(str(error), WRONG_USE)


def _in_file(file: Path) -> list[str]:
    try:
        return emails_in(file)
    except PeopleFileError as error:
        give_up(str(error), WRONG_USE)


@contextmanager
def _explained(again: str = "") -> Iterator[None]:
    """`again`: what to do after an error, once its cause is gone."""
    try:
        yield
    except StateError as error:
        give_up(str(error), FAILED)
    except sqlite3.Error as error:
        give_up(f"the connectors' state cannot be written ({error}): look at the disk of FUNNEL_DATA_DIR", FAILED)
    except Exception as error:
        message = explained(error)
        if message is None:
            raise
        give_up(f"{message}\n{again}" if again else message, FAILED)
