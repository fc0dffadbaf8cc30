"""Canonical JSON: how a tie between two events is broken (docs/contract.md, "All state is a function of ..."). Pure."""

import json
from collections.abc import Collection
from typing import Any

import orjson


def canonical(record: bytes | str, without: Collection[str] = ()) -> str:
    """The record as JSON with sorted keys and no spaces, without received_at and the fields of `without`.

    Leaving out a field that two records have in common never changes which of them is greater.
    """
    fields = _read(record)
    return canonical_of({name: fields[name] for name in fields if name != "received_at" and name not in without})


def canonical_of(fields: dict[str, Any]) -> str:
    """The fields as JSON with sorted keys and no spaces."""
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode()


def _read(record: bytes | str) -> dict[str, Any]:
    try:
        fields: dict[str, Any] = orjson.loads(record)
    except orjson.JSONDecodeError:
        # pydantic lets NaN pass in a field that nobody reads; so does this parser.
        fields = json.loads(record)
    return fields
