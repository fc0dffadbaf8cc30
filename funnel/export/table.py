"""An answer as two tables, for every format: its rows, and what the columns mean and what the rows are of. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from funnel.answers.answer import Answer
from funnel.answers.definitions import Definition, definitions
from funnel.answers.small_groups import HIDDEN
from funnel.report.export import dated
from funnel.report.numbers import Row
from funnel.report.starts import Start

_ABOUT = {
    "at": "The moment of the numbers",
    "by": "Grouped by",
    "webinars": "Only these webinars",
    "from": "Webinars from this day on",
    "to": "Webinars up to this day",
    "data_as_of": "When the latest event was stored",
    "provisional": "Whether some webinars are not final",
    "completeness": "Webinars by state",
    "verified": "Whether the last funnel verify found no difference, and nothing was stored since",
    "last_verified_at": "When that was",
    "last_verified_right": "Whether it found no difference",
    "small_groups": "Numbers of fewer people are left out",
    "suppressed": "How many numbers are left out",
}


class Exported(NamedTuple):
    """Both tables."""

    rows: list[Row]
    explained: list[Definition]
    """Of the columns of `rows`."""
    about: list[tuple[str, str, str]]
    """Key, meaning, value."""

    def second(self) -> list[list[str]]:
        """The second table: a header, definitions, and below them what the rows are of."""
        head = [name.capitalize() for name in Definition._fields]
        about = [[name, meaning, value, "", ""] for name, meaning, value in self.about]
        return [head, *(list(one) for one in self.explained), [""] * len(head), *about]


def exported(answer: Answer, known: Mapping[str, Start], default_timezone: str) -> Exported:
    """The tables of an answer. `known`: when its webinars begin."""
    rows = answer.rows if answer.question.by else dated(answer.rows, known, default_timezone)
    flat = [{**row, HIDDEN: " ".join(row[HIDDEN])} for row in rows]
    about = [(name, _ABOUT[name], _text(value)) for name, value in answer.about().items()]
    return Exported(flat, definitions(flat[0] if flat else ()), about)


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
