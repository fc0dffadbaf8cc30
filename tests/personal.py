"""What would be personal in a log: addresses, and the names that the tests' payloads use."""

import re

PERSONAL = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}|\b(?:Ann|Lee|Roe|Marsh|Dunn|Kern|Walker|Tess|Gus|Fay)\b")


def personal(text: str) -> list[str]:
    """What of it is."""
    return PERSONAL.findall(text)
