"""Who may ask, and what no statement may say, whoever asks.

What a user may do to tables is the engine's own to judge (`access`). Here is what the engine does not judge by grants:
it lets everybody end queries, read files by the function `file`, name files in settings, and read what it says of
itself. What may be called is a list of what is allowed; what is refused follows from what the engine has.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clickhouse.embedded.access import Access
from clickhouse.embedded.errors import (
    ACCESS_DENIED,
    AUTHENTICATION_FAILED,
    READONLY,
    SETTING_CONSTRAINT_VIOLATION,
    SYNTAX_ERROR,
    ServerError,
)
from clickhouse.embedded.statement import Statement

TABLE_FUNCTIONS = frozenset(
    (
        "format",
        "generaterandom",
        "generateseries",
        "generate_series",
        "input",
        "null",
        "numbers",
        "numbers_mt",
        "primes",
        "sqlstandardvalues",
        "values",
        "view",
        "zeros",
        "zeros_mt",
    )
)
"""Those that read nothing but their arguments and the tables that these name. The engine has some eighty more."""
SYSTEM_TABLES = frozenset({"settings", "one", "numbers", "numbers_mt", "zeros", "zeros_mt"})
"""What of the engine's words about itself the reader's clients ask for when they connect, and what holds nothing."""
ENGINES_OF_DATABASES = frozenset({"atomic"})

_READER_VERBS = frozenset({"SELECT", "WITH", "(", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"})
# No KILL: to the engine all users are one, and everybody may end queries of their own. SYSTEM answers 200 at times to
# those who may not.
_VERBS = _READER_VERBS | frozenset(
    (
        "INSERT",
        "CREATE",
        "ALTER",
        "DROP",
        "TRUNCATE",
        "OPTIMIZE",
        "RENAME",
        "EXCHANGE",
        "DELETE",
        "UPDATE",
        "SET",
        "USE",
        "EXISTS",
        "CHECK",
        "SYSTEM",
    )
)
_SHOWN_TO_READERS = frozenset({"TABLES", "COLUMNS", "DATABASES", "CREATE"})
_DATABASES_OF_THE_ENGINE = frozenset({"system", "information_schema"})
# A view that is made with a definer reads with the rights of the engine's one user, which has all of them.
_DENIED_NAMES = frozenset({"file", "definer", "security"})
# A disk of a table's own: a folder, a bucket or a web server.
_DENIED_CALLS = frozenset({"disk"})
# The engine's own database of files: whatever is selected from it is a path.
_FILES = "default"
# Settings that name a file or an address.
_DENIED_SETTINGS = (
    "format_schema",
    "format_template",
    "output_format_schema",
    "input_format_record_errors_file_path",
    "format_avro_schema_registry_url",
    "rename_files_after_processing",
    "url_base",
    "filesystem_cache_name",
    "ai_function",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """What of this engine leads out of its tables, in small letters."""

    calls: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, table_functions: Iterable[str], model_functions: Iterable[str]) -> "Reach":
        """All `table_functions` of the engine but the allowed ones, and the functions that ask a language model."""
        called = frozenset(name.lower() for name in table_functions) - TABLE_FUNCTIONS
        return cls(called | _DENIED_CALLS, _DENIED_NAMES | frozenset(name.lower() for name in model_functions))


@dataclass(frozen=True, slots=True)
class User:
    """A user of the server."""

    name: str
    password: str
    access: Access

    @property
    def readonly(self) -> bool:
        """Whether it reads tables, and nothing else."""
        return self.access.readonly

    def check(self, statement: Statement, settings: Mapping[str, str], database: str, reach: Reach) -> None:
        """Raises ServerError when this user may not run the statement there, or run it with these settings."""
        self._check_verb(statement)
        refused = (statement.identifiers & reach.names) | (statement.calls & reach.calls)
        if statement.verb not in _READER_VERBS:
            refused |= statement.engines - self.access.engines - ENGINES_OF_DATABASES
        refused |= frozenset(name for name in statement.identifiers if name.startswith(_DENIED_SETTINGS))
        refused |= frozenset(f"{first}.{then}" for first, then in statement.paths if first == _FILES)
        if "identifier" in statement.identifiers:
            # A name that is given apart from the statement could be any of these.
            refused |= {"Identifier"}
        if self.readonly:
            refused |= self._hidden(statement, database)
        for name in sorted(refused):
            raise ServerError(ACCESS_DENIED, f"{self.name}: Not enough privileges to use {name}")
        for name, value in settings.items():
            self._check_setting(name, value)

    def _check_verb(self, statement: Statement) -> None:
        if self.readonly and (statement.verb not in _READER_VERBS or statement.inserts):
            raise ServerError(READONLY, f"{self.name}: Cannot execute query in readonly mode")
        if statement.verb not in _VERBS or (statement.verb == "SYSTEM" and not self.access.administers):
            raise ServerError(SYNTAX_ERROR, f"Statements that begin with {statement.verb} are not served")
        if self.readonly and statement.verb == "SHOW" and statement.object.upper() not in _SHOWN_TO_READERS:
            raise ServerError(ACCESS_DENIED, f"{self.name}: Not enough privileges to see {statement.object}")

    def _hidden(self, statement: Statement, database: str) -> frozenset[str]:
        """What the engine says of itself, its paths and its queries, as far as the statement names it."""
        named = statement.identifiers & _DATABASES_OF_THE_ENGINE
        if database.lower() in _DATABASES_OF_THE_ENGINE:
            return frozenset({database})
        read = {then for first, then in statement.paths if first == "system"}
        if named == {"system"} and read and read <= SYSTEM_TABLES:
            return frozenset()
        return named

    def _check_setting(self, name: str, value: str) -> None:
        if name.startswith(_DENIED_SETTINGS):
            raise ServerError(READONLY, f"{self.name}: Cannot modify '{name}' setting in readonly mode")
        bound = self.access.bounds.get(name)
        if bound is not None and not (value.isdecimal() and 0 < int(value) <= bound):
            message = f"{self.name}: Setting {name} shouldn't be greater than {bound}"
            raise ServerError(SETTING_CONSTRAINT_VIOLATION, message)
        if bound is None and name in self.access.limits:
            raise ServerError(READONLY, f"{self.name}: Cannot modify '{name}' setting in readonly mode")


def authenticate(users: Mapping[str, User], headers: Mapping[str, str], query: Mapping[str, str]) -> User:
    """The user that a request names by header or basic authorization, in this order.

    Raises ServerError AUTHENTICATION_FAILED, the same for an unknown name as for a wrong password; and for one in the
    address, which stands in histories and logs and which a web page can make a browser ask for.
    """
    if "password" in query or "user" in query:
        message = "user and password are not taken from the address: send X-ClickHouse-User and X-ClickHouse-Key"
        raise ServerError(AUTHENTICATION_FAILED, message)
    name, password = _credentials(headers)
    user = users.get(name)
    right = hmac.compare_digest((user.password if user else "").encode(), password.encode())
    if user is None or not user.password or not right:
        message = f"{name}: Authentication failed: password is incorrect, or there is no user with such name"
        raise ServerError(AUTHENTICATION_FAILED, message)
    return user


def _credentials(headers: Mapping[str, str]) -> tuple[str, str]:
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ServerError(AUTHENTICATION_FAILED, "Invalid HTTP Basic authorization") from error
        return name, password
    return "default", ""
