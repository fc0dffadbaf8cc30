"""Why a service's count differs from ours: its number, ours, and the differences, which add up exactly. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

NUMBERS = {"registrations": "Registrants", "visits_all": "Joined (any length)", "visits": "Attendees"}
"""The numbers that are compared: name in a service's totals -> label."""

_STAFF = "hosts and panelists, whom we do not count"
_TEST = "test accounts, which we do not count"
_EXCLUDED = "people of an excluded domain, whom we do not count"
_WITHDRAWN = "moved to another webinar, so not counted here"
_LATER = 'registered after the end; with us "Registered after the webinar"'
_CANCELLED = "cancelled or denied"
_DUPLICATES = "more ids of people whom we count once"
_SECONDS = "opened the room for less than a second of the live webinar"
_REASONS = (_STAFF, _TEST, _EXCLUDED, _WITHDRAWN, _LATER, _CANCELLED, _DUPLICATES)


@dataclass(frozen=True, slots=True)
class Id:
    """One person id of the webinar, from the view compare_at."""

    person_id: str
    counts_as: str
    """The person that it is linked to, or itself."""
    staff: bool
    test: bool
    excluded: bool
    has_registration: bool
    has_visit: bool
    registered: bool
    """This and the following fields are those of the person that it counts as."""
    registered_later: bool
    visit_all: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One step from our number to theirs."""

    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number of one reporter. ours + the counts of all lines + not_explained = theirs."""

    number: str
    """A key of NUMBERS."""
    reported_by: str
    theirs: int
    ours: int
    lines: Sequence[Line]
    not_explained: int

    @property
    def hint(self) -> str | None:
        """Which of the lines they seem not to count either, if only one choice of lines makes the sum exact."""
        if self.not_explained >= 0:
            return None
        for size in range(1, len(self.lines) + 1):
            fitting = [
                some for some in combinations(self.lines, size) if sum(one.count for one in some) == -self.not_explained
            ]
            if len(fitting) == 1:
                return f"it seems not to count: {' and '.join(one.label.partition(',')[0] for one in fitting[0])}"
            if fitting:
                return None
        return None


def compare(
    ids: Iterable[Id], ours: Mapping[str, int | None], totals: Mapping[str, Mapping[str, int | None]]
) -> list[Comparison]:
    """A comparison of every reported number, in the order of NUMBERS.

    `ours`: our numbers of the webinar; `totals`: reported_by -> its numbers.
    """
    persons: dict[str, list[Id]] = defaultdict(list)
    for one in ids:
        persons[one.counts_as].append(one)
    found = []
    for number in NUMBERS:
        our = ours[number]
        if our is None:
            continue
        gaps = _registrations(persons) if number == "registrations" else _visits(persons)
        if number == "visits":
            gaps[_SECONDS] = (ours["visits_all"] or 0) - our
        lines = [Line(count, label) for label in (*_REASONS, _SECONDS) if (count := gaps.get(label, 0))]
        for reported_by in sorted(totals):
            theirs = totals[reported_by].get(number)
            if theirs is not None:
                explained = our + sum(one.count for one in lines)
                found.append(Comparison(number, reported_by, theirs, our, lines, theirs - explained))
    return found


def _registrations(persons: Mapping[str, Sequence[Id]]) -> dict[str, int]:
    """How many ids registered but are not among our registrations, by reason."""
    gaps: dict[str, int] = defaultdict(int)
    for ids in persons.values():
        known = sum(one.has_registration for one in ids)
        left_out = _left_out(ids)
        if not known:
            continue
        if left_out:
            gaps[left_out] += known
        elif ids[0].registered:
            gaps[_DUPLICATES] += known - 1
        elif ids[0].withdrawn:
            gaps[_WITHDRAWN] += known
        elif ids[0].registered_later:
            gaps[_LATER] += known
        else:
            gaps[_CANCELLED] += known
    return gaps


def _visits(persons: Mapping[str, Sequence[Id]]) -> dict[str, int]:
    """How many ids opened the room but are not among our visits, by reason."""
    gaps: dict[str, int] = defaultdict(int)
    for ids in persons.values():
        known = sum(one.has_visit for one in ids)
        left_out = _left_out(ids)
        if known and left_out:
            gaps[left_out] += known
        elif known and ids[0].visit_all:
            gaps[_DUPLICATES] += known - 1
    return gaps


def _left_out(ids: Sequence[Id]) -> str | None:
    """Why the person of these ids is in none of our numbers; each is listed once, by the first reason."""
    if any(one.staff for one in ids):
        return _STAFF
    if any(one.test for one in ids):
        return _TEST
    return _EXCLUDED if any(one.excluded for one in ids) else None
