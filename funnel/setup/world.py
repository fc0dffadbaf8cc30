"""The state of the world that shows what is done already, and the files that setup itself writes."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import ValidationError
from urllib3.exceptions import HTTPError

from clickhouse.at import AT, at_parameter
from clickhouse.client import Unreachable, connect
from connectors.connector import Connector
from connectors.pipeline.polling import can_be_polled
from connectors.pipeline.state import state_path
from connectors.registry import connectors
from connectors.settings import BusinessSettings, SettingsError, read_again
from funnel.backup.local import hash_secret_check, settings_said
from funnel.setup.env_file import with_values
from funnel.setup.errors import SetupError
from funnel.setup.missing import HomeStep
from funnel.setup.steps import Facts
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.plan import stack_plan
from funnel.stack.private import ENV_FILE
from process.clock import now
from process.files import write_atomically
from streams.known_errors import explained_settings
from streams.settings import Settings, settings

_SECRET_CHECK = "hash-secret.check"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Holds the folder for one setup. Raises SetupError if another one runs in it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SetupError("another funnel setup runs in this folder: end it, or wait for its end") from error
        yield
    finally:
        os.close(descriptor)


def reread() -> Settings:
    """The settings of `.env` as it is now, in this process too. Raises SetupError."""
    read_again()
    settings.cache_clear()
    try:
        return settings()
    except ValidationError as error:
        raise SetupError(explained_settings(error)) from error


@contextmanager
def trying(values: Mapping[str, str]) -> Iterator[None]:
    """This process has these settings meanwhile, though no file has them yet."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    read_again()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        read_again()


def zone_here() -> str:
    """The time zone of this machine; empty: it does not say."""
    said = os.environ.get("TZ", "").lstrip(":")
    return said or os.path.realpath("/etc/localtime").rpartition("/zoneinfo/")[2]


def read_env(path: Path = ENV_FILE) -> str:
    """The text of `.env`; empty: there is none. Raises SetupError."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SetupError(f"{path.resolve()} is no UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise _unwritable(path, error) from error


def write_env(new: Mapping[str, str], path: Path = ENV_FILE) -> None:
    """Writes these settings into `.env`, all or none, for its owner only. Raises SetupError."""
    try:
        text = with_values(read_env(path), new)
        write_atomically(path.resolve(), text, mode=0o600)
    except ValueError as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise _unwritable(path, error) from error


def require_writable(path: Path = ENV_FILE) -> None:
    """Raises SetupError if `.env` could not be written: before a question is asked."""
    read_env(path)
    if not os.access(path.resolve().parent, os.W_OK | os.X_OK):
        raise _unwritable(path, PermissionError(13, "Permission denied"))


def _unwritable(path: Path, error: OSError) -> SetupError:
    return SetupError(
        f"{path.resolve()} cannot be read and written ({error.strerror}): change the owner of it and of its folder, or "
        "run funnel setup in a folder of your own"
    )


def facts(config: Settings) -> Facts:
    """The facts as they are now."""
    folder = StackFolder(config.data_dir)
    pid = folder.supervisor_pid()
    business = BusinessSettings().business_dir
    known = connected(config) if pid is not None else None
    polled = tuple(one.name for one in connectors() if can_be_polled(one))
    return Facts(
        settings=settings_said(),
        runs=pid is not None,
        is_stale=pid is not None and _is_stale(pid),
        elsewhere=_elsewhere(config),
        services=tuple(one.name for one in connectors() if one.asks and _is_configured(one)),
        polled=polled,
        backfilled=_backfilled(known) if known else frozenset(),
        webinars=count(known, "SELECT count() FROM webinars FINAL") if known else 0,
        files=tuple(path.name for path in business.glob("*.yaml")),
    )


def connected(config: Settings) -> Client | None:
    """A client that only reads; None: ClickHouse does not answer."""
    try:
        return connect(config, user="reader")
    except (Unreachable, ClickHouseError, HTTPError):
        return None


def count(client: Client, statement: str) -> int:
    """The number that a statement gives; 0 before the first start has made the tables."""
    try:
        return int(client.query(statement).result_rows[0][0])
    except (ClickHouseError, HTTPError):
        return 0


def home_steps(client: Client) -> list[HomeStep]:
    """The steps of the home page, as it shows them."""
    rows = client.query("SELECT name, done, sentence FROM setup_steps ORDER BY step").result_rows
    return [HomeStep(str(name), bool(done), str(sentence)) for name, done, sentence in rows]


def require_own_data(config: Settings) -> None:
    """Raises SetupError if the data folder is of an installation with another secret: people would get other ids."""
    folder, secret = config.data_dir.resolve(), hash_secret_check()
    way_out = (
        "Put that installation's FUNNEL_HASH_SECRET into .env, or set FUNNEL_DATA_DIR to a new folder: with another "
        "secret the same people get other ids"
    )
    try:
        noted = (folder / _SECRET_CHECK).read_text().strip()
    except OSError:
        noted = ""
    if secret and noted and noted != secret:
        raise SetupError(f"the data folder {folder} was filled with another FUNNEL_HASH_SECRET. {way_out}")
    if not secret and (noted or state_path(folder).exists()):
        raise SetupError(f"the data folder {folder} holds data, but FUNNEL_HASH_SECRET is not set. {way_out}")


def note_secret(config: Settings) -> None:
    """Notes in the data folder which secret its people's ids are made with, unreadably. Needs no success."""
    with suppress(OSError):
        config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(config.data_dir / _SECRET_CHECK, hash_secret_check() + "\n", mode=0o600)


def _elsewhere(config: Settings) -> str:
    """That the servers are on other machines, so that nothing is started here; empty: they are not."""
    try:
        stack_plan(config, workers=0)
    except StackError as error:
        return f"nothing is started here: {error}"
    return ""


def _is_configured(one: Connector) -> bool:
    try:
        one.configured()
    except SettingsError:
        return False
    return True


def _is_stale(pid: int) -> bool:
    """Whether `.env` is younger than the process."""
    try:
        return ENV_FILE.stat().st_mtime > psutil.Process(pid).create_time()
    except (OSError, psutil.Error):
        return False


def _backfilled(client: Client) -> frozenset[str]:
    well = "task = 'backfill' AND error = '' AND finished IS NOT NULL"
    statement = f"SELECT connector FROM connector_runs(at = {AT}) WHERE {well}"
    try:
        found = client.query(statement, {"at": at_parameter(now())}).result_rows
    except (ClickHouseError, HTTPError):
        return frozenset()
    return frozenset(str(name) for (name,) in found)
