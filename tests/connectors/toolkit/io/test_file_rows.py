"""Workbooks as they come: the first sheet that says something, cells as a CSV export would write them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from connectors.toolkit.csv_rows import UnreadableFileError
from connectors.toolkit.io.file_rows import read_rows, tabs_of
from connectors.toolkit.rows import Row


def test_the_cells_of_a_workbook_are_text(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.create_sheet("Empty", 0)
    sheet = workbook.create_sheet("People")
    sheet["B2"] = "Email"
    sheet.append([])
    moment = datetime.fromisoformat("2026-11-10 18:05:00")
    sheet.append(
        [
            "a@example.com",
            moment,
            date(2026, 11, 10),
            time(18, 5),
            timedelta(hours=1, seconds=5),
            81234567801,
            45.5,
            True,
        ]
    )
    workbook.save(tmp_path / "a.xlsx")
    assert list(read_rows(tmp_path / "a.xlsx")) == [
        Row(1, [""] * 8),
        Row(2, ["", "Email", *[""] * 6]),
        Row(3, [""] * 8),
        Row(
            4,
            ["a@example.com", "2026-11-10 18:05:00", "2026-11-10", "18:05:00", "1:00:05", "81234567801", "45.5", "yes"],
        ),
    ]


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(UnreadableFileError, match="a ZIP archive or a damaged workbook"):
        list(read_rows(tmp_path / "a.xlsx"))


def two_sheets(path: Path) -> None:
    workbook = Workbook()
    workbook.create_sheet("Empty", 0)
    for name in ("One", "Two"):
        workbook.create_sheet(name).append(["in", name])
    workbook.create_sheet("Hidden").append(["x"])
    workbook["Hidden"].sheet_state = "hidden"
    del workbook["Sheet"]
    workbook.save(path)


def test_a_sheet_is_read_by_its_name(tmp_path: Path) -> None:
    two_sheets(tmp_path / "a.xlsx")
    assert tabs_of((tmp_path / "a.xlsx").read_bytes()) == ["One", "Two"]
    assert [[row.cells for row in read_rows(tmp_path / "a.xlsx", tab=tab)] for tab in (None, "Two", "Hidden")] == [
        [["in", "One"]], [["in", "Two"]], [["x"]]
    ]  # fmt: skip
    with pytest.raises(UnreadableFileError, match="no sheet Three; there are: Empty, One, Two, Hidden"):
        list(read_rows(tmp_path / "a.xlsx", tab="Three"))


def test_text_has_no_sheets() -> None:
    assert tabs_of(b"Email,Joined\n") == tabs_of(b"") == []
