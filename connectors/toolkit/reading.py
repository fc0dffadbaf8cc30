"""Reads a service's JSON without trusting its shape: a value that is not as documented counts as missing. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from contract.instants import SECOND, parse_instant

LONGEST_TEXT = 500
"""Longer texts are cut, so that no record grows too large for Kafka."""
_LAST_INSTANT = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z: the latest time that the contract can express."""
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:+/=-]{1,128}")
_COUNTS = (int, float)


def mapping(value: object) -> Mapping[str, object]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Iterable[Mapping[str, object]]:
    """The objects in a JSON list; nothing if it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text(value: object, longest: int = LONGEST_TEXT) -> str:
    """Trimmed text, cut to `longest`; a number as its digits; "" for anything else. Always valid UTF-8."""
    if isinstance(value, str):
        said = value.strip()
        if len(said) > longest:
            said = said[:longest]
        return said if said.isascii() else said.encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, _COUNTS) and not isinstance(value, bool) else ""


def holds_email(said: str) -> bool:
    """Whether the text may hold an email, also in a URL, where @ is written %40."""
    return "@" in said or "%40" in said


def identifier(value: object) -> str:
    """An id that is safe in event ids and webinar ids: short and plain. "" if it is not.

    A number with a fraction or an exponent is refused: a long key was read as a double, and two may have become one.
    """
    said = "" if isinstance(value, float) else text(value, 129)
    return said if _PLAIN_ID.fullmatch(said) else ""


def whole_number(value: object) -> int | None:
    """A count that is not negative, also as text; a fraction is cut off. None if it is not a count."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, _COUNTS) or not 0 <= value < 2**63:
        return None
    return int(value)


def instant(value: object) -> int | None:
    """Milliseconds since 1970 UTC of RFC 3339 text, or of a unix time in seconds or milliseconds. None if neither.

    Numbers up to 10^11 are seconds (up to the year 5138). 0 means "not yet" and gives None.
    """
    if isinstance(value, str):
        if value.isdecimal():
            return instant(whole_number(value))
        try:
            return _possible(parse_instant(value))
        except ValueError:
            return _possible(_iso_instant(value))
    if isinstance(value, bool) or not isinstance(value, _COUNTS) or not 0 < value <= _LAST_INSTANT:
        return None
    return _possible(int(value * SECOND if value <= 10**11 else value))


def _iso_instant(value: str) -> int | None:
    """Other spellings of ISO 8601 with an offset, such as +0000."""
    try:
        moment = datetime.fromisoformat(value)
        return None if moment.tzinfo is None else int(moment.astimezone(UTC).timestamp() * SECOND)
    except (ValueError, OverflowError):
        return None


def _possible(value: int | None) -> int | None:
    return value if value is not None and 0 < value <= _LAST_INSTANT else None
