"""Cells of Zoom's report: date forms, missing and repeated hours, numbers, words (facts of the file format)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.toolkit.cells import clean, instant_of, whole_number
from connectors.zoom_report.cells import (
    approval_status,
    attended,
    local_time,
    webinar_number,
)
from contract.instants import format_instant, parse_instant

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("05/12/2026 09:00:00 AM", "2026-05-12 09:00:00"),
        ("05/12/2026 09:00:00 pm", "2026-05-12 21:00:00"),
        ("5/2/2026 12:00:00 AM", "2026-05-02 00:00:00"),
        ("05/12/2026 12:30:01 PM", "2026-05-12 12:30:01"),
        ("05/12/2026 21:30:01", "2026-05-12 21:30:01"),
        ("May 12, 2026 09:00:05", "2026-05-12 09:00:05"),
        ("Mar 3, 2025 6:26 PM", "2025-03-03 18:26:00"),
        ("Mai 12, 2026 09:00:00", "2026-05-12 09:00:00"),
        ("September 30, 2025 06:26:59 AM", "2025-09-30 06:26:59"),
        ("2026-05-12 09:00:05", "2026-05-12 09:00:05"),
        ("2024-02-29 23:59:59", "2024-02-29 23:59:59"),
    ],
)
def test_date_forms(text: str, iso: str) -> None:
    assert local_time(text) == datetime.fromisoformat(iso)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "31/12/2026 09:00:00 AM",
        "02/30/2026 09:00:00 AM",
        "05/12/2026 13:00:00 PM",
        "05/12/2026 00:10:00 AM",
        "05/12/2026 09:60:00",
        "05/12/26 09:00:00",
        "2026-05-12T09:00:05Z",
        "٠٥/12/2026 09:00:00 AM",
    ],
)
def test_other_forms_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(not|no such)") as error:
        local_time(text)
    assert not text or text not in str(error.value)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-07-01 12:00:00", "2026-07-01T10:00:00.000Z"),
        ("2026-12-01 12:00:00", "2026-12-01T11:00:00.000Z"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00.000Z"),  # twice: the first
        ("2026-03-29 02:30:00", "2026-03-29T01:30:00.000Z"),  # never: as 03:30
    ],
)
def test_local_time_to_utc(local: str, utc: str) -> None:
    assert format_instant(instant_of(datetime.fromisoformat(local), BERLIN)) == utc


def test_leave_in_the_repeated_hour_is_not_before_its_join() -> None:
    joined = parse_instant("2026-10-25T00:50:00.000Z")  # 02:50, the first time
    left = instant_of(datetime.fromisoformat("2026-10-25 02:10:00"), BERLIN, not_before=joined)
    assert format_instant(left) == "2026-10-25T01:10:00.000Z"


def test_no_second_reading_helps_outside_the_repeated_hour() -> None:
    joined = parse_instant("2026-07-01T11:00:00.000Z")
    assert instant_of(datetime.fromisoformat("2026-07-01 12:00:00"), BERLIN, not_before=joined) < joined


def test_placeholders_are_empty() -> None:
    assert [clean(cell) for cell in (" -- ", "-", "", " x ", "a--b")] == ["", "", "", "x", "a--b"]


@pytest.mark.parametrize(
    "text",
    [
        "123 456 7890",
        "123\u00a0456\u00a07890",
        "123-456-7890",
        "12345 67890",
        "1234567890",
        "123–456–7890",
        "1234567890.0",
        "1234567890\u200b",
    ],
)
def test_webinar_number_loses_its_spaces(text: str) -> None:
    assert webinar_number(text) == "1234567890"


@pytest.mark.parametrize("text", ["", "abc", "1.23E+09", "12 34"])
def test_webinar_number_that_a_spreadsheet_spoiled_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="webinar id"):
        webinar_number(text)


def test_numbers_and_words() -> None:
    assert whole_number("1,234") == 1234
    assert [
        approval_status(word) for word in ("", "Approved", "pending", "Cancelled by self", "canceled", "denied")
    ] == [
        "registered",
        "approved",
        "registered",
        "cancelled",
        "cancelled",
        "denied",
    ]
    assert [attended(word) for word in ("Yes", "NO")] == [True, False]
    for parse in (whole_number, approval_status, attended):
        with pytest.raises(ValueError, match=r"not|neither"):
            parse("perhaps")
