"""The oracle's sources (funnel/report/oracle.py): the source of registrations, and its groups. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote_to_bytes

import idna

from funnel.report.oracle_webinar import Fields, instant

SOURCE_FIELDS = [f"utm_{name}" for name in ("source", "medium", "campaign", "content", "term")]
SOURCE_FIELDS += ["referrer", "tracking_code", "platform_source"]

Source = frozenset[tuple[str, str]]
"""The source of a registration: (field, value), trimmed, without empty ones."""


@dataclass(frozen=True)
class Business:
    """The business's decisions, from the tables."""

    groups: Mapping[Source, str] = field(default_factory=dict)
    """The sources that a rule sorts, with their groups."""
    excluded_domains: Set[str] = frozenset()
    """The domain_ids whose people are left out."""


NO_RULES = Business()


def source_group(registrations: list[Fields], business: Business) -> str:
    good = [event for event in registrations if event["status"] in ("registered", "approved")] or registrations
    if not good:
        return "Walk-in"
    key = min((instant(event["occurred_at"]), not _says(event), event["event_id"]) for event in good)
    ties = [event for event in good if (instant(event["occurred_at"]), not _says(event), event["event_id"]) == key]
    return _group(_says(max(ties, key=lambda event: event["canonical"])), business)


def _group(said: dict[str, str], business: Business) -> str:
    if frozenset(said.items()) in business.groups:
        return business.groups[frozenset(said.items())]
    by_utm, by_code, by_service = (
        _plain(said.get(name, "")) for name in ("utm_source", "tracking_code", "platform_source")
    )
    if by_service.lower() == "added by presenter":
        by_service = ""
    return by_utm.lower() or by_code or by_service or _plain_host(said.get("referrer", "")) or "No source given"


def _plain(value: str) -> str:
    """The canonical form of a name: decoded up to three times, without invisible characters, single spaces, NFKC; empty
    for a placeholder.
    """
    if _says_nothing(value.strip()):
        return ""
    for _ in range(3):
        value = _decoded_once(value)
    value = re.split(r"[?&#](?:amp;)?utm_[a-z]+=", value, maxsplit=1, flags=re.I)[0].replace("+", " ")
    value = "".join(one for one in value if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf"))
    value = " ".join(unicodedata.normalize("NFKC", value).split())
    return "" if _says_nothing(value) else value


def _decoded_once(value: str) -> str:
    with suppress(UnicodeDecodeError):
        value = unquote_to_bytes(value).decode()
    named = r"(?i)&(amp|lt|gt|quot|apos|nbsp|#[0-9]{1,6}|#x[0-9a-f]{1,5});"
    return re.sub(named, lambda found: unescape(found[0].lower()), value)


def _says_nothing(value: str) -> bool:
    low = value.lower()
    words = {"undefined", "null", "none", "nan", "na", "n/a", "unknown", "[object object]"}
    words |= {f"({word})" for word in ("direct", "none", "not set", "not provided", "other")}
    if low in words or (len(low) > 2 and not low.strip("x")) or (low and not low.strip("-_.?")):
        return True
    macros = (r"\{\{.*\}\}", "%%.*%%", r"\$\{.*\}", r"^\{[^{}]*\}\Z", r"^__[a-z0-9_]+__\Z")
    return any(re.search(macro, low, re.S) for macro in macros)


def _plain_host(referrer: str) -> str:
    for _ in range(3):
        referrer = _decoded_once(referrer)
    place = re.sub(r"^([a-z][a-z0-9+.-]*:)?//", "", referrer.strip(), flags=re.I).replace("。", ".")
    host = _plain(re.split(r"[/?#\\]", place)[0].split("@")[-1].split(":")[0]).lower().rstrip(".")
    return ".".join(map(_unicode_label, re.sub(r"^www\.", "", host).split(".")))


def _unicode_label(label: str) -> str:
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except idna.IDNAError:
        return label


def _says(event: Fields) -> dict[str, str]:
    """The source of a registration, or of an entry of views by source: trimmed, without empty values."""
    said = {name: (event.get("source", {}).get(name) or "").strip() for name in SOURCE_FIELDS}
    return {name: value for name, value in said.items() if value}


def views_by_source(entries: list[Fields] | None, business: Business) -> dict[str, int]:
    views: dict[str, int] = defaultdict(int)
    for entry in entries or ():
        views[_group(_says(entry), business)] += entry["page_views"]
    return views
