"""Asks Kafka and ClickHouse of an installation what an upgrade would meet; changes nothing."""

from contextlib import closing
from importlib.metadata import version

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from kafka.errors import KafkaError
from urllib3.exceptions import HTTPError

from clickhouse.client import Unreachable, connect
from clickhouse.migrate import UNFINISHED, MigrationError, applied, migrations, pending, planned_lines, views_stand
from contract.topics import ALL_TOPICS
from funnel.backup.last import last_backup
from funnel.upgrade.facts import Found
from process.topics import described
from streams.known_errors import explained
from streams.lag import LagError, asking
from streams.settings import Settings


def gather(config: Settings, at: int) -> Found:
    """The facts. `at`: now, ms since 1970 UTC."""
    silent: list[str] = []
    schema: int | None = None
    todo: list[str] = []
    error, stand, remakes = "", True, list[str]()
    try:
        with closing(connect(config, user="migrator")) as client:
            done = applied(client)
            schema = max(done, default=0)
            todo, error = _pending(client, done)
            if schema and not error:
                stand, remakes = not todo and views_stand(client), planned_lines(client)
    except (Unreachable, ClickHouseError, HTTPError, OSError) as failed:
        silent.append(_line(failed))
    return Found(
        at=at,
        release=version("webinar-funnel"),
        partitions=config.partitions,
        schema=schema,
        newest=len(migrations()),
        pending=todo,
        schema_error=error,
        replaces_views=not stand,
        remakes=remakes,
        topics=_topics(config, silent),
        backup_at=last_backup(config.data_dir),
        unreachable=silent,
    )


def _pending(client: Client, done: dict[int, str]) -> tuple[list[str], str]:
    if client.command(f"EXISTS TABLE {UNFINISHED}"):
        return [], "A restore was interrupted here: run funnel restore again."
    try:
        return [one.name for one in pending(done, migrations())], ""
    except MigrationError as error:
        return [], f"{error}. An installation is not taken back to an older release: restore its backup."


def _topics(config: Settings, silent: list[str]) -> dict[str, int] | None:
    try:
        with asking(config) as admin:
            found = described(admin, [topic.name for topic in ALL_TOPICS])
            return {one["name"]: len(one["partitions"]) for one in found}
    except (LagError, KafkaError, OSError, ValueError) as failed:
        silent.append(_line(failed))
        return None


def _line(error: Exception) -> str:
    return (explained(error) or str(error)).rstrip(".")
