"""The user's mapping file: what is taken, and errors that name file and line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.table.mapping_file import MappingFile, parse
from connectors.toolkit.marked import FileError

GOOD = """\
kind: registrations
platform: zoom
timezone: Europe/Berlin
dates: ["%d.%m.%Y %H:%M"]
columns:
  webinar_id: Webinar
  email: E-mail
  registered_at: Registered
  status: State
values:
  status:
    "no": cancelled
"""


def faults(text: str) -> list[str]:
    with pytest.raises(FileError) as error:
        parse(text, "m.yaml")
    return str(error.value).splitlines()


def test_every_scalar_stays_text() -> None:
    mapping = parse(GOOD + "    yes: approved\n    007: denied\n", "m.yaml")
    assert mapping.values["status"] == {"no": "cancelled", "yes": "approved", "007": "denied"}
    assert mapping.word_in("status", "YES") == "approved"
    assert mapping.word_in("status", "Canceled") == "cancelled"
    assert mapping.word_in("status", "perhaps") is None


SAMPLES = [path.with_suffix(".yaml") for path in sorted(Path("connectors/samples").glob("[rt]*.csv"))]


@pytest.mark.parametrize("path", SAMPLES, ids=str)
def test_the_samples_are_good(path: Path) -> None:
    assert isinstance(parse(path.read_text(), path.name), MappingFile)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "kind: registrations",
            "kind: people",
            "m.yaml:1: kind: has to be 'registrations', 'attendance', 'totals' or 'webinars'",
        ),
        ("platform: zoom", "platform: Zoom Webinars", "m.yaml:2: platform: has to match pattern"),
        ("Europe/Berlin", "Berlin", "m.yaml:3: timezone: no such time zone; give an IANA name such as Europe/Berlin"),
        ("timezone: Europe/Berlin\n", "", "m.yaml:1: timezone is missing"),
        ("%d.%m.%Y %H:%M", "%d.%m. %H:%M", "m.yaml:4: dates: a date format needs day, month and year"),
        ("%d.%m.%Y %H:%M", "DD.MM.YYYY", "m.yaml:4: dates: no date format such as"),
        ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M UTC", "m.yaml:4: dates: the form would lose the zone UTC of its values"),
        ('["%d.%m.%Y %H:%M"]', "['%d/%m/%Y', '%m/%d/%Y']", "m.yaml:4: one form has the day first, another the month"),
        ("  email: E-mail", "  emial: E-mail", "m.yaml:7: emial is no field of registrations; did you mean email?"),
        ("  email: E-mail\n", "", "m.yaml:5: registrations need one of email, registrant_id"),
        ("  webinar_id: Webinar\n", "", "m.yaml:5: webinar_id is missing: name its column"),
        ("  registered_at: Registered\n", "", "m.yaml:5: registrations need registered_at"),
        ('"no": cancelled', '"no": gone', "m.yaml:12: status is one of registered, approved, cancelled, denied"),
        ("  status:\n    ", "  email:\n    ", "m.yaml:11: email is used as written"),
        ("values:", "valeus:", "m.yaml:10: unknown key valeus; did you mean values?"),
        ("columns:", "encoding: klingon\ncolumns:", "m.yaml:5: encoding: no such encoding"),
        ("columns:", "encoding: hex\ncolumns:", "m.yaml:5: encoding: no such encoding"),
        ("columns:", "delimiter: '|'\ncolumns:", "m.yaml:5: delimiter: has to be ',', ';' or 'tab'"),
        ("columns:", "sheet: {tab: One}\ncolumns:", "m.yaml:5: a sheet has an id or an address"),
        ("columns:", "sheet: {idd: x}\ncolumns:", "m.yaml:5: unknown key idd; did you mean id?"),
        ("columns:", "webinar_id_from: [A]\ncolumns:", "m.yaml:5: webinar_id is named already"),
        ("columns:", "constants: {email: a@example.com}\ncolumns:", "m.yaml:5: email is a column already"),
        ("  email: E-mail", "  email: A\n  email: B", "m.yaml:8: email is set twice; leave one out"),
        ("columns:", "columns: [", "no valid YAML"),
    ],
)
def test_a_fault_names_its_line(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    assert any(fault in line for line in faults(GOOD.replace(old, new, 1)))


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(GOOD.replace("email", "emial").replace("status: State", "sttaus: State"))) == 3


def test_two_lengths_say_the_same() -> None:
    text = GOOD.replace("registrations", "attendance").replace("registered_at", "total_minutes")
    text = text.replace("status: State", "total_seconds: Seconds").partition("values:")[0]
    assert faults(text) == ["m.yaml:9: total_minutes and total_seconds mean the same; keep one"]


@given(st.one_of(st.text(max_size=200), st.text("{}[]:- &*\n'\"abc", max_size=60)))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(FileError):
        parse(text, "m.yaml")
