"""A database as a table: the rows of a query or of one of its tables, read with the user's own driver."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from connectors.settings import SettingsError
from connectors.toolkit.io.http import ServiceError
from connectors.toolkit.rows import Row

_ROWS_AT_ONCE = 1_000
_READS_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
"""What makes a connection refuse changes. A rollback is not enough: some databases commit DROP TABLE by themselves."""

_PACKAGES = {
    "psycopg": "'psycopg[binary]'",
    "psycopg2": "psycopg2-binary",
    "MySQLdb": "mysqlclient",
    "PyMySQL": "pymysql",
}
"""Modules of drivers whose package has another name, or needs more to be installed anywhere."""
_USUAL = {
    "postgresql": "postgresql+psycopg://user@host/db",
    "mysql": "mysql+pymysql://user@host/db",
    "mariadb": "mariadb+pymysql://user@host/db",
    "sqlite": "sqlite:////folder/file.db",
    "mssql": "mssql+pymssql://user@host/db",
    "oracle": "oracle+oracledb://user@host/db",
    "snowflake": "pip install snowflake-sqlalchemy",
    "bigquery": "pip install sqlalchemy-bigquery",
    "redshift": "pip install sqlalchemy-redshift",
    "clickhouse": "pip install clickhouse-sqlalchemy",
}
"""How the address of each kind of database begins, or what SQLAlchemy needs to know it."""
_MEANT = {"postgres": "postgresql"}


class Database:
    """One database, by its address in SQLAlchemy's form. Reads only: changes are refused, or else rolled back."""

    def __init__(self, address: str) -> None:
        """Raises SettingsError: SQLAlchemy or the driver is missing, or the address is none."""
        try:
            import sqlalchemy  # noqa: PLC0415  an extra
        except ImportError as error:
            raise SettingsError("funnel import sql needs the extra sql: pip install 'webinar-funnel[sql]'") from error
        self._sql = sqlalchemy
        try:
            url = sqlalchemy.make_url(address)
            # Its parameters may hold a password too.
            self.name = url.set(query={}).render_as_string(hide_password=True)
            self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        except sqlalchemy.exc.NoSuchModuleError as error:
            raise SettingsError(f"FUNNEL_SQL_URL: {_unknown(url)}") from error
        except (sqlalchemy.exc.ArgumentError, ValueError, TypeError) as error:
            raise SettingsError(
                "FUNNEL_SQL_URL is no address of a database: write postgresql+psycopg://user@host/db"
            ) from error
        except ImportError as error:
            raise SettingsError(f"the driver of {self.name} is not installed: {_installed(url, error)}") from error

    def table(self, name: str) -> str:
        """The query of a whole table, whose name may have its schema in front."""
        quoted = [self._engine.dialect.identifier_preparer.quote_identifier(part) for part in name.split(".")]
        return f"SELECT * FROM {'.'.join(quoted)}"

    def rows(self, query: str) -> Iterator[Row]:
        """The names of its columns, then its rows, as people would type them. Raises ServiceError."""
        sql = self._sql
        try:
            with self._engine.connect() as connection:
                if statement := _READS_ONLY.get(self._engine.dialect.name):
                    connection.exec_driver_sql(statement)
                # As it is: a colon or a percent sign in it stands for no parameter.
                asked = {"yield_per": _ROWS_AT_ONCE, "no_parameters": True}
                found = connection.exec_driver_sql(query, execution_options=asked)
                if not found.returns_rows:
                    raise ServiceError("The query returns no rows: it has to be a SELECT.")
                yield Row(1, list(found.keys()))
                for number, cells in enumerate(found, 2):
                    yield Row(number, [_text(cell) for cell in cells])
                connection.rollback()
        except sql.exc.SQLAlchemyError as error:
            said = " ".join(str(getattr(error, "orig", None) or error).split())
            raise ServiceError(f"{self.name}: {said}") from error


def _installed(url: Any, error: ImportError) -> str:
    """What installs the driver: that of the address, else one that needs no compiler and no library of the system."""
    kind, named, _ = url.drivername.partition("+")
    if named:
        return f"pip install {_PACKAGES.get(error.name or '', error.name)}"
    way = _USUAL[kind]
    driver = way.partition("://")[0].partition("+")[2]
    return f"pip install {_PACKAGES.get(driver, driver)}, and write {way}"


def _unknown(url: Any) -> str:
    """Why SQLAlchemy knows no such database or driver, and the way out."""
    kind, _, driver = url.drivername.partition("+")
    way = _USUAL.get(_MEANT.get(kind, kind))
    if way is None:
        known = ", ".join(name for name, said in _USUAL.items() if "://" in said)
        return f"SQLAlchemy knows no database {kind}: it knows {known}; others need the package of their dialect"
    if way.startswith("pip"):
        return f"SQLAlchemy needs a package for {kind}: {way}"
    return f"SQLAlchemy knows no {f'driver {driver} of {kind}' if driver else kind}: write {way}"


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        if cell.tzinfo is not None:
            return cell.isoformat()
        return cell.isoformat(sep=" ", timespec="milliseconds" if cell.microsecond else "seconds")
    if isinstance(cell, bytes | bytearray | memoryview):
        return _of_bytes(bytes(cell))
    return "" if cell is None else str(cell)


def _of_bytes(cell: bytes) -> str:
    """As a text, which some databases keep as bytes; else in hexadecimal digits, as an id."""
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return cell.hex()
