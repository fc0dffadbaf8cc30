"""The only access to ClickHouse: clickhouse-connect's ordinary HTTP client, for a server and the embedded one alike."""

import logging
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Literal

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from clickhouse.lasting import Lasting, lasts
from clickhouse.passwords import FILE
from clickhouse.settings import ClickHouseSettings
from process.errors import ExplainedError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 300
"""How long a person's query may take. A worker waits less (FUNNEL_INSERT_TIMEOUT_SECONDS)."""
_AUTHENTICATION_FAILED = 516
_NULLS = "join_use_nulls"
_SERVER_ERROR = 500
_LONGEST = 300
_CAUSES = {
    "Connection refused": "connection refused",
    "does not answer at": "connection refused",
    "gives no answer within": "no answer in time",
    "Read timed out": "no answer in time",
    "timed out": "no answer in time",
    "Connection reset": "connection reset",
    "Remote end closed": "connection closed",
    "Connection aborted": "connection closed",
    "Connection broken": "connection closed",
}
"""Parts of the client's errors, whose texts differ between attempts, and what they mean."""


# The client also logs a failure that it raises; a program without logging set up would print it twice.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())


class Unreachable(ExplainedError):
    """ClickHouse does not answer, or not to us. The text is one line with the way out."""


class Refused(Unreachable, Lasting):
    """ClickHouse answers, but will not serve us until a setting is changed. The text is one line that names it."""


User = Literal["writer", "migrator", "reader", "analyst"]
"""The workers' user, the one that creates tables, and the read-only ones of dashboards and of people."""
_PREFIXES = {"writer": "", "migrator": "migrator_", "reader": "grafana_", "analyst": "analyst_"}


def connect(settings: ClickHouseSettings, *, user: User, answer_seconds: int = ANSWER_SECONDS) -> Client:
    """A client in the database of the settings, which need not exist yet (`use_database=False` to create it).

    No session: a client may be shared by threads. Raises Unreachable, Refused where only
    another setting helps.
    """
    name: str = getattr(settings, f"{_PREFIXES[user]}clickhouse_user")
    password: SecretStr = getattr(settings, f"{_PREFIXES[user]}clickhouse_password")
    if not password.get_secret_value():
        variable = f"FUNNEL_{_PREFIXES[user]}CLICKHOUSE_PASSWORD".upper()
        folder = settings.data_dir.resolve()
        raise Refused(f"{variable} is not set, nor in {folder / FILE}: `funnel up` makes it, or put it into .env")
    address = f"{settings.clickhouse_host}:{settings.clickhouse_port}"
    _knock(address)
    try:
        client = clickhouse_connect.get_client(
            host=settings.clickhouse_host,
            port=settings.clickhouse_port,
            username=name,
            password=password.get_secret_value(),
            compress="lz4",
            autogenerate_session_id=False,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=answer_seconds,
        )
    except OperationalError as error:
        raise Unreachable(f"ClickHouse does not answer at {address}; start it with `funnel up`") from error
    except DatabaseError as error:
        raise _refusal(address, name, user, error) from error
    nulls = client.server_settings.get(_NULLS)
    if nulls is not None and nulls.value != "0":
        # All our outer joins rely on the default: 0 or an empty text if there is no partner.
        client.close()
        raise Refused(
            f"ClickHouse at {address} has {_NULLS} = {nulls.value} for the user {name!r}, and every number would be"
            " wrong; set it to 0 in the profile of that user"
        )
    client.database = settings.clickhouse_database
    return client


def is_away(error: BaseException) -> bool:
    """Whether this error means that ClickHouse does not answer, rather than that it refuses something."""
    return isinstance(error, OperationalError | HTTPError | OSError | Unreachable) and not lasts(error)


def cause(error: BaseException) -> str:
    """What went wrong between us and ClickHouse, in one line, without the client's own wording."""
    text = " ".join(str(error).split())
    for found, said in _CAUSES.items():
        if found in text:
            return said
    return text.rpartition("DB::Exception: ")[2].partition(" (version ")[0][:_LONGEST] or type(error).__name__


def _knock(address: str) -> None:
    """Raises Unreachable if ClickHouse does not answer soon. A query would wait silently."""
    try:
        with urllib.request.urlopen(f"http://{address}/ping", timeout=CONNECT_SECONDS):
            return
    except urllib.error.HTTPError as error:
        with error:
            said = " ".join(error.read(_LONGEST).decode(errors="replace").split())
        if error.code < _SERVER_ERROR:
            return
        raise Unreachable(f"ClickHouse at {address} is not well ({said}); look at `funnel status`") from error
    except TimeoutError as error:
        raise Unreachable(_silent(address)) from error
    except (OSError, HTTPException) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise Unreachable(_silent(address)) from error
        raise Unreachable(f"ClickHouse does not answer at {address}; start it with `funnel up`") from error


def _silent(address: str) -> str:
    return f"ClickHouse at {address} gives no answer within {CONNECT_SECONDS} s; look at `funnel status`"


def _refusal(address: str, name: str, user: User, error: DatabaseError) -> Unreachable:
    if error.code == _AUTHENTICATION_FAILED:
        prefix = f"FUNNEL_{_PREFIXES[user]}".upper()
        variables = f"{prefix}CLICKHOUSE_USER and {prefix}CLICKHOUSE_PASSWORD"
        said = f"ClickHouse at {address} refuses the user {name!r}; set {variables} to what it was started with"
        return Refused(said)
    return Unreachable(f"ClickHouse at {address} cannot be used: {' '.join(str(error).split())}")
