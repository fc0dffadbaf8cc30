"""Who may ask, and what the read-only user may say."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from clickhouse.embedded.errors import ACCESS_DENIED, AUTHENTICATION_FAILED, READONLY, ServerError
from clickhouse.embedded.statement import Statement

_READER_VERBS = frozenset({"SELECT", "WITH", "(", "FROM", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"})
# `readonly = 1` makes the engine refuse every write and every table function that reaches out, when it is run. These
# it lets through: the scalar function that reads any file (also as `APPLY(file)` and `arrayMap(file, …)`), functions
# that call a language model over the network.
_DENIED_NAMES = frozenset({"file"})
_DENIED_PREFIX = "ai"
_AI_FUNCTIONS = frozenset({"redact", "similarity", "filter", "classify", "embed", "extract", "generate", "translate"})
# DESCRIBE and EXPLAIN look into a table function without being refused.
_REACHES_OUT = frozenset(
    (
        "arrowstream",
        "azureblobstorage",
        "azureblobstoragecluster",
        "bigquery",
        "cluster",
        "clusterallreplicas",
        "cosn",
        "deltalake",
        "deltalakeazure",
        "deltalakeazurecluster",
        "deltalakecluster",
        "deltalakelocal",
        "deltalakes3",
        "deltalakes3cluster",
        "executable",
        "file",
        "filecluster",
        "filesystem",
        "gcs",
        "hdfs",
        "hdfscluster",
        "hudi",
        "hudicluster",
        "iceberg",
        "icebergazure",
        "icebergazurecluster",
        "icebergcluster",
        "iceberghdfs",
        "iceberghdfscluster",
        "iceberglocal",
        "iceberglocalcluster",
        "icebergs3",
        "icebergs3cluster",
        "jdbc",
        "mongodb",
        "mysql",
        "odbc",
        "oss",
        "paimon",
        "paimonazure",
        "paimonazurecluster",
        "paimoncluster",
        "paimonhdfs",
        "paimonhdfscluster",
        "paimonlocal",
        "paimons3",
        "paimons3cluster",
        "postgresql",
        "prometheusquery",
        "prometheusqueryrange",
        "python",
        "redis",
        "remote",
        "remotesecure",
        "s3",
        "s3cluster",
        "sqlite",
        "url",
        "urlcluster",
        "ytsaurus",
        "eval",
    )
)
# Settings that name a file.
_DENIED_SETTINGS = ("format_schema", "format_template", "output_format_schema")


@dataclass(frozen=True, slots=True)
class User:
    """A user of the server. A `readonly` one reads tables, and nothing else."""

    name: str
    password: str
    readonly: bool

    def check(self, statement: Statement, settings: Mapping[str, str]) -> None:
        """Raises ServerError when this user may not run the statement, or run it with these settings."""
        if not self.readonly:
            return
        if statement.verb not in _READER_VERBS or statement.inserts:
            raise ServerError(READONLY, f"{self.name}: Cannot execute query in readonly mode")
        for name in (statement.identifiers & _DENIED_NAMES) | (statement.calls & _REACHES_OUT):
            raise ServerError(ACCESS_DENIED, f"{self.name}: Not enough privileges to use {name}")
        for name in statement.identifiers:
            if name.startswith(_DENIED_PREFIX) and name.removeprefix(_DENIED_PREFIX) in _AI_FUNCTIONS:
                raise ServerError(ACCESS_DENIED, f"{self.name}: Not enough privileges to use {name}")
        for name in settings:
            if name.startswith(_DENIED_SETTINGS):
                raise ServerError(READONLY, f"{self.name}: Cannot modify '{name}' setting in readonly mode")


def authenticate(users: Mapping[str, User], headers: Mapping[str, str], query: Mapping[str, str]) -> User:
    """The user that a request names by header, basic authorization or URL, in this order.

    Raises ServerError AUTHENTICATION_FAILED, the same for an unknown name as for a wrong password.
    """
    name, password = _credentials(headers, query)
    user = users.get(name)
    right = hmac.compare_digest((user.password if user else "").encode(), password.encode())
    if user is None or not right:
        message = f"{name}: Authentication failed: password is incorrect, or there is no user with such name"
        raise ServerError(AUTHENTICATION_FAILED, message)
    return user


def _credentials(headers: Mapping[str, str], query: Mapping[str, str]) -> tuple[str, str]:
    if "X-ClickHouse-User" in headers:
        return headers["X-ClickHouse-User"], headers.get("X-ClickHouse-Key", "")
    scheme, _, value = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ServerError(AUTHENTICATION_FAILED, "Invalid HTTP Basic authorization") from error
        return name, password
    return query.get("user", "default"), query.get("password", "")
