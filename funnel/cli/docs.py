"""`funnel docs`: the documentation in this machine's browser, offline.

Exit status: 0 stopped by Ctrl-C, 1 it could not start.
"""

import webbrowser
from typing import Annotated

import typer

from funnel.cli.console import give_up, out
from funnel.documentation.serve import PORT, serve
from grafana.preview.serve import StartError


def docs(
    port: Annotated[
        int, typer.Option(help="The port on 127.0.0.1; 0: any free one.", min=0, max=65535, metavar="PORT")
    ] = PORT,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address.")] = False,
) -> None:
    """Show this release's documentation in the browser until Ctrl-C. Needs no network."""

    def ready(address: str) -> None:
        out.print(f"documentation: {address} (Ctrl-C to stop)")
        if not no_open:
            webbrowser.open(address)

    try:
        serve(port, ready)
    except StartError as reason:
        give_up(str(reason))
