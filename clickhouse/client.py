"""The one way to ClickHouse: clickhouse-connect's ordinary HTTP client, the same for a server and the embedded one."""

import logging
from typing import Literal

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from streams.settings import Settings

CONNECT_SECONDS = 5
ANSWER_SECONDS = 300
"""How long a person's query may take. A worker waits less long: Settings.insert_timeout_seconds."""
_AUTHENTICATION_FAILED = 516
_NULLS = "join_use_nulls"


# The client logs a failure that it raises as well; a program that set up no logging would print it twice.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())


class Unreachable(Exception):
    """ClickHouse does not answer, or not to us. The text is one line that says what to do."""


def connect(settings: Settings, *, user: Literal["writer", "reader"], answer_seconds: int = ANSWER_SECONDS) -> Client:
    """A client in the database of the settings, which need not exist yet (`use_database=False` to create it).

    No session: a client may be shared by threads. Raises Unreachable.
    """
    name, password = settings.clickhouse_user, settings.clickhouse_password
    if user == "reader":
        name, password = settings.grafana_clickhouse_user, settings.grafana_clickhouse_password
    address = f"{settings.clickhouse_host}:{settings.clickhouse_port}"
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
        raise Unreachable(_refusal(address, name, user, error)) from error
    nulls = client.server_settings.get(_NULLS)
    if nulls is not None and nulls.value != "0":
        # Every outer join of ours counts on the default, 0 or an empty text where there is no partner.
        client.close()
        raise Unreachable(
            f"ClickHouse at {address} has {_NULLS} = {nulls.value} for the user {name!r}, and every number would be"
            " wrong; set it to 0 in the profile of that user"
        )
    client.database = settings.clickhouse_database
    return client


def _refusal(address: str, name: str, user: str, error: DatabaseError) -> str:
    if error.code == _AUTHENTICATION_FAILED:
        prefix = "FUNNEL_" if user == "writer" else "FUNNEL_GRAFANA_"
        variables = f"{prefix}CLICKHOUSE_USER and {prefix}CLICKHOUSE_PASSWORD"
        return f"ClickHouse at {address} refuses the user {name!r}; set {variables} to what it was started with"
    return f"ClickHouse at {address} cannot be used: {' '.join(str(error).split())}"
