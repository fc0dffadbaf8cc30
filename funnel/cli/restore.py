"""`funnel restore`. Exit status: 0 done, 1 it could not be done or a difference was found."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.settings import BusinessSettings
from funnel.backup.check import check as checked_elsewhere
from funnel.backup.restore import checked
from funnel.backup.restore import restore as restored
from funnel.cli.console import FAILED, Timeout, err
from funnel.stack.servers import servers
from streams.settings import settings


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that funnel backup has made.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Throw away what ClickHouse holds here; Kafka's records stay.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Restore into a folder of its own, verify, compare, and throw it away.")
    ] = False,
    timeout: Timeout = 3600.0,
) -> None:
    """Make an installation out of a backup.

    Nothing may be at work: funnel down first, or docker compose stop. Where no Kafka and ClickHouse run, it starts
    them, and stops them again. What came after the backup is counted again, once, if Kafka still has it.
    """
    config = settings()
    with err.status("restoring") as status:
        said = checked(folder.absolute(), status.update)
        typer.echo(f"Backup of {said.at}: {said.holds}")
        if check:
            found = checked_elsewhere(config, folder.absolute(), said, timeout, typer.echo, status)
        else:
            with servers(config, status) as own:
                business = BusinessSettings().business_dir
                restored(own, folder.absolute(), said, business, typer.echo, status.update, replace=replace)
    if not check:
        typer.echo(f"restored: {folder}. Next: funnel up (or docker compose up -d), then funnel verify")
        return
    for line in found.lines():
        typer.echo(line)
    said_of = f"{found.result} report={max(0, found.compared)} differing={len(found.differing)}"
    typer.echo(f"{'the backup is good' if found.right else 'different'}: {said_of}")
    if not found.right:
        raise typer.Exit(FAILED)
