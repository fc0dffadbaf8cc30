"""`funnel doctor`. Exit status: 0 nothing to do, 1 findings."""

from typing import Annotated

import typer
from rich.console import Console

from funnel.cli.console import FAILED, err
from funnel.doctor.gather import gather
from funnel.doctor.judge import judge
from funnel.doctor.said import as_json, lines
from process.clock import now
from streams.settings import settings


def doctor(
    as_json_: Annotated[bool, typer.Option("--json", help="One JSON object, nothing else.")] = False,
) -> None:
    """Say what will hurt later, and what to do about it.

    Addresses, versions, topics, offsets against tables, migrations, clocks, the disk and when it is full, permissions,
    weak secrets, time zones, last runs, growth. Whether it works now is for funnel status to say. Exit status 0 only
    if nothing was found.
    """
    with err.status("looking"):
        facts = gather(settings(), now)
    findings = judge(facts)
    if as_json_:
        typer.echo(as_json(facts, findings))
    else:
        console = Console(highlight=False, markup=False, soft_wrap=False)
        for text, bad in lines(facts, findings):
            console.print(text, style="red" if bad else None)
        console.print(
            f"{len(findings)} findings" if findings else "Nothing found", style="red" if findings else "green"
        )
    if findings:
        raise typer.Exit(FAILED)
