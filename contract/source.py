"""From the source of a registration to a key and a group (docs/contract.md, "registration"). Pure."""

import json
from functools import lru_cache
from operator import attrgetter

from contract.events import Source
from contract.quick import QuickSource
from contract.source_names import canonical_host, canonical_name

NO_SOURCE = "{}"
"""The key of a registration without a source."""
WALK_IN = ""
"""The key of a person with no registration."""

_FIELDS = tuple(Source.model_fields)
_values = attrgetter(*_FIELDS)


def source_key(source: Source | QuickSource | None) -> str:
    """The non-empty fields, trimmed, as JSON: one key for each distinct source, stored in rows."""
    if source is None:
        return NO_SOURCE
    return _key(_values(source))


@lru_cache(maxsize=16_384)
def _key(values: tuple[str | None, ...]) -> str:
    said = {field: value.strip() for field, value in zip(_FIELDS, values, strict=True) if value and value.strip()}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


def canonical_source(key: str) -> dict[str, str]:
    """The values in a key, each in its canonical form, with `referrer_host` and without placeholders."""
    raw: dict[str, str] = json.loads(key) if key else {}
    said = {field: canonical_name(value) for field, value in raw.items() if field != "referrer"}
    said["referrer_host"] = canonical_host(raw.get("referrer", ""))
    return {field: value for field, value in said.items() if value}


def default_group(key: str) -> str:
    """The group of a source that no business rule sorts: its most informative field."""
    if key == WALK_IN:
        return "Walk-in"
    said = canonical_source(key)
    platform_source = said.get("platform_source", "")
    if platform_source.lower() == "added by presenter":
        platform_source = ""
    return (
        said.get("utm_source", "").lower()
        or said.get("tracking_code")
        or platform_source
        or said.get("referrer_host")
        or "No source given"
    )
