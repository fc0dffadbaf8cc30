"""Old rows about the operation go by age; what numbers rest on stays."""

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from clickhouse.migrate import migrate
from clickhouse.retention import OPERATION, keep
from contract.instants import DAY
from process.clock import now
from streams.settings import Settings

_LETTERS = ("run", "health", "rejected", "imported")


def test_old_runs_go_and_old_imports_stay(store: Client, own_config: Settings) -> None:
    rows = [["zoom", kind, f"{kind}-{days}", 1, now() - days * DAY] for kind in _LETTERS for days in (1, 50)]
    store.insert("connector_reports", rows, ["connector", "type", "report_id", "version", "at"])
    short = own_config.model_copy(update={"operation_days": 40})
    migrate(store, short)
    store.command("OPTIMIZE TABLE connector_reports FINAL")
    left = store.query("SELECT report_id FROM connector_reports FINAL ORDER BY report_id").result_columns[0]
    assert left == ["health-1", "imported-1", "imported-50", "rejected-1", "rejected-50", "run-1"]

    migrate(store, own_config)
    before = _altered(store)
    keep(store, own_config)
    assert _altered(store) == before, "what holds is not set again"


def _altered(client: Client) -> Sequence[object]:
    return client.query(
        "SELECT name, metadata_modification_time, create_table_query FROM system.tables"
        " WHERE database = currentDatabase() AND name IN {tables:Array(String)} ORDER BY name",
        {"tables": list(OPERATION)},
    ).result_rows
