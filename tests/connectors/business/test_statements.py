"""What the catalogue says comes about by statements, whatever was said before and in whatever order they arrive."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from connectors.business.catalogue import FIELDS, OVERRIDE, RULE, Decision
from connectors.business.statements import UNSAID, in_effect, read, statements
from connectors.toolkit.marked import Place
from contract.events import Webinar, encode
from tests.contract_events import at, webinar

HERE = Place("catalogue.yaml", 1)
NOW = at(10_000)


def said(*events: dict[str, Any]) -> list[Webinar]:
    return [read(orjson.dumps(event)) for event in events]


def by_rule(**fields: str) -> dict[str, Decision]:
    return {field: Decision(value, RULE, HERE) for field, value in fields.items()}


def by_hand(**fields: str) -> dict[str, Decision]:
    return {field: Decision(value, OVERRIDE, HERE) for field, value in fields.items()}


def says(log: list[Webinar], decided: dict[str, Decision]) -> list[Webinar]:
    return [read(encode(event)) for event in statements("zoom:1", log, decided, NOW)]


def after(log: list[Webinar], decided: dict[str, Decision]) -> list[Webinar]:
    """The log with what the catalogue says to it."""
    return log + says(log, decided)


def stands(log: list[Webinar]) -> dict[str, str]:
    won: dict[str, str] = {}
    for one in sorted(log, key=lambda one: (one.authority or 0, one.occurred_at, one.event_id)):
        won |= {field: getattr(one, field) for field in FIELDS if getattr(one, field) is not None}
    return won


def test_what_already_stands_is_not_said_again() -> None:
    assert says(said(webinar(course="Python")), by_rule(course="Python")) == []
    assert says([], {}) == []


def test_a_rule_speaks_with_authority_1_and_an_override_with_2() -> None:
    log = said(webinar(course="of the service"))
    rule, hand = says(log, by_rule(course="Python") | by_hand(region="EU"))
    assert (rule.authority, rule.course, rule.region) == (1, "Python", None)
    assert (hand.authority, hand.region, hand.course) == (2, "EU", None)


def test_the_same_log_gives_the_same_ids_and_a_changed_rule_outbids_the_earlier() -> None:
    log = said(webinar(course="of the service"))
    first = says(log, by_rule(course="Python"))
    assert [one.event_id for one in first] == [one.event_id for one in says(log, by_rule(course="Python"))]
    second = says(log + first, by_rule(course="SQL"))
    assert second[0].occurred_at > first[0].occurred_at
    assert stands(log + first + second)["course"] == "SQL"


def test_a_rule_that_is_gone_gives_the_services_word_back() -> None:
    log = after(said(webinar(course="of the service")), by_rule(course="Python", region="EU", format="recorded"))
    log = after(log, {})
    assert stands(log) == {"course": "of the service", "region": "", "format": "live"}
    assert says(log, {}) == []


def test_what_the_service_says_later_is_given_back_too() -> None:
    log = after(after(said(webinar(course="old")), by_rule(course="Python")), {})
    log += said(webinar(500, course="new"))
    assert stands(log)["course"] == "old"
    assert stands(after(log, {}))["course"] == "new"


def test_an_override_that_is_gone_leaves_the_word_to_the_rule_and_the_rule_may_change() -> None:
    log = after(said(webinar(course="s")), by_hand(course="by hand"))
    log = after(log, by_rule(course="by rule"))
    assert stands(log)["course"] == "by rule"
    assert stands(after(log, by_rule(course="other rule")))["course"] == "other rule"


def test_what_somebody_else_said_by_hand_stands_above_rules_and_below_overrides() -> None:
    log = said(webinar(course="theirs", authority=2))
    assert says(log, by_rule(course="Python")) == []
    overridden = after(log, by_hand(course="Python"))
    assert stands(overridden)["course"] == "Python"
    assert stands(after(overridden, by_rule(course="rule")))["course"] == "theirs"


_labels = {"course": ["a", "b"], "region": ["a", "b"], "format": ["live", "recorded"]}
_foreign = st.lists(
    st.tuples(st.integers(0, 2), st.integers(-5, 5), st.sampled_from(sorted(_labels)), st.integers(0, 1)), max_size=4
)
_decisions = st.dictionaries(
    st.sampled_from(sorted(_labels)), st.tuples(st.sampled_from([RULE, OVERRIDE]), st.integers(0, 1)), max_size=3
)


@given(st.lists(st.tuples(_foreign, _decisions), max_size=5))
def test_after_any_history_the_decisions_stand_and_looking_again_says_nothing(history: list[Any]) -> None:
    log: list[Webinar] = []
    for foreign, chosen in history:
        log += said(
            *(
                webinar(minutes, authority=authority, **{field: _labels[field][place]})
                for authority, minutes, field, place in foreign
            )
        )
        decided = {
            field: Decision(_labels[field][place], authority, HERE) for field, (authority, place) in chosen.items()
        }
        log = after(log, decided)
        assert says(log, decided) == []
        others = [one for one in log if not one.event_id.startswith("catalogue:")]
        theirs = stands(others)
        by_hand_of_others = stands([one for one in others if one.authority == OVERRIDE])
        for field, value in stands(log).items():
            decision = decided.get(field)
            if decision is None:
                assert value == theirs.get(field, UNSAID[field])
            elif decision.authority == RULE and field in by_hand_of_others:
                assert value == by_hand_of_others[field]
            else:
                assert value == decision.value


@given(st.lists(st.tuples(_foreign, _decisions), max_size=4), _decisions)
def test_what_the_winning_statements_call_settled_the_whole_log_has_nothing_to_say_to(
    history: list[Any], last: Any
) -> None:
    log: list[Webinar] = []
    for foreign, chosen in history:
        log += said(*(webinar(m, authority=a, **{f: _labels[f][p]}) for a, m, f, p in foreign))
        log = after(log, {f: Decision(_labels[f][p], a, HERE) for f, (a, p) in chosen.items()})
    decided = {field: Decision(_labels[field][place], authority, HERE) for field, (authority, place) in last.items()}
    winners = {
        max(
            (one for one in log if getattr(one, field) is not None),
            key=lambda one: (one.authority or 0, one.occurred_at, one.event_id),
        ).event_id
        for field in stands(log)
    }
    if in_effect([one for one in log if one.event_id in winners], decided):
        assert says(log, decided) == []
