"""The fragments mix and rate are alerts/detection/reason.py, explain, in SQL: for any groups, on the real engine."""

from random import Random

import pytest
from clickhouse_connect.driver.client import Client

from alerts.detection.reason import Cell, explain
from clickhouse.sql import rendered

Group = tuple[int, int, int, int]
"""Registered now and before, came now and before."""
EDGES: list[list[Group]] = [
    [(40, 50, 10, 20), (60, 50, 6, 30)],
    # One that is new; one that nobody came from any more; only new ones, beside one that is gone.
    [(40, 0, 10, 0), (60, 50, 6, 30)],
    [(40, 50, 10, 20), (0, 50, 0, 30)],
    [(40, 0, 10, 0), (0, 50, 0, 30), (0, 20, 0, 2)],
    # Nobody now, and nobody before: nothing changed.
    [(0, 50, 0, 20), (0, 50, 0, 30)],
    [(40, 0, 10, 0)],
]


def some_groups(random: Random) -> list[Group]:
    registered = [[random.choice((0, random.randint(1, 300))) for _ in range(2)] for _ in range(random.randint(1, 6))]
    return [(of, before, random.randint(0, of), random.randint(0, before)) for of, before in registered if of + before]


def asked(client: Client, groups: list[Group]) -> list[tuple[float | None, float | None]]:
    """Mix and rate of each group, with the sums that queries/sources/sources.sql has."""
    known = [group for group in groups if group[1]]
    of, before, _, part_before = (sum(group[place] for group in groups) for place in range(4))
    known_of, known_part = (sum(group[place] for group in known) for place in (0, 2))
    sums = {
        "of_all": of,
        "before_of_all": before,
        "known_of": known_of,
        "before_all": part_before / before if before else 0,
        "known": known_part / known_of if known_of else part_before / before if before else 0,
    }
    lines = ", ".join(f"('', '', {one[0]}, {one[1]}, {one[2]}, {one[3]}, 0)" for one in groups)
    names = ", ".join(f"{value!r} AS {name}" for name, value in sums.items())
    pairs = rendered(f"SELECT arrayJoin(arrayMap(one -> ({{mix one}}, {{rate one}}), [{lines}])) AS pair, {names}")
    return [tuple(pair) for pair, *_ in client.query(pairs).result_rows]


@pytest.mark.parametrize("seed", ["edges", *range(3)])
def test_they_are_those_that_alerts_name(client: Client, seed: int | str) -> None:
    random = Random(seed)
    for groups in EDGES if seed == "edges" else [some_groups(random) or EDGES[0] for _ in range(20)]:
        now = [Cell(of, part, str(place)) for place, (of, _, part, _) in enumerate(groups)]
        earlier = [Cell(of, part, str(place)) for place, (_, of, _, part) in enumerate(groups)]
        reason = explain(now, [(1, earlier)], ["source_group"])
        found = asked(client, groups)
        if reason is None:
            assert found == [(None, None)] * len(groups)
            continue
        parts = {part.value: part for part in reason.parts}
        expected = [(float(parts[str(place)].mix), float(parts[str(place)].rate)) for place in range(len(groups))]
        assert found == [pytest.approx(one, abs=1e-12) for one in expected], groups
        assert sum(mix + rate for mix, rate in expected) == pytest.approx(float(reason.change), abs=1e-12)
