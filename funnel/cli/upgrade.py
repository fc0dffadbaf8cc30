"""`funnel upgrade --check`. Exit status: 0 it can be done, 1 something comes first, 2 wrong use."""

import json
from typing import Annotated

import typer

from funnel.cli.console import FAILED, WRONG_USE, err, give_up
from funnel.upgrade.facts import judged
from funnel.upgrade.gather import gather
from process.clock import now
from streams.settings import settings


def upgrade(
    check: Annotated[bool, typer.Option("--check", help="Only say what would change. Changes nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Say what this release would change in the installation of this folder, and what has to be done first.

    Call the new release's funnel, while the old one runs: migrations, views, topics, the last backup. The upgrade
    itself is: stop the old one, start the new one (funnel up migrates).
    """
    if not check:
        give_up(
            "nothing is upgraded by this command: funnel upgrade --check, then stop the old release and start this one "
            "(funnel down, funnel up).",
            WRONG_USE,
        )
    with err.status("looking"):
        found = gather(settings(), now())
    lines = list(judged(found))
    first = [line.text for line in lines if line.first]
    if as_json:
        changes = [line.text for line in lines if not line.first]
        typer.echo(json.dumps({"release": found.release, "changes": changes, "first": first}))
    else:
        typer.echo(f"This is release {found.release}.")
        for line in lines:
            typer.echo(f"{'First: ' if line.first else ''}{line.text}")
        typer.echo(
            "Not yet." if first else "Next: funnel down with the old release, funnel up with this one, funnel verify."
        )
    if first:
        raise typer.Exit(FAILED)
