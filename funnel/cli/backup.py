"""`funnel backup`. Exit status: 0 done, 1 it could not be done."""

from pathlib import Path
from typing import Annotated

import typer

from connectors.pipeline.room import size
from funnel.backup.take import backup as taken
from funnel.cli.console import err
from process.clock import now
from streams.settings import settings


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")],
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Copy .env and the passwords too. Default: names only.")
    ] = False,
) -> None:
    """Copy everything that is held into a folder, while all of it runs.

    Every event that Kafka has acknowledged by then is in it; so are dead letters, quarantine and spool, cursors, the
    business's files and the settings. It holds emails: keep it as you keep the data folder, best on another disk.
    """
    with err.status("backing up") as status:
        made = taken(settings(), folder, now, status.update, secrets=with_secrets)
    for note in made.notes:
        typer.echo(note)
    if not with_secrets and made.manifest.secrets:
        typer.echo(f"Not in it, keep them elsewhere: {', '.join(made.manifest.secrets)}")
    typer.echo(f"backed up: {folder}, {size(made.bytes)}, as of {made.manifest.at}: {made.manifest.holds}")
