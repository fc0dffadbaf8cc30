"""Whether a comma or a dot in a number separates decimals or thousands: the whole column decides. Pure."""

import re
from collections.abc import Iterable
from typing import Literal

Decimal = Literal[",", "."]

_SPACES = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3})")
_GROUPED = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+", re.ASCII)
_BOTH = re.compile(r"\d{1,3}(?:([.,])\d{3})+([.,])\d+", re.ASCII)
_ONE = re.compile(r"(\d+)([.,])(\d+)", re.ASCII)
_OTHER: dict[str, Decimal] = {",": ".", ".": ","}


def decimal_of(texts: Iterable[str]) -> Decimal | None:
    """The decimal separator of these numbers; None if nothing shows it (`1,024` alone does not), or if they contradict
    each other.
    """
    found = {one for text in texts if (one := _own_decimal(_SPACES.sub("", text.strip()))) is not None}
    return found.pop() if len(found) == 1 else None


def is_ambiguous(text: str) -> bool:
    """Whether the number means one thing with decimals and another with thousands: `1,024`."""
    match = _ONE.fullmatch(_SPACES.sub("", text.strip()))
    return match is not None and _own_decimal(match[0]) is None


def number(text: str, decimal: Decimal | None = None) -> float:
    """The number. Raises ValueError if it is none, or if it is ambiguous and `decimal` is None."""
    plain = _SPACES.sub("", text.strip())
    if re.fullmatch(r"\d{1,12}", plain, re.ASCII):
        return float(plain)
    mark = _own_decimal(plain) or decimal
    if mark is None and _ONE.fullmatch(plain):
        raise ValueError('a thousand or a decimal? say decimal: "," or "." in the mapping file')
    if mark is None or (decimal is not None and mark != decimal):
        raise ValueError("not a number")
    plain = plain.replace(_OTHER[mark], "").replace(mark, ".")
    if not re.fullmatch(r"\d{1,12}(?:\.\d{1,20})?", plain, re.ASCII):
        raise ValueError("not a number")
    return float(plain)


def _own_decimal(text: str) -> Decimal | None:
    """The decimal separator as far as this number alone shows it."""
    both = _BOTH.fullmatch(text)
    if both is not None and both[1] != both[2]:
        return _decimal(both[2])
    grouped = _GROUPED.fullmatch(text)
    if grouped is not None:
        return _OTHER[grouped[1]]
    one = _ONE.fullmatch(text)
    if one is not None and not (len(one[3]) == 3 and len(one[1]) <= 3 and not one[1].startswith("0")):
        return _decimal(one[2])
    return None


def _decimal(mark: str) -> Decimal:
    return "," if mark == "," else "."
