"""`funnel import sql`: a table or a query of a database of the company's own, by a mapping file."""

import os
from functools import partial
from typing import Annotated

import typer
from dotenv import dotenv_values

from connectors.settings import SettingsError
from connectors.table.sql import Database
from funnel.cli.console import WRONG_USE, give_up
from funnel.cli.import_table import (
    ConstantsOption,
    MappingOption,
    Run,
    ZoneOption,
    import_rows,
    mapping_of,
    reading_of,
)
from funnel.cli.importing import DryRunOption, Named, importing, zone_named
from process.clock import now

_ADDRESS = "FUNNEL_SQL_URL"


def sql(
    table: Annotated[str | None, typer.Option(help="Read this table or view.", metavar="[SCHEMA.]NAME")] = None,
    query: Annotated[str | None, typer.Option(help="Read what this SELECT returns.", metavar="SQL")] = None,
    mapping: MappingOption = None,
    constant: ConstantsOption = None,
    timezone: ZoneOption = None,
    dry_run: DryRunOption = False,
) -> None:
    """Import a table or a query of PostgreSQL, MySQL, SQLite and others (FUNNEL_SQL_URL). Safe to run again."""
    if (table is None) == (query is None):
        give_up("Say what to read: --table NAME, or --query 'SELECT …'.", WRONG_USE)
    zone = zone_named(timezone) if timezone else None
    said = mapping_of(mapping, constant, timezone)
    try:
        database = Database(_address())
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    asked = query if query is not None else database.table(table or "")
    with importing(dry_run) as (settings, destination, names, state):
        at = now()
        reading = reading_of(said, zone, settings, at, at)
        run = Run(settings, Named(destination, names), state)
        status = import_rows(table or "the query", partial(database.rows, asked), reading, run)
    raise typer.Exit(status)


def _address() -> str:
    """From the environment or .env: an option would show its password to every user of the machine."""
    address = os.environ.get(_ADDRESS) or dotenv_values(".env").get(_ADDRESS)
    if not address:
        give_up(
            f"{_ADDRESS} is not set: the address of the database, such as postgresql+psycopg://reader:…@host/db, "
            "with a user that may only read.",
            WRONG_USE,
        )
    return address
