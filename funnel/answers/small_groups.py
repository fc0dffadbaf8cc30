"""Numbers of small groups are left out of what leaves, and whatever would give them away (docs/api.md). Pure.

A number is a cell of a row. A cell is hidden if fewer than `k` people are behind it, or behind the rest of its whole:
97 attendees of 100 registrants tell of 3 who did not come. Then cells of other rows are hidden too, until no total of
the answer minus the cells that are shown gives a hidden one away.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from contract.measures import STEPS, WATCHING
from funnel.report.numbers import DENOMINATORS, Row

HIDDEN = "suppressed"
"""The key of a row's hidden numbers: they are null as well."""

_STAYED = tuple(step.ending for step in STEPS)
_PEOPLE = (
    *("registrations", "registered_later", "invited", "visits_all", "walk_ins", "recording_viewers", "no_shows"),
    *(f"visits{ending}" for ending in _STAYED),
    *(f"registered_visits{ending}" for ending in _STAYED),
)
"""Numbers that count people, and that add up over groups."""
_SUMS = (*_PEOPLE, *DENOMINATORS.values())
_WATCHED = ("watch_seconds", *(one.name for one in WATCHING))
_RATES = (*(f"conversion{ending}" for ending in _STAYED), *DENOMINATORS.values(), "matched")
_ALL = (*_PEOPLE, *_WATCHED, *_RATES, "recording_views")
_TOTALS_OF_WEBINARS = ((), ("course",), ("region",), ("language",), ("format",), ("platform",), ("week",))
"""The sums of webinars that another answer has."""

_FOLLOWS: dict[str, tuple[str, ...]] = {
    "registrations": (*_RATES[:-1], "no_shows"),
    # Less the walk-ins, everybody who came is those of them who were registered.
    "registered_visits": ("conversion", "no_shows", "visits"),
    "no_shows": ("conversion", "registered_visits"),
    # An average is a fraction: its denominator tells how many they are.
    "visits": ("watch_seconds", "average_watch_seconds"),
    "visits_all": ("matched",),
    "walk_ins": ("matched",),
    "peak_viewers": ("peak_at",),
    "recording_viewers": ("recording_views",),
    **{f"registered_visits{ending}": (f"conversion{ending}", f"visits{ending}") for ending in _STAYED if ending},
    **{among: (rate,) for rate, among in DENOMINATORS.items()},
}
"""What is hidden with a number, because it could be computed from it and what is shown."""


def without_small_groups(rows: Sequence[Row], by: Sequence[str], k: int) -> list[Row]:
    """The rows with null for what is hidden, and its names under HIDDEN. `by`: their dimensions; none: webinars.

    `k`: the fewest people that a number may tell of; 0 or 1 hides nothing.
    """
    hidden = [set(_closed(_small(row, k))) for row in rows]
    # Several totals have the same parts, and of a single one nothing could be computed.
    groups = dict.fromkeys(tuple(group) for names in _totals(by) for group in _parts(rows, names) if len(group) > 1)
    while sum(_protected(rows, hidden, group, k) for group in groups):
        pass
    return [_shown(row, names) for row, names in zip(rows, hidden, strict=True)]


def is_small(number: float | None, k: int) -> bool:
    """Whether it counts somebody, but fewer than k people."""
    return number is not None and 0 < number < k


def _small(row: Row, k: int) -> Iterator[str]:
    """What the row by itself gives away."""
    if is_small(max(row.get(name) or 0 for name in ("registrations", "visits_all", "visits")), k):
        yield from _ALL
        return
    yield from (name for name in (*_PEOPLE, "peak_viewers") if is_small(row.get(name), k))
    if is_small(row.get("visits"), k):
        yield from _WATCHED
    for ending in _STAYED:
        registered, everybody = f"registered_visits{ending}", f"visits{ending}"
        if is_small(_rest(row, "registrations", registered), k):
            yield registered
        if is_small(_rest(row, everybody, registered), k):
            yield everybody
        yield from _small_rate(row, f"conversion{ending}", k)
    joined = _rest(row, "visits_all", "walk_ins")
    if is_small(joined, k):
        yield "walk_ins"
    absent = None if joined is None or row.get("registrations") is None else row["registrations"] - joined
    if any(is_small(one, k) for one in (joined, absent, _rest(row, "visits_all", "registered_visits"))):
        yield "visits_all"
    if is_small(_rest(row, "registrations", "peak_viewers"), k):
        yield "peak_viewers"


def _small_rate(row: Row, rate: str, k: int) -> Iterator[str]:
    """Of a group, whose rates are over some of its webinars."""
    among = DENOMINATORS[rate]
    if among not in row:
        return
    every = tuple(DENOMINATORS.values())
    wider = ("registrations", *every[: every.index(among)])
    if is_small(row[among], k) or any(is_small(_rest(row, one, among), k) for one in wider):
        yield among
    if row[rate] is not None:
        converted = round(row[rate] * row[among])
        if is_small(converted, k) or is_small(row[among] - converted, k):
            yield from (rate, rate.replace("conversion", "registered_visits"))


def _rest(row: Row, whole: str, part: str) -> int | None:
    if row.get(whole) is None or row.get(part) is None:
        return None
    return int(row[whole] - row[part])


def _closed(names: Iterable[str]) -> set[str]:
    """The names, and all that follows."""
    found: set[str] = set()
    more = set(names)
    while more:
        found |= more
        more = {one for name in more for one in _FOLLOWS.get(name, ())} - found
    return found


def _totals(by: Sequence[str]) -> Iterable[tuple[str, ...]]:
    """The dimensions of every answer whose rows are sums of these rows."""
    if not by:
        return _TOTALS_OF_WEBINARS
    return [names for size in range(len(by)) for names in combinations(by, size)]


def _parts(rows: Sequence[Row], names: tuple[str, ...]) -> Iterable[list[int]]:
    """The places of the rows that add up to one row of that answer."""
    parts: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        parts[tuple(row[name] for name in names)].append(place)
    return parts.values()


def _protected(rows: Sequence[Row], hidden: list[set[str]], group: Sequence[int], k: int) -> bool:
    """Hides cells until the hidden ones of each number are two or more, of k people or more. Whether it hid any."""
    changed = False
    gone = set().union(*(hidden[place] for place in group))
    for name in (one for one in _SUMS if one in gone):
        out = [number for place in group if name in hidden[place] and (number := rows[place].get(name))]
        if not out or _enough(out, k):
            continue
        shown = sorted(
            (number, place) for place in group if name not in hidden[place] and (number := rows[place].get(name))
        )
        for number, place in shown:
            hidden[place] |= _closed([name])
            changed = True
            out.append(number)
            if _enough(out, k):
                break
    return changed


def _enough(hidden: Sequence[int], k: int) -> bool:
    """Whether their sum tells of none of them."""
    return len(hidden) > 1 and sum(hidden) >= k


def _shown(row: Mapping[str, object], hidden: set[str]) -> Row:
    gone = [name for name, value in row.items() if name in hidden and value is not None]
    return {**row, **dict.fromkeys(gone), HIDDEN: gone}
