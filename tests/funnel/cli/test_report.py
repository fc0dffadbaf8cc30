"""`funnel report` as people and programs ask it."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from funnel.cli.app import main
from streams.settings import Settings, settings
from tests.contract_events import Event, moment, registration, webinar
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.databases import lent_database

DAY = 24 * 60.0
LONG = (
    "Marketing analytics for people who have never opened a spreadsheet, in forty easy steps and a hard one"
    + ", again" * 11
)
WHEN = ("--at", "2026-12-31T12:00:00Z")


def _school() -> list[Event]:
    """25 webinars, a day each from 22 November on, the newest with the longest title; one that nobody dated."""
    events: list[Event] = []
    for day in range(25):
        name = f"zoom:{day + 1}"
        begin = moment(day * DAY)
        events += [
            webinar(0, name, starts_at=begin, duration_seconds=3600, title=LONG if day == 24 else f"Day {day}"),
            registration(1, webinar_id=name, minutes=day * DAY - 60),
        ]
    return [*events, registration(1, webinar_id="gc:9", source={"utm_source": "=cmd|' /C calc'!A0"})]


@pytest.fixture(scope="module")
def school(clickhouse_server: Server) -> Iterator[Settings]:
    with lent_database(clickhouse_server) as (config, client):
        put(client, config, _school())
        yield config


Says = Callable[..., tuple[int, str, str]]


@pytest.fixture
def says(
    school: Settings, clickhouse_server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Says:
    """Runs `funnel report` in this process: its status, and what is on each stream."""
    monkeypatch.setenv("FUNNEL_CLICKHOUSE_PORT", str(clickhouse_server.port))
    monkeypatch.setenv("FUNNEL_CLICKHOUSE_DATABASE", school.clickhouse_database)
    settings.cache_clear()

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["report", *WHEN, *arguments])
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


def _ids(table: str) -> list[str]:
    return [word for word in table.split() if word.startswith(("zoom:", "gc:"))]


def test_the_table_has_the_newest_first_and_no_more_than_twenty(says: Says) -> None:
    _, table, _ = says()
    assert _ids(table) == [f"zoom:{number}" for number in range(25, 5, -1)]
    assert "Wed 16 Dec" in table
    assert "18:00 UTC" in table
    assert (
        "The last 20 of 25 webinars that have begun, 1 without a start time not shown (--limit 0: all)"
        " at Thu 31 Dec 2026, 12:00 UTC · Data as of"
    ) in " ".join(table.split())
    assert len(_ids(says("--limit", "3")[1])) == 3
    everything = _ids(says("--limit", "0")[1])
    assert (len(everything), everything[-1]) == (26, "gc:9")
    assert "No time" in says("--webinar", "gc:9")[1]
    assert len(_ids(says("--from", "2026-11-22")[1])) == 25


def test_upcoming_webinars_stand_apart_and_are_none_of_the_last(says: Says) -> None:
    # zoom:1 to zoom:4 have begun, the next is zoom:5.
    at = ("--at", "2026-11-25T19:00:00Z")
    _, table, _ = says(*at)
    begun, upcoming = table.split("\nUpcoming\n")
    assert _ids(begun) == ["zoom:4", "zoom:3", "zoom:2", "zoom:1"]
    assert _ids(upcoming) == [f"zoom:{number}" for number in range(5, 25)]
    said = "4 webinars that have begun, the next 20 of 21 upcoming, 1 without a start time not shown"
    assert said in " ".join(table.split())
    assert _ids(says("--limit", "2", *at)[1]) == ["zoom:4", "zoom:3", "zoom:5", "zoom:6"]
    limited = json.loads(says("--json", "--limit", "2", *at)[1])
    assert [row["webinar_id"] for row in limited] == ["zoom:3", "zoom:4"]
    assert len(json.loads(says("--json", *at)[1])) == 26


def test_days_are_written_as_people_do(says: Says) -> None:
    def days(*asked: str) -> list[str]:
        return [row["webinar_id"] for row in json.loads(says("--json", *asked)[1])]

    november = sorted(f"zoom:{number}" for number in range(1, 10))
    assert days("--from", "2026-11", "--to", "2026-11") == november
    assert days("--from", "22.11.2026", "--to", "30.11.2026") == november
    at_noon = ("--at", "2026-11-25T12:00:00Z")
    assert days("--from", "yesterday", "--to", "yesterday", *at_noon) == ["zoom:3"]
    assert days("--from", "monday", "--to", "today", *at_noon) == ["zoom:2", "zoom:3", "zoom:4"]


def test_json_is_complete_and_sorted_as_before_unless_a_limit_is_asked_for(says: Says) -> None:
    rows = json.loads(says("--json")[1])
    assert [row["webinar_id"] for row in rows] == sorted(row["webinar_id"] for row in rows)
    assert len(rows) == 26
    assert [row["webinar_id"] for row in json.loads(says("--json", "--limit", "2")[1])] == ["zoom:24", "zoom:25"]


def test_csv_has_the_names_of_json_a_date_and_no_formula(says: Says) -> None:
    status, text, errors = says("--csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (status, errors, len(rows)) == (0, "", 26)
    assert (rows[0]["webinar_id"], rows[0]["local_start"], rows[0]["timezone"]) == (
        "zoom:25",
        "2026-12-16 18:00",
        "UTC",
    )
    assert json.loads(says("--json", "--limit", "1")[1])[0].keys() < rows[0].keys()
    assert rows[-1]["starts_at"] == ""
    groups = list(csv.DictReader(io.StringIO(says("--csv", "--by", "source_group")[1])))
    assert [row["source_group"] for row in groups if "cmd" in row["source_group"]] == ["'=cmd|' /c calc'!a0"]


def test_a_workbook_has_labels_dates_and_no_formula(says: Says, tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    status, said, errors = says("--xlsx", str(file))
    assert (status, said, errors) == (0, "", f"{file}: 26 webinars.\n")
    header, first, *_ = openpyxl.load_workbook(file)["Report"].values
    row = dict(zip(header, first, strict=True))
    assert (row["Webinar ID"], row["Date"], row["State"], row["Registrants"]) == (
        "zoom:25",
        "2026-12-16 18:00",
        "Final",
        1,
    )
    assert (row["Registrants"], row["Attendance rate"]) == (1, 0)
    says("--xlsx", str(file), "--by", "source_group")
    cells = [cell for row in openpyxl.load_workbook(file)["Report"].rows for cell in row]
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}
    status, said, errors = says("--xlsx", str(tmp_path / "absent" / "report.xlsx"))
    assert (status, said) == (1, "")
    assert "No such file or directory. Look at the name and the folder." in errors


@pytest.mark.parametrize("more", [[], ["--json"], ["--by", "week"], ["--csv"]])
def test_a_webinar_that_nobody_knows_is_an_error(says: Says, more: list[str]) -> None:
    assert says("--webinar", "zooom:3", "--webinar", "zoom:4", *more) == (
        1,
        "",
        "funnel: zooom:3: no event names this webinar; did you mean zoom:3?\n",
    )
    assert says("--webinar", "nothing", *more)[2].endswith("funnel report lists all webinars.\n")
    assert says("--webinar", "zoom:4", "--from", "2026-12", *more)[0] == 0


@pytest.mark.parametrize(
    ("asked", "says_so"),
    [
        (["--json", "--csv"], "--json, --csv and --xlsx exclude each other."),
        (["--by", "week", "--limit", "3"], "--limit counts webinars, and --by shows groups of them"),
        (["--limit", "-1"], "--limit -1: has to be at least 0. See funnel report --help."),
        (["--limit", "few"], "--limit few: has to be a whole number. See funnel report --help."),
        (["--from", "11/01/2026"], "--from 11/01/2026: no such day; write 2026-11-01"),
        (["--from", "2026-12", "--to", "2026-11"], "--from is later than --to"),
    ],
)
def test_wrong_use_is_one_line_of_ours(says: Says, asked: list[str], says_so: str) -> None:
    status, said, errors = says(*asked)
    assert (status, said, errors.count("\n")) == (2, "", 1)
    assert errors.startswith(f"funnel: {says_so}")


@pytest.mark.parametrize("width", ["80", "100", "120", "140", "200"])
def test_a_long_title_takes_two_lines_and_nothing_else_is_broken(
    says: Says, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setattr("funnel.cli.console._PIPE_WIDTH", int(width))
    table = says("--limit", "2")[1]
    lines = [line for line in table.splitlines() if not line.startswith(("The last", "(--limit"))]
    assert max(map(len, lines)) <= int(width)
    newest = table.split("zoom:25")[0]
    assert newest.count("…") == 1
    for whole in ("Registrants", "Wed 16 Dec", "18:00 UTC", "Final"):
        assert whole in table
    assert ("State" in table) == (int(width) >= 100)
    assert ("No-shows" in table) == (int(width) >= 120)
    assert ("Walk-ins" in table) == (int(width) >= 140)
    assert ("Peak" in table) == (int(width) >= 200)
