"""`funnel dashboards`: the dashboards in the browser of this machine, without Grafana.

Exit status: 0 ended by Ctrl-C, 1 it could not start.
"""

import webbrowser
from typing import Annotated

import typer
from rich.console import Console

from grafana.preview.serve import PORT, StartError, serve

_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)


def dashboards(
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1; 0: any free one.", min=0, max=65535)] = PORT,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address.")] = False,
) -> None:
    """Show the dashboards in the browser, drawn with Grafana's components but without Grafana, until Ctrl-C."""

    def ready(address: str) -> None:
        _out.print(f"dashboards: {address} (Ctrl-C ends it)")
        if not no_open:
            webbrowser.open(address)

    try:
        serve(port, ready)
    except StartError as reason:
        _err.print(f"funnel dashboards: {reason}")
        raise typer.Exit(1) from reason
