"""`funnel setup`: the shell around funnel/setup. Exit status: 0 done, 1 it ended early, 2 wrong use."""

# ruff: noqa: PLC0415  that `--help` answers at once
from pathlib import Path
from typing import Annotated

import typer

from funnel.cli.console import FAILED, WRONG_USE, err, give_up, out


def setup(
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Answers for a script, which is then asked nothing (docs/setup.md)."),
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="How far back services are read. Default: 90.", min=1, max=3650, metavar="N")
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Only print the address of the pages.")] = False,
) -> None:
    """Set up step by step: settings, services, start, the past, rules, pages.

    Asks only what it must, and says where each answer is found. Safe to end (Ctrl-C) and to run again at any point:
    what is done is seen and kept.
    """
    from connectors.toolkit.marked import FileError
    from funnel.cli.setup_steps import Setup, answered
    from funnel.setup.asker import Prepared, Terminal
    from funnel.setup.world import alone
    from process.errors import ExplainedError

    try:
        with alone(Path.cwd()):
            if answers is None:
                run = Setup(Terminal(out.print), files=(), days=days or 90, opens=not no_open)
            else:
                said = answered(answers)
                asker = Prepared(said.by_key, str(answers))
                run = Setup(asker, files=said.files, days=days or said.days, opens=not no_open)
            complete = run.all()
    except FileError as error:
        give_up(str(error), WRONG_USE)
    except ExplainedError as error:
        give_up(str(error), FAILED)
    except KeyboardInterrupt:
        err.print()
        give_up("stopped. What was done stays; funnel setup continues here.", FAILED)
    if not complete:
        raise typer.Exit(FAILED)
