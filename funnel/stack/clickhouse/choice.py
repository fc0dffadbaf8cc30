"""Which ClickHouse `funnel up` works with: servers elsewhere, a server's program on PATH, else the embedded engine."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clickhouse.addresses import addresses
from clickhouse.release import LEAST
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from streams.settings import Settings

_HERE = {"127.0.0.1", "localhost"}
_ASK_SECONDS = 20.0
_OF_ENGINE, OF_SERVER = "engine", "server"
"""Within the folder of ClickHouse: what the embedded engine has, and what a server has. Neither reads the other's."""


@dataclass(frozen=True, slots=True)
class Store:
    """Neither program nor `elsewhere`: the embedded engine. `said`: which one it is and why, empty for that."""

    program: str = ""
    elsewhere: bool = False
    said: str = ""


EMBEDDED = Store()


def choose_store(settings: Settings, folder: StackFolder) -> Store:
    """Addresses of other machines come before a program on PATH, which comes before the embedded engine.

    A data folder keeps the kind that it began with. Raises StackError if its server's program is gone.
    """
    if settings.clickhouse_addresses or settings.clickhouse_host not in _HERE:
        places = ", ".join(map(str, addresses(settings)))
        variable = "FUNNEL_CLICKHOUSE_ADDRESSES" if settings.clickhouse_addresses else "FUNNEL_CLICKHOUSE_HOST"
        return Store(elsewhere=True, said=f"ClickHouse is at {places} ({variable}): none is started here")
    program = shutil.which("clickhouse")
    if (folder.clickhouse / _OF_ENGINE).is_dir():
        other = f"The embedded ClickHouse, not {program}: it is this data folder's own" if program else ""
        return Store(said=other)
    began = (folder.clickhouse / OF_SERVER).is_dir()
    if program is None:
        if began:
            why = f"the data in {folder.clickhouse} are a ClickHouse server's"
            gone = "and there is no program clickhouse on PATH"
            raise StackError(f"{why}, {gone}: install it again, or set FUNNEL_DATA_DIR to another folder")
        return EMBEDDED
    version = _version(program)
    if version[:2] < LEAST:
        found = ".".join(map(str, version)) or "a program that does not tell its version"
        why = f"{program} is {found}, and {'.'.join(map(str, LEAST))} is needed"
        if began:
            raise StackError(f"{why}: update it, since the data in {folder.clickhouse} are a ClickHouse server's")
        return Store(said=f"The embedded ClickHouse: {why}")
    place = folder.clickhouse / OF_SERVER
    return Store(
        program=str(Path(program).absolute()),
        said=f"ClickHouse is {program} {'.'.join(map(str, version))}, with our configuration in {place / 'config'}",
    )


def _version(program: str) -> tuple[int, ...]:
    """Of a server that the program can be; empty: it does not say."""
    try:
        asked = [program, "server", "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=_ASK_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"\bversion (\d+(?:\.\d+)+)", said)
    return tuple(int(one) for one in found[1].split(".")) if found else ()
