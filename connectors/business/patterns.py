"""Patterns of rules: `vk`, `vk*`, `/^vk[0-9]+$/`, or written in full as {exact|glob|regex: text}. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import regex
from pydantic import BeforeValidator, PlainSerializer

LONGEST = 1_000
"""How many characters of a value are matched: it comes from outside, and an expression's time may grow with it."""
_SECONDS = 0.5
"""Time limit of one expression on one value: thousands of times what one without nested repetitions needs."""
_PROBED = 100
_SLOW = "takes too long on some texts; write a repetition without another one in it, such as a+ for (a+)+"
_KINDS = ("exact", "glob", "regex")


class SlowPatternError(Exception):
    """An expression takes too long on a value. The text has the cause and what to do."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. Case and surrounding spaces are ignored. An empty one matches a missing value."""

    text: str
    """As written in the file."""
    finds: Callable[[str], bool] = field(compare=False)
    """Matches a text that is not empty, without trimming or folding."""

    def fits(self, value: str) -> bool:
        """Whether the value matches. Raises SlowPatternError."""
        value = value.strip()[:LONGEST]
        if not self.text:
            return not value
        return bool(value) and self.finds(value)


def pattern(said: object) -> Pattern:
    """A text: `*` matches anything, `?` one character; between slashes a regular expression that may match
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
    # A slow expression is slow mostly on a long run of its own characters followed by another one.
    for character in dict.fromkeys(["a", "0", *text[:_PROBED]]):
        try:
            made.finds(character * _PROBED + "\0")
        except SlowPatternError as error:
            raise ValueError(str(error)) from error
    return made


def _glob(text: str) -> str:
    """Each piece matches at its first occurrence, without backtracking: no text can make it slow."""
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
"""One pattern or a list of them, of which one has to match."""


def fits(patterns: tuple[Pattern, ...], values: list[str]) -> bool:
    """Whether one of the patterns matches one of the values; no value at all counts as one empty text."""
    return any(one.fits(value) for one in patterns for value in values or [""])
