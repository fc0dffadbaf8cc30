"""Cleans incoming texts of services: one line, without control characters. Pure.

A line break in a title once ended a mail's subject, and with it all alerting. Events that did not come through a
connector (funnel publish, another producer) stay as they are: the contract has no rule for this.
"""

import re
import unicodedata
from collections.abc import Mapping

_FIELDS = frozenset({"title", "course", "language", "region", "timezone", "country", "service", "source"})
"""Fields of an event that people write and read. Ids and keys are never changed: two could become one."""
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Control characters, line and paragraph separators."""
_HIDDEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
"""Characters that change the direction of text, and the byte order mark."""
_HALF = re.compile(r"[\ud800-\udfff]")
"""A lone surrogate, which UTF-8 cannot hold."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def visible(text: str) -> str:
    """The visible form of a name or an id: without invisible characters, compatibility forms folded (NFKC)."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(one for one in text if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", shown)


def cleaned(text: str) -> str:
    """The text in one line; trimmed if it changed. Others stay as they are, because ids derive from them."""
    if text.isprintable():
        return text
    clean = _HALF.sub(_REPLACEMENT, _HIDDEN.sub("", _BREAKS.sub(" ", text)))
    return text if clean == text else clean.strip()


def cleaned_content(content: Mapping[str, object]) -> dict[str, object]:
    """An event's content with clean texts; a text that becomes empty is removed."""
    return {name: _clean(said) if name in _FIELDS else said for name, said in content.items()}


def _clean(said: object) -> object:
    if isinstance(said, str):
        # An empty text may be intended: the catalogue resets a field with it.
        return (cleaned(said) or None) if said else said
    if isinstance(said, Mapping):
        return {name: _clean(value) for name, value in said.items()}
    if isinstance(said, list):
        return [clean for value in said if (clean := _clean(value)) is not None]
    return said
