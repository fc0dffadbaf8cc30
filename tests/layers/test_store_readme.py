"""clickhouse/README.md against the database and the code: each table and view is in it, as it is."""

import re

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.inline import ALSO, OF_PEOPLE, inlined
from clickhouse.migrate import FOLDER, views
from streams.settings import Settings
from tests.layers.sources import FOLDERS, ROOT

README = (ROOT / "clickhouse/README.md").read_text()
_ENGINES = {
    "any": "",
    "the greatest of each column": "Aggregating",
    "the earliest of each column": "Aggregating",
    "the greatest or the sum of each column": "Aggregating",
}

_WRITERS = {
    "streams": "worker",
    "alerts": "`funnel alerts watch`",
    "funnel/business": "`funnel business`",
    "funnel/rebuild": "`funnel rebuild`",
    "funnel/dead_letters": "`funnel dead-letters`",
    "clickhouse": "`funnel migrate`",
}
"""Folder of the code -> as the page names what runs there."""
_WRITTEN = re.compile(r"""(?:Insert|insert|write)\((?:store, )?\s*"(\w+)",|INSERT INTO (?=\w)(\w+)""")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The cells of each row of the section's table."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_table_is_there_with_its_order_key_and_what_stays_of_one(client: Client) -> None:
    real = client.query(
        "SELECT name, sorting_key, engine, extract(engine_full, 'Tree\\\\((\\\\w+)\\\\)') FROM system.tables"
        " WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    ).result_rows
    described = [
        (names(table)[0], names(key)[0], _ENGINES.get(stays, "") or "Replacing", (names(stays) or [""])[0])
        for table, _, key, stays, _ in rows("Tables")
    ]
    assert sorted(described) == sorted(
        (name, key, engine[: -len("MergeTree")], kept) for name, key, engine, kept in real
    )
    assert {stays for *_, stays, _ in rows("Tables") if not names(stays)} <= _ENGINES.keys()


def test_tables_that_keep_rows_for_a_time_say_so(client: Client) -> None:
    kept = client.query(
        "SELECT name, extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)') FROM system.tables"
        " WHERE database = currentDatabase() AND engine_full LIKE '%TTL%'"
    ).result_rows
    said = [(names(row[0])[0], days) for row in rows("Tables") for days in re.findall(r"kept for (\d+) days", row[1])]
    assert sorted(said) == sorted(tuple(row) for row in kept)


def test_small_granules_are_told_with_why_and_partitions_are_none(client: Client) -> None:
    small, parted = (
        {name for (name,) in client.query(f"SELECT name FROM system.tables WHERE {which}").result_rows}
        for which in (
            "database = currentDatabase() AND engine_full LIKE '%index_granularity%'"
            " AND engine_full NOT LIKE '%index_granularity = 8192%'",
            "database = currentDatabase() AND partition_key != ''",
        )
    )
    assert small == {names(row[0])[0] for row in rows("Tables") if "ranules" in row[2]}
    assert parted == set()


def test_every_table_says_who_writes_it(client: Client) -> None:
    filled = client.query(
        "SELECT extract(create_table_query, ' TO \\\\w+\\\\.(\\\\w+)'), extract(as_select, 'FROM \\\\w+\\\\.(\\\\w+)')"
        " FROM system.tables WHERE database = currentDatabase() AND engine = 'MaterializedView'"
    ).result_rows
    written: dict[str, set[str]] = {names(row[0])[0]: set() for row in rows("Tables")}
    for table, source in filled:
        written[table].add(f"the engine, on insert into `{source}`")
    for folder, writer in _WRITERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            for found in _WRITTEN.findall(path.read_text()):
                written["".join(found)].add(writer)
    said = {
        names(table)[0]: {
            writer
            for writer in (*_WRITERS.values(), *re.findall(r"the engine, on insert into `\w+`", by))
            if writer in by
        }
        for table, *_, by in rows("Tables")
    }
    assert said == written


def test_every_view_is_there_once_and_under_its_folder() -> None:
    described: dict[str, list[str]] = {}
    for view, _ in rows("Views"):
        if view.startswith("**"):
            topic = described.setdefault(view.strip("*"), [])
        else:
            topic += names(view)
    files = {folder.name: [path.stem for path in folder.glob("*.sql")] for folder in (FOLDER / "views").iterdir()}
    files["funnel"] += OF_PEOPLE.values()
    files["current"] += ALSO.values()
    assert {topic: sorted(views) for topic, views in described.items()} == {
        topic: sorted(views) for topic, views in files.items()
    }


def test_the_views_without_a_moment_are_named() -> None:
    said = section("Views").split("except\n")[1].split("\n|")[0].split(".\n")[0]
    without = [text.split()[4] for text in inlined([text for _, text in views()]) if "{at:" not in text]
    assert sorted(names(said)) == sorted(without)


def test_those_that_read_tables_are_named_with_the_tables() -> None:
    tables = "|".join(names(row[0])[0] for row in rows("Tables"))
    found: dict[str, set[str]] = {}
    # The connectors' state is a database of its own.
    for path in (path for folder in FOLDERS if folder != "connectors" for path in (ROOT / folder).rglob("*")):
        # What the database is made of; what is written to be put into a view.
        if path.suffix in (".py", ".sql") and not {"migrations", "views", "fragments"} & {
            *path.relative_to(ROOT).parts
        }:
            read = set(re.findall(rf"\b(?:FROM|JOIN)\s+({tables})\b(?!\()", path.read_text()))
            if read and path.name != "schema.sql":
                found[str(path.relative_to(ROOT))] = read
    described = {frozenset(names(modules)): set(names(read)) for modules, read, _ in rows("Who reads tables")}
    assert {module for modules in described for module in modules} == found.keys()
    for modules, read in described.items():
        assert set().union(*(found[module] for module in modules)) == read, modules


@pytest.mark.parametrize(
    "path",
    sorted(set(re.findall(r"`((?:streams|funnel|docs|tests|clickhouse)/[\w./-]+)`|\((docs/[\w./-]+\.md)\)", README))),
)
def test_the_files_that_it_names_exist(path: tuple[str, str]) -> None:
    assert (ROOT / "".join(path)).exists()


def test_the_settings_that_it_names_exist() -> None:
    known = {f"FUNNEL_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"FUNNEL_[A-Z_]+", README)) <= known
