"""How a column of a query is shown: its label, unit, words, colours and links. Pure."""

import re
from dataclasses import dataclass, field

from grafana.base import GREY, Json

NOT_AVAILABLE: Json = {"type": "special", "options": {"match": "null", "result": {"text": "n/a", "index": 0}}}
"""Unknown values are never shown as 0 or as blank (docs/design.md 2)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Texts that match `pattern` (a regular expression, whole text) are shown in `color`."""

    pattern: str
    color: str = ""
    """The colour; empty: that of the column."""
    text: str = ""
    """The text shown instead; $1 is the pattern's first group. Empty: the text as it is."""


BETTER, WORSE, FEW = "green", "red", GREY
READABLE = {"green": "semi-dark-green", "orange": "dark-orange"}
"""Colour -> Grafana's most readable shade for text: its green and orange are too light on a white page. No shade of
orange reaches a contrast of 4.5 to 1 there; the preview has its own (web/src/theme.ts)."""
_THOUSANDS = (
    # The text itself has no commas, so that Grafana sorts it by its number.
    Mark(r"(\d+)(\d{3})((?: ·.*)? ▲)", BETTER, "$1,$2$3"),
    Mark(r"(\d+)(\d{3})((?: ·.*)? ▼)", WORSE, "$1,$2$3"),
    Mark(r"(\d+)(\d{3})((?: ·.*)?) =", text="$1,$2$3"),
    Mark(r"(\d+)(\d{3})((?: ·.*)?)", text="$1,$2$3"),
)
AGAINST_TYPICAL = (
    Mark(r".*▲", BETTER),
    # Typical values have neither mark nor colour: only exceptions stand out.
    Mark(r"(.*) =", text="$1"),
    Mark(r"=", text="typical"),
    Mark(r".*▼", WORSE),
    Mark(r".*\(n=\d+\).*|n/a", FEW),
)
"""A percentage as text: better than typical, typical, worse than typical, of too few people."""
COUNT_AGAINST_TYPICAL = (*_THOUSANDS, *AGAINST_TYPICAL)
"""A count as text, with its share behind it or without."""
BESIDE_ITS_COUNT = (Mark(r"(.*) \(n=\d+\).*", FEW, "$1"), *COUNT_AGAINST_TYPICAL)
"""The same where the registrants stand in the same row: how few they are is not said again."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column of a query is shown. A series of a curve is a column too, with the same name."""

    name: str
    label: str
    description: str = ""
    unit: str = ""
    decimals: int | None = None
    width: int | None = None
    words: dict[str, str] = field(default_factory=dict)
    """Value -> the word shown for it."""
    marks: tuple[Mark, ...] = ()
    link: str = ""
    """The link of a cell."""
    hidden: bool = False
    """Whether the column is only for links and tooltips."""
    cell: str = ""
    """How a table colours the cell: color-text, color-background; empty: not at all."""
    color: str = ""
    """A fixed colour, or a colour scheme (continuous-…)."""
    extra: Json = field(default_factory=dict)
    """More of Grafana's properties, by id."""


def override(column: Column) -> Json:
    """The column as an override of a panel's field configuration."""
    mappings = _mappings(column)
    properties = {
        "displayName": _head(column),
        "description": column.description or None,
        "unit": column.unit or None,
        "decimals": column.decimals,
        "custom.width": column.width,
        "mappings": mappings,
        "links": [{"title": "Open", "url": column.link}] if column.link else None,
        "custom.hideFrom.viz": True if column.hidden else None,
        "custom.cellOptions": _cell(column),
        "color": _color(column.color),
        **column.extra,
    }
    return {
        "matcher": {"id": "byName", "options": column.name},
        "properties": [{"id": name, "value": value} for name, value in properties.items() if value is not None],
    }


_NARROW = 84
"""Pixels. In a narrower column, a long word in the heading needs a break opportunity."""
_BREAKS = {"Registrants": "Regis\N{SOFT HYPHEN}trants", "Attendees": "Atten\N{SOFT HYPHEN}dees"}


def _head(column: Column) -> str:
    return _BREAKS.get(column.label, column.label) if (column.width or _NARROW) < _NARROW else _unbroken(column.label)


def _unbroken(label: str) -> str:
    """The label with non-breaking spaces, so that a heading breaks as: Stayed, 30 min %."""
    return re.sub(r"(?<=\d) (?=min|%)|(?<=min) (?=%)", "\N{NO-BREAK SPACE}", label)


def _cell(column: Column) -> Json | None:
    if not column.cell:
        return None
    return {"type": column.cell, **({"mode": "basic"} if column.cell == "color-background" else {})}


def _color(name: str) -> Json | None:
    if not name:
        return None
    return {"mode": name} if name.startswith("continuous-") else {"mode": "fixed", "fixedColor": name}


def _mappings(column: Column) -> list[Json] | None:
    """An override replaces the default mappings, so it repeats n/a."""
    found: list[Json] = []
    if column.words:
        words = {value: {"text": word, "index": index} for index, (value, word) in enumerate(column.words.items())}
        found.append({"type": "value", "options": words})
    for index, mark in enumerate(column.marks):
        color = mark.color if column.cell == "color-background" else READABLE.get(mark.color, mark.color)
        result = {"color": color, "text": mark.text, "index": len(column.words) + index}
        result = {name: value for name, value in result.items() if value != ""}
        found.append({"type": "regex", "options": {"pattern": f"^(?:{mark.pattern})$", "result": result}})
    if column.cell:
        # Without its own colour a null cell would get that of the lowest number.
        result = {"text": "n/a", "color": "panel-bg" if column.cell == "color-background" else GREY, "index": 99}
        return [*found, {"type": "special", "options": {"match": "null", "result": result}}]
    return [*found, NOT_AVAILABLE] if found else None
