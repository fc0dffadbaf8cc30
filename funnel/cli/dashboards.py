"""`funnel dashboards`: the dashboards in this machine's browser, without Grafana.

Exit status: 0 stopped by Ctrl-C, 1 it could not start.
"""

import webbrowser
from typing import Annotated

import typer

from funnel.cli.console import checked_settings, give_up, out
from grafana.preview.serve import StartError, serve


def dashboards(
    port: Annotated[
        int | None,
        typer.Option(
            help="The port on 127.0.0.1, instead of FUNNEL_DASHBOARDS_PORT; 0: any free one.",
            min=0,
            max=65535,
            metavar="PORT",
        ),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address.")] = False,
) -> None:
    """Show the dashboards in the browser, drawn with Grafana's components but without Grafana, until Ctrl-C."""

    def ready(address: str) -> None:
        out.print(f"dashboards: {address} (Ctrl-C to stop)")
        if not no_open:
            webbrowser.open(address)

    try:
        serve(checked_settings().dashboards_port if port is None else port, ready)
    except StartError as reason:
        give_up(str(reason))
