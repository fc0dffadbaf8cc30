"""The only access to ClickHouse: clickhouse-connect's ordinary HTTP client, for a server and the embedded one alike."""

import logging
import ssl
import urllib.error
import urllib.request
from contextlib import closing
from functools import partial
from http.client import HTTPException
from typing import Any, Literal

import clickhouse_connect
from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from pydantic import SecretStr
from urllib3.exceptions import HTTPError

from clickhouse.addresses import Address, addresses
from clickhouse.cluster import ASKED, Tables, refusal
from clickhouse.failover import Failover
from clickhouse.lasting import Lasting, lasts
from clickhouse.passwords import FILE
from clickhouse.quorum import settings_of
from clickhouse.settings import ClickHouseSettings, only
from clickhouse.tls import TlsFilesError, tls_context, trouble
from process.errors import ExplainedError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 300
"""How long a person's query may take. A worker waits less (FUNNEL_INSERT_TIMEOUT_SECONDS)."""
_AUTHENTICATION_FAILED = 516
_ACCESS_DENIED = 497
_NULLS = "join_use_nulls"
_NO_TABLE = 60
NO_DATABASE = 81
"""ClickHouse's code of an error, as of a server that is new."""
_SERVER_ERROR = 500
_LONGEST = 300
_CAUSES = {
    "Connection refused": "connection refused",
    "does not answer at": "connection refused",
    "nobody answers at": "connection refused",
    "ends the connection": "connection closed",
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

    Of several addresses the first one that answers is used, and the next one once it fails (clickhouse/failover.py).
    No session: a client may be shared by threads. Raises Unreachable, Refused where only
    another setting helps.
    """
    name, password = _credentials(settings, user)
    try:
        context = tls_context(settings)
    except TlsFilesError as error:
        raise Refused(str(error)) from error
    places = addresses(settings)
    place = _first(places, context)
    pool = _pool(settings, places, place, context, password, user)
    try:
        client = clickhouse_connect.get_client(
            interface="http" if context is None else "https",
            host=place.host,
            port=place.port,
            username=name,
            password=password,
            compress="lz4",
            autogenerate_session_id=False,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=answer_seconds,
            settings=settings_of(user, settings.clickhouse_cluster, answer_seconds),
            **pool,
        )
    except OperationalError as error:
        raise Unreachable(_away(places, {place: trouble(error, place, encrypted=context is not None)})) from error
    except DatabaseError as error:
        raise _refusal(place, name, user, error, by_certificate=not password) from error
    try:
        _require_fit(client, settings, place, name, user)
    except BaseException as error:
        client.close()
        if isinstance(error, OperationalError):
            raise Unreachable(_away(places, {place: trouble(error, place, encrypted=context is not None)})) from error
        if isinstance(error, DatabaseError):
            raise _refusal(place, name, user, error, by_certificate=not password) from error
        raise
    client.database = settings.clickhouse_database
    return client


def _credentials(settings: ClickHouseSettings, user: User) -> tuple[str, str]:
    """Name and password; no password where the certificate says who we are."""
    name: str = getattr(settings, f"{_PREFIXES[user]}clickhouse_user")
    password: SecretStr = getattr(settings, f"{_PREFIXES[user]}clickhouse_password")
    if not password.get_secret_value() and not (settings.clickhouse_tls and settings.clickhouse_certificate_file):
        variable = f"FUNNEL_{_PREFIXES[user]}CLICKHOUSE_PASSWORD".upper()
        folder = settings.data_dir.resolve()
        raise Refused(f"{variable} is not set, nor in {folder / FILE}: `funnel up` makes it, or put it into .env")
    return name, password.get_secret_value()


def _pool(
    settings: ClickHouseSettings,
    places: tuple[Address, ...],
    place: Address,
    context: ssl.SSLContext | None,
    password: str,
    user: User,
) -> dict[str, Any]:
    """What the client needs beside one address; nothing for one server without TLS."""
    if len(places) == 1 and context is None and not settings.clickhouse_cluster:
        return {}
    more: dict[str, Any] = {"pool_mgr": Failover(places, place, context, partial(_require_same, settings, user))}
    if settings.clickhouse_certificate_file:
        more["client_cert"] = settings.clickhouse_certificate_file
        # With a password the certificate opens the connection, and no more.
        more["tls_mode"] = "strict" if password else None
    return more


def _require_same(settings: ClickHouseSettings, user: User, place: Address) -> None:
    """Raises Unreachable, Refused if another server has not what the first one has: it may be new, or on its own."""
    with closing(connect(only(settings, place), user=user)) as client:
        # From outside, as the database may be missing. The migrator makes what is not there.
        client.database = None
        journal = f"SELECT 1 FROM {quote_identifier(settings.clickhouse_database)}.schema_migrations LIMIT 1"
        try:
            if user != "migrator":
                client.query(journal)
        except DatabaseError as error:
            if error.code in (_NO_TABLE, NO_DATABASE):
                raise Refused(f"ClickHouse at {place} has no tables of ours: run funnel migrate") from error
            raise Unreachable(f"ClickHouse at {place} cannot be used: {cause(error)}") from error


def _require_fit(client: Client, settings: ClickHouseSettings, place: Address, name: str, user: User) -> None:
    """Raises Refused if this server would give wrong numbers, or lose some."""
    nulls = client.server_settings.get(_NULLS)
    if nulls is not None and nulls.value != "0":
        # All our outer joins rely on the default: 0 or an empty text if there is no partner.
        raise Refused(
            f"ClickHouse at {place} has {_NULLS} = {nulls.value} for the user {name!r}, and every number would be"
            " wrong; set it to 0 in the profile of that user"
        )
    # Who only reads can split nothing, and has no right to ask.
    if user in ("writer", "migrator"):
        asked = {"database": settings.clickhouse_database}
        try:
            found = Tables.of(client.query(ASKED, asked, use_none=False).result_rows[0])
        except DatabaseError as error:
            if error.code != _ACCESS_DENIED:
                raise
            grant = f"GRANT SELECT ON system.clusters TO {name}"
            raise Refused(
                f"ClickHouse at {place} does not tell {name!r} whether it is one of several: {grant}"
            ) from error
        if why := refusal(settings.clickhouse_cluster, found):
            raise Refused(f"ClickHouse at {place} {why}")


def is_away(error: BaseException) -> bool:
    """Whether this error means that ClickHouse does not answer, rather than that it refuses something."""
    return isinstance(error, OperationalError | HTTPError | OSError | Unreachable) and not lasts(error)


def cause(error: BaseException) -> str:
    """What went wrong between us and ClickHouse, in one line, without the client's own wording."""
    text = " ".join(str(error).split())
    for found, said in _CAUSES.items():
        if found in text:
            return said
    if isinstance(error, ExplainedError):
        return text
    return text.rpartition("DB::Exception: ")[2].partition(" (version ")[0][:_LONGEST] or type(error).__name__


def _first(places: tuple[Address, ...], context: ssl.SSLContext | None) -> Address:
    """The first server that answers soon. A query would wait silently. Raises Unreachable."""
    said: dict[Address, str] = {}
    for place in places:
        if not (why := _knock(place, context)):
            return place
        said[place] = why
    raise Unreachable(_away(places, said))


def _knock(place: Address, context: ssl.SSLContext | None) -> str:
    """Empty if ClickHouse answers soon, else why not, with the way out."""
    scheme = "http" if context is None else "https"
    try:
        with urllib.request.urlopen(f"{scheme}://{place}/ping", timeout=CONNECT_SECONDS, context=context):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            said = " ".join(error.read(_LONGEST).decode(errors="replace").split())
        well = error.code < _SERVER_ERROR
        return "" if well else f"ClickHouse at {place} is not well ({said}); look at `funnel status`"
    except TimeoutError:
        return _silent(place)
    except (OSError, HTTPException) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            return _silent(place)
        return trouble(error, place, encrypted=context is not None) or _nobody(place)


def _away(places: tuple[Address, ...], said: dict[Address, str]) -> str:
    """One line for all of them. Several servers are started by somebody else."""
    if len(places) == 1:
        return next(iter(said.values())) or _nobody(places[0])
    about = (_short(place, why) for place, why in said.items())
    return f"no ClickHouse of FUNNEL_CLICKHOUSE_ADDRESSES can be used: {'; '.join(about)}"


def _short(place: Address, why: str) -> str:
    if not why or why == _nobody(place):
        return f"nobody answers at {place}"
    return f"no answer within {CONNECT_SECONDS} s at {place}" if why == _silent(place) else why


def _nobody(place: Address) -> str:
    return f"ClickHouse does not answer at {place}; start it with `funnel up`"


def _silent(place: Address) -> str:
    return f"ClickHouse at {place} gives no answer within {CONNECT_SECONDS} s; look at `funnel status`"


def _refusal(place: Address, name: str, user: User, error: DatabaseError, *, by_certificate: bool) -> Unreachable:
    if error.code != _AUTHENTICATION_FAILED:
        return Unreachable(f"ClickHouse at {place} cannot be used: {' '.join(str(error).split())}")
    if by_certificate:
        said = "a user is known by its certificate if it is IDENTIFIED WITH ssl_certificate and the certificate's CN"
        return Refused(f"ClickHouse at {place} refuses our certificate for the user {name!r}: {said}")
    prefix = f"FUNNEL_{_PREFIXES[user]}".upper()
    variables = f"{prefix}CLICKHOUSE_USER and {prefix}CLICKHOUSE_PASSWORD"
    return Refused(f"ClickHouse at {place} refuses the user {name!r}; set {variables} to what it was started with")
