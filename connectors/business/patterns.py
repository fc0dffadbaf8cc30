"""What a text has to look like for a rule to fit: `vk`, `vk*`, `/^vk[0-9]+$/`, or said in full. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import regex
from pydantic import BeforeValidator, PlainSerializer

LONGEST = 1_000
"""Characters of a value that are looked at: it comes from outside, and an expression's time may grow with it."""
_SECONDS = 0.5
"""Of one expression on one value: thousands of times what one needs that repeats nothing within a repetition."""
_PROBED = 100
_SLOW = "takes too long on some texts; write a repetition without another one in it, such as a+ for (a+)+"
_KINDS = ("exact", "glob", "regex")


class SlowPatternError(Exception):
    """An expression needs too long for a value. The text is what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. Upper and lower case are the same, spaces around are nothing. An empty one fits what is not said."""

    text: str
    """As it stands in the file."""
    finds: Callable[[str], bool] = field(compare=False)
    """The same for a text that is not empty, as it is."""

    def fits(self, value: str) -> bool:
        """Whether the value is such a text. Raises SlowPatternError."""
        value = value.strip()[:LONGEST]
        if not self.text:
            return not value
        return bool(value) and self.finds(value)


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
    if kind == "regex":
        return _expression(text)
    plain = re.escape(text) if kind == "exact" else _glob(text)
    whole = re.compile(rf"\A{plain}\Z", re.IGNORECASE | re.DOTALL)
    return Pattern(text, lambda value: whole.search(value) is not None)


def _expression(text: str) -> Pattern:
    try:
        compiled = regex.compile(text, regex.IGNORECASE | regex.DOTALL)
    except regex.error as error:
        raise ValueError(f"/{text}/ is no regular expression: {error}") from error

    def finds(value: str) -> bool:
        try:
            return compiled.search(value, timeout=_SECONDS) is not None
        except TimeoutError as error:
            raise SlowPatternError(f"/{text}/ {_SLOW}") from error

    made = Pattern(f"/{text}/", finds)
    # What is slow is so mostly where many of its own characters stand in a row and then another one.
    for character in dict.fromkeys(["a", "0", *text[:_PROBED]]):
        try:
            made.finds(character * _PROBED + "\0")
        except SlowPatternError as error:
            raise ValueError(str(error)) from error
    return made


def _glob(text: str) -> str:
    """Each piece where it is first found, once and for all: no text can make it try all ways to share it out."""
    first, *more = (re.escape(piece).replace(r"\?", ".") for piece in text.split("*"))
    if not more:
        return first
    *middle, last = more
    return first + "".join(f"(?>.*?{piece})" for piece in middle if piece) + ".*" + last


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
