"""The tree of commands: the groups of the help, the commands of other modules, and the help of options."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple

import typer
import typer.main
from typer.core import TyperGroup, TyperOption

LOOK, BRING_IN, RULES, OPERATE = "Look", "Bring in", "Rules", "Operate"
"""The groups of `funnel --help`."""


_ORDER = (
    *("report", "watch", "dashboards", "alerts", "digest", "compare", "export", "share", "api", "mcp", "docs"),
    *("connectors", "import", "publish", "map"),
    *("business", "explain", "remap"),
    *("setup", "up", "status", "logs", "doctor", "down", "verify", "backup", "restore", "upgrade", "rebuild"),
    "dead-letters",
    *("forget", "subject"),
    *("migrate", "create-topics", "topics", "worker"),
)


class Late(NamedTuple):
    """A command of another module, which is imported when it is called."""

    where: str
    """module:attribute."""
    group: str
    help: str


LATER = {
    "compare": Late("funnel.cli.compare:compare_command", LOOK, "Explain why a service's totals differ from ours."),
    "export": Late(
        "funnel.cli.export:export", LOOK, "Write the report for others: CSV, XLSX, Parquet, a Google sheet."
    ),
    "share": Late("funnel.cli.share:share", LOOK, "Share a webinar, the sources or a week, by a link that expires."),
    "api": Late("funnel.cli.api:api", LOOK, "Serve the report's answers over HTTP, and shared pages. Read-only."),
    "mcp": Late("funnel.cli.mcp:mcp", LOOK, "Answer assistants over the Model Context Protocol. Read-only."),
    "dashboards": Late("funnel.cli.dashboards:dashboards", LOOK, "Show the dashboards in the browser until Ctrl-C."),
    "docs": Late("funnel.cli.docs:docs", LOOK, "Show this release's documentation in the browser until Ctrl-C."),
    "alerts": Late(
        "funnel.cli.alerts:alerts_app", LOOK, "List what is unusual now; explain it, simulate the past, send alerts."
    ),
    "digest": Late("funnel.cli.alerts:digest", LOOK, "Send or print the morning summary, or the week's page."),
    "import": Late(
        "funnel.cli.import_files:import_app", BRING_IN, "Import Zoom's reports, tables, a Google sheet, a database."
    ),
    "publish": Late("funnel.cli.import_files:publish", BRING_IN, "Publish contract events from a file, one per line."),
    "connectors": Late(
        "funnel.cli.connectors:connectors_app",
        BRING_IN,
        "List, check, poll and serve the services; see the quarantine.",
    ),
    "map": Late("funnel.cli.connectors:map_", BRING_IN, "Print the events that a payload or file would become."),
    "business": Late(
        "funnel.cli.business:business_app", RULES, "Check and apply the business's files; list unmapped sources."
    ),
    "explain": Late("funnel.cli.business:explain_app", RULES, "Show which rule decided about a webinar or a source."),
    "remap": Late("funnel.cli.connectors:remap", RULES, "Move registrations that a wrong rule assigned."),
    "logs": Late("funnel.cli.logs:logs", OPERATE, "Show what the processes of funnel up have logged."),
    "doctor": Late("funnel.cli.doctor:doctor", OPERATE, "Say what will hurt later, and what to do about it."),
    "backup": Late("funnel.cli.backup:backup", OPERATE, "Copy everything into a folder, while all of it runs."),
    "restore": Late("funnel.cli.restore:restore", OPERATE, "Make an installation out of a backup, or check one."),
    "setup": Late(
        "funnel.cli.setup:setup", OPERATE, "Set up step by step: settings, services, start, the past, rules, pages."
    ),
    "upgrade": Late(
        "funnel.cli.upgrade:upgrade", OPERATE, "Say what this release would change here, and what comes first."
    ),
    "rebuild": Late("funnel.cli.rebuild:rebuild", OPERATE, "Rebuild what ClickHouse has lost, then verify."),
    "forget": Late("funnel.cli.erasure:forget", OPERATE, "Erase all that is held of a person, and prove it."),
    "subject": Late("funnel.cli.erasure:subject", OPERATE, "Print all that is held of a person, as JSON."),
    "topics": Late("funnel.cli.topics:topics", OPERATE, "Show the topics; raise their copies or partitions."),
    "dead-letters": Late(
        "funnel.cli.dead_letters:dead_letters_app", OPERATE, "List, show, replay and discard unreadable records."
    ),
}
"""The commands in the help besides those of funnel/cli/app.py."""


def late(name: str) -> Any:
    """Imports the command's module and returns the command."""
    module, _, attribute = LATER[name].where.partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command()(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = name
    return command


class Commands(TyperGroup):
    """The commands, in their groups. Help and name completion import nothing."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """The names in display order."""
        return list(_ORDER)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The real command of that name, not its placeholder in the help."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in LATER:
            command = late(name)
        return name, command and readable(command), rest

    def get_params(self, ctx: Any) -> list[Any]:
        """The options of `funnel` itself, with readable help."""
        return [_readable(one) for one in super().get_params(ctx)]


def add_late(app: typer.Typer) -> None:
    """Lists the commands of other modules in the help of `app`."""
    for name, one in LATER.items():
        app.command(name, help=one.help, rich_help_panel=one.group)(_placeholder)


def readable(command: Any) -> Any:
    """The command and its subcommands, without Python types in the help, nor the code's line breaks."""
    for one in _all(command):
        one.help = one.help and "\n\n".join(" ".join(paragraph.split()) for paragraph in one.help.split("\n\n"))
        for param in one.get_params(typer.Context(one)):
            _readable(param)
    return command


def _placeholder() -> None:
    """Stands in for a command in the help."""


def _all(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _all(below)


def _readable(param: Any) -> Any:
    if isinstance(param, TyperOption):
        if param.metavar is None:
            param.metavar = _shown(param)
    else:
        # For arguments the library has no setting that hides the type.
        param.display_type_rich = lambda ctx: ""  # noqa: ARG005
        name = param.metavar or str(param.name).upper()
        piece = f"{name if param.required else f'[{name}]'}{'' if param.nargs == 1 else '...'}"
        param.get_usage_pieces = lambda ctx: [piece]  # noqa: ARG005
    return param


def _shown(option: TyperOption) -> str:
    of = option.type_descriptor
    if option.is_flag:
        return ""
    if of.is_choice:
        return "|".join(str(getattr(one, "value", one)) for one in of.choices or ())
    return (option.name or "value").replace("_", "-").upper()
