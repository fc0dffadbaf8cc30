"""Percent as tables write them. Pure."""

import re
import unicodedata
from typing import NamedTuple

_PERCENT = re.compile(r"(%)?\s*(\d{1,3}(?:[.,]\d+)?)\s*(%|percent|pct|prozent)?", re.ASCII | re.IGNORECASE)


class Percent(NamedTuple):
    """A number with or without its sign."""

    number: float
    has_sign: bool


def percent_of(text: str) -> Percent | None:
    """The number in the text. None: it is no percentage."""
    match = _PERCENT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return None if match is None else Percent(float(match[2].replace(",", ".")), bool(match[1] or match[3]))
