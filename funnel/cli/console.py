"""What the commands have in common: where they print, how they read times, and how they end.

Exit status: 0 all well; 1 it could not be done, something was rejected, or a difference was found; 2 wrong use.
Whatever ends a command begins with `funnel: `; what is said of one row of a file begins with the file.
"""

# ruff: noqa: PLC0415  that `--help` answers at once
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

from process.clock import now

if TYPE_CHECKING:
    from streams.settings import Settings

FAILED, WRONG_USE = 1, 2
_PIPE_WIDTH = 200
"""Columns of a table that goes into a file or a pipe."""

Value = TypeVar("Value")

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)

At = Annotated[
    str | None,
    typer.Option("--at", help="The moment to look at, such as 2026-11-22T18:00:00Z. Default: now.", metavar="TIME"),
]
Timeout = Annotated[float, typer.Option(help="Seconds to wait for the workers to catch up.", min=0, metavar="SECONDS")]
WebinarId = Annotated[str, typer.Argument(metavar="WEBINAR", help="webinar_id, such as zoom:9151.")]


def for_tables() -> Console:
    """As wide as the terminal, and wide enough where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def complain(message: str) -> None:
    """Says what is wrong, on standard error, each line with the one prefix."""
    for text in message.splitlines():
        err.print(f"funnel: {text}")


def give_up(message: str, status: int = FAILED) -> NoReturn:
    """Ends the command with what is wrong, in one line where it is one thing."""
    complain(message)
    raise typer.Exit(status)


def moment(at: str | None) -> int:
    """`--at` in ms; now where it is not given. Ends the command where it is no time."""
    from funnel.report.numbers import parse_at

    return now() if at is None else option("--at", parse_at, at)


def option(name: str, parse: Callable[[str], Value], text: str) -> Value:
    """What an option says. Ends the command where `parse` raises ValueError."""
    try:
        return parse(text)
    except ValueError as error:
        give_up(f"{name} {text}: {error}", WRONG_USE)


def checked_settings() -> "Settings":
    """The settings of this process. Ends the command with a line for each that is wrong."""
    from pydantic import ValidationError

    from streams.known_errors import explained_settings
    from streams.settings import settings

    try:
        return settings()
    except ValidationError as error:
        give_up(explained_settings(error), WRONG_USE)
