"""`funnel mcp`: the report's answers for assistants, over standard input and output, until these are closed."""

# ruff: noqa: PLC0415  an extra that may be missing
from importlib.metadata import version

from connectors.settings import SettingsError
from funnel.answers.settings import answer_settings
from funnel.answers.source import Answers
from funnel.cli.console import WRONG_USE, checked_settings, give_up


def mcp() -> None:
    """Answer assistants over the Model Context Protocol (stdio). Read-only, without small groups (docs/api.md)."""
    try:
        from funnel.mcp.server import server
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.startswith(("funnel", "clickhouse", "contract")):
            raise
        give_up("funnel mcp needs the extra mcp: pip install 'webinar-funnel[mcp]'")
    try:
        answers = Answers(checked_settings(), answer_settings().small_groups)
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    server(answers, version("webinar-funnel")).run("stdio")
