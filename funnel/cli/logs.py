"""`funnel logs`: what the processes of the local stack write."""

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

from funnel.cli.console import checked_settings
from funnel.stack.folder import StackFolder
from funnel.stack.logs import Following, Line, last_lines, logs_of
from process.logs import as_text, parsed


def logs(
    process: Annotated[
        str | None, typer.Argument(metavar="PROCESS", help="Such as worker-1, as funnel status names it. Default: all.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is added, until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the latest.", min=0, metavar="N")] = 50,
) -> None:
    """Show what the processes of funnel up have logged: in words in a terminal, else as they wrote it."""
    found = logs_of(StackFolder(checked_settings().data_dir), process)
    following = Following(found)
    width = max(map(len, found)) if process is None else 0
    in_words = sys.stdout.isatty()

    def show(line: Line) -> None:
        # A line of ours names its process itself, so that a program can read each as one JSON object.
        named = width and (in_words or parsed(line.text) is None)
        text = as_text(line.text) if in_words else line.text.decode(errors="replace")
        print(f"{line.process:<{width}} | {text}" if named else text, flush=True)

    try:
        with suppress(KeyboardInterrupt):
            for line in last_lines(found, lines):
                show(line)
            if follow:
                following.run(show)
    except BrokenPipeError:
        # Whoever reads has seen enough. Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
