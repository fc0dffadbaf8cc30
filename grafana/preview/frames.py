"""ClickHouse's results as Grafana's data frames, in the form that its own components read (DataFrameJSON). Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result. `kind` is Grafana's: time (ms since 1970 UTC, or a day), number, string, boolean or
    other."""

    name: str
    kind: str
    values: list[Any]
    labels: dict[str, str] = field(default_factory=dict)


def columns(names: Sequence[str], types: Sequence[str], values: Sequence[Sequence[Any]]) -> list[Column]:
    """The columns, with ClickHouse's type names translated like in the data source 4.20."""
    return [
        Column(name, kind := kind_of(type_), [_plain(value, kind) for value in column])
        for name, type_, column in zip(names, types, values, strict=True)
    ]


def kind_of(type_: str) -> str:
    """Grafana's field type for a ClickHouse type name."""
    inner = type_
    for wrapper in ("LowCardinality(", "Nullable("):
        if inner.startswith(wrapper):
            inner = inner[len(wrapper) : -1]
    if inner.startswith("Date"):
        return "time"
    if inner == "Bool":
        return "boolean"
    if inner.startswith(("Array(", "Tuple(", "Map(", "Nested(", "JSON", "Variant(", "Dynamic")):
        return "other"
    # Above 64 bits the data source sends texts.
    if inner.startswith(("Int", "UInt", "Float", "Decimal")) and not inner.endswith(("128", "256")):
        return "number"
    return "string"


def frame_json(ref_id: str, found: Sequence[Column], zone: tzinfo = UTC) -> Json:
    """The frame for @grafana/data's dataFrameFromJSON. A day is its midnight in `zone`, the viewer's."""
    fields: list[Json] = [{"name": one.name, "type": one.kind} for one in found]
    for one, described in zip(found, fields, strict=True):
        if one.labels:
            described["labels"] = one.labels
    values = [[_json(value, zone) for value in one.values] for one in found]
    return {
        "schema": {"refId": ref_id, "fields": fields},
        "data": {"values": values, "entities": [_entities(one) for one in found]},
    }


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "time":
        return _milliseconds(value) if isinstance(value, datetime) else value
    if kind == "number":
        return float(value) if isinstance(value, Decimal) else value
    if kind == "string":
        return str(value)
    return value


def _milliseconds(at: datetime) -> int:
    """Milliseconds since 1970 UTC. A time without a zone is in UTC."""
    return math.floor((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000 + 0.5)


def _json(value: Any, zone: tzinfo) -> Any:
    if isinstance(value, date):
        return _milliseconds(datetime(value.year, value.month, value.day, tzinfo=zone))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _entities(column: Column) -> Json | None:
    """The positions of numbers that JSON cannot express."""
    if column.kind != "number":
        return None
    found: dict[str, list[int]] = {}
    for grid, value in enumerate(column.values):
        if isinstance(value, float) and not math.isfinite(value):
            name = "NaN" if math.isnan(value) else "Inf" if value > 0 else "NegInf"
            found.setdefault(name, []).append(grid)
    return found or None
