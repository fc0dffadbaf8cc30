"""Month names in the languages of exports -> their number. Pure."""

import unicodedata
from functools import lru_cache

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = ("de", "es", "fr", "pt", "it", "nl", "pl", "ru", "uk", "cs", "tr", "sv", "da", "nb", "fi", "hu", "ro")
_FURTHER = {"sept": 9, "mrz": 3, "mär": 3, "jänner": 1, "фев": 2, "сен": 9, "ноя": 11}
"""Common spellings that are not in the Unicode locale data."""


def month_of(name: str) -> int | None:
    """1 to 12 for `Nov`, `Nov.`, `November`, `März`, `ноября`, in any case; None if it is no month's name."""
    word = unicodedata.normalize("NFKC", name).casefold().strip().rstrip(".")
    if word[:3] in _ENGLISH and _english().get(word):
        return _english()[word]
    return _FURTHER.get(word) or _names().get(word)


@lru_cache(maxsize=1)
def _english() -> dict[str, int]:
    long = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember")
    numbered = enumerate(zip(_ENGLISH, long, strict=True), start=1)
    return {name: number for number, (short, rest) in numbered for name in (short, short + rest)}


@lru_cache(maxsize=1)
def _names() -> dict[str, int]:
    # Imported when first needed: few files have month names in a language other than English.
    from babel.dates import get_month_names  # noqa: PLC0415

    return {
        str(name).casefold().rstrip("."): number
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }
