"""docs/sql.md: positions and fragments are filled in, and what is not there is said."""

import pytest

from clickhouse.positions import POSITIONS
from clickhouse.template import Fragment, TemplateError, fragment, render

PERCENT = "-- {percent number}: for people.\n-- In points.\nprintf('%.1f %%', {number})\n"
BOTH = "-- {both one, other}: two.\n[{percent {one}}, {other}]"
FRAGMENTS: dict[str, Fragment] = dict(map(fragment, (PERCENT, BOTH, "-- {never}: it.\n9999999999999")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("a < {never} OR b < {never}", "a < 9999999999999 OR b < 9999999999999"),
        ("n[{n.registrations}] / n[{n.registered_visits}]", "n[1] / n[11]"),
        ("n[{n.before.registered_visits} + bucket]", "n[10 + bucket]"),
        ("arrayResize(n, {n.length}, 0)", "arrayResize(n, 19, 0)"),
        ("stay.{stay.end} - stay.{stay.start}", "stay.2 - stay.1"),
        ("{percent 100 * n[{n.visits}] / nullIf(of, 0)}", "printf('%.1f %%', 100 * n[4] / nullIf(of, 0))"),
        ("{percent\n    if(a, b, c)}", "printf('%.1f %%', if(a, b, c))"),
        ("{both f(a, [b, c]), ', ('}", "[printf('%.1f %%', f(a, [b, c])), ', (']"),
        ("{both a, b, c}", "[printf('%.1f %%', a), b, c]"),
        ("{percent {share:Float64} * 100}", "printf('%.1f %%', {share:Float64} * 100)"),
        ("[{each watched: {ms}}]", "[1000, 300000, 1800000]"),
        (
            "(\n  {each stayed: n[{n.visits{ending}}] AS visits{ending}},\n  x",
            "(\n  n[5] AS visits_5m,\n  n[6] AS visits_30m,\n  x",
        ),
        ("{each longest: {percent n[{n.visits{ending}}]}}", "printf('%.1f %%', n[6])"),
        # ClickHouse's parameters, Grafana's variables and expressions.
        ("{at:DateTime64(3, 'UTC')} ${webinar} ${at:queryparam} '(\\d{3})'",) * 2,
    ],
)
def test_what_is_named_is_filled_in(text: str, expected: str) -> None:
    assert render(text, FRAGMENTS) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n[{n.registered_visit}]", "no registered_visit in n; there are registrations, registered_later"),
        ("n[{n.after.visits}]", "no after.visits in n"),
        ("n[{m.visits}]", "no list m in clickhouse/positions.py"),
        ("a < {nevr}", "no fragment nevr, as in {nevr}; there are both, never, percent"),
        ("{percent}", "{percent} takes number; given: nothing"),
        ("{never 1}", "{never} takes nothing; given: 1"),
        ("{both a}", "{both} takes one, other; given: a"),
        ("{each bucket: 1}", "no list bucket to repeat, as in {each bucket: ; there are step, remaining, watched"),
        ("{each step: {ending}", "cannot be filled in: {each step: {ending}"),
        ("{percent 100 * share, of", "cannot be filled in: {percent 100 * share, of"),
        ("{percent ${share}}", "cannot be filled in: {percent ${share}}"),
    ],
)
def test_what_is_not_there_is_said(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(text, FRAGMENTS)
    assert message in str(caught.value)


def test_fragments_that_name_each_other_in_a_circle_are_refused() -> None:
    circle = dict(map(fragment, ("-- {a}: one.\n{b}", "-- {b}: other.\n{a}")))
    with pytest.raises(TemplateError, match="in a circle"):
        render("{a}", circle)


def test_a_fragment_repeats_too() -> None:
    name, shares = fragment("-- {shares of}: of all.\n[{each stayed: came{ending} / {of}}]")
    assert render("{shares all}", {name: shares}) == "[came_5m / all, came_30m / all]"


@pytest.mark.parametrize("file", ["SELECT 1", "-- A comment.\nSELECT 1", "-- {name}\nSELECT 1"])
def test_a_fragment_says_what_it_is(file: str) -> None:
    with pytest.raises(TemplateError, match="a fragment begins with a line like"):
        fragment(file)


def test_no_element_of_a_list_has_the_name_of_another_or_of_what_is_asked_of_a_list() -> None:
    for names in POSITIONS.values():
        assert len(set(names)) == len(names)
        assert not {"length", "before"} & set(names)
