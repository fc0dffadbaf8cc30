"""Cells of users' tables: times with and without a zone, numbers of sheets, durations, ids."""

import pytest

from connectors.table.cells import Fields
from connectors.table.layout import Layout
from connectors.toolkit.cells import CellError
from contract.instants import format_instant
from tests.connectors.table.tables import reading


def fields(text: str, is_sheet: bool = False, dates: tuple[str, ...] = ()) -> Fields:
    """A row whose every field holds the text."""
    columns = "webinar_id email joined_at total_minutes"
    read = reading("attendance", columns, is_sheet=is_sheet, dates=list(dates))
    layout = Layout(dict.fromkeys([*columns.split(), "total_duration", "watched_percent"], (0,)), (), 1)
    return Fields(layout, [text], read, {})


@pytest.mark.parametrize(
    ("text", "dates", "utc"),
    [
        ("2026-07-01 12:00", (), "2026-07-01T10:00:00.000Z"),
        ("2026-12-01T12:00:05", (), "2026-12-01T11:00:05.000Z"),
        ("2026-12-01T12:00:05.250+03:00", (), "2026-12-01T09:00:05.250Z"),
        ("1.12.2026 9:05", ("%d.%m.%Y %H:%M",), "2026-12-01T08:05:00.000Z"),
        ("12/01/26 9:05 PM", ("%m/%d/%y %I:%M %p",), "2026-12-01T20:05:00.000Z"),
        ("2026-12-01 09:05 +0300", ("%Y-%m-%d %H:%M %z",), "2026-12-01T06:05:00.000Z"),
        ("2026-11-10 17:05:00 UTC", ("%Y-%m-%d %H:%M:%S %Z",), "2026-11-10T17:05:00.000Z"),
        ("2026-11-10 17:05:00 UTC", (), "2026-11-10T17:05:00.000Z"),
        ("2026-11-10 17:05 CET", (), "2026-11-10T16:05:00.000Z"),
        ("2026-11-10 6:05PM", (), "2026-11-10T17:05:00.000Z"),
        ("1794330300000", (), "2026-11-10T17:05:00.000Z"),
        ("1794330300", (), "2026-11-10T17:05:00.000Z"),
        ("1794330300.250", (), "2026-11-10T17:05:00.250Z"),
        ("46336,7534722222", (), "2026-11-10T17:05:00.000Z"),
        ("10. Nov. 2026 18:00", ("%d. %b. %Y %H:%M",), "2026-11-10T17:00:00.000Z"),
        ('="2026-11-10 18:00:05"', (), "2026-11-10T17:00:05.000Z"),
    ],
)
def test_times(text: str, dates: tuple[str, ...], utc: str) -> None:
    assert fields(text, dates=dates).moment("joined_at") == utc


@pytest.mark.parametrize(
    ("serial", "utc"),
    [
        ("46204.5", "2026-07-01T10:00:00.000Z"),
        ("46357.5000578704", "2026-12-01T11:00:05.000Z"),
    ],
)
def test_the_number_of_a_sheet_is_a_wall_clock_in_the_zone(serial: str, utc: str) -> None:
    assert fields(serial, is_sheet=True).moment("joined_at") == utc
    assert fields(serial).moment("joined_at") == utc


@pytest.mark.parametrize("text", ["1999-12-31 12:00", "0001-01-01 00:00", "9999-12-31 23:59", "2286-12-31 00:00"])
def test_times_that_nobody_means_are_refused(text: str) -> None:
    with pytest.raises(CellError, match=r"before the year 2000|out of range"):
        fields(text).instant("joined_at")


@pytest.mark.parametrize("serial", ["0.5", "9999999.5", "1e-7"])
def test_numbers_that_are_no_time_are_refused(serial: str) -> None:
    with pytest.raises(CellError, match=r"before the year 2000|out of range"):
        fields(serial, is_sheet=True).instant("joined_at")


@pytest.mark.parametrize("number", ["45", "100000", "12.5"])
def test_a_number_of_a_file_is_a_time_only_as_a_day_of_this_century(number: str) -> None:
    assert fields("45000.5").instant("joined_at") is not None
    with pytest.raises(CellError, match="not a date and time"):
        fields(number).instant("joined_at")


@pytest.mark.parametrize(("text", "is_sheet"), [("01.12.2026", False), ("46357", True), ("46357", False)])
def test_a_day_without_a_clock_is_no_join(text: str, is_sheet: bool) -> None:
    with pytest.raises(
        CellError, match=r"a date without a time of day: name the columns of both, such as \[Date, Time\]"
    ):
        fields(text, dates=("%d.%m.%Y",), is_sheet=is_sheet).instant("joined_at")


@pytest.mark.parametrize("text", ["NULL", "nan", "None", "\\N", "(blank)", "\u2212", "\u200b", "k. A.", "N / A"])
def test_what_programs_write_for_nothing_is_no_id(text: str) -> None:
    assert fields(text).text("email") == ""
    assert fields("Nan").text("email") == "Nan"


def test_durations_and_minutes() -> None:
    said = {"1:05:00": 3900, "0:00:01": 1, "1h 23m": 4980, "10m 59s": 659, "0,0312500000": 2700, "": None}
    assert {text: fields(text).duration("total_duration") for text in said} == said
    assert fields("0.0451388888888889", is_sheet=True).duration("total_duration") == 3900
    minutes = {"12": 720, "12.5": 750, "12,5": 750, "0": 0, "45 mins": 2700, "1 hr 3 min": 3780, "1:00:30": 3630}
    assert {text: fields(text).minutes("total_minutes") for text in minutes} == minutes
    with pytest.raises(CellError, match="not a duration"):
        fields("12.5").duration("total_duration")
    for text in ("1:65:00", "-1", "5 apples"):
        with pytest.raises(CellError, match="not a duration"):
            fields(text).duration("total_duration")
        with pytest.raises(CellError, match="not a number"):
            fields(text).minutes("total_minutes")


def test_percent() -> None:
    assert [fields(text).share("watched_percent") for text in ("87%", "100 %", "0", "12,5%", "")] == [
        0.87, 1, 0, 0.125, None
    ]  # fmt: skip
    for text, why in {"101%": "more than 100", "most": "not percent"}.items():
        with pytest.raises(CellError, match=why):
            fields(text).share("watched_percent")


@pytest.mark.parametrize(
    ("text", "webinar_id"),
    [
        ("912 3456 7801", "zoom:91234567801"),
        ("912-3456-7801", "zoom:91234567801"),
        ('="91234567801"', "zoom:91234567801"),
        ("a1b2c3", "zoom:a1b2c3"),
        ("bigmarker:a1b2c3", "bigmarker:a1b2c3"),
        ("zoom:912:1700000000000", "zoom:912:1700000000000"),
        ("91234567801.0", "zoom:91234567801"),
        ("91234567801,0", "zoom:91234567801"),
        ("91,234,567,801", "zoom:91234567801"),
        ("91.234.567.801", "zoom:91234567801"),
        ("912.3456.7801", "zoom:91234567801"),
        ("912–3456–7801", "zoom:91234567801"),
        ("\u200b91234567801\ufeff", "zoom:91234567801"),
        ("９１２３４５６７８０１", "zoom:91234567801"),
        ("'91234567801", "zoom:91234567801"),
        ("#91234567801", "zoom:91234567801"),
        ("zoom:912 3456 7801", "zoom:91234567801"),
        ("zoom:912 3456 7801:2026-11-22", "zoom:91234567801:2026-11-22"),
        ("https://us02web.zoom.us/j/91234567801?pwd=x", "zoom:91234567801"),
        ("https://zoom.us/w/91234567801", "zoom:91234567801"),
        ("1.2", "zoom:1.2"),
        ("10.11.2026", "zoom:10.11.2026"),
        ("a\u200b1", "zoom:a1"),
        ("2026-11-22", "zoom:20261122"),
        ("offline:2026-11-22", "offline:2026-11-22"),
    ],
)
def test_webinar_ids(text: str, webinar_id: str) -> None:
    assert fields(text).webinar_id() == webinar_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9.12E+10",
        "9,12e10",
        "two words",
        "Zoom:1",
        "zoom:1:2:3",
        "https://example.com/w/91234567801",
        "//x",
        "zoom:9,12e10",
    ],
)
def test_what_is_no_webinar_id(text: str) -> None:
    with pytest.raises(CellError) as error:
        fields(text).webinar_id()
    assert not text or text not in str(error.value)


def test_a_long_text_is_cut() -> None:
    assert len(fields("x" * 10_000).text("email")) == 500
    assert format_instant(fields("").reading.read_at).startswith("2026")


@pytest.mark.parametrize("text", ["0:45", "45:30", "1:05"])
def test_two_parts_of_a_duration_are_asked_about(text: str) -> None:
    for read in (fields(text).duration, fields(text).minutes):
        with pytest.raises(CellError, match="hours and minutes, or minutes and seconds"):
            read("total_minutes")
