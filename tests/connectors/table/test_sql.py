"""A database as a table: SQLite, as every database that SQLAlchemy knows."""

import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.mapped import Context
from connectors.settings import SettingsError
from connectors.table.cells import Reading
from connectors.table.mapping import Imported, table_events
from connectors.table.mapping_file import parse
from connectors.table.sql import Database, _text
from connectors.toolkit.io.http import ServiceError
from funnel.cli.app import main
from tests.connectors.table.tables import NOW, SECRET

MAPPING = """
kind: registrations
platform: zoom
timezone: Europe/Berlin
columns: {webinar_id: webinar, email: mail, registered_at: at, utm_source: source}
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> str:
    """The address of a warehouse with two registrations."""
    path = tmp_path / "warehouse.sqlite"
    with sqlite3.connect(path) as database:
        database.execute('CREATE TABLE "sign ups" (webinar INT, mail TEXT, at TEXT, source TEXT)')
        rows = [(9151, "a@example.com", "2026-11-02 09:00", "vk"), (9151, "b@example.com", "2026-11-02 10:00", None)]
        database.executemany('INSERT INTO "sign ups" VALUES (?, ?, ?, ?)', rows)
    database.close()
    return f"sqlite:///{path}"


def test_a_table_becomes_the_events_that_a_file_of_it_would(warehouse: str) -> None:
    database = Database(warehouse)
    reading = Reading(parse(MAPPING, "m.yaml"), ZoneInfo("Europe/Berlin"), Context(SECRET, NOW), NOW)
    of_table = [str(one) for one, _ in table_events(database.rows(database.table("sign ups")), reading, Imported())]
    query = 'SELECT * FROM "sign ups" ORDER BY at'
    of_query = [str(one) for one, _ in table_events(database.rows(query), reading, Imported())]
    assert of_table == of_query
    assert len([one for one in of_table if "zoom:9151" in one]) == len(of_table) >= 2


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT * FROM elsewhere", "no such table: elsewhere"),
        ('DELETE FROM "sign ups"', "readonly database"),
        # SQLite and MySQL commit it by themselves.
        ('DROP TABLE "sign ups"', "readonly database"),
        ("BEGIN", "has to be a SELECT"),
        ("sign up", "syntax error"),
    ],
)
def test_what_is_no_question_changes_nothing(warehouse: str, query: str, said: str) -> None:
    database = Database(warehouse)
    with pytest.raises(ServiceError, match=said):
        list(database.rows(query))
    assert len(list(database.rows('SELECT * FROM "sign ups"'))) == 3


def test_a_query_is_asked_as_it_is_written(warehouse: str) -> None:
    _, row = Database(warehouse).rows(r"""SELECT ' :x', '\:y', '50%', '%s' AS "a :b" """)
    assert row.cells == [" :x", r"\:y", "50%", "%s"]


def test_no_error_holds_a_password() -> None:
    for address in ("postgresql://host:secret/db", "sqlite:///x?timeout=secret"):
        with pytest.raises(SettingsError, match="FUNNEL_SQL_URL is no address") as said:
            Database(address)
        assert "secret" not in str(said.value)
    with pytest.raises(SettingsError, match="driver of") as said:
        Database("postgresql+psycopg://h/d?user=u&password=secret")
    assert "secret" not in str(said.value)


def test_an_address_that_is_none_and_a_driver_that_is_missing_are_said() -> None:
    with pytest.raises(SettingsError, match="FUNNEL_SQL_URL is no address"):
        Database("nonsense")
    missing = r"the driver of postgresql\+psycopg://u:\*\*\*@h/d is not installed"
    with pytest.raises(SettingsError, match=missing) as said:
        Database("postgresql+psycopg://u:secret@h/d")
    assert "secret" not in str(said.value)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgres://u@h/d", "SQLAlchemy knows no postgres: write postgresql+psycopg://user@host/db"),
        ("postgresql+foo://u@h/d", "SQLAlchemy knows no driver foo of postgresql: write postgresql+psycopg://"),
        ("postgresql://u@h/d", "pip install 'psycopg[binary]', and write postgresql+psycopg://user@host/db"),
        ("postgresql+psycopg://u@h/d", "is not installed: pip install 'psycopg[binary]'"),
        ("mysql://u@h/d", "pip install pymysql, and write mysql+pymysql://user@host/db"),
        ("mysql+mysqldb://u@h/d", "is not installed: pip install mysqlclient"),
        ("mssql://u@h/d", "pip install pymssql, and write mssql+pymssql://user@host/db"),
        ("snowflake://u@h/d", "SQLAlchemy needs a package for snowflake: pip install snowflake-sqlalchemy"),
        ("foo://u@h/d", "SQLAlchemy knows no database foo: it knows postgresql, mysql, mariadb, sqlite, mssql, oracle"),
    ],
)
def test_what_a_database_needs_is_said_with_the_way_out(address: str, said: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        Database(address)


def test_values_are_as_people_would_type_them() -> None:
    moment = datetime(2026, 11, 22, 18, tzinfo=UTC)
    naive = moment.replace(tzinfo=None)
    moments = (naive, naive.replace(microsecond=5000), moment)
    values = (None, True, 7, 1.5, "x", *moments, "zoë".encode(), memoryview(b"\xff\x01"))
    assert [_text(one) for one in values] == [
        *("", "yes", "7", "1.5", "x"),
        *("2026-11-22 18:00:00", "2026-11-22 18:00:00.005", "2026-11-22T18:00:00+00:00"),
        *("zoë", "ff01"),
    ]


def test_the_command_shows_what_it_would_import(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "m.yaml").write_text(MAPPING)
    monkeypatch.setenv("FUNNEL_HASH_SECRET", "0123456789abcdef0123456789abcdef")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main(["import", "sql", *arguments])
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out + said.err

    asked = ("--mapping", "m.yaml", "--dry-run", "--table", "sign ups")
    assert run(*asked)[0] == 2
    assert run("--mapping", "m.yaml")[0] == 2
    monkeypatch.setenv("FUNNEL_SQL_URL", warehouse)
    status, said = run(*asked)
    assert (status, "2 rows read" in said, "0 rows rejected" in said) == (0, True, True), said
