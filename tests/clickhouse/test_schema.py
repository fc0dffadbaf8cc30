"""docs/design.md 5: clickhouse/schema.sql is what the migrations and views make."""

import subprocess
import sys
from pathlib import Path

from clickhouse import migrate, schema
from streams.settings import Settings
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

ROOT = Path(__file__).parents[2]


def test_the_committed_schema_is_current() -> None:
    assert schema.generated(Settings(_env_file=None)) == schema.FILE.read_text(), "run make schema and commit"


def test_the_database_has_no_name_in_it(clickhouse_server: Server) -> None:
    with lent_database(clickhouse_server) as (config, client):
        assert config.clickhouse_database != Settings(_env_file=None).clickhouse_database
        assert migrate.schema(client) == schema.FILE.read_text()


def test_a_server_that_does_not_start_is_one_line_and_leaves_the_file(tmp_path: Path) -> None:
    before = schema.FILE.read_text()
    same = {"FUNNEL_CLICKHOUSE_USER": "one", "FUNNEL_GRAFANA_CLICKHOUSE_USER": "one", "PATH": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "clickhouse.schema"], cwd=ROOT, env=same, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "must be different users" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert schema.FILE.read_text() == before
