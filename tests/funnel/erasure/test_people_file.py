"""Whom a file names: in the forms that people have, and refused whenever it does not say so for sure."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from funnel.erasure.people_file import PeopleFileError, emails_in

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.mark.parametrize(
    "content",
    [
        f"{ANN}\n{BOB}\n".encode(),
        f"\ufeff{ANN}\r\n\r\n {BOB.upper()} \r\n{ANN}\r\n".encode(),
        f"{ANN}; {BOB}".encode(),
        f"Ann Lee <{ANN}>\nmailto:{BOB}".encode(),
        f"Email\n{ANN}\n{BOB}".encode(),
        f"\ufeffName;E-Mail;Asked on\r\nAnn;{ANN};01.11.2026\r\nBob;{BOB};02.11.2026\r\n".encode(),
        f'"Name","Email address","Owner"\n"Lee, Ann","{ANN}","e@example.com"\n"Bob","{BOB}","e@example.com"'.encode(),
        f"sep=;\nWhen;Who\n2026;{ANN}\n2026;{BOB}".encode(),
        f"Имя;Почта\nАня;{ANN}\nБоб;{BOB}".encode("utf-16"),
    ],
)
def test_the_forms_that_people_have(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert emails_in(path) == [ANN, BOB]


def test_a_workbook(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.create_sheet("People", 0)
    for row in (["Name", "Email", "Asked"], ["Ann", ANN, 1], [None, None, None], ["Bob", BOB, 2]):
        sheet.append(row)
    workbook.save(tmp_path / "people.xlsx")
    assert emails_in(tmp_path / "people.xlsx") == [ANN, BOB]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no email address"),
        ("Name;Email\n", "no email address"),
        (f"{ANN}\nbob\n", "people.csv:2: no email address"),
        (f"ann@\n{BOB}\n", "people.csv:1: no email address"),
        (f"Name,Contact,Owner\nAnn,{ANN},{BOB}\n", "people.csv:2: several email addresses"),
        (f"Ann,{ANN},{BOB}\n", "people.csv:1: several email addresses"),
        (f"Name;Email\nAnn;{ANN}\nBob;\n", "people.csv:3: no email address"),
        (f"Name;Email\nAnn;\nBob;{BOB} {ANN}\n", "people.csv:3: no email address"),
        (f'Name,Email\n"Ann,{ANN}\n', "people.csv:2: no email address"),
        ("\x00\x01\x02" * 50, "not a text file"),
    ],
)
def test_what_does_not_say_whom_forgets_nobody(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(content)
    with pytest.raises(PeopleFileError, match=said) as refused:
        emails_in(path)
    assert "example.com" not in str(refused.value)
