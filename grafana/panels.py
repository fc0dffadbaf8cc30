"""The panels of dashboards, as plain dicts of Grafana's classic schema 42. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from grafana.base import DATA_SOURCE, PLUGIN_VERSION, GridPos, Json
from grafana.columns import NOT_AVAILABLE, Column, override

_SERIES_FORMAT, _TABLE_FORMAT = 0, 1
_EMPTY: Json = {"id": "noValue", "value": ""}


def table(
    panel_id: int,
    title: str,
    description: str,
    raw_sql: str,
    columns: Sequence[Column],
    grid: GridPos,
    *,
    defaults: Json | None = None,
) -> Json:
    """A table with one column for each of `columns`; null is shown as n/a. `defaults`: for all its fields."""
    custom = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False, "wrapHeaderText": True}
    return {
        **_panel(panel_id, "table", title, description, raw_sql, columns, grid, {"custom": custom, **(defaults or {})}),
        "options": {"cellHeight": "sm", "showHeader": True},
    }


def saying(panel: Json, words: str) -> Json:
    """The table with `words` instead of "No data" if it has no rows, and only then."""
    config = panel["fieldConfig"]
    # Grafana also shows it for every empty text.
    overrides = [{**one, "properties": [*one["properties"], _EMPTY]} for one in config["overrides"]]
    return {
        **panel,
        "fieldConfig": {"defaults": {**config["defaults"], "noValue": words}, "overrides": overrides},
    }


def sized(panel: Json, words: int, number: int) -> Json:
    """The stat with labels and numbers of these sizes in pixels: else a small panel makes labels too small to read."""
    return {**panel, "options": {**panel["options"], "text": {"titleSize": words, "valueSize": number}}}


def stat(panel_id: int, title: str, description: str, raw_sql: str, columns: Sequence[Column], grid: GridPos) -> Json:
    """The numbers of a query with one row, side by side with their labels."""
    # By default a stat leaves out texts.
    return {
        **_panel(panel_id, "stat", title, description, raw_sql, columns, grid, {}),
        "options": {
            "colorMode": "none",
            "graphMode": "none",
            "justifyMode": "auto",
            # A grid that adapts to the panel: side by side on a desktop, two by two on a phone.
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "/.*/", "values": False},
            "textMode": "value_and_name" if len(columns) > 1 else "value",
            "wideLayout": False,
        },
    }


def sentence(panel_id: int, description: str, columns: Sequence[Column], grid: GridPos, raw_sql: str = "") -> Json:
    """A sentence in a size that fits on a phone; without `raw_sql` from another panel's query."""
    panel = stat(panel_id, "", description, raw_sql, columns, grid)
    return {**panel, "options": {**panel["options"], "justifyMode": "center", "text": {"valueSize": 18}}}


def timeseries(
    panel_id: int,
    title: str,
    description: str,
    raw_sql: str,
    columns: Sequence[Column],
    grid: GridPos,
    *,
    unit: str = "locale",
    custom: Json | None = None,
) -> Json:
    """Curves over time. The query's first column is `time`, ascending; a text column gives a curve for each value.

    `columns`: curves with their own style; `custom`: the style of the others.
    """
    defaults = _of_curves(unit, custom)
    return {
        **_panel(panel_id, "timeseries", title, description, raw_sql, columns, grid, defaults, _SERIES_FORMAT),
        "options": {
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def trend(
    panel_id: int,
    title: str,
    description: str,
    raw_sql: str,
    columns: Sequence[Column],
    grid: GridPos,
    *,
    unit: str = "locale",
) -> Json:
    """Curves over a number, independent of the time range: the first of `columns`, ascending, is the axis."""
    axis, *curves = columns
    axis = replace(axis, extra={"custom.axisLabel": axis.label, **axis.extra})
    defaults = _of_curves(unit, {"showPoints": "never"})
    return {
        **_panel(panel_id, "trend", title, description, raw_sql, [axis, *curves], grid, defaults),
        "options": {
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "none"},
            "xField": axis.name,
        },
    }


def _of_curves(unit: str, custom: Json | None) -> Json:
    drawn = {
        "drawStyle": "line",
        "lineWidth": 2,
        "fillOpacity": 0,
        "pointSize": 5,
        "showPoints": "auto",
        "spanNulls": False,
        **(custom or {}),
    }
    return {"color": {"mode": "palette-classic"}, "custom": drawn, "min": 0, "unit": unit}


def bargauge(
    panel_id: int, title: str, description: str, raw_sql: str, columns: Sequence[Column], grid: GridPos
) -> Json:
    """A bar for each row: the first of `columns` names it, the second is its length."""
    measure = columns[1]
    defaults = {"color": {"mode": "fixed", "fixedColor": measure.color or "blue"}, "min": 0}
    return {
        **_panel(panel_id, "bargauge", title, description, raw_sql, columns, grid, defaults),
        "options": {
            "displayMode": "basic",
            "minVizHeight": 16,
            "namePlacement": "left",
            "orientation": "horizontal",
            "reduceOptions": {
                "calcs": ["lastNotNull"],
                "fields": f"/^{re.escape(measure.label)}$/",
                "limit": 30,
                "values": True,
            },
            "showUnfilled": True,
            "sizing": "auto",
            "valueMode": "text",
        },
    }


def barchart(
    panel_id: int,
    title: str,
    description: str,
    raw_sql: str,
    columns: Sequence[Column],
    grid: GridPos,
    *,
    unit: str = "locale",
    stacking: str = "none",
) -> Json:
    """Bars side by side (or stacked, with `stacking` "normal"): the first of `columns` names a row's bars."""
    defaults = {"color": {"mode": "palette-classic"}, "custom": {"fillOpacity": 80, "lineWidth": 0}, "unit": unit}
    return {
        **_panel(panel_id, "barchart", title, description, raw_sql, columns, grid, defaults),
        "options": {
            "barWidth": 0.9,
            "groupWidth": 0.7,
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": len(columns) > 2},
            "orientation": "vertical",
            "showValue": "auto",
            "stacking": stacking,
            "tooltip": {"mode": "multi", "sort": "none"},
            "xField": columns[0].label,
            "xTickLabelMaxLength": 16,
        },
    }


def text(panel_id: int, title: str, content: str, grid: GridPos) -> Json:
    """Markdown text, which may contain variables."""
    return {
        "description": "",
        "fieldConfig": {"defaults": {}, "overrides": []},
        "gridPos": grid.json,
        "id": panel_id,
        "options": {"code": {"language": "plaintext"}, "content": content, "mode": "markdown"},
        "title": title,
        "transparent": not title,
        "type": "text",
    }


def row(panel_id: int, title: str, y: int, closed: Sequence[Json] = ()) -> Json:
    """A row title. With `closed` it is collapsed, and these panels appear when it is opened."""
    return {
        "collapsed": bool(closed),
        "gridPos": {"x": 0, "y": y, "w": 24, "h": 1},
        "id": panel_id,
        "panels": list(closed),
        "title": title,
        "type": "row",
    }


def _panel(
    panel_id: int,
    kind: str,
    title: str,
    description: str,
    raw_sql: str,
    columns: Sequence[Column],
    grid: GridPos,
    defaults: Json,
    form: int = _TABLE_FORMAT,
) -> Json:
    return {
        "datasource": DATA_SOURCE,
        "description": description,
        "fieldConfig": {
            "defaults": {"mappings": [NOT_AVAILABLE], **defaults},
            "overrides": [override(column) for column in columns],
        },
        "gridPos": grid.json,
        "id": panel_id,
        "targets": [_target(raw_sql, form)],
        "title": title,
        "type": kind,
    }


def _target(raw_sql: str, form: int) -> Json:
    return {
        "refId": "A",
        "datasource": DATA_SOURCE,
        "editorType": "sql",
        "queryType": "timeseries" if form == _SERIES_FORMAT else "table",
        "format": form,
        "pluginVersion": PLUGIN_VERSION,
        "rawSql": raw_sql,
    }
