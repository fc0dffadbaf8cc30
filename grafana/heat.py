"""Heat maps: how they are drawn, and their colours: counts in one hue, shares in two.

Pure.

The colours are translucent, so that Grafana writes text in the page's own colour: on opaque ones it writes white, even
on light ones.
"""

from grafana.base import GREY, GridPos, Json
from grafana.columns import NOT_AVAILABLE
from grafana.panels import table
from grafana.words import AT, SMALL_N

_MORE, _LESS = "50, 116, 217", "255, 152, 48"
"""Blue and orange, which people with red-green colour blindness can distinguish."""
STEPS = 8
"""How many steps a count has, from nothing to the greatest."""
SIDES = 4
"""How many steps a share has on each side of the total."""

_NOTHING: Json = {
    "type": "special",
    "options": {"match": "null", "result": {"text": "n/a", "color": "panel-bg", "index": SMALL_N}},
}
_CELL: Json = {
    "align": "center",
    "cellOptions": {"type": "color-background", "mode": "basic"},
    "inspect": False,
    "minWidth": 70,
    "wrapHeaderText": True,
}
LABEL: Json = {
    "custom.cellOptions": {"type": "auto"},
    "custom.align": "left",
    "color": {"mode": "thresholds"},
    "mappings": [NOT_AVAILABLE],
}
"""Of the column that names the rows."""
_WEEKS = (
    "Whole weeks, Monday to Sunday, by each webinar's own local date. Rates: blue above the week's total, orange "
    f"below. Counts: the more, the bluer. Grey: a rate of fewer than {SMALL_N} people, with their number. {AT}"
)


def heat_map(panel_id: int, title: str, raw_sql: str, grid: GridPos) -> Json:
    """A measure by week and region, source …: `raw_sql` is queries/weeks/heat_map.sql, whichever page asks."""
    drawn = table(panel_id, title, _WEEKS, raw_sql, [], grid, defaults=coloured())
    # The columns are the regions (or sources …) that there are, so none is named here but the first.
    drawn["transformations"] = [
        {
            "id": "groupingToMatrix",
            "options": {"rowField": "week", "columnField": "of", "valueField": "value", "emptyValue": "null"},
        }
    ]
    first = {"displayName": "Week", "custom.width": 150, "custom.wrapText": True, **LABEL}
    drawn["fieldConfig"]["overrides"] = [
        {
            "matcher": {"id": "byName", "options": "week\\of"},
            "properties": [{"id": name, "value": value} for name, value in first.items()],
        }
    ]
    return drawn


def mappings() -> list[Json]:
    """Mappings of a heat map's texts (queries/heat_cell.sql): 917|c7 is shown as 917, 30.2 %|d-2 as 30.2 %."""
    counts = {f"c{step}": _thin(_MORE, 0.035 * step) for step in range(STEPS + 1)}
    shares = {f"d{step}": _thin(_MORE if step > 0 else _LESS, 0.07 * abs(step)) for step in range(-SIDES, SIDES + 1)}
    found = [
        _mapping(rf"^(.*)\|{name}$", color, "$1", index)
        for index, (name, color) in enumerate({**counts, **shares}.items())
    ]
    # On a phone a column has no place for more than the number of people.
    few = _mapping(r"^Too few \((n=\d+)\)$", f"{GREY}40", "$1", 90)
    return [*found, few, _mapping(r"^[^|]*$", "transparent", "", 91)]


def coloured() -> Json:
    """The defaults of a table whose cells are texts with a colour behind them."""
    return {"color": {"mode": "thresholds"}, "custom": _CELL, "mappings": [*mappings(), _NOTHING]}


def _mapping(pattern: str, color: str, text: str, index: int) -> Json:
    result = {"color": color, "index": index, **({"text": text} if text else {})}
    return {"type": "regex", "options": {"pattern": pattern, "result": result}}


def _thin(color: str, part: float) -> str:
    return f"rgba({color}, {part:.2f})" if part else "transparent"
