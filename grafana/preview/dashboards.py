"""The committed dashboards: their list, and the queries that each contains."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Json = dict[str, Any]

FOLDER = Path(__file__).parents[1] / "dashboards"
HOME = "today"
"""The uid of the dashboard that opens first, if it exists."""
_OF_A_PANEL = "-- Dashboard --"
"""The data source that reuses the result of another panel of the same dashboard."""


class UnknownError(LookupError):
    """The dashboard, panel or query does not exist. The text is one line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Identifies a query of a dashboard; the browser never sends SQL."""

    kind: Literal["panel", "variable", "annotation"]
    name: str
    """A panel's id, or the name of a variable or an annotation."""
    ref_id: str = "A"
    """For a panel: which of its queries."""


@dataclass(frozen=True, slots=True)
class Query:
    """The SQL, and whether its rows are time series (Grafana's format 0)."""

    raw_sql: str
    series: bool


class Dashboards:
    """The dashboards in `folder`, read each time: a changed file shows at the next refresh."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def listed(self) -> list[Json]:
        """uid, title, description and tags of each, the home dashboard first, then by title."""
        found = [json.loads(path.read_text()) for path in self._folder.rglob("*.json")]
        found.sort(key=lambda one: (one["uid"] != HOME, one["title"]))
        return [
            {name: one.get(name, default) for name, default in (("uid", ""), ("title", ""), ("tags", []))}
            for one in found
        ]

    def read(self, uid: str) -> Json:
        """The committed dashboard. Raises UnknownError."""
        for path in sorted(self._folder.rglob("*.json")):
            dashboard: Json = json.loads(path.read_text())
            if dashboard["uid"] == uid:
                return dashboard
        raise UnknownError(f"there is no dashboard {uid}")

    def query(self, uid: str, asked: Asked) -> Query:
        """The query that `asked` identifies. Raises UnknownError."""
        dashboard = self.read(uid)
        if asked.kind == "variable":
            return _variable_query(dashboard, asked.name)
        if asked.kind == "annotation":
            return _annotation_query(dashboard, asked.name)
        return _panel_query(dashboard, asked.name, asked.ref_id)


def all_values(dashboard: Json) -> dict[str, str]:
    """The custom values for All, by variable."""
    return {one["name"]: one["allValue"] for one in _variables(dashboard) if one.get("allValue")}


def panels(dashboard: Json) -> Iterator[Json]:
    """Every panel, including those in collapsed rows."""
    for panel in dashboard.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def _panel_query(dashboard: Json, panel_id: str, ref_id: str) -> Query:
    found = {str(panel["id"]): panel for panel in panels(dashboard)}
    seen: set[str] = set()
    while panel_id in found and panel_id not in seen:
        seen.add(panel_id)
        targets = found[panel_id].get("targets", [])
        if (found[panel_id].get("datasource") or {}).get("uid") == _OF_A_PANEL and targets:
            panel_id = str(targets[0].get("panelId"))
            continue
        for target in targets:
            if target.get("refId", "A") == ref_id:
                return Query(target.get("rawSql", ""), target.get("format", 0) in (0, 4, "timeseries", "time_series"))
        break
    raise UnknownError(f"panel {panel_id} has no query {ref_id}")


def _variable_query(dashboard: Json, name: str) -> Query:
    for variable in _variables(dashboard):
        if variable["name"] == name and variable["type"] == "query":
            query = variable["query"]
            return Query(query if isinstance(query, str) else query["rawSql"], series=False)
    raise UnknownError(f"there is no variable {name} with a query")


def _annotation_query(dashboard: Json, name: str) -> Query:
    for annotation in dashboard.get("annotations", {}).get("list", []):
        if annotation["name"] == name and "target" in annotation:
            return Query(annotation["target"]["rawSql"], series=False)
    raise UnknownError(f"there is no annotation {name} with a query")


def _variables(dashboard: Json) -> list[Json]:
    found: list[Json] = dashboard.get("templating", {}).get("list", [])
    return found
