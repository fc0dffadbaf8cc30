"""Inlines the views that a view reads, so that the engine plans one query instead of a nested tower. Pure."""

import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

_CREATE = re.compile(r"CREATE OR REPLACE VIEW (\w+) AS\s+")
_MOMENT = r"\(at = \{at:DateTime64\(3, 'UTC'\)\}\)"
OF_PEOPLE = {
    "counts_at": "counts_of_people_at",
    "numbers_at": "numbers_of_people_at",
    "raw_sources_at": "raw_sources_of_people_at",
    "funnel_by_source": "funnel_of_people",
}
"""View -> the same for new or returning people only: the same text over other persons."""
_STAND_IN = {
    "persons_of_people_at": "persons_at",
    "counted_of_people_at": "counted_at",
    "totals_only_of_people": "totals_only",
    "top_of_people": "top_at",
}
"""View -> the one that it replaces in queries for new or returning people only."""
CURRENT = frozenset(
    {
        "baselines_now",
        "funnel",
        "funnel_by_source",
        "numbers",
        "numbers_of_people",
        "on_now_list",
        "raw_sources",
        "raw_sources_of_people",
        "registered_lately",
        "rooms",
        "timelines",
        "watching",
        "webinar_list",
    }
)
"""Views of which the present is kept, without their endings: numbers_at has current/numbers_now.sql beside it."""
ALSO = {
    "funnel": "funnel_at",
    "funnel_by_source": "funnel_by_source_at",
    "on_now_list": "on_now_list_at",
    "webinar_list": "webinar_list_at",
}
"""View -> its second name: funnel_now has funnel_at beside it, as numbers_now has numbers_at."""
_READ = re.compile(rf"\b(FROM|JOIN) (\w+)(?:{_MOMENT})?(?=\s|\)|$)(\s+AS\b)?")


class Circle(Exception):
    """Views read each other in a cycle; the message names them."""


def in_order(statements: Mapping[str, str]) -> list[str]:
    """The names of the views in the order for `inlined`: each after those that it reads.

    `statements`: view -> the statement that makes it. Raises Circle.
    """
    reads = {
        name: sorted({read[2] for read in _READ.finditer(text)} & statements.keys())
        for name, text in statements.items()
    }
    for other, view in _STAND_IN.items():
        if other in reads and view in reads:
            readers = [name for name in reads if name != other and view in reads[name] and name not in reads[other]]
            for name in readers:
                reads[name].append(other)
            reads[other].append(view)
    try:
        return list(TopologicalSorter({name: reads[name] for name in sorted(reads)}).static_order())
    except CycleError as error:
        raise Circle(f"views read each other in a circle: {' reads '.join(reversed(error.args[1]))}") from error


def inlined(statements: list[str]) -> list[str]:
    """The statements that create views, ordered by `in_order`, each without a reference to an earlier one.

    Every view takes the moment under the same name, so its text means the same inside another. See
    docs/decisions/0012-webinar-instants.md.
    """
    queries: dict[str, str] = {}
    of_people: dict[str, str] = {}
    made = []
    for statement in statements:
        head = _CREATE.match(statement)
        assert head is not None, f"a file of clickhouse/views makes a view: {statement[:60]}"
        name, text = head[1], statement[head.end() :]
        inlined_of_people = _inlined(text, queries | of_people)
        queries[name] = inlined_of_people if name in _STAND_IN else _inlined(text, queries)
        made.append(head[0] + queries[name])
        of_people[_STAND_IN.get(name, name)] = inlined_of_people
        if name in OF_PEOPLE:
            made.append(f"CREATE OR REPLACE VIEW {OF_PEOPLE[name]} AS\n{inlined_of_people}")
        if name in ALSO:
            made.append(f"CREATE OR REPLACE VIEW {ALSO[name]} AS\n{queries[name]}")
    return made


def _inlined(text: str, queries: dict[str, str]) -> str:
    return _READ.sub(lambda read: _subquery(read, queries), text)


def _subquery(read: re.Match[str], queries: dict[str, str]) -> str:
    keyword, name, alias = read.groups()
    if name not in queries:
        return read[0]
    return f"{keyword} (\n{queries[name]}\n){alias or f' AS {name}'}"
