"""docs/contract.md, "webinar": per field the statement with the greatest (authority, occurred_at, event_id) wins."""

from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.instants import FAR_FUTURE
from streams.fold.webinar import DEFAULT_TELLS, EMPTY, Facts, Statement, WebinarState, facts, fold, statement
from tests.contract_events import at, moment
from tests.contract_events import webinar as said
from tests.strategies import record, webinars


def read(*events: dict[str, Any]) -> list[Statement]:
    return [statement(orjson.dumps(event)) for event in events]


def known(*events: dict[str, Any]) -> Facts:
    return facts(fold(EMPTY, read(*events)))


statements = webinars().map(
    lambda events: [statement(record(event, "zoom:1")) for event in events if event["type"] == "webinar"]
)


@settings(max_examples=40)
@given(statements, statements, st.randoms(use_true_random=False))
def test_order_repetition_and_batching_change_nothing(
    one: list[Statement], other: list[Statement], random: Any
) -> None:
    together = fold(EMPTY, one + other)
    shuffled = one + other + one
    random.shuffle(shuffled)
    singly: WebinarState = EMPTY
    for each in shuffled:
        singly = fold(singly, [each])
    assert singly == together
    assert fold(fold(EMPTY, one), fold(EMPTY, other)) == fold(fold(EMPTY, other), fold(EMPTY, one)) == together
    assert fold(together, together) == together


@settings(max_examples=40)
@given(statements, statements)
def test_dropping_the_losers_loses_no_fact(one: list[Statement], other: list[Statement]) -> None:
    assert facts(fold(fold(EMPTY, one), other)) == facts(frozenset(one + other))
    assert len(fold(EMPTY, one + other)) <= 13


@settings(max_examples=40)
@given(statements)
def test_a_stored_state_is_read_again(said: list[Statement]) -> None:
    state = fold(EMPTY, said)
    stored = orjson.loads(orjson.dumps([orjson.Fragment(one.content) for one in state]))
    again = frozenset(statement(orjson.dumps(one)) for one in stored)
    assert again == state
    assert facts(again) == facts(state)


def test_later_statements_win_field_by_field() -> None:
    facts = known(said(1, title="old", course="sql"), said(2, title="new", language=None))
    assert (facts.title, facts.course, facts.language) == ("new", "sql", None)


def test_a_greater_authority_wins_over_a_later_time() -> None:
    facts = known(said(1, title="by hand", authority=2), said(2, title="catalogue", authority=1), said(3, title="x"))
    assert facts.title == "by hand"


def test_at_the_same_time_the_greater_event_id_wins_then_the_greater_content() -> None:
    assert known(said(1, title="b", event_id="e2"), said(1, title="a", event_id="e1")).title == "b"
    assert known(said(1, title="b", event_id="e1"), said(1, title="a", event_id="e1")).title == "b"


def test_a_later_delivery_of_the_same_statement_is_the_same_statement() -> None:
    first = said(1, title="a")
    assert read(first) == read(first | {"received_at": moment(90)})


def test_null_and_absent_say_nothing_but_zero_and_empty_do() -> None:
    facts = known(said(1, title="a", duration_seconds=60), said(2, title=None, duration_seconds=0))
    assert (facts.title, facts.duration_seconds) == ("a", 0)
    assert known(said(1, title="a"), said(2, title="")).title == ""


def test_the_earliest_start_and_the_latest_end_win_at_the_highest_authority() -> None:
    first, second = (
        said(3, started_at=moment(0), ended_at=moment(50)),
        said(1, started_at=moment(2), ended_at=moment(60)),
    )
    assert (known(first, second).started_at, known(first, second).ended_at) == (at(0), at(60))
    corrected = said(0, authority=1, started_at=moment(5), ended_at=moment(40))
    facts = known(first, second, corrected)
    assert (facts.started_at, facts.ended_at) == (at(5), at(40))


def test_the_planned_start_is_the_latest_said_not_the_earliest() -> None:
    assert known(said(1, starts_at=moment(0)), said(2, starts_at=moment(10))).starts_at == at(10)


def test_begin_is_the_actual_start_else_the_planned_one() -> None:
    assert known().begin == FAR_FUTURE
    assert known(said(1, starts_at=moment(10))).begin == at(10)
    assert known(said(1, starts_at=moment(10), started_at=moment(12))).begin == at(12)


def test_what_the_service_tells_is_the_default_until_it_is_said() -> None:
    assert known(said(1)).tells == DEFAULT_TELLS == ("live", "leaves", "recording_views", "persons", "seconds")
    assert known(said(1, tells=["starts", "live", "starts"])).tells == ("live", "starts")
    assert known(said(1, tells=[])).tells == ()


def test_when_the_status_was_said_is_the_time_of_its_own_statement() -> None:
    facts = known(said(1, status="live"), said(2, title="later"))
    assert (facts.status, facts.status_said_at) == ("live", at(1))
    assert known(said(1)).status_said_at is None


def test_a_statement_that_wins_nothing_is_not_kept() -> None:
    state: WebinarState = EMPTY
    sizes = []
    for minute in range(10):
        state = fold(state, read(said(minute, title=str(minute), starts_at=moment(minute))))
        sizes.append(len(state))
    assert all(before == after == 1 for before, after in pairwise(sizes))
