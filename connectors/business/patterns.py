"""What a text has to look like for a rule to fit: `vk`, `vk*`, `/^vk[0-9]+$/`, or said in full. Pure."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

LONGEST = 1_000
"""Characters of a value that are looked at: it comes from outside, and an expression's time may grow with it."""
_KINDS = ("exact", "glob", "regex")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. Upper and lower case are the same, spaces around are nothing. An empty one fits what is not said."""

    text: str
    """As it stands in the file."""
    regex: re.Pattern[str]

    def fits(self, value: str) -> bool:
        """Whether the value is such a text."""
        value = value.strip()[:LONGEST]
        if not self.text:
            return not value
        return bool(value) and self.regex.search(value) is not None


def pattern(said: object) -> Pattern:
    """A text: `*` stands for anything, `?` for one character; between slashes a regular expression that may fit
    anywhere. Or {exact|glob|regex: text}. Raises ValueError.
    """
    kind, text = "glob", said
    if isinstance(said, dict):
        if len(said) != 1 or next(iter(said)) not in _KINDS:
            raise ValueError(f"one of {', '.join(_KINDS)} is expected, such as {{exact: text}}")
        ((kind, text),) = said.items()
    text = "" if text is None else text
    if not isinstance(text, str):
        raise ValueError("a text, or a list of texts, is expected")
    text = text.strip()
    if not isinstance(said, dict) and len(text) > 2 and text.startswith("/") and text.endswith("/"):
        kind, text = "regex", text[1:-1]
    shown = f"/{text}/" if kind == "regex" else text
    try:
        return Pattern(shown, re.compile(_expression(kind, text), re.IGNORECASE | re.DOTALL))
    except re.error as error:
        raise ValueError(f"/{text}/ is no regular expression: {error}") from error


def _expression(kind: str, text: str) -> str:
    if kind == "regex":
        return text
    escaped = re.escape(text)
    if kind == "glob":
        escaped = escaped.replace(r"\*", ".*").replace(r"\?", ".")
    return rf"\A{escaped}\Z"


def _patterns(said: Any) -> tuple[Pattern, ...]:
    if isinstance(said, tuple):
        return said
    found = tuple(pattern(one) for one in (said if isinstance(said, list) else [said]))
    if not found:
        raise ValueError("at least one text is expected")
    return found


Patterns = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(_patterns),
    PlainSerializer(lambda patterns: [one.text for one in patterns]),
]
"""One pattern or a list of them, of which one has to fit."""


def fits(patterns: tuple[Pattern, ...], values: list[str]) -> bool:
    """Whether one of the patterns fits one of the values; no value at all is one empty text."""
    return any(one.fits(value) for one in patterns for value in values or [""])
