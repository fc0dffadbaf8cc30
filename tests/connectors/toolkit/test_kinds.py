"""Further members of kinds that real files were found to hold: each would have become another value without a word."""

import pytest

from connectors.toolkit.date_forms import date_form
from connectors.toolkit.email_address import clean_email
from connectors.toolkit.spans import spelled_seconds
from connectors.toolkit.utm import utm_of_url


@pytest.mark.parametrize(
    "text", ["ann_x.com#EXT#@tenant.onmicrosoft.com", "*ann@x.com", "**ann@x.com**", "|ann@x.com|"]
)
def test_wrapped_addresses_are_the_same_person(text: str) -> None:
    assert clean_email(text) == "ann@x.com"


def test_a_guest_keeps_the_underscores_of_the_address() -> None:
    assert clean_email("ann_lee_x.com#EXT#@t.onmicrosoft.com") == "ann_lee@x.com"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fs.com%2F%3Futm_source%3Dnews%26utm_medium%3Dx&h=A", "news"),
        ("https://s.com/?u=https%253A%252F%252Fs.com%252F%253Futm_source%253Dnews", "news"),
        ("https://s.com/%3Futm_source%3Dnews", "news"),
        ("https://s.com/?utm_source=news%26utm_medium%3Dx", "news"),
        ("https://s.com/?a=1&amp;amp;utm_source=news&amp;amp;utm_medium=x", "news"),
        ("https://s.com/?utm_source=real&next=https%3A%2F%2Fs.com%2F%3Futm_source%3Dother", "real"),
    ],
)
def test_a_source_within_a_redirect(url: str, source: str) -> None:
    assert utm_of_url(url)["utm_source"] == source


@pytest.mark.parametrize(
    "text",
    ["1h05", "1 ora 5 minuti", "1 hora e 5 minutos", "1 hora y 5 minutos", "1 godz. 5 min", "1 Stunde und 5 Minuten"],
)
def test_durations_in_further_words(text: str) -> None:
    assert spelled_seconds(text) == 3900


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("%A %d/%m/%Y", "terça-feira 10/11/2026"),
        ("%d %b %Y", "10 ноя 2026"),
        ("%d de %B de %Y", "10 de novembro de 2026"),
    ],
)
def test_dates_in_further_words(form: str, text: str) -> None:
    moment = date_form(form).read(text)
    assert moment is not None
    assert moment.wall.isoformat() == "2026-11-10T00:00:00"
