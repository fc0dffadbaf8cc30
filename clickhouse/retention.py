"""How long the tables that Data health reads keep their rows (docs/retention.md). What numbers rest on always stays."""

from clickhouse_connect.driver.client import Client

from clickhouse.settings import ClickHouseSettings

OPERATION = {
    # Rejections and imports say which numbers are doubtful.
    "connector_reports": "toDateTime(intDiv(at, 1000), 'UTC') + {age} WHERE type IN ('run', 'health', 'poller')",
    "event_minutes": "minute + {age}",
}
"""Table -> the rule by which ClickHouse removes its old rows when it merges."""


def keep(client: Client, config: ClickHouseSettings) -> None:
    """Gives each of these tables the rule of the settings, if it has another one."""
    age = f"toIntervalDay({config.operation_days})"
    rules = {table: rule.format(age=age) for table, rule in OPERATION.items()}
    found = client.query(
        "SELECT name, create_table_query FROM system.tables"
        " WHERE database = currentDatabase() AND name IN {tables:Array(String)}",
        {"tables": list(rules)},
    ).result_rows
    for table, definition in found:
        if f"TTL {rules[table]} SETTINGS" not in definition:
            client.command(f"ALTER TABLE {table} MODIFY TTL {rules[table]}")
