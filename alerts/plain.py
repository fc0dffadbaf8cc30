"""Texts that others wrote, made fit for one line, or for lines, of a message: no breaks, no controls, no end. Pure."""

import unicodedata

_UNFIT = {"Cc", "Cs", "Zl", "Zp"}
"""Controls with line breaks and NUL, lone surrogates, the line and paragraph separators."""
_DIRECTIONS = {*"\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""They turn round what follows: a text could pass for another."""
_CUT = "…"
_LINE = 1_000


def one_line(text: str, most: int) -> str:
    """On one line, at most so many characters long; what is unfit becomes a space."""
    # A text may be long: no more of it is looked at than can matter.
    fit = "".join(" " if _unfit(one) else one for one in text[: 4 * most])
    return cut(" ".join(fit.split()), most)


def lines(text: str, most: int) -> str:
    """Its lines (between line feeds), each as `one_line`, together at most so many characters long."""
    # One endless line must not push out the others.
    return cut("\n".join(one_line(line, _LINE) for line in text.split("\n", most)[:most]), most)


def cut(text: str, most: int) -> str:
    """At most `most` UTF-16 units long, as services count characters; what is left out is seen."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore").rstrip() + _CUT


def _unfit(one: str) -> bool:
    return unicodedata.category(one) in _UNFIT or one in _DIRECTIONS
