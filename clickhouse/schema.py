"""`python -m clickhouse.schema`: writes clickhouse/schema.sql, the schema of a database migrated from nothing.

It runs an embedded server on its own folder and port meanwhile.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from clickhouse import migrate
from clickhouse.client import Unreachable
from clickhouse.passwords import NAMES
from clickhouse.settings import ALONE, ClickHouseSettings, clickhouse_settings

FILE = Path(__file__).parent / "schema.sql"
_STOP_SECONDS = 15.0


def generated(config: ClickHouseSettings) -> str:
    """The text of clickhouse/schema.sql. Raises MigrationError, Unreachable."""
    password = secrets.token_hex(16)
    environment = {**os.environ, **dict.fromkeys(NAMES, password)}
    environment["FUNNEL_CLICKHOUSE_DATABASE"] = config.clickhouse_database
    with TemporaryDirectory() as folder, _server(Path(folder), environment) as port:
        here = {**ALONE, "clickhouse_host": "127.0.0.1", "clickhouse_port": port}
        mine = {**here, "migrator_clickhouse_password": SecretStr(password)}
        own = config.model_copy(update=mine)
        client = migrate.create_database(own)
        migrate.migrate(client, own)
        text = migrate.schema(client)
        client.close()
    return text


@contextmanager
def _server(folder: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """The port of an embedded server on the folder. If it does not start, it prints why itself."""
    command = [sys.executable, "-m", "clickhouse.embedded", "--data", str(folder / "data"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        try:
            ready, _, address = process.stdout.readline().partition(" ")
            if ready != "ready":
                raise migrate.MigrationError("the embedded ClickHouse did not start; its own line above says why")
            yield int(address.rpartition(":")[2])
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def main() -> int:
    """The entry point of `python -m clickhouse.schema`."""
    try:
        FILE.write_text(generated(clickhouse_settings()))
    except (migrate.MigrationError, Unreachable) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
