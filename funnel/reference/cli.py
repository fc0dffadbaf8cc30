"""The reference of the command line, from its tree of commands."""

from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from funnel.cli.app import app
from funnel.cli.tree import LATER, late, readable
from funnel.reference.markdown import code, table


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command with its words after `funnel`, those of groups included, in the order of the help."""
    root = typer.main.get_group(app)
    context = typer.Context(root)
    for name in root.list_commands(context):
        yield from _below((name,), readable(late(name) if name in LATER else root.commands[name]))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, one in getattr(command, "commands", {}).items():
        yield from _below((*words, name), one)


def cli_page() -> str:
    """The page."""
    parts = [
        "# The command line",
        "",
        "`funnel COMMAND --help` says the same. Exit status: 0 success, 1 it failed or found a difference, 2 wrong",
        "use.",
    ]
    for words, command in commands():
        parts += ["", f"{'##' if len(words) == 1 else '###'} funnel {' '.join(words)}", "", _told(command)]
        if not getattr(command, "commands", None):
            parts += ["", f"    {_usage(words, command)}"]
        rows = [row for one in command.params if (row := _row(one))]
        if rows:
            parts += ["", table(("argument or option", "meaning", "default"), rows)]
    return "\n".join(parts)


def _told(command: Any) -> str:
    return " ".join((command.help or "").split())


def _usage(words: tuple[str, ...], command: Any) -> str:
    pieces = command.collect_usage_pieces(typer.Context(command, info_name=words[-1]))
    return " ".join(("funnel", *words, *pieces))


def _row(param: Any) -> tuple[str, str, str] | None:
    if "--help" in param.opts or getattr(param, "hidden", False):
        return None
    if param.param_type_name == "argument":
        name = param.metavar or str(param.name).upper()
    else:
        name = ", ".join([*param.opts, *param.secondary_opts]) + (f" {param.metavar}" if param.metavar else "")
    default = param.default
    is_plain = isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    return code(name), getattr(param, "help", "") or "", code(str(default)) if is_plain else ""
