"""`funnel share`: a read-only page for others, by a link that expires and can be withdrawn, or as a file."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from clickhouse.client import Unreachable
from connectors.settings import SettingsError
from contract.instants import DAY
from funnel.answers.settings import answer_settings, api_settings
from funnel.answers.source import Answers, AwayError, UnknownError
from funnel.cli.console import WRONG_USE, checked_settings, err, give_up, out
from funnel.report.starts import utc_said
from funnel.share.page import page
from funnel.share.pages import Shares, first_day
from funnel.share.register import Register, Share, ShareError, What
from process.clock import now
from process.files import write_atomically

_DAYS = 14
_MOST_DAYS = 366


def share(
    what: Annotated[
        str | None,
        typer.Argument(metavar="WEBINAR|sources|week", help="A webinar_id, the sources of 90 days, or a week."),
    ] = None,
    week: Annotated[
        str | None, typer.Option(help="Which week, such as 2026-W47. Default: the last whole one.", metavar="WEEK")
    ] = None,
    days: Annotated[
        int, typer.Option(help="For how many days the link works.", min=1, max=_MOST_DAYS, metavar="N")
    ] = _DAYS,
    file: Annotated[
        Path | None, typer.Option(help="Write the page as it is now, as one file, instead.", metavar="OUT.html")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the links that work, and those that have expired.")
    ] = False,
    revoke: Annotated[str | None, typer.Option(help="Withdraw a link; its id is in the list.", metavar="SHARE")] = None,
) -> None:
    """Share a webinar, the sources or a week with people who have no access: read-only, without small groups."""
    if sum((what is not None, list_, revoke is not None)) != 1:
        give_up("Say what to share (a webinar_id, sources or week), or --list, or --revoke SHARE.", WRONG_USE)
    config = checked_settings()
    register = Register(config.data_dir)
    try:
        if list_:
            _list(register)
        elif revoke is not None:
            _revoke(register, revoke)
        elif what is not None:
            kind, of = _meant(what, week)
            answers = Answers(config, answer_settings().small_groups)
            _share(Shares(answers, register), register, (kind, of), days, file)
    except (ShareError, AwayError, Unreachable) as error:
        give_up(str(error))
    except UnknownError as error:
        give_up(f"{error}; funnel report lists all webinars.")
    except SettingsError as error:
        give_up(str(error), WRONG_USE)


def _share(shares: Shares, register: Register, meant: tuple[What, str], days: int, file: Path | None) -> None:
    at = now()
    # Also for a link: what cannot be shown is not shared.
    shown = shares.of(*meant, at)
    if file is not None:
        try:
            write_atomically(file, page(shown, None))
        except OSError as error:
            give_up(f"{file} cannot be written ({error.strerror}): name another file")
        out.print(f"written to {file}: {shown.title}")
        return
    made = Share(secrets.token_hex(6), *meant, at, at + days * DAY)
    register.add(made)
    own = api_settings()
    address = own.url.rstrip("/") or f"http://{own.host}:{own.port}"
    out.print(f"{address}/share/{shares.link(made)}")
    err.print(f"{shown.title}: until {utc_said(made.expires)}; funnel share --revoke {made.share_id} withdraws it.")
    if not own.tokens.get_secret_value() and own.tokens_file is None:
        err.print("The link works once the API runs: set FUNNEL_API_TOKENS (funnel api --new-token), then funnel up.")


def _list(register: Register) -> None:
    shares = register.all()
    for one in shares:
        state = "works until" if one.expires > now() else "expired"
        out.print(f"{one.share_id}  {one.what} {one.of}".rstrip() + f"  {state} {utc_said(one.expires)}")
    if not shares:
        out.print("Nothing is shared.")


def _revoke(register: Register, share_id: str) -> None:
    if not register.revoke(share_id):
        give_up(f"{share_id}: no such share; funnel share --list shows all.", WRONG_USE)
    out.print(f"{share_id} is withdrawn: its link opens nothing from now on.")


def _meant(what: str, week: str | None) -> tuple[What, str]:
    if what != "week" and week is not None:
        give_up("--week is for funnel share week.", WRONG_USE)
    if what == "sources":
        return "sources", ""
    if what != "week":
        return "webinar", what
    if week is None:
        return "week", f"{datetime.now(UTC) - timedelta(days=7):%G-W%V}"
    try:
        first_day(week)
    except ValueError as error:
        give_up(f"--week {week}: {error}", WRONG_USE)
    return "week", week
