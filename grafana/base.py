"""Shared by all parts of a dashboard: the data source, the query files, the grid. Pure except `sql`."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from clickhouse.inline import CURRENT
from clickhouse.sql import fragments, rendered

Json = dict[str, Any]

QUERIES = Path(__file__).parent / "queries"
DATA_SOURCE: Json = {"type": "grafana-clickhouse-datasource", "uid": "clickhouse"}
"""Provisioned by provisioning/datasources/clickhouse.yaml."""
PLUGIN_VERSION = "4.20.0"
"""Version of the ClickHouse data source, as in grafana/Dockerfile; 4.19 expands nested macros wrongly."""
SCHEMA_VERSION = 42
"""The last classic schema version: Grafana 11.6 to 13 read it."""
GREY = "#7b8087"
"""For unreliable numbers: readable on a dark and on a light page."""
AS_OF = "as_of"
"""The hidden variable that says where a page reads: _now (what is kept of the present) or _at (views that compute)."""
_READ = re.compile(r"\b(FROM|JOIN) (\w+?)(?:_at)?\((\s*)at = (?!now64)")


@dataclass(frozen=True, slots=True)
class GridPos:
    """A panel's position on the grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int

    @property
    def json(self) -> Json:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}


def in_a_row(many: int, y: int, height: int) -> list[GridPos]:
    """Positions of `many` panels side by side, over the whole width."""
    edges = [24 * one // many for one in range(many + 1)]
    return [GridPos(left, y, right - left, height) for left, right in pairwise(edges)]


def sql(dashboard: str, name: str, **fixed: str) -> str:
    """The text of queries/<dashboard>/<name>.sql, filled in (docs/sql.md); queries/<fragment>.sql are fragments too.

    `fixed`: the values of variables that cannot be chosen on this page: plain words, written into the text.
    """

    def chosen(variable: str) -> str:
        return f"'{fixed[variable]}'" if variable in fixed else _chosen(variable)

    more = {**fragments(QUERIES), "chosen": chosen, "all_chosen": _all_chosen}
    return by_moment(rendered((QUERIES / dashboard / f"{name}.sql").read_text().strip(), more))


def by_moment(raw_sql: str) -> str:
    """The query with each view of which the present is kept named by the variable AS_OF: the server plans one of them.

    What always asks about now stays as it is (docs/decisions/0039-current-numbers.md).
    """

    def named(read: re.Match[str]) -> str:
        keyword, stem, space = read.groups()
        return f"{keyword} {stem}${{{AS_OF}:raw}}({space}at = " if stem in CURRENT else read[0]

    return _READ.sub(named, raw_sql)


def _chosen(name: str) -> str:
    """The value of a variable as SQL text, whatever it contains.

    Grafana's formats for SQL do not escape backslashes, so a value with one ends the text too early or never. Its URL
    format, var-<name>=<value>, has no characters that break a text, and the server can decode it.
    """
    return f"decodeURLComponent(substring('${{{name}:queryparam}}', {len(f'var-{name}=') + 1}))"


def _all_chosen(name: str) -> str:
    """The values of a variable with multiple selection, as an array of texts."""
    values = f"splitByChar('&', '${{{name}:queryparam}}')"
    return f"arrayMap(one -> decodeURLComponent(substring(one, {len(f'var-{name}=') + 1})), {values})"
