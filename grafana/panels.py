"""The parts that every dashboard is made of, as plain dicts of Grafana's classic schema 42. Pure but for `sql`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

QUERIES = Path(__file__).parent / "queries"
DATA_SOURCE: Json = {"type": "grafana-clickhouse-datasource", "uid": "clickhouse"}
"""Provisioned by provisioning/datasources/clickhouse.yaml."""
PLUGIN_VERSION = "4.20.0"
"""Of the ClickHouse data source, as in grafana/Dockerfile; 4.19 expands nested macros wrongly."""
SCHEMA_VERSION = 42
"""The last classic one: Grafana 11.6 to 13 read it."""

_TABLE_FORMAT = 1
_NOT_AVAILABLE: Json = {"type": "special", "options": {"match": "null", "result": {"text": "n/a", "index": 0}}}
"""What is not known is never shown as 0 or as nothing (docs/design.md 2)."""


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of a query is shown."""

    name: str
    label: str
    description: str = ""
    unit: str = ""
    decimals: int | None = None
    width: int | None = None
    words: dict[str, str] = field(default_factory=dict)
    """Value -> the word shown for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


def sql(dashboard: str, name: str) -> str:
    """The text of queries/<dashboard>/<name>.sql."""
    return (QUERIES / dashboard / f"{name}.sql").read_text().strip()


def table(panel_id: int, title: str, description: str, raw_sql: str, columns: list[Column], place: Place) -> Json:
    """A table with one column for each of `columns`; what is null reads n/a."""
    defaults = {"custom": {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}}
    return {
        **_panel(panel_id, "table", title, description, raw_sql, columns, place, defaults),
        "options": {"cellHeight": "sm", "showHeader": True},
    }


def stat(panel_id: int, title: str, description: str, raw_sql: str, columns: list[Column], place: Place) -> Json:
    """The numbers of a query that returns one row, side by side with their labels."""
    return {
        **_panel(panel_id, "stat", title, description, raw_sql, columns, place, {}),
        "options": {
            "colorMode": "none",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "vertical",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value_and_name" if len(columns) > 1 else "value",
            "wideLayout": False,
        },
    }


def query_variable(name: str, label: str, raw_sql: str) -> Json:
    """A filter whose values come from a query; several may be chosen, or All."""
    return {
        **_variable(name, label),
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {"refId": name, "queryType": "sql", "editorType": "sql", "rawSql": raw_sql},
        "refresh": 1,
        "regex": "",
        "sort": 0,
    }


def fixed_variable(name: str, label: str, words: dict[str, str]) -> Json:
    """A filter over the values of `words`, shown as their words; several may be chosen, or All."""
    return {
        **_variable(name, label),
        "type": "custom",
        "query": ", ".join(f"{word} : {value}" for value, word in words.items()),
    }


def dashboard(uid: str, title: str, panels: list[Json], variables: list[Json], time: tuple[str, str]) -> Json:
    """A dashboard that nobody edits in the browser. `time` is its range when it is opened, from and to."""
    return {
        "annotations": {"list": []},
        "editable": False,
        "graphTooltip": 0,
        "links": [],
        "panels": panels,
        "refresh": "30s",
        "schemaVersion": SCHEMA_VERSION,
        "tags": ["webinar-funnel"],
        "templating": {"list": variables},
        "time": {"from": time[0], "to": time[1]},
        "timepicker": {"refresh_intervals": ["10s", "30s", "1m", "5m", "15m", "1h"]},
        "timezone": "browser",
        "title": title,
        "uid": uid,
        "version": 1,
        "weekStart": "monday",
    }


def _panel(
    panel_id: int,
    kind: str,
    title: str,
    description: str,
    raw_sql: str,
    columns: list[Column],
    place: Place,
    defaults: Json,
) -> Json:
    return {
        "datasource": DATA_SOURCE,
        "description": description,
        "fieldConfig": {
            "defaults": {**defaults, "mappings": [_NOT_AVAILABLE]},
            "overrides": [_override(column) for column in columns],
        },
        "gridPos": {"x": place.x, "y": place.y, "w": place.w, "h": place.h},
        "id": panel_id,
        "targets": [_target(raw_sql)],
        "title": title,
        "type": kind,
    }


def _target(raw_sql: str) -> Json:
    return {
        "refId": "A",
        "datasource": DATA_SOURCE,
        "editorType": "sql",
        "queryType": "table",
        "format": _TABLE_FORMAT,
        "pluginVersion": PLUGIN_VERSION,
        "rawSql": raw_sql,
    }


def _override(column: Column) -> Json:
    words = {value: {"text": word, "index": index} for index, (value, word) in enumerate(column.words.items())}
    properties = {
        "displayName": column.label,
        "description": column.description or None,
        "unit": column.unit or None,
        "decimals": column.decimals,
        "custom.width": column.width,
        # An override replaces the default mappings, so it repeats n/a.
        "mappings": [{"type": "value", "options": words}, _NOT_AVAILABLE] if words else None,
    }
    return {
        "matcher": {"id": "byName", "options": column.name},
        "properties": [{"id": name, "value": value} for name, value in properties.items() if value is not None],
    }


def _variable(name: str, label: str) -> Json:
    return {
        "name": name,
        "label": label,
        "multi": True,
        "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "options": [],
        "skipUrlSync": False,
    }
