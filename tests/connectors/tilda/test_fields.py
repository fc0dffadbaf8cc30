"""The email is found under whatever name the form's author gave it, and never guessed among several."""

import pytest

from connectors.tilda.fields import email_of, lower_names


@pytest.mark.parametrize(
    "name", ["Email", "EMAIL", "e-mail", "Ваш E-mail", "Почта", "эл. почта", "Электронная почта", "Имейл", "Input_2"]
)
def test_the_email_is_found_under_any_name(name: str) -> None:
    fields = lower_names({"Name": "Анна", name: " Ann@example.com ", "Phone": "+79990001122"})
    assert email_of(fields) == "Ann@example.com"


def test_a_field_named_email_goes_before_others() -> None:
    assert email_of(lower_names({"Почта друга": "bob@example.com", "Email": "ann@example.com"})) == "ann@example.com"


def test_of_two_unnamed_emails_none_is_taken() -> None:
    assert email_of({"input_1": "ann@example.com", "input_2": "bob@example.com"}) == ""


def test_what_is_no_email_is_not_taken() -> None:
    assert email_of({"email": "none", "comment": "write to ann@example.com, please"}) == ""


def test_of_names_that_differ_in_case_the_filled_one_counts() -> None:
    assert lower_names({"EMAIL": "ann@example.com", "email": ""}) == {"email": "ann@example.com"}
