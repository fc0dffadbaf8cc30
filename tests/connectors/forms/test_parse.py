"""forms.yaml: what it says, and one line that names the line where it says nothing."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.forms.parse import parse_rules
from connectors.forms.rules import Fixed, FromDate, FromField, NextOfSeries
from connectors.toolkit.marked import FileError

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
        ("forms:\n  - form: x", "2: a rule needs exactly one of webinar,"),
        ("forms:\n  - {webinar: zoom:1, next_of_series: zoom:2}", "2: .* has webinar and next_of_series"),
        ("forms:\n  - webinr: zoom:1", r"2: unknown key webinr; did you mean webinar\?$"),
        ("forms:\n  -\n    form: a\n    form: b", "4: form is set twice; leave one out$"),
        ("form: []", r"1: unknown key form; did you mean forms\?$"),
        ("forms: {a: 1}", "1: forms: a list is expected; begin each entry with a dash$"),
        ("forms: [a]", "1: forms: keys are expected, such as `key: value`$"),
        ("forms: [{webinar: 1}]", "1: webinar: '1' has no platform before its id; write it as zoom:9151$"),
        ("forms: [{webinar: }]", "1: webinar: is empty$"),
        ("forms: [{webinar: zoom:1, form: [a]}]", "1: form: one text is expected$"),
        ("forms:\n  - webinar: zoom:1\n    timezone: UTC", "3: timezone does not belong"),
        ("forms: [{date_field: d, series: zoom:1}]", "1: .* needs timezone too"),
        (
            "forms:\n- {date_field: d, series: zoom:1, timezone: Nowhere}",
            "2: timezone: no time zone 'Nowhere'; write",
        ),
        ("forms:\n  - [", "2: no valid YAML"),
        ("forms: \0", "1: no valid YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(FileError, match=rf"^business/forms\.yaml:{said}") as error:
        parse_rules(text, "business/forms.yaml")
    assert "\n" not in str(error.value)


@given(st.text(alphabet="forms:webinar -[]{}\n\"'&*!|>#%@,.0123abc", max_size=80))
def test_any_text_is_rules_or_lines_that_name_their_place(text: str) -> None:
    try:
        parse_rules(text, "forms.yaml")
    except FileError as error:
        assert re.fullmatch(r"(forms\.yaml:\d+: .+(\n|$))+", str(error))  # noqa: PT017
        assert "\n" not in error.in_one_line  # noqa: PT017
