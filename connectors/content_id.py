"""Events of sources that give no ids of their own: the id follows from the content. Pure."""

from hashlib import blake2b

import orjson

from streams.events import EVENT, Event
from streams.instants import format_instant


def event_of(content: dict[str, object], received_at: int, id_prefix: str) -> Event:
    """The contract's event with that content; `event_id` is `id_prefix:<hash of the content>`.

    So the same input gives the same id on every run, and two contents never share one (docs/contract.md, "event_id").
    What is None is left out. Raises pydantic's ValidationError for a content against the contract.
    """
    said = {field: value for field, value in content.items() if value is not None}
    digest = content_hash(said)
    return EVENT.validate_python(
        {
            **said,
            "event_id": f"{id_prefix}:{digest}",
            "received_at": format_instant(received_at),
            "schema_version": 1,
        }
    )


def content_hash(content: object) -> str:
    """128 bits in hex over canonical JSON (sorted keys, no spaces)."""
    return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
