"""`funnel rebuild`. Exit status: 0 every number is right, 1 a difference, or it failed."""

from typing import Annotated

import typer

from funnel.cli.console import FAILED, err
from funnel.rebuild.command import Source
from funnel.rebuild.command import rebuild as rebuilt
from streams.settings import settings


def rebuild(
    source: Annotated[
        Source | None, typer.Option("--from", help="Rebuild only from this source. Default: from each that is needed.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="Seconds to wait for the workers to catch up.", min=0, metavar="SECONDS")
    ] = 3600.0,
) -> None:
    """Rebuild rows that ClickHouse has lost, while the dashboards stay up; then verify every number.

    Rows are rebuilt from ClickHouse's raw log, and if that lacks records, from Kafka. Notes, exclusions and sorted
    sources come back with funnel business apply. Findings, the history of alerts and past snapshots are in no event:
    only a backup has them.
    """
    with err.status("rebuilding") as status:
        result = rebuilt(settings(), source, timeout, typer.echo, status.update)
    for line in result.lines():
        typer.echo(line)
    typer.echo(f"{'verified' if result.right else 'different'}: {result}")
    if not result.right:
        raise typer.Exit(FAILED)
