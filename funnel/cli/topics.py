"""`funnel topics`. Exit status: 0 done, 1 it could not be done."""

import os
from pathlib import Path
from typing import Annotated

import orjson
import typer

from funnel.cli.console import FAILED, WRONG_USE, err, for_tables, give_up
from funnel.stack.servers import servers
from funnel.topics.copies import more_copies
from funnel.topics.listing import as_json, as_table, listed
from funnel.topics.raising import raise_partitions
from process.kafka import java_properties
from streams.lag import asking
from streams.settings import Settings, settings

_COPY_SECONDS = 3600.0


def topics(
    partitions: Annotated[
        int | None,
        typer.Option("--raise", help="Give the topics so many partitions. No worker may run.", min=1, metavar="N"),
    ] = None,
    copies: Annotated[
        int | None, typer.Option(help="Make so many copies of each partition.", min=1, metavar="N")
    ] = None,
    properties: Annotated[
        Path | None,
        typer.Option(
            help="Write the settings for Kafka's own tools (--command-config) into this file.", metavar="FILE"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON array, nothing else.")] = False,
) -> None:
    """Show the topics: partitions, copies, sizes, retention, records. Or raise partitions or copies.

    Partitions are raised with a new epoch: the topics get more of them, and all rows are made again from the raw log.
    The numbers stay as they are; the settings to be changed are printed.
    """
    if sum(one is not None for one in (partitions, copies, properties)) > 1:
        give_up("--raise, --copies and --properties exclude each other.", WRONG_USE)
    config = settings()
    if properties is not None:
        _write(config, properties)
    elif partitions is not None:
        _raise(config, partitions)
    elif copies is not None:
        _copy(config, copies)
    else:
        _show(config, json)


def _show(config: Settings, json: bool) -> None:
    with asking(config) as admin:
        found = listed(admin)
    if json:
        typer.echo(orjson.dumps(as_json(found)).decode())
    elif found:
        for_tables().print(as_table(found))
    else:
        give_up("Kafka has none of the topics: make them with funnel up, or funnel create-topics.", FAILED)


def _raise(config: Settings, wanted: int) -> None:
    with err.status("raising the partitions") as status, servers(config, status) as own:
        count, epoch = raise_partitions(own, wanted, typer.echo, status.update)
    typer.echo(
        f"raised: set FUNNEL_PARTITIONS={count} and FUNNEL_EPOCH={epoch} for every process, such as in .env; "
        "then start them (funnel up), and run funnel verify"
    )


def _copy(config: Settings, wanted: int) -> None:
    with err.status("making copies") as status, asking(config) as admin:
        changed = more_copies(admin, wanted, _COPY_SECONDS, status.update)
    if not changed:
        typer.echo(f"every partition has {wanted} copies or more")
    else:
        typer.echo(f"copied: {changed} partitions have {wanted} copies now; set FUNNEL_REPLICATION_FACTOR={wanted}")


def _write(config: Settings, path: Path) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(java_properties(config))
    except OSError as error:
        give_up(f"{path} cannot be written ({error.strerror}): give another name.")
    typer.echo(f"written: {path}, readable by its owner only. It holds the password: delete it after use.")
