"""The tables of ClickHouse: each read at one moment into a file of lines, and put back.

Over HTTP, as every other access, so that it works with any ClickHouse, wherever it is (docs/decisions/0040).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, cast

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from urllib3.exceptions import HTTPError

from clickhouse.client import cause
from funnel.backup.errors import BackupError
from funnel.backup.folder import PIECE, Writing, decompressed
from funnel.backup.manifest import Table

_FORMAT = "TabSeparated"
_BLOCK_BYTES = 15 * PIECE
"""Of one INSERT: what the embedded server keeps in memory (clickhouse/embedded/rows.py)."""
_TABLES = """
SELECT name, total_bytes FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name
"""
_COLUMNS = """
SELECT name FROM system.columns
WHERE database = currentDatabase() AND table = {table:String} AND default_kind NOT IN ('MATERIALIZED', 'ALIAS')
ORDER BY position
"""
_FILLED = """
SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'
"""
_TARGET = re.compile(r"\bTO (?:\w+\.)?(\w+)")
_ALL = """
SELECT name, engine LIKE '%View' FROM system.tables WHERE database = currentDatabase() ORDER BY engine NOT LIKE '%View'
"""


def sizes(client: Client) -> dict[str, int]:
    """Table -> bytes on ClickHouse's disk."""
    return {str(name): int(of or 0) for name, of in client.query(_TABLES).result_rows}


def copy_out(client: Client, name: str, writing: Writing) -> Table:
    """Reads a table as it is at one moment, whatever is written meanwhile. Raises BackupError."""
    columns = [str(one) for (one,) in client.query(_COLUMNS, {"table": name}).result_rows]
    rows, last = 0, b"\n"
    try:
        # No limits of time: a large table takes as long as its disk.
        stream = cast("IO[bytes]", client.raw_stream(f"SELECT {_named(columns)} FROM {name}", fmt=_FORMAT))
        with writing.compressed(file_of(name)) as file, stream:
            while piece := stream.read(PIECE):
                file.write(piece)
                rows += piece.count(b"\n")
                last = piece[-1:]
    except (ClickHouseError, HTTPError) as error:
        why = f"ClickHouse stopped answering while {name} was read ({cause(error)})"
        raise BackupError(f"{why}: look at funnel status, then take it again") from error
    if last != b"\n":
        raise BackupError(f"ClickHouse stopped in the middle of {name}: look at funnel status, then take it again")
    return Table(columns=columns, rows=rows)


def load_order(client: Client, names: Iterable[str]) -> list[str]:
    """The tables that views fill come last: what a view wrote there meanwhile is thrown away."""
    filled = {found[1] for (query,) in client.query(_FILLED).result_rows if (found := _TARGET.search(str(query)))}
    return sorted(names, key=lambda name: (name in filled, name))


def copy_in(client: Client, name: str, table: Table, folder: Path, progress: Callable[[str], None]) -> None:
    """Fills a table with the rows of its file, and nothing else. Raises ClickHouse's errors."""
    client.command(f"TRUNCATE TABLE {name} SYNC")
    done = 0
    with decompressed(folder / file_of(name)) as file:
        for block in _blocks(file):
            client.raw_insert(name, [f"`{one}`" for one in table.columns], block, fmt=_FORMAT)
            done += block.count(b"\n")
            progress(f"{name}: {done:,} of {table.rows:,} rows")


def drop_all(client: Client, keep: str) -> None:
    """Takes every table and view away but one."""
    for name, is_view in client.query(_ALL).result_rows:
        if name != keep:
            client.command(f"DROP {'VIEW' if is_view else 'TABLE'} IF EXISTS {name} SYNC")


def file_of(table: str) -> str:
    """The file of a table in a backup."""
    return f"tables/{table}.tsv.zst"


def _named(columns: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in columns)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines. A newline within a value is escaped."""
    rest = b""
    while piece := file.read(_BLOCK_BYTES):
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield whole + newline
    assert not rest, "a file of lines ends with a line"
