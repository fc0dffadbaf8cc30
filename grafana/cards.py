"""Single numbers with their words above them, each in a small panel of its own: side by side on a desk, under each
other on a phone. Pure."""

from collections.abc import Sequence

from grafana.base import GridPos, Json
from grafana.columns import Column
from grafana.curves import only, reusing
from grafana.panels import stat

_HEIGHT = 2
"""Rows of the grid. One panel with several numbers would be unreadable on a phone: Grafana keeps them side by side."""
_WORDS, _NUMBER = 13, 24
"""Sizes in pixels: by itself a number grows until it fills its panel, each to another size."""


def card(panel_id: int, raw_sql: str, column: Column, grid: GridPos, *, number: int = _NUMBER) -> Json:
    """The one number of a query, with the column's label above it. `number`: its size in pixels."""
    panel = stat(panel_id, "", column.description, raw_sql, [column], grid)
    sizes = {"titleSize": _WORDS, "valueSize": number}
    return {**panel, "options": {**panel["options"], "text": sizes, "textMode": "value_and_name"}}


def cards(first_id: int, raw_sql: str, columns: Sequence[Column], widths: Sequence[int], y: int) -> list[Json]:
    """A card for each column of a query, which is asked once. The panels' ids follow one another.

    `widths`: of the cards of a row; what is left makes further rows.
    """
    panels = []
    for index, column in enumerate(columns):
        row, place_in_row = divmod(index, len(widths))
        grid = GridPos(sum(widths[:place_in_row]), y + row * _HEIGHT, widths[place_in_row], _HEIGHT)
        one = only(card(first_id + index, raw_sql if index == 0 else "", column, grid), [column.name])
        panels.append(one if index == 0 else reusing(one, first_id))
    return panels
