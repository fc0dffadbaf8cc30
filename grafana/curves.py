"""Curves with their baseline, and panels that reuse another panel's result."""

from collections.abc import Sequence

from grafana.base import GREY, Json
from grafana.columns import Column

MIDDLE: Json = {"custom.lineStyle": {"fill": "dash", "dash": [6, 6]}, "custom.lineWidth": 1}
"""How the middle of what is typical is drawn."""
_OF_A_PANEL: Json = {"type": "datasource", "uid": "-- Dashboard --"}


def beside_baseline(name: str, label: str, color: str = "blue", unit: str = "") -> list[Column]:
    """The columns `name`, and <name>_low, _baseline and _high as a grey band with a dashed line in its middle."""
    return [
        *band(f"{name}_low", f"{name}_baseline", f"{name}_high", unit),
        Column(name, label, color=color, unit=unit, extra={"custom.lineWidth": 3}),
    ]


def band(low: str, middle: str, high: str, unit: str = "") -> list[Column]:
    """These columns as a grey band with a dashed line in its middle."""
    unseen = {"custom.lineWidth": 0, "custom.hideFrom": {"legend": True, "tooltip": True, "viz": False}}
    filled = {"custom.fillBelowTo": "Typical, lower end", "custom.fillOpacity": 22}
    return [
        Column(low, "Typical, lower end", color=GREY, unit=unit, extra={**unseen, "custom.fillOpacity": 0}),
        Column(high, "Typical, upper end", color=GREY, unit=unit, extra={**unseen, **filled}),
        Column(middle, "Typical", color=GREY, unit=unit, extra={**MIDDLE, "custom.fillOpacity": 0}),
    ]


def only(panel: Json, names: Sequence[str]) -> Json:
    """The panel with only these columns of its query."""
    keep = {"id": "filterFieldsByName", "options": {"include": {"names": list(names)}}}
    return {**panel, "transformations": [keep]}


def one_of(panel: Json, value: str) -> Json:
    """The curves of one of a query's values, each named by its text alone."""
    keep = {"id": "filterFieldsByName", "options": {"include": {"pattern": f"/^(time|{value} .*)$/"}}}
    name = {"id": "renameByRegex", "options": {"regex": f"^{value} (.*)$", "renamePattern": "$1"}}
    return {**panel, "transformations": [keep, name]}


def reusing(panel: Json, asked: int) -> Json:
    """The panel with the result of panel `asked` on the same page: one query for several panels."""
    return {
        **panel,
        "datasource": _OF_A_PANEL,
        "targets": [{"refId": "A", "datasource": _OF_A_PANEL, "panelId": asked}],
    }


def whole(panel: Json) -> Json:
    """The panel with whole numbers on its axis, as for counts of people."""
    defaults = {**panel["fieldConfig"]["defaults"], "decimals": 0}
    return {**panel, "fieldConfig": {**panel["fieldConfig"], "defaults": defaults}}


def signed(panel: Json) -> Json:
    """The panel with negative values, too."""
    defaults = {name: one for name, one in panel["fieldConfig"]["defaults"].items() if name != "min"}
    return {**panel, "fieldConfig": {**panel["fieldConfig"], "defaults": defaults}}


def coloured(panel: Json) -> Json:
    """The stat with its numbers in their colours."""
    return {**panel, "options": {**panel["options"], "colorMode": "value"}}


def annotation(name: str, raw_sql: str, color: str, source: Json) -> Json:
    """Marks on every curve: the query's columns are time, text and, for a span, timeEnd."""
    target = {"editorType": "sql", "format": 1, "queryType": "table", "rawSql": raw_sql, "refId": "Anno"}
    return {
        "datasource": source,
        "enable": True,
        "hide": False,
        "iconColor": color,
        "name": name,
        "target": target,
    }
