"""`funnel export --sheet`: two tabs of a Google sheet, written over HTTP to a fake of Google."""

from pathlib import Path

import pytest

from connectors.settings import SettingsError
from connectors.table.settings import SheetsSettings
from connectors.toolkit.io.http import ServiceError
from funnel.answers.answer import Answer
from funnel.answers.small_groups import without_small_groups
from funnel.cli.app import main
from funnel.export.sheet import open_writer, write_sheet
from funnel.export.table import Exported, exported
from funnel.report.numbers import Question
from tests.funnel.answers.groups import group
from tests.servers.sheets import SHEET, fake_google


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


@pytest.mark.parametrize("tab", ["Definitions", "definitions "])
def test_the_rows_are_not_written_over_by_the_definitions(tab: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["export", "--sheet", SHEET, "--tab", tab])
    assert end.value.code == 2
    assert "that tab gets the definitions; name another one" in capsys.readouterr().err


def test_without_a_key_it_says_what_is_needed() -> None:
    settings = SheetsSettings(_env_file=None)
    with pytest.raises(SettingsError, match="FUNNEL_SHEETS_CREDENTIALS is not set"), open_writer(settings):
        pass
