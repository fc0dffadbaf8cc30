"""What every part of a dashboard needs: the data source, the query files, the grid. Pure but for `sql`."""

import re
from dataclasses import dataclass
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
SHARED = (
    "webinar_filters",
    "filters",
    "weeks",
    "periods",
    "measure",
    "numbers",
    "numbers_of_both",
    "raw_sources",
    "everybody",
    "range_or_now",
    "shared_at",
    "at",
)
"""queries/<name>.sql stands wherever a query says {<name>}: written once, so that it is the same everywhere."""

GREY = "#7b8087"
"""For what says little: readable on a dark and on a light page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int

    @property
    def json(self) -> Json:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


def sql(dashboard: str, name: str) -> str:
    """The text of queries/<dashboard>/<name>.sql with what queries share in its place."""
    text = (QUERIES / dashboard / f"{name}.sql").read_text().strip()
    for shared in SHARED:
        text = text.replace(f"{{{shared}}}", (QUERIES / f"{shared}.sql").read_text().strip())
    text = re.sub(r"\{all chosen (\w+)\}", lambda use: _all_chosen(use[1]), text)
    return re.sub(r"\{chosen (\w+)\}", lambda use: _chosen(use[1]), text)


def _chosen(name: str) -> str:
    """The value of a variable as a text, whatever is in it.

    Grafana's forms for SQL leave backslashes as they are, so that a value with one ends the text too early or never.
    Its form for addresses, var-<name>=<value>, leaves nothing that a text trips over, and the server can read it.
    """
    return f"decodeURLComponent(substring('${{{name}:queryparam}}', {len(f'var-{name}=') + 1}))"


def _all_chosen(name: str) -> str:
    """The values of one where several may be chosen, as an array of texts."""
    values = f"splitByChar('&', '${{{name}:queryparam}}')"
    return f"arrayMap(one -> decodeURLComponent(substring(one, {len(f'var-{name}=') + 1})), {values})"
