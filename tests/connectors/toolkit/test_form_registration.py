"""What every form service shares: who counts, what an id may hold, which fields rules may see."""

import pytest

from connectors.toolkit.form_registration import opaque, rule_fields
from tests.connectors.any_json import CONTEXT

PERSONAL = "Email,Ваша почта,phone,Телефон,First name,last-name,Имя,ФИО,Comments,COOKIES,Name,surname,password"


@pytest.mark.parametrize("name", PERSONAL.split(","))
def test_fields_that_are_personal_by_their_name_stay_out(name: str) -> None:
    assert rule_fields({name: "x"}) == {}


@pytest.mark.parametrize("value", ["ann@example.com", "+7 (999) 000-11-22", "79990001122", "mailto:ann%40example.com"])
def test_fields_that_are_personal_by_their_value_stay_out(value: str) -> None:
    assert rule_fields({"input_3": value}) == {}


def test_what_rules_need_is_kept() -> None:
    fields = {
        "Webinar_Name": "Python",
        "Дата": "22.11.2026 18:00",
        "date": "2026-11-22 18:00",
        "page": "https://a.b/c?d=e",
    }
    assert rule_fields(fields) == {
        "webinar_name": "Python",
        "дата": "22.11.2026 18:00",
        "date": "2026-11-22 18:00",
        "page": "https://a.b/c",
    }


def test_fields_are_bounded_in_length_and_number() -> None:
    assert rule_fields({"a": "x" * 1000}) == {"a": "x" * 200}
    assert len(rule_fields({f"f{n}": "x" for n in range(100)})) == 50


def test_an_id_stays_as_it_is_only_where_it_is_short_and_plain() -> None:
    assert opaque("1234:56_a.b-c", CONTEXT.secret) == "1234:56_a.b-c"
    for said in ("ann@example.com", "x" * 101, "a b", "", "имя"):
        assert len(opaque(said, CONTEXT.secret)) == 32
    assert opaque("a b", CONTEXT.secret) != opaque("a b", "another secret of ours")
