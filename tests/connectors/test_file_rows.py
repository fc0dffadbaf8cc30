"""Workbooks as they come: the first sheet that says something, cells as a CSV export would write them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from connectors.csv_rows import UnreadableFileError
from connectors.file_rows import read_rows
from connectors.rows import Row


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
