"""What every part of a dashboard needs: the data source, the query files, the grid. Pure but for `sql`."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from clickhouse.sql import fragments, rendered

Json = dict[str, Any]

QUERIES = Path(__file__).parent / "queries"
DATA_SOURCE: Json = {"type": "grafana-clickhouse-datasource", "uid": "clickhouse"}
"""Provisioned by provisioning/datasources/clickhouse.yaml."""
PLUGIN_VERSION = "4.20.0"
"""Of the ClickHouse data source, as in grafana/Dockerfile; 4.19 expands nested macros wrongly."""
SCHEMA_VERSION = 42
"""The last classic one: Grafana 11.6 to 13 read it."""
GREY = "#7b8087"
"""For what says little: readable on a dark and on a light page."""


@dataclass(frozen=True, slots=True)
class GridPos:
    """Where a panel stands on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int

    @property
    def json(self) -> Json:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


def in_a_row(many: int, y: int, height: int) -> list[GridPos]:
    """Places of so many panels beside each other, over the whole width."""
    edges = [24 * one // many for one in range(many + 1)]
    return [GridPos(left, y, right - left, height) for left, right in pairwise(edges)]


def sql(dashboard: str, name: str, **fixed: str) -> str:
    """The text of queries/<dashboard>/<name>.sql, filled in (docs/sql.md); queries/<fragment>.sql are fragments too.

    `fixed`: the values of variables that nobody chooses on the page that asks; plain words, written into the text.
    """

    def chosen(variable: str) -> str:
        return f"'{fixed[variable]}'" if variable in fixed else _chosen(variable)

    more = {**fragments(QUERIES), "chosen": chosen, "all_chosen": _all_chosen}
    return rendered((QUERIES / dashboard / f"{name}.sql").read_text().strip(), more)


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
