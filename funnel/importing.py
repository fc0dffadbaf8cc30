"""What the imports of files have in common: progress, rejected rows, and ends that explain themselves.

Exit status: 0 all well, 1 something was rejected or not acknowledged, 2 wrong use.
"""

import difflib
import logging
import time
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from connectors.publish import Publisher, PublishError
from connectors.quarantine import Quarantine
from connectors.room import require_room
from connectors.rows import RowRejection
from connectors.settings import ConnectorSettings, PublishSettings, SettingsError, connector_settings

REJECTED, WRONG_USE = 1, 2
_SHOWN_REJECTIONS = 20

out = Console(highlight=False, markup=False, soft_wrap=True)
err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)


class RejectedRows:
    """Keeps the rejected rows of one table in the quarantine, and shows the first of them."""

    def __init__(self, table: str, quarantine: Quarantine, at: int) -> None:
        """`table`: as people call it, such as its path. `at`: when it came, in ms since 1970 UTC."""
        self.count = 0
        self._table = table
        self._quarantine = quarantine
        self._at = at

    def keep(self, row: RowRejection) -> None:
        """One more. Raises OSError if it cannot be kept."""
        self.count += 1
        self._quarantine.keep(
            {
                "file": self._table,
                "line": row.line,
                "field": row.field,
                "reason": row.reason,
                "cells": row.cells,
                "received_at": self._at,
            }
        )
        if self.count <= _SHOWN_REJECTIONS:
            err.print(f"{self._table}: line {row.line}: {row.field}: {row.reason}")
        if self.count == _SHOWN_REJECTIONS + 1:
            err.print(f"{self._table}: further rejected rows are only in {self._quarantine.path}")

    def status(self) -> int:
        """The exit status that follows, with advice where there are any."""
        if not self.count:
            return 0
        err.print(f"Correct the rejected rows, kept in {self._quarantine.path}, and import the file again.")
        return REJECTED


def open_publisher(settings: ConnectorSettings | PublishSettings) -> Publisher:
    """Raises PublishError, also where too little is free on this disk."""
    # Whatever goes wrong in kafka-python is told by PublishError, in one line.
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    return Publisher(
        settings.kafka_bootstrap,
        tell=err.print,
        require_room=partial(require_room, settings.data_dir, settings.disk_reserve_mb),
    )


@contextmanager
def explained() -> Iterator[None]:
    """Ends the command with one line where a setting is wrong, or Kafka acknowledges nothing."""
    try:
        yield
    except SettingsError as error:
        give_up(str(error), WRONG_USE)
    except PublishError as error:
        give_up(str(error), REJECTED)


@contextmanager
def connected() -> Iterator[tuple[ConnectorSettings, Publisher]]:
    """What every import needs; explained."""
    with explained():
        settings = connector_settings()
        with open_publisher(settings) as publisher:
            yield settings, publisher


def progress_bar() -> Progress:
    """Of bytes read; silent where nobody sees it."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """`--timezone`; ends the command if there is no such zone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=3)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        give_up(f"--timezone {name}: no such time zone. Give an IANA name such as Europe/Berlin.{hint}", WRONG_USE)


def require_file(file: Path) -> None:
    """Ends the command if there is no such file."""
    if file.is_dir():
        give_up(f"{file}: a folder. Name the files in it.", WRONG_USE)
    if not file.exists():
        give_up(f"{file}: no such file. Look at the name and the folder.", WRONG_USE)


def give_up(message: str, status: int) -> NoReturn:
    """Ends the command with one line."""
    err.print(message)
    raise typer.Exit(status)


def now() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000
