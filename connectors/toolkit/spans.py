"""A duration in any spelling -> seconds. Pure.

`1:05:00`, `45 mins`, `1h 23m`, `10m 59s`, `1 hr 3 min`, `1 Std. 3 Min.`, `1 ч 3 мин`, `PT1H5M`.
"""

import re
import unicodedata

_DAYS = r"d(?:ays?)?|tage?|jours?|d[ií]as?|дн(?:я|ей)?|день"
_HOURS = (
    r"h(?:ou)?(?:r|rs|s)?|hora?s?|heures?|or[ae]|std|stunden?|uur|uren|godz(?:in[ay]?)?|tim(?:mar|me|e|er)?|saat|sa"
    r"|ч|час(?:а|ов)?|год|小时|小時|時間|시간"
)
_MINUTES = r"m(?:in)?s?|minut(?:e|es|en|er|o|os|i|y)?|dk|dakika|мин(?:ут)?[аы]?|м|хв|分(?:钟|鐘)?|분|'"
_SECONDS = (
    r"s(?:ec|ek)?s?|second(?:e|es|i|o|s)?|sekund(?:en?|er|y)?|segundos?|sn|saniye|с(?:ек)?|секунд[аы]?|秒(?:钟|鐘)?|초"
    r"|''|\""
)
_AND = re.compile(r"(?<=[\w.,]) (?:and|und|et|e|y|en|i|och|og|a|ve|и|та) (?=\d)")
_BARE = re.compile(r"(\d{1,3})\s*(?:h|ч)\s*([0-5]\d)", re.ASCII | re.IGNORECASE)
"""`1h05`: minutes without a unit."""
_PRIMES = str.maketrans({**dict.fromkeys("’′ʹ´", "'"), **dict.fromkeys("″“”", '"')})
_NUMBER = r"(\d{1,6}(?:[.,]\d{1,3})?)"
_ISO = re.compile(r"p\s*(?:(\d+d)\s*)?(?:t\s*(?=\d)|$)")
"""Without the T, an M means months."""
_SPELLED = re.compile(
    rf"(?:{_NUMBER}\s*(?:{_DAYS})\.?,?)?\s*"
    rf"(?:{_NUMBER}\s*(?:{_HOURS})\.?,?)?\s*(?:{_NUMBER}\s*(?:{_MINUTES})\.?,?)?\s*"
    rf"(?:{_NUMBER}\s*(?:{_SECONDS})\.?)?"
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]?\d):([0-5]\d)(?:\.\d+)?", re.ASCII)


def clock_seconds(text: str) -> int | None:
    """Seconds of `H:MM:SS`; None for another form: with one colon it is unclear which two of the three are given."""
    match = _CLOCK.fullmatch(text.strip())
    return None if match is None else 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3])


def spelled_seconds(text: str) -> int | None:
    """Seconds of numbers with units; None for another form."""
    said = " ".join(unicodedata.normalize("NFKC", text.translate(_PRIMES)).casefold().split())
    bare = _BARE.fullmatch(said)
    if bare is not None:
        return 3600 * int(bare[1]) + 60 * int(bare[2])
    said = _AND.sub(" ", _ISO.sub(r"\1 ", said, count=1) if said.startswith("p") else said).strip()
    match = _SPELLED.fullmatch(said)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    return round(86_400 * days + 3600 * hours + 60 * minutes + seconds)
