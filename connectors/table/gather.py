"""Several rows of one person -> their events together. Pure.

Each row alone would be another total of the same person, and only one of them would count.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from connectors.table.cells import Fields, webinar_of
from connectors.table.fields import LENGTHS
from connectors.table.mapping_file import MappingFile
from connectors.table.people import (
    Presence,
    acts_of,
    person_of_row,
    presence_of,
    recording_events,
    stay_events,
    summary,
)
from connectors.toolkit.cells import CellError
from connectors.toolkit.rows import Row, RowRejection
from contract.events import Event
from contract.instants import SECOND


@dataclass(slots=True)
class _Rows:
    rows: list[tuple[Fields, Row]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


class Gathered:
    """The rows of people who have several, by person."""

    def __init__(self) -> None:
        self._persons: dict[str, _Rows] = {}

    def add(self, person: str, fields: Fields, row: Row, key: str) -> None:
        """Adds a row. `key`: of its content. Raises CellError if it cannot be read, SkippedRow if it does not count."""
        _check(fields)
        of = self._persons.setdefault(person, _Rows())
        of.rows.append((fields, row))
        of.keys.append(key)

    def events(self, is_new: Callable[[str], bool]) -> Iterator[tuple[Event | RowRejection, Row]]:
        """The events of each person with a new row; a rejection for people whose rows contradict each other."""
        for of in self._persons.values():
            fields, last = of.rows[-1]
            try:
                found = list(_together([fields for fields, _ in of.rows]))
            except CellError as error:
                webinar_id = webinar_of(fields)
                yield RowRejection(last.line, error.field, str(error), last.cells, error.kind, webinar_id), last
                continue
            if any([is_new(key) for key in of.keys]):  # noqa: C419  each of them has to be remembered
                for event in found:
                    yield event, last


def is_gathered(mapping: MappingFile) -> bool:
    """Whether a person's rows have to be read together: actions, totals, first joins and last leaves."""
    named = mapping.columns.keys() | mapping.constants.keys()
    stays = mapping.times == "stays" and {"joined_at", "left_at"} <= named
    return is_log(mapping) or mapping.times == "first_and_last" or (bool(named & set(LENGTHS)) and not stays)


def is_log(mapping: MappingFile) -> bool:
    """Whether each row is one action: a join or a leave."""
    return "acted_at" in mapping.columns


def _check(fields: Fields) -> None:
    person_of_row(fields)
    if is_log(fields.reading.mapping):
        acts_of(fields)
    else:
        presence_of(fields)


def _together(rows: list[Fields]) -> Iterator[Event]:
    person = person_of_row(rows[-1])
    if is_log(rows[-1].reading.mapping):
        yield from _stays_of_acts(rows, person)
        return
    said = _distinct(rows)
    for fields, one in said:
        yield from recording_events(fields, person, one)
    came = [one for _, one in said if one.came]
    if came:
        yield summary(rows[-1], person, _sum(came))


def _distinct(rows: list[Fields]) -> list[tuple[Fields, Presence]]:
    """Each distinct row once: a repeated row adds nothing."""
    by_content = {tuple(fields.said()): fields for fields in rows}
    return [(fields, presence_of(fields)) for fields in by_content.values()]


def _sum(rows: list[Presence]) -> Presence:
    joins = [one.joined_at for one in rows if one.joined_at is not None]
    leaves = [one.left_at for one in rows if one.left_at is not None]
    reported = [one.reported_at for one in rows if one.reported_at is not None]
    spans = [(one.joined_at, one.left_at) for one in rows if one.joined_at is not None and one.left_at is not None]
    totals = [one.total for one in rows if one.total is not None]
    total = sum(totals) if totals else _union_seconds(spans)
    joined_at, left_at = min(joins, default=None), max(leaves, default=None)
    if joined_at is not None and left_at is not None:
        total = min(total, (left_at - joined_at) // SECOND)
    return Presence(joined_at, left_at, total, max(reported, default=None), came=True)


def _union_seconds(spans: list[tuple[int, int]]) -> int:
    """The seconds between first joins and last leaves; overlaps count once."""
    watched, until = 0, 0
    for start, end in sorted(spans):
        watched += max(0, end - max(start, until))
        until = max(until, end)
    return watched // SECOND


def _stays_of_acts(rows: list[Fields], person: dict[str, object]) -> Iterator[Event]:
    """Every join with the leave that follows it. A leave without a join is a stay of zero length."""
    acts = sorted({acts_of(fields) for fields in rows}, key=lambda act: (act.at, act.is_join))
    joined_at: int | None = None
    for act in acts:
        if act.is_join and joined_at is None:
            joined_at = act.at
        elif not act.is_join:
            yield from stay_events(rows[0], person, act.at if joined_at is None else joined_at, act.at)
            joined_at = None
    if joined_at is not None:
        yield from stay_events(rows[0], person, joined_at, None)
