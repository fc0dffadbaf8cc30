"""From what a registration says of its source to a key and a group (docs/contract.md, "registration"). Pure."""

import json
import re
from functools import lru_cache
from operator import attrgetter

from streams.events import Source

NO_SOURCE = "{}"
"""The key of a registration that says no source."""
WALK_IN = ""
"""The key of a person with no registration."""

_FIELDS = tuple(Source.model_fields)
_values = attrgetter(*_FIELDS)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://|^//", re.IGNORECASE)


def source_key(source: Source | None) -> str:
    """The non-empty fields, trimmed, as JSON: one key for each distinct source. Rows hold it."""
    if source is None:
        return NO_SOURCE
    return _key(_values(source))


@lru_cache(maxsize=16_384)
def _key(values: tuple[str | None, ...]) -> str:
    said = {field: value.strip() for field, value in zip(_FIELDS, values, strict=True) if value and value.strip()}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def default_group(key: str) -> str:
    """The group of a source that no business rule sorts: its most telling field."""
    if key == WALK_IN:
        return "Walk-in"
    said = json.loads(key)
    platform_source = said.get("platform_source", "")
    if platform_source.lower() == "added by presenter":
        platform_source = ""
    return (
        said.get("utm_source", "").lower()
        or said.get("tracking_code")
        or platform_source
        or referrer_host(said.get("referrer", ""))
        or "No source given"
    )


def referrer_host(referrer: str) -> str:
    """The host of a referrer, lower-cased; empty where it says none."""
    authority = re.split(r"[/?#]", _SCHEME.sub("", referrer), maxsplit=1)[0]
    return authority.rpartition("@")[2].partition(":")[0].lower()
