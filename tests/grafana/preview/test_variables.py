"""Variables in queries are written as Grafana's format registry writes them."""

import pytest

from grafana.preview.expand import Span, expand_all
from grafana.preview.variables import ALL, Chosen, Value, write_variables


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("${v}", "it's", "it's"),
        ("$v", ["a", "b"], "'a','b'"),
        ("${v:singlequote}", ["it's", "b"], r"'it\'s','b'"),
        ("${v:singlequote}", "it's", r"'it\'s'"),
        ("${v:singlequote}", ["a\\", " OR 1=1 --"], r"'a\\',' OR 1=1 --'"),
        ("${v:singlequote}", "\\' OR 1=1 --", r"'\\\' OR 1=1 --'"),
        ("${v:doublequote}", ['a"b'], r'"a\"b"'),
        ("${v:doublequote}", '\\" OR 1=1', r'"\\\" OR 1=1"'),
        ("${v:sqlstring}", "\\' OR 1=1 --", r"'\\'' OR 1=1 --'"),
        ("${v:sqlstring}", ["it's", 'a"b'], "'it''s','a\\\"b'"),
        ("${v:csv}", ["a", "b"], "a,b"),
        ("${v:raw}", "a", "a"),
        ("${v:pipe}", ["a", "b"], "a|b"),
        ("${v:glob}", ["a", "b"], "{a,b}"),
        ("${v:json}", ["a", "я"], '["a","я"]'),
        ("${v:queryparam}", ["a b", "it's"], "var-v=a%20b&var-v=it%27s"),
    ],
)
def test_forms(form: str, value: Value, written: str) -> None:
    assert write_variables(form, Chosen({"v": value})) == written


def test_all_stands_for_every_value_or_for_what_the_author_wrote() -> None:
    assert write_variables("${v:singlequote}", Chosen({"v": ALL}, {"v": ["a", "it's"]})) == r"'a','it\'s'"
    assert write_variables("${v:singlequote}", Chosen({"v": "$__all"}, {"v": ["a"]}, {"v": ".*"})) == ".*"
    for chosen in (Chosen({"v": ALL}), Chosen({"v": ALL}, {"v": ["a", "b"]}), Chosen({"v": "$__all"}, {}, {"v": ".*"})):
        assert write_variables("${v:queryparam}", chosen) == "var-v=%24__all"


def test_a_value_is_not_read_for_further_variables() -> None:
    assert write_variables("$v", Chosen({"v": "$w", "w": "x"})) == "$w"


def test_grafanas_own_variables_of_the_time() -> None:
    text = expand_all("$__from ${__to} $__interval $__interval_ms $__range_s", Chosen({}), Span(1000, 61_000, 300_000))
    assert text == "1000 61000 5m 300000 60"


@pytest.mark.parametrize("raw", ["$__conditionalAll(1, $w)", "$w", "${v:lucene}"])
def test_what_is_not_known_is_an_error_of_one_line(raw: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        write_variables(raw, Chosen({"v": "x"}))


@pytest.mark.parametrize("value", ["_at(at = now64(3)); SELECT 1", "", ["_at", "a b"], "it's"])
def test_the_browser_sends_no_sql_by_a_variable_that_is_written_raw(value: str | list[str]) -> None:
    with pytest.raises(ValueError, match="stands for a word only"):
        write_variables("FROM numbers${as_of:raw}", Chosen({"as_of": value}))
