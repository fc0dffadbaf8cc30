"""What an HTTP request asks for: ClickHouse's URL parameters and headers, told apart from settings."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from clickhouse.embedded.errors import NOT_IMPLEMENTED, UNKNOWN_SETTING, ServerError

# URL parameters that are no settings (HTTPHandler.cpp of ClickHouse). A session is accepted and never kept:
# every request is on its own. readonly is decided by the user and the method.
_NO_SETTINGS = frozenset(
    (
        "query",
        "database",
        "default_format",
        "query_id",
        "session_id",
        "session_timeout",
        "session_check",
        "user",
        "password",
        "quota_key",
        "compress",
        "decompress",
        "wait_end_of_query",
        "buffer_size",
        "client_protocol_version",
        "role",
        "enable_http_compression",
        "readonly",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "stacktrace",
        "close_session",
        "log_comment",
    )
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TRUE = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True)
class Query:
    """What to run and how, apart from the statement's text."""

    text: str
    query_id: str
    database: str
    default_format: str
    settings: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    wait_for_end: bool = False
    compress: bool = True
    client_revision: int = 0


def read_query(url: Mapping[str, str], headers: Mapping[str, str], form: Mapping[str, str]) -> Query:
    """Reads the URL's parameters, the headers and the fields of a form, whose `query` and `param_…` count too.

    Raises ServerError for the block compression of the native protocol and for a name that cannot be a setting's.
    """
    if url.get("compress") in _TRUE or url.get("decompress") in _TRUE:
        raise ServerError(NOT_IMPLEMENTED, "Native block compression is not served: use HTTP's")
    settings = {name: value for name, value in url.items() if _is_setting(name)}
    for name in settings:
        if not _NAME.fullmatch(name):
            raise ServerError(UNKNOWN_SETTING, f"Unknown setting '{name}'")
    both = {**url, **form}
    revision = url.get("client_protocol_version", "0")
    return Query(
        text="\n".join(part for part in (url.get("query", ""), form.get("query", "")) if part),
        query_id=url.get("query_id") or headers.get("X-ClickHouse-Query-Id") or str(uuid.uuid4()),
        database=url.get("database") or headers.get("X-ClickHouse-Database", ""),
        default_format=headers.get("X-ClickHouse-Format") or url.get("default_format") or "TabSeparated",
        settings=settings,
        parameters={name.removeprefix("param_"): value for name, value in both.items() if name.startswith("param_")},
        wait_for_end=url.get("wait_end_of_query") in _TRUE,
        compress=url.get("enable_http_compression", "1") in _TRUE,
        client_revision=int(revision) if revision.isdecimal() else 0,
    )


def _is_setting(name: str) -> bool:
    return name not in _NO_SETTINGS and not name.startswith("param_")
