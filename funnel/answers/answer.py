"""An answer of the report with all that it needs elsewhere: definitions, moment, completeness, verified or not.

CLI export, API, MCP and shared pages render this and nothing else.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client

from contract.instants import format_instant
from funnel.answers.definitions import Definition, definitions
from funnel.answers.small_groups import HIDDEN, without_small_groups
from funnel.answers.verified import Verified, last_verified
from funnel.report.marks import answer_marked, marked, marks_of
from funnel.report.numbers import Question, Row, by_webinar, completeness, data_as_of, parse_by

WEBINAR = "webinar"
"""The dimension that only answers have: each webinar by itself."""

_MOST_DIMENSIONS = 6
"""At once: the totals that must give no small group away double with each."""

FINAL = frozenset({"final", "cancelled"})
"""States in which numbers no longer change by themselves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows without the numbers of small groups, and what is to be known of them."""

    question: Question
    rows: list[Row]
    completeness: dict[str, int]
    """State of webinars -> how many of the answer are in it."""
    data_as_of: int | None
    """When the latest event was stored, ms since 1970 UTC; None: there is none."""
    last_verified: Verified | None
    small_groups: int
    """Numbers of fewer people are left out."""

    @property
    def provisional(self) -> bool:
        """Whether some of its webinars are not final."""
        return bool(self.completeness.keys() - FINAL)

    @property
    def verified(self) -> bool:
        """Whether the last `funnel verify` found no difference, and no event was stored since its moment."""
        found = self.last_verified
        return found is not None and found.right and (self.data_as_of is None or self.data_as_of <= found.at)

    @property
    def suppressed(self) -> int:
        """How many numbers are left out."""
        return sum(len(row[HIDDEN]) for row in self.rows)

    @property
    def definitions(self) -> list[Definition]:
        """Of the columns, in their order."""
        return definitions(self.rows[0] if self.rows else ())

    def about(self) -> dict[str, Any]:
        """Everything but rows and definitions, for JSON."""
        question, found = self.question, self.last_verified
        return {
            "at": format_instant(question.at),
            "by": list(question.by),
            "webinars": list(question.webinar_ids),
            "from": question.first_day and question.first_day.isoformat(),
            "to": question.last_day and question.last_day.isoformat(),
            "data_as_of": None if self.data_as_of is None else format_instant(self.data_as_of),
            "provisional": self.provisional,
            "completeness": self.completeness,
            "verified": self.verified,
            "last_verified_at": None if found is None else format_instant(found.at),
            "last_verified_right": None if found is None else found.right,
            "small_groups": self.small_groups,
            "suppressed": self.suppressed,
        }

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        explained = {one.name: one._asdict() for one in self.definitions}
        return {**self.about(), "definitions": explained, "rows": self.rows}


def answered(
    client: Client, question: Question, small_groups: int, data_dir: Path, *, each_webinar: bool = False
) -> Answer:
    """The answer to the question. `data_dir`: where the last verification is kept. `each_webinar`: its groups split by
    webinar.
    """
    if not question.by:
        rows = answer_marked(client, question).rows
        states = dict(sorted(Counter(str(row["completeness"]) for row in rows).items()))
        return _complete(client, question, rows, states, small_groups, data_dir)
    states = completeness(client, question)
    if not each_webinar:
        return _complete(client, question, answer_marked(client, question).rows, states, small_groups, data_dir)
    rows = marked(by_webinar(client, question), marks_of(client, question.at, question.webinar_ids))
    of_webinars = replace(question, by=("webinar_id", *question.by))
    return _complete(client, of_webinars, rows, states, small_groups, data_dir)


def parse_dimensions(text: str) -> tuple[tuple[str, ...], bool]:
    """Dimensions with commas, of which `webinar` may be one -> the others, and whether it is. Raises ValueError."""
    names = [name.strip() for name in text.split(",")]
    if len(names) > _MOST_DIMENSIONS:
        raise ValueError(f"more than {_MOST_DIMENSIONS} dimensions at once")
    others = [name for name in names if name != WEBINAR]
    if len(names) - len(others) > 1:
        raise ValueError("a dimension is named twice")
    return parse_by(",".join(others)) if others else (), len(others) < len(names)


def _complete(
    client: Client, question: Question, rows: list[Row], states: dict[str, int], small_groups: int, data_dir: Path
) -> Answer:
    shown = without_small_groups(rows, question.by, small_groups)
    as_of = data_as_of(client, question.webinar_ids)
    return Answer(question, shown, states, as_of, last_verified(data_dir), small_groups)
