"""The time zone in a value itself: `Z`, `UTC`, `+02:00`, `GMT+2`, `CEST`, `Europe/Berlin`. Pure."""

import re
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOURS = {"z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3} | {
    "mez": 1,
    "mesz": 2,
    "sast": 2,
    "brt": -3,
    "nzst": 12,
    "nzdt": 13,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "akst": -9,
    "akdt": -8,
    "hst": -10,
    "jst": 9,
    "kst": 9,
    "sgt": 8,
    "hkt": 8,
    "aest": 10,
    "aedt": 11,
}
"""Abbreviations with one meaning where webinars are held. IST (India, Ireland, Israel) and BST are not here."""
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+-])(\d\d?)(?::?([0-5]\d))?", re.ASCII)
_SHIFT = r"[+-]\d\d?(?::?\d\d)?(?:\s*\([^()]*\))?"
"""The name of the offset in brackets: `GMT+0100 (Central European Standard Time)`."""
_CALLED = re.compile(r"(?<=\d)\s*\([^()]*\)$")
_PLAIN = rf"[Zz]|[A-Za-z]{{2,5}}(?![A-Za-z])(?:\s*{_SHIFT})?|[A-Z][A-Za-z]+(?:/[A-Za-z0-9_+-]+){{1,2}}|{_SHIFT}"
NAME = rf"(?:{_PLAIN}|\((?:{_PLAIN})\))"
"""A regular expression for anything that may be a zone at the end of a time."""


_LONGEST_NAME = 64
"""The longest name by docs/contract.md."""


@lru_cache(maxsize=512)
def iana_name(text: str) -> str | None:
    """The name of a zone of the IANA database as given; None for an offset, an abbreviation or any other text.

    Only a name shows where somebody is, and an unknown zone would be useless.
    """
    name = text.strip()
    if len(name) > _LONGEST_NAME or ("/" not in name and name != "UTC"):
        return None
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=512)
def zone_said(text: str) -> tzinfo | None:
    """The zone of that name or offset; None if there is none, or more than one."""
    said = _CALLED.sub("", text.strip()).strip("()")
    word = said.lower()
    if word in _HOURS:
        return timezone(timedelta(hours=_HOURS[word]))
    offset = _OFFSET.fullmatch(word)
    if offset is not None and int(offset[2]) < 24:
        shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(shift if offset[1] == "+" else -shift)
    if "/" not in word:
        return None
    try:
        return ZoneInfo(said)
    except (KeyError, ValueError, OSError):
        return None
