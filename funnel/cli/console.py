"""Shared by the commands: where they print, how they read times, and how they exit.

Exit status: 0 success; 1 it failed, rejected something, or found a difference; 2 wrong use. A message that ends a
command begins with `funnel: `; a message about one row of a file begins with the file's name.
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
"""The width of a table that goes into a file or a pipe."""

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
    """A console as wide as the terminal, and wide enough without one."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def complain(message: str) -> None:
    """Prints what is wrong to standard error, each line with the prefix."""
    for text in message.splitlines():
        err.print(f"funnel: {text}")


def give_up(message: str, status: int = FAILED) -> NoReturn:
    """Ends the command with a message, one line for each problem."""
    complain(message)
    raise typer.Exit(status)


def moment(at: str | None) -> int:
    """`--at` in ms since 1970 UTC; without it, now. Ends the command if it is not a time."""
    from funnel.report.numbers import parse_at

    return now() if at is None else option("--at", parse_at, at)


def option(name: str, parse: Callable[[str], Value], text: str) -> Value:
    """The value of an option. Ends the command if `parse` raises ValueError."""
    try:
        return parse(text)
    except ValueError as error:
        give_up(f"{name} {text}: {error}", WRONG_USE)


def checked_settings() -> "Settings":
    """The settings of this process. Ends the command with a line for each wrong one."""
    from pydantic import ValidationError

    from streams.known_errors import explained_settings
    from streams.settings import settings

    try:
        return settings()
    except ValidationError as error:
        give_up(explained_settings(error), WRONG_USE)
