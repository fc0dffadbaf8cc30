"""What the commands have in common: where they print, and how they end.

Exit status: 0 all well; 1 it could not be done, something was rejected, or a difference was found; 2 wrong use.
"""

from typing import Annotated, NoReturn

import typer
from rich.console import Console

FAILED, WRONG_USE = 1, 2
_PIPE_WIDTH = 200
"""Columns of a table that goes into a file or a pipe."""

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)

At = Annotated[
    str | None,
    typer.Option("--at", help="The moment to look at, such as 2026-11-22T18:00:00Z. Default: now.", metavar="TIME"),
]


def for_tables() -> Console:
    """As wide as the terminal, and wide enough where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def give_up(message: str, status: int = FAILED) -> NoReturn:
    """Ends the command with one line."""
    err.print(message)
    raise typer.Exit(status)
