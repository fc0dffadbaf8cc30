"""`funnel compare`: what lies between a service's number and ours adds up exactly, each person told once."""

from dataclasses import replace
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import given
from hypothesis import strategies as st

from funnel.business.apply import apply_exclusions
from funnel.business.store import Store
from funnel.cli.compare import explained, ids, reported
from funnel.report.compare import Comparison, Id, Line, compare
from funnel.report.numbers import Question, answer
from streams.fold.lines import TotalsRow, line
from streams.settings import Settings
from tests.contract_events import at, attendance, hour_long, identity, p, r, registration, stay
from tests.rows import insert, put

OURS = "d_" + "0" * 32
PLAIN = Id("p", "p", False, False, False, True, True, True, False, True, False)


def counts(one: Comparison) -> dict[str, int]:
    return {line.label.partition(",")[0].partition(";")[0]: line.count for line in one.lines}


def test_every_reason_has_its_line() -> None:
    known = [
        replace(PLAIN, person_id=f"p{number}", counts_as=f"p{number}", **fields)
        for number, fields in enumerate(
            [
                {},
                {"has_visit": False, "visit_all": False},
                {"staff": True, "test": True, "registered": False},
                {"test": True, "registered": False},
                {"excluded": True, "registered": False},
                {"withdrawn": True, "registered": False},
                {"registered": False, "registered_later": True},
                {"registered": False},
                {"has_registration": False, "registered": False},
            ]
        )
    ]
    known.append(replace(PLAIN, person_id="r0", counts_as="p0"))
    ours = {"registrations": 2, "visits_all": 5, "visits": 4}
    registrations, opened, came = compare(known, ours, {"zoom": {"registrations": 12, "visits_all": 9, "visits": 9}})
    assert counts(registrations) == {
        "hosts and panelists": 1,
        "test accounts": 1,
        "people of an excluded domain": 1,
        "moved to another webinar": 1,
        "registered after the end": 1,
        "cancelled or denied": 1,
        "more ids of people whom we count once": 1,
    }
    assert registrations.not_explained == 3
    assert counts(opened)["more ids of people whom we count once"] == 1
    assert opened.not_explained == 9 - 5 - 4
    assert counts(came)["opened the room for less than a second of the live webinar"] == 1


def test_a_line_that_they_do_not_count_either_is_named_where_only_one_choice_fits() -> None:
    lines = [Line(3, "hosts and panelists, whom we do not count"), Line(5, "cancelled or denied")]
    one = Comparison("registrations", "zoom", 400, 397, lines, -5)
    assert one.hint == "it seems not to count: cancelled or denied"
    assert replace(one, not_explained=-8).hint == "it seems not to count: hosts and panelists and cancelled or denied"
    assert replace(one, not_explained=-4).hint is None
    assert replace(one, not_explained=2).hint is None
    assert replace(one, lines=[Line(5, "a"), Line(5, "b")]).hint is None


def test_the_answer_reads_like_a_sum() -> None:
    lines = [Line(12, "cancelled or denied"), Line(3, "hosts and panelists, whom we do not count")]
    assert explained(Comparison("registrations", "zoom-report", 412, 397, lines, 0)) == (
        "Registrants: zoom-report says 412, we say 397.\n"
        "  397  our number, Registrants\n"
        "  +12  cancelled or denied\n"
        "   +3  hosts and panelists, whom we do not count\n"
        "  412  the number of zoom-report"
    )
    said = explained(Comparison("visits_all", "zoom-report", 1400, 1405, [Line(5, "test accounts, x")], -10))
    assert said.splitlines()[1:] == [
        "  1,405  our number, Joined (any length)",
        "     +5  test accounts, x",
        "    \N{MINUS SIGN}10  not explained",
        "  1,400  the number of zoom-report",
    ]


_ids = st.builds(
    Id,
    st.sampled_from(["p1", "p2", "r1", "r2", "r3"]),
    st.sampled_from(["p1", "p2"]),
    *(st.booleans() for _ in range(9)),
)


@given(st.lists(_ids, max_size=8), *(st.integers(0, 20) for _ in range(6)))
def test_it_always_adds_up(known: list[Id], a: int, b: int, c: int, x: int, y: int, z: int) -> None:
    ours = {"registrations": a, "visits_all": b + c, "visits": b}
    for one in compare(known, ours, {"s": {"registrations": x, "visits_all": y, "visits": z}}):
        assert one.ours + sum(line.count for line in one.lines) + one.not_explained == one.theirs
        assert all(line.count > 0 for line in one.lines)


@pytest.fixture
def filled(store: Client, own_config: Settings) -> Client:
    """Of 12 ids that registered we count 5; of 8 that opened the room 4."""
    events = [
        *hour_long(),
        *(registration(person) for person in range(4)),
        *(event for person in range(4) for event in stay(person, 0, 40)),
        registration(10, role="host"),
        *stay(10, 0, 60),
        registration(11, is_test=True),
        registration(12, domain_id=OURS),
        *stay(12, 0, 60),
        registration(13, -50, "cancelled"),
        registration(14, 70),
        registration(15, 70, "withdrawn"),
        registration(r(20)),
        attendance(r(20), "joined", 5),
        registration(r(21)),
        identity(21, 0),
        attendance(r(21), "joined", 5),
        identity(20, 16),
        registration(99, 500),
    ]
    put(store, own_config, events)
    apply_exclusions(Store(store), {OURS})
    return store


def test_the_view_knows_every_id_and_the_sum_is_exact(filled: Client) -> None:
    moment = at(120)
    (ours,) = answer(filled, Question(moment, webinar_ids=("zoom:1",)))
    known = ids(filled, "zoom:1", moment)
    assert {one.person_id: one.counts_as for one in known if one.counts_as != one.person_id} == {
        r(20): p(16),
        r(21): p(0),
    }
    registrations, opened = compare(known, ours, {"zoom": {"registrations": 12, "visits_all": 8}})
    assert (ours["registrations"], ours["visits_all"]) == (5, 5)
    assert counts(registrations) == {
        "hosts and panelists": 1,
        "test accounts": 1,
        "people of an excluded domain": 1,
        "moved to another webinar": 1,
        "registered after the end": 1,
        "cancelled or denied": 1,
        "more ids of people whom we count once": 1,
    }
    assert registrations.not_explained == 0
    assert (opened.not_explained, sum(line.count for line in opened.lines)) == (0, 3)


def test_the_latest_totals_of_each_reporter_that_were_said_by_then_count(store: Client) -> None:
    nothing: Any = dict.fromkeys(TotalsRow._fields[5:]) | {"stayed": {}}
    for reporter, minutes, event_id, number in (
        ("a", 1, "x", 5),
        ("a", 2, "x", 6),
        ("a", 2, "y", 7),
        ("b", 200, "x", 1),
    ):
        said = TotalsRow("zoom:1", reporter, at(minutes), event_id, "{}", **nothing | {"registrations": number})
        insert(store, "totals", TotalsRow, [line(said)])
    assert reported(store, "zoom:1", at(120)) == {"a": {"registrations": 7, "visits_all": None, "visits": None}}
    assert reported(store, "zoom:1", at(300))["b"]["registrations"] == 1
