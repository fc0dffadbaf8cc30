"""catalogue.yaml: the first rule that fits and sets a field decides it; an override stands above all rules."""

from typing import Any

import pytest

from connectors.business.catalogue import OVERRIDE, RULE, Catalogue, Listed, catalogue, parse
from connectors.business.overrides import overrides
from connectors.toolkit.identity import email_person_id
from connectors.toolkit.marked import FileError, read

SECRET = "s" * 16


def known(text: str, sheet: str = "webinar_id,course", secret: str | None = SECRET) -> Catalogue:
    marked = read(text, "catalogue.yaml")
    return catalogue(marked, parse(marked), overrides(sheet, "sheet.csv"), secret)


def listed(**fields: Any) -> Listed:
    values: dict[str, Any] = {
        "webinar_id": "zoom:1",
        "title": "",
        "tags": (),
        "channel": "",
        "host": "",
        "series_id": "",
    }
    return Listed(**values | fields)


def decided(rules: Catalogue, **fields: Any) -> dict[str, tuple[str, int, str]]:
    return {field: (one.value, one.authority, str(one.place)) for field, one in rules.decide(listed(**fields)).items()}


RULES = """
rules:
  - when: {title: "*python*", platform: zoom}
    set: {course: Python}
  - when: {tags: [kz, kazakhstan]}
    set: {course: Any, region: KZ}
  - set: {language: en}
"""


def test_for_each_field_the_first_rule_that_fits_and_sets_it_decides() -> None:
    assert decided(known(RULES), title="Learn Python", tags=("KZ", "x")) == {
        "course": ("Python", RULE, "catalogue.yaml:3"),
        "region": ("KZ", RULE, "catalogue.yaml:5"),
        "language": ("en", RULE, "catalogue.yaml:7"),
    }


def test_all_fields_of_a_rule_have_to_fit() -> None:
    assert "course" not in decided(known(RULES), title="Learn Python", webinar_id="gc:1")


def test_an_override_decides_its_fields_and_leaves_the_others_to_the_rules() -> None:
    rules = known(RULES + "overrides:\n  zoom:1: {course: SQL}\n")
    assert decided(rules, title="Python") == {
        "course": ("SQL", OVERRIDE, "catalogue.yaml:9"),
        "language": ("en", RULE, "catalogue.yaml:7"),
    }


def test_the_files_own_overrides_come_before_the_sheets() -> None:
    sheet = "\ufeffWebinar_ID,course,region,note\nzoom:1,Sheet,EU,asked by Anna\n,,,\nzoom:2,Other,,\n"
    rules = known("overrides:\n  zoom:1: {course: File}\n", sheet)
    assert decided(rules)["course"] == ("File", OVERRIDE, "catalogue.yaml:2")
    assert decided(rules)["region"][0] == "EU"
    assert decided(rules, webinar_id="zoom:2") == {"course": ("Other", OVERRIDE, "sheet.csv:4")}


def test_a_host_is_named_by_the_id_or_by_the_email() -> None:
    rules = known("rules:\n- when: {host: [Anna@Example.com, u-17]}\n  set: {language: en}\n")
    assert decided(rules, host=email_person_id("anna@example.com", SECRET))
    assert decided(rules, host="U-17")
    assert not decided(rules, host="anna")


def test_an_email_needs_the_secret() -> None:
    with pytest.raises(FileError, match=r"^catalogue.yaml:2: FUNNEL_HASH_SECRET is not set"):
        known("rules:\n- when: {host: anna@example.com}\n  set: {language: en}\n", secret=None)


def test_an_override_names_a_webinar() -> None:
    with pytest.raises(FileError, match=r"^catalogue.yaml:3: 9151 is no webinar_id, such as zoom:9151"):
        known("overrides:\n  zoom:1: {course: a}\n  9151: {course: b}\n")


def test_a_cell_of_several_lines_moves_no_line_number() -> None:
    sheet = 'webinar_id,course,note\nzoom:1,a,"one\ntwo\u2028three"\n9151,b,\n'
    with pytest.raises(FileError, match=r"^sheet.csv:4: webinar_id: 9151"):
        overrides(sheet, "sheet.csv")


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("", "sheet.csv:1: a header with webinar_id"),
        ("id,course\n", "sheet.csv:1: a header with webinar_id"),
        ("webinar_id,curse,course\n", "sheet.csv:1: unknown column curse; did you mean course?"),
        ("webinar_id,course\nzoom:1,a\nzoom:1,b\n", "sheet.csv:3: webinar_id: zoom:1 is listed twice"),
        ("webinar_id,course\n9151,a\n", "sheet.csv:2: webinar_id: 9151 is none, such as zoom:9151"),
        ("webinar_id,timezone\n\nzoom:1,Mars\n", "sheet.csv:3: timezone: no such time zone: Mars"),
        ("webinar_id,format\nzoom:1,tv\n", "sheet.csv:2: format: has to be 'live' or 'recorded'"),
    ],
)
def test_a_fault_of_the_sheet_names_its_line(sheet: str, expected: str) -> None:
    with pytest.raises(FileError) as error:
        overrides(sheet, "sheet.csv")
    assert str(error.value).startswith(expected)
