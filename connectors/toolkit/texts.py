"""Texts of services as they enter: one line, and nothing that only pretends to be text. Pure.

A line break in a title once ended a mail's subject, and with it all alerting. What an event says that did not pass a
connector (funnel publish, another producer) stays as it is: the contract has no rule for it.
"""

import re
import unicodedata
from collections.abc import Mapping

_FIELDS = frozenset({"title", "course", "language", "region", "timezone", "country", "service", "source"})
"""Of an event: what people wrote, and people will read. Ids and keys are never changed: two could become one."""
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Control characters, line and paragraph separators."""
_HIDDEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufeff]")
"""What turns the text around it to be read from the other side, and the mark of a file's byte order."""
_HALF = re.compile(r"[\ud800-\udfff]")
"""Half a character: no UTF-8 holds it."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def visible(text: str) -> str:
    """What people see of a name or an id: without characters that show nothing, compatibility forms folded (NFKC)."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(one for one in text if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", shown)


def cleaned(text: str) -> str:
    """The text in one line, trimmed where something was taken out. Others stay as they are: ids follow from them."""
    if text.isprintable():
        return text
    clean = _HALF.sub(_REPLACEMENT, _HIDDEN.sub("", _BREAKS.sub(" ", text)))
    return text if clean == text else clean.strip()


def cleaned_content(content: Mapping[str, object]) -> dict[str, object]:
    """An event's content with clean texts; one of which nothing is left says nothing."""
    return {name: _clean(said) if name in _FIELDS else said for name, said in content.items()}


def _clean(said: object) -> object:
    if isinstance(said, str):
        # An empty text may be meant: the catalogue gives a field back with it.
        return (cleaned(said) or None) if said else said
    if isinstance(said, Mapping):
        return {name: _clean(value) for name, value in said.items()}
    if isinstance(said, list):
        return [clean for value in said if (clean := _clean(value)) is not None]
    return said
