"""forms.yaml: what it says, and one line that names the line where it says nothing."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.forms.parse import RulesError, parse_rules
from connectors.forms.rules import Fixed, FromDate, FromField, NextOfSeries

SAMPLE = Path(__file__).parents[3] / "connectors" / "samples" / "forms.yaml"


def test_the_sample_says_every_way() -> None:
    rules = parse_rules(SAMPLE.read_text(), "forms.yaml")
    assert [one.finding for one in rules] == [
        FromField("webinar_id", "zoom"),
        Fixed("zoom:91510000001"),
        NextOfSeries("zoom:91510000002"),
        NextOfSeries("zoom:91510000003"),
        FromDate("session", "bigmarker:weekly-intro", ZoneInfo("Europe/Berlin")),
    ]
    assert rules[2].where == {"course": "sql"}
    assert rules[1].line == 14


@pytest.mark.parametrize("text", ["", "# nothing", "forms:", "forms: []"])
def test_a_file_may_say_no_rules(text: str) -> None:
    assert parse_rules(text, "forms.yaml") == []


def test_an_id_of_digits_stays_text() -> None:
    (rule,) = parse_rules("forms: [{form: 0123, webinar: zoom:9151}]", "forms.yaml")
    assert rule.form == "0123"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("forms:\n  - form: x", "line 2: a rule needs exactly one of webinar,"),
        ("forms:\n  - {webinar: zoom:1, next_of_series: zoom:2}", "line 2: .* has webinar and next_of_series"),
        ("forms:\n  - webinr: zoom:1", "line 2: unknown key 'webinr': did you mean webinar?"),
        ("forms:\n  -\n    form: a\n    form: b", "line 4: form is there twice"),
        ("form: []", "line 1: unknown key 'form': did you mean forms?"),
        ("forms: {a: 1}", "line 1: forms is to be a list"),
        ("forms: [a]", "line 1: a rule is to be written as"),
        ("forms: [{webinar: 1}]", "line 1: '1' has no platform"),
        ("forms: [{webinar: }]", "line 1: webinar is empty"),
        ("forms: [{webinar: zoom:1, form: [a]}]", "line 1: form is to be a single value"),
        ("forms:\n  - webinar: zoom:1\n    timezone: UTC", "line 3: timezone does not belong"),
        ("forms: [{date_field: d, series: zoom:1}]", "line 1: .* needs timezone too"),
        ("forms:\n- {date_field: d, series: zoom:1, timezone: Nowhere}", "line 2: no time zone 'Nowhere'"),
        ("forms:\n  - [", "line 2: not YAML"),
        ("forms: \0", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(RulesError, match=rf"^business/forms\.yaml:? {said}") as error:
        parse_rules(text, "business/forms.yaml")
    assert "\n" not in str(error.value)


@given(st.text(alphabet="forms:webinar -[]{}\n\"'&*!|>#%@,.0123abc", max_size=80))
def test_any_text_is_rules_or_one_line(text: str) -> None:
    try:
        parse_rules(text, "forms.yaml")
    except RulesError as error:
        assert "\n" not in str(error)  # noqa: PT017
