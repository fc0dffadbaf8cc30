"""One layer over the report: what leaves equals `funnel report --json`, but for small groups."""

import csv
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from arro3.core import DataType
from arro3.io import read_parquet

from clickhouse.client import connect
from contract.instants import format_instant
from funnel.answers.answer import answered, parse_dimensions
from funnel.answers.settings import answer_settings
from funnel.answers.small_groups import HIDDEN
from funnel.answers.verified import Verified, remember
from funnel.cli.app import main
from funnel.report.numbers import DIMENSIONS, Question
from process.clock import now
from streams.settings import Settings, settings
from tests.funnel.answers.school import AT, SMALL

Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(at_school: Settings, capsys: pytest.CaptureFixture[str]) -> Says:
    """Runs a command of `funnel` in this process: its status, and what is on each stream."""
    settings.cache_clear()
    answer_settings.cache_clear()

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main([*map(str, arguments)])
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != HIDDEN and name not in row[HIDDEN]}


@pytest.mark.parametrize("by", [None, "week,source_group", "region", "format,people"])
def test_it_equals_the_report_except_for_small_groups(says: Says, school: Settings, by: str | None) -> None:
    _, out, _ = says("report", "--json", "--at", format_instant(AT), *(("--by", by) if by else ()))
    reported = json.loads(out)
    client = connect(school, user="reader")
    question = Question(AT, by=parse_dimensions(by)[0] if by else ())
    everything = answered(client, question, 0, school.data_dir)
    assert [shown(row) for row in everything.rows] == reported
    assert everything.suppressed == 0
    answer = answered(client, question, 5, school.data_dir)
    assert answer.suppressed > 0 or by in ("region", "format,people")
    assert [name for row in answer.rows for name in row[HIDDEN] if row[name] is not None] == []
    for row, report in zip(answer.rows, reported, strict=True):
        assert shown(row).items() <= report.items()


def test_an_answer_says_what_it_is_of(school: Settings) -> None:
    client = connect(school, user="reader")
    answer = answered(client, Question(AT, by=("region",)), 5, school.data_dir)
    said = answer.as_json()
    assert (said["at"], said["by"], said["small_groups"]) == (format_instant(AT), ["region"], 5)
    assert said["completeness"] == {"final": 3, "upcoming": 1}
    assert said["provisional"] is True
    assert said["definitions"]["conversion"]["label"] == "Attendance rate"
    assert said["definitions"].keys() == answer.rows[0].keys()
    assert json.loads(json.dumps(said)) == said


def test_it_is_verified_if_nothing_was_stored_since(school: Settings) -> None:
    client, asked = connect(school, user="reader"), Question(AT)

    def verified(found: Verified | None) -> bool:
        if found is not None:
            remember(school.data_dir, found)
        return answered(client, asked, 5, school.data_dir).verified

    assert verified(None) is False
    assert verified(Verified(now() + 1000, True)) is True
    assert verified(Verified(AT, True)) is False
    assert verified(Verified(now() + 1000, False)) is False


@pytest.mark.parametrize("name", [*DIMENSIONS, "webinar,source_group"])
def test_every_column_of_every_dimension_is_defined(school: Settings, name: str) -> None:
    dimensions, each = parse_dimensions(name)
    answer = answered(
        connect(school, user="reader"), Question(AT, by=dimensions), 5, school.data_dir, each_webinar=each
    )
    assert [one.name for one in answer.definitions] == list(answer.rows[0])
    assert all(one.label and one.description for one in answer.definitions)


def test_export_writes_each_format_with_its_definitions(says: Says, tmp_path: Any) -> None:
    when = ("--at", format_instant(AT))
    status, out, _ = says("export", tmp_path / "all.csv", *when)
    assert (status, "4 rows," in out, "numbers of small groups left out" in out) == (0, True, True)
    rows = {row["webinar_id"]: row for row in csv.DictReader((tmp_path / "all.csv").open())}
    assert rows[SMALL]["registrations"] == ""
    assert "registrations" in rows[SMALL]["suppressed"].split()
    assert rows[SMALL]["title"].startswith("'=")
    assert rows["zoom:1"]["starts_at"] == "2026-11-22T18:00:00.000Z"
    explained = {row["Name"]: row for row in csv.DictReader((tmp_path / "all.definitions.csv").open())}
    assert explained["conversion"]["Label"] == "Attendance rate"
    assert explained["small_groups"]["Description"] == "5"

    says("export", tmp_path / "by.xlsx", "--by", "webinar,source_group", *when)
    book = openpyxl.load_workbook(tmp_path / "by.xlsx")
    assert book.sheetnames == ["Report", "Definitions"]
    report = [[cell.value for cell in line] for line in book["Report"].rows]
    assert report[0][:2] == ["Webinar ID", "Source"]
    assert {cells[0] for cells in report[1:]} == {"zoom:1", "zoom:2", SMALL, "gc:4"}
    assert "Attendance rate" in [line[1].value for line in book["Definitions"].rows]

    says("export", tmp_path / "all.parquet", *when, "--from", "2026-11-22", "--to", "2026-11-22")
    table = read_parquet(tmp_path / "all.parquet").read_all()
    assert (table.schema.field("title").type, table.schema.field("conversion").type) == (
        DataType.utf8(),
        DataType.float64(),
    )
    assert table["webinar_id"].to_pylist() == ["zoom:1", "zoom:2", SMALL]
    assert [table[name].to_pylist()[2] for name in ("registrations", "conversion")] == [None, None]
    about = json.loads(table.schema.metadata_str["funnel.about"])
    assert (about["to"], about["small_groups"]) == ("2026-11-22", "5")
    assert "Attendance rate" in table.schema.metadata_str["funnel.definitions"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name a file"),
        (("a.csv", "--sheet", "b" * 30), "Name a file"),
        (("a.txt",), "has to end in .csv, .xlsx, .parquet"),
        (("--sheet", "nonsense"), "neither a sheet's id"),
        (("a.csv", "--by", "webinar,webinar"), "named twice"),
        (("a.csv", "--by", "sauce"), "no dimension"),
        (("/no/such/folder/a.csv",), "No such file or directory"),
        (("a.csv", "--webinar", "zoom:99"), "no event names this webinar"),
    ],
)
def test_export_says_what_is_wrong_in_one_line(says: Says, arguments: tuple[str, ...], said: str) -> None:
    status, _, err = says("export", *arguments)
    assert status in (1, 2)
    assert said in err
    assert len(err.splitlines()) == 1
