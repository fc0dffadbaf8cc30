"""Probe events: they go the whole way from Kafka to a view, so that its age is known even when no webinar is on. Pure.

They have their own topic and are no events of the contract: in no number, no list and no raw log (decision 0042).
"""

from typing import NamedTuple

import orjson

from contract.instants import format_instant, parse_instant
from contract.partition import partition_of

EVERY_SECONDS = 10.0
"""How often one is sent to each partition."""
OLD_SECONDS = 60.0
"""How old the newest one that has got through may be."""
_MOST_KEYS = 1_000_000


class ProbeRow(NamedTuple):
    """One row of the table `probes`: the newest probe event of a partition."""

    partition: int
    partitions: int
    """How many there are, so that a view knows which are missing."""
    sent_at: int
    """Milliseconds since 1970 UTC."""


def probe_keys(partitions: int) -> list[bytes]:
    """A key for each partition, in their order."""
    found: dict[int, bytes] = {}
    for number in range(_MOST_KEYS):
        key = f"probe:{number}"
        found.setdefault(partition_of(key, partitions), key.encode())
        if len(found) == partitions:
            break
    return [found[partition] for partition in range(partitions)]


def encode_probe(sent_at: int, partitions: int) -> bytes:
    """The record's value."""
    return orjson.dumps({"type": "probe", "sent_at": format_instant(sent_at), "partitions": partitions})


def decode_probe(value: bytes | None, partition: int) -> ProbeRow | None:
    """Its row; None if it is none, which is no loss."""
    try:
        said = orjson.loads(value or b"")
        if said["type"] == "probe" and type(said["partitions"]) is int and said["partitions"] > 0:
            return ProbeRow(partition, said["partitions"], parse_instant(said["sent_at"]))
    except (ValueError, KeyError, TypeError):
        pass
    return None
