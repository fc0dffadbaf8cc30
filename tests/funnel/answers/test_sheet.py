"""`funnel export`: two tabs of a Google sheet, over HTTP to a fake of Google, and files: all of it or nothing."""

from pathlib import Path

import pytest

from connectors.settings import SettingsError
from connectors.table.settings import SheetsSettings
from connectors.toolkit.io.http import ServiceError
from funnel.answers.answer import Answer
from funnel.answers.small_groups import without_small_groups
from funnel.cli.app import main
from funnel.export.files import SAVERS
from funnel.export.sheet import open_writer, write_sheet
from funnel.export.table import Exported, exported
from funnel.report.numbers import Question
from tests.funnel.answers.groups import group
from tests.servers.sheets import SHEET, fake_google
from tests.servers.small_disk import fill, small_disk


def what() -> Exported:
    sizes = {"=HYPERLINK(1)": 40, "mail": 30, "vk": 3}
    rows = [group(source_group=name, registrations=count, came=0) for name, count in sizes.items()]
    hidden = without_small_groups(rows, ("source_group",), 5)
    return exported(Answer(Question(0, ("source_group",)), hidden, {"final": 2}, None, None, 5), {}, "UTC")


def test_a_sheet_gets_rows_and_definitions_and_nothing_of_before(tmp_path: Path) -> None:
    with fake_google() as google:
        google.tabs = {"Report": [["old"]] * 50, "Mine": [["kept"]]}
        settings = SheetsSettings(
            _env_file=None, base_url=google.address, credentials=google.key_file(tmp_path), requests_per_second=1000
        )
        with open_writer(settings, sleep=lambda _: None) as http:
            write_sheet(http, SHEET, what())
            with pytest.raises(ServiceError):
                write_sheet(http, "another-sheet-of-somebody-01", what())
    head, *rows = google.tabs["Report"]
    assert [row[head.index("source_group")] for row in rows] == ["=HYPERLINK(1)", "mail", "vk"]
    assert [row[head.index("registrations")] for row in rows] == [40, "", ""]
    assert ["conversion", "Attendance rate"] in [row[:2] for row in google.tabs["Definitions"]]
    about = [row[:3] for row in google.tabs["Definitions"]]
    assert ["small_groups", "Numbers of fewer people are left out", "5"] in about
    assert google.tabs["Mine"] == [["kept"]]


def test_a_write_that_fails_leaves_the_sheet_as_people_know_it(tmp_path: Path) -> None:
    before = {"Report": [["old"]] * 50, "Mine": [["kept"]]}
    with fake_google() as google:
        google.tabs = dict(before)
        google.write_faults.extend([400] * 9)
        settings = SheetsSettings(
            _env_file=None, base_url=google.address, credentials=google.key_file(tmp_path), requests_per_second=1000
        )
        with open_writer(settings, sleep=lambda _: None) as http:
            with pytest.raises(ServiceError):
                write_sheet(http, SHEET, what())
            assert google.tabs == before
            google.write_faults.clear()
            write_sheet(http, SHEET, what())
            once = dict(google.tabs)
            write_sheet(http, SHEET, what())
    assert list(google.tabs) == ["Report", "Mine", "Definitions"]
    assert google.tabs == once
    assert len(google.tabs["Report"]) == 4


@pytest.mark.parametrize("tab", ["Definitions", "definitions "])
def test_the_rows_are_not_written_over_by_the_definitions(tab: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["export", "--sheet", SHEET, "--tab", tab])
    assert end.value.code == 2
    assert "that tab gets the definitions; name another one" in capsys.readouterr().err


@pytest.mark.parametrize("ending", SAVERS)
def test_a_full_disk_leaves_the_file_of_before(ending: str, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", megabytes=1) as disk:
        path = disk / f"report{ending}"
        path.write_bytes(b"old")
        fill(disk / "ballast")
        with pytest.raises(OSError, match="No space left"):
            SAVERS[ending](what(), path)
        assert path.read_bytes() == b"old"
        assert {one.name for one in disk.iterdir()} == {"ballast", path.name}


def test_without_a_key_it_says_what_is_needed() -> None:
    settings = SheetsSettings(_env_file=None)
    with pytest.raises(SettingsError, match="FUNNEL_SHEETS_CREDENTIALS is not set"), open_writer(settings):
        pass
