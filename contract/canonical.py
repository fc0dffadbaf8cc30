"""Canonical JSON, which breaks ties between events (docs/contract.md, "All state is a function of ..."). Pure."""

from collections.abc import Collection
from typing import Any

import orjson


def canonical(record: bytes | str, without: Collection[str] = ()) -> str:
    """The record as JSON with sorted keys and no spaces, without received_at and the fields of `without`.

    Leaving out a field that two records share does not change which of them is greater, if another shared field comes
    later in the order of names.
    """
    fields = orjson.loads(record)
    return canonical_of({name: fields[name] for name in fields if name != "received_at" and name not in without})


def canonical_of(fields: dict[str, Any]) -> str:
    """The fields as JSON with sorted keys and no spaces.

    It uses the reader and writer of the stored states: what comes back from the store must have the same text, even for
    numbers beyond 64 bits in unknown fields.
    """
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode()
