"""How long something took, however it is written -> seconds. Pure.

`1:05:00`, `45 mins`, `1h 23m`, `10m 59s`, `1 hr 3 min`, `1 Std. 3 Min.`, `1 ч 3 мин`, `PT1H5M`.
"""

import re
import unicodedata

_HOURS = r"h(?:ou)?(?:r|rs|s)?|hora?s?|heures?|or[ae]|std|stunden?|uur|godz|tim(?:mar)?|ч|час(?:а|ов)?"
_MINUTES = r"m(?:in)?s?|minut(?:e|es|en|er|o|os|i)?|мин(?:ут)?[аы]?|м"
_SECONDS = r"s(?:ec|ek)?s?|second(?:e|es|i|o|s)?|sekund(?:en?|er|y)?|segundos?|с(?:ек)?|секунд[аы]?"
_AND = re.compile(r"(?<=[\w.,]) (?:and|und|et|e|y|en|i|och|и) (?=\d)")
_BARE = re.compile(r"(\d{1,3})\s*(?:h|ч)\s*([0-5]\d)", re.ASCII | re.IGNORECASE)
"""`1h05`: minutes without their unit."""
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_SPELLED = re.compile(
    rf"(?:p\s*t)?\s*(?:{_NUMBER}\s*(?:{_HOURS})\.?,?)?\s*(?:{_NUMBER}\s*(?:{_MINUTES})\.?,?)?\s*"
    rf"(?:{_NUMBER}\s*(?:{_SECONDS})\.?)?"
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d):([0-5]\d)(?:\.\d+)?", re.ASCII)


def clock_seconds(text: str) -> int | None:
    """Seconds of `H:MM:SS`; None for another form: with one colon nobody knows which two of the three are said."""
    match = _CLOCK.fullmatch(text.strip())
    return None if match is None else 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3])


def spelled_seconds(text: str) -> int | None:
    """Seconds of numbers with units in words; None for another form."""
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    bare = _BARE.fullmatch(said)
    if bare is not None:
        return 3600 * int(bare[1]) + 60 * int(bare[2])
    said = _AND.sub(" ", said)
    match = _SPELLED.fullmatch(said)
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return round(3600 * hours + 60 * minutes + seconds)
