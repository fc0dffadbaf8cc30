"""Single numbers with their labels above them, each in a small panel: side by side on a desktop, one below the other
on a phone. Pure."""

from collections.abc import Sequence

from grafana.base import GridPos, Json
from grafana.columns import Column
from grafana.curves import only, reusing
from grafana.panels import sized, stat

_HEIGHT = 2
"""Height in grid rows. One panel with several numbers would be unreadable on a phone, where they stay side by side."""
_WORDS, _NUMBER = 13, 24
"""Sizes in pixels: by default each number grows to fill its panel, so that sizes differ."""


def card(panel_id: int, raw_sql: str, column: Column, grid: GridPos, *, number: int = _NUMBER) -> Json:
    """The one number of a query, with the column's label above it. `number`: its size in pixels."""
    panel = stat(panel_id, "", column.description, raw_sql, [column], grid)
    return sized({**panel, "options": {**panel["options"], "textMode": "value_and_name"}}, _WORDS, number)


def cards(first_id: int, raw_sql: str, columns: Sequence[Column], widths: Sequence[int], y: int) -> list[Json]:
    """A card for each column of a query, which runs once. The panels' ids are consecutive.

    `widths`: those of the cards in a row; the remaining cards make further rows.
    """
    panels = []
    for index, column in enumerate(columns):
        row, place_in_row = divmod(index, len(widths))
        grid = GridPos(sum(widths[:place_in_row]), y + row * _HEIGHT, widths[place_in_row], _HEIGHT)
        one = only(card(first_id + index, raw_sql if index == 0 else "", column, grid), [column.name])
        panels.append(one if index == 0 else reusing(one, first_id))
    return panels
