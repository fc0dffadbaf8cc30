"""`funnel api`: the read-only HTTP API, and the pages that are shared by link. Exit status 0: ended by a signal."""

import secrets
from typing import Annotated

import typer

from connectors.settings import SettingsError
from funnel.answers.settings import answer_settings, api_settings
from funnel.answers.tokens import hashed
from funnel.api.serve import StartError
from funnel.api.serve import serve as run_server
from funnel.cli.console import WRONG_USE, checked_settings, give_up, out
from process.logs import log_to_stderr

_BYTES = 24


def api(
    port: Annotated[
        int | None, typer.Option(help="Instead of FUNNEL_API_PORT; 0: any free one.", min=0, max=65_535, metavar="PORT")
    ] = None,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Only print a new token and its hash; serve nothing.")
    ] = False,
) -> None:
    """Serve the report's answers over HTTP for programs, and shared pages, until SIGTERM or Ctrl-C. Read-only."""
    if new_token:
        token = secrets.token_urlsafe(_BYTES)
        out.print(f"token: {token}")
        out.print(f"FUNNEL_API_TOKENS={hashed(token)}")
        return
    try:
        own, small_groups = api_settings(), answer_settings().small_groups
        log_to_stderr("api")
        own = own if port is None else own.model_copy(update={"port": port})
        run_server(checked_settings(), own, small_groups, lambda address: typer.echo(f"ready {address}/api/v1"))
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    except StartError as reason:
        give_up(str(reason))
