"""The source of a registration, as BigMarker reports it. Pure.

BigMarker's `source` mixes how somebody registered with the referrer; campaigns are in tracking codes and in custom
fields that the organiser's form fills with utm parameters. The source rules decide which of them counts.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from connectors.bigmarker import cells
from connectors.toolkit.reading import holds_email

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_TRACKING = "utm_bmcr_source"
"""BigMarker's own parameter in links to its registration pages."""
_NAMES = frozenset({*_UTM, _TRACKING})
_LABELS = ("label", "name", "title", "field", "key", "custom_field", "id")
_VALUES = ("value", "answer", "response")


def source_of(row: Mapping[str, Any]) -> dict[str, str] | None:
    """The contract's `source`; None if the row has none. "Added by presenter" is kept as it is: it is no traffic."""
    said: dict[str, str] = {}
    for label, value in _fields(row):
        name = _campaign_field(label)
        if name and cells.text(value) and not holds_email(cells.text(value)):
            said.setdefault(name, cells.text(value))
    campaign = said.pop(_TRACKING, "")
    more = {
        "tracking_code": cells.first(row, "tracking_code") or campaign,
        "referrer": _host_and_path(cells.first(row, "referral_domain")),
        "platform_source": cells.first(row, "source", "traffic_source"),
    }
    return {**said, **{name: value for name, value in more.items() if value and not holds_email(value)}} or None


def _fields(row: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Labels and values of the row's custom fields, in any of their shapes, then its own fields."""
    custom = row.get("custom_fields")
    for one in custom if isinstance(custom, list) else [custom]:
        if isinstance(one, dict):
            yield from _pairs(one)
    yield from row.items()


def _pairs(one: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    value_name = next((name for name in _VALUES if name in one), None)
    if value_name is None:
        yield from one.items()
        return
    for label_name in _LABELS:
        yield cells.text(one.get(label_name)), one[value_name]


@lru_cache(maxsize=1024)
def _campaign_field(label: str) -> str | None:
    """The contract's name of the field with that label: `UTM Source` and `custom_field_utm_source` are utm_source."""
    name = re.sub(r"[^a-z0-9]+", "_", label.lower().removeprefix("custom_field_")).strip("_")
    return name if name in _NAMES else None


def _host_and_path(referrer: str) -> str:
    """Without the query, which may hold personal data."""
    return re.sub(r"[?#].*|(?<=//)[^/]*@", "", referrer)
